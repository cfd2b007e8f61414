package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.bouncycastle.crypto.engines.Salsa20Engine;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.util.Pack;

/**
 * libsodium's sealed box: text that only the owner of an X25519 key can read, from nobody in
 * particular. It is the public key of a pair made for this one text, then a box (XSalsa20-Poly1305)
 * whose nonce is the BLAKE2b hash of both public keys.
 */
public final class SealedBox {

  private static final int KEY_BYTES = 32;
  private static final int NONCE_BITS = 192;
  private static final int ROUNDS = 20;

  /** "expand 32-byte k", as Salsa20 reads it. */
  private static final int[] CONSTANTS = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

  private SealedBox() {}

  /**
   * Seals a text.
   *
   * @param recipient the X25519 public key, 32 bytes
   * @param text which the caller wipes
   */
  public static Bytes seal(Bytes recipient, byte[] text, SecureRandom random)
      throws MalformedInputException {
    if (recipient.size() != KEY_BYTES) {
      throw new MalformedInputException("X25519 public key", "not of 32 bytes");
    }
    byte[] their = recipient.toByteArray();
    byte[] secret = new byte[KEY_BYTES];
    byte[] mine = new byte[KEY_BYTES];
    byte[] shared = new byte[KEY_BYTES];
    X25519.generatePrivateKey(random, secret);
    X25519.generatePublicKey(secret, 0, mine, 0);
    // false for points that lead to zero, with which everybody could read the text
    boolean agreed = X25519.calculateAgreement(secret, 0, their, 0, shared, 0);
    Arrays.fill(secret, (byte) 0);
    if (!agreed) {
      throw new MalformedInputException("X25519 public key", "of low order");
    }
    byte[] key = boxKey(shared);
    byte[] box = SecretBox.seal(key, nonce(mine, their), text);
    Arrays.fill(shared, (byte) 0);
    Arrays.fill(key, (byte) 0);
    return Bytes.concat(Bytes.owning(mine), Bytes.owning(box));
  }

  private static byte[] nonce(byte[] mine, byte[] their) {
    Blake2bDigest hash = new Blake2bDigest(NONCE_BITS);
    hash.update(mine, 0, mine.length);
    hash.update(their, 0, their.length);
    byte[] nonce = new byte[SecretBox.NONCE_BYTES];
    hash.doFinal(nonce, 0);
    return nonce;
  }

  /** HSalsa20 of the shared point and zeros: Salsa20's core without its last addition. */
  private static byte[] boxKey(byte[] shared) {
    int[] in = new int[16];
    int[] out = new int[16];
    for (int i = 0; i < 4; i++) {
      in[5 * i] = CONSTANTS[i];
      in[1 + i] = Pack.littleEndianToInt(shared, 4 * i);
      in[11 + i] = Pack.littleEndianToInt(shared, 16 + 4 * i);
    }
    Salsa20Engine.salsaCore(ROUNDS, in, out);
    byte[] key = new byte[KEY_BYTES];
    int at = 0;
    for (int i : new int[] {0, 5, 10, 15, 6, 7, 8, 9}) {
      Pack.intToLittleEndian(out[i] - in[i], key, at);
      at += Integer.BYTES;
    }
    Arrays.fill(in, 0);
    Arrays.fill(out, 0);
    return key;
  }
}
