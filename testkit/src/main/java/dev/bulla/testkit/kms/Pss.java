package dev.bulla.testkit.kms;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.RSAKey;
import java.util.Arrays;
import javax.crypto.Cipher;

/**
 * RSASSA-PSS over a digest, with a salt as long as the hash (RFC 8017 §9.1). The JDK signs whole
 * messages only.
 */
final class Pss {

  private static final SecureRandom RANDOM = new SecureRandom();

  private Pss() {}

  static Bytes sign(PrivateKey key, HashAlgorithm hash, Bytes digest)
      throws GeneralSecurityException {
    int bits = ((RSAKey) key).getModulus().bitLength() - 1;
    byte[] salt = new byte[hash.lengthBytes()];
    RANDOM.nextBytes(salt);
    byte[] h = salted(hash, digest, salt);
    byte[] block = new byte[(bits + 7) / 8];
    int masked = block.length - h.length - 1;
    block[masked - salt.length - 1] = 1;
    System.arraycopy(salt, 0, block, masked - salt.length, salt.length);
    mask(hash, h, block, masked);
    block[0] &= (byte) (0xff >> (8 * block.length - bits));
    System.arraycopy(h, 0, block, masked, h.length);
    block[block.length - 1] = (byte) 0xbc;
    Cipher raw = Cipher.getInstance("RSA/ECB/NoPadding");
    raw.init(Cipher.DECRYPT_MODE, key);
    return Bytes.owning(raw.doFinal(block));
  }

  static boolean verifies(PublicKey key, HashAlgorithm hash, Bytes digest, Bytes signature)
      throws GeneralSecurityException {
    int bits = ((RSAKey) key).getModulus().bitLength() - 1;
    Cipher raw = Cipher.getInstance("RSA/ECB/NoPadding");
    raw.init(Cipher.ENCRYPT_MODE, key);
    byte[] block = raw.doFinal(signature.toByteArray());
    int masked = block.length - hash.lengthBytes() - 1;
    byte[] h = Arrays.copyOfRange(block, masked, masked + hash.lengthBytes());
    if (block[block.length - 1] != (byte) 0xbc) {
      return false;
    }
    mask(hash, h, block, masked);
    block[0] &= (byte) (0xff >> (8 * block.length - bits));
    int saltAt = masked - hash.lengthBytes();
    for (int i = 0; i < saltAt; i++) {
      if (block[i] != (i == saltAt - 1 ? 1 : 0)) {
        return false;
      }
    }
    return Arrays.equals(h, salted(hash, digest, Arrays.copyOfRange(block, saltAt, masked)));
  }

  private static byte[] salted(HashAlgorithm hash, Bytes digest, byte[] salt) {
    MessageDigest h = hash.newDigest();
    h.update(new byte[8]);
    digest.feed(h);
    h.update(salt);
    return h.digest();
  }

  /** MGF1 over the first bytes of the block (RFC 8017 §B.2.1). */
  private static void mask(HashAlgorithm hash, byte[] seed, byte[] block, int length) {
    for (int at = 0, counter = 0; at < length; counter++) {
      MessageDigest h = hash.newDigest();
      h.update(seed);
      h.update(new byte[] {0, 0, (byte) (counter >> 8), (byte) counter});
      for (byte b : h.digest()) {
        if (at < length) {
          block[at++] ^= b;
        }
      }
    }
  }
}
