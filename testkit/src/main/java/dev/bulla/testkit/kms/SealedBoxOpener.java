package dev.bulla.testkit.kms;

import dev.bulla.bytes.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** The owner's side of libsodium's sealed boxes. HSalsa20 is written out from its specification. */
final class SealedBoxOpener {

  private final byte[] secret = new byte[32];
  private final byte[] mine = new byte[32];

  SealedBoxOpener() {
    X25519.generatePrivateKey(new SecureRandom(), secret);
    X25519.generatePublicKey(secret, 0, mine, 0);
  }

  /** Of a pair that is known, for vectors. */
  SealedBoxOpener(Bytes known) {
    System.arraycopy(known.toByteArray(), 0, secret, 0, 32);
    X25519.generatePublicKey(secret, 0, mine, 0);
  }

  Bytes publicKey() {
    return Bytes.of(mine);
  }

  /** The text; nothing when the box is for somebody else or was changed. */
  Optional<Bytes> open(Bytes sealed) {
    byte[] all = sealed.toByteArray();
    if (all.length < 48) {
      return Optional.empty();
    }
    byte[] shared = new byte[32];
    X25519.scalarMult(secret, 0, all, 0, shared, 0);
    Blake2bDigest hash = new Blake2bDigest(192);
    hash.update(all, 0, 32);
    hash.update(mine, 0, 32);
    byte[] nonce = new byte[24];
    hash.doFinal(nonce, 0);
    XSalsa20Engine stream = new XSalsa20Engine();
    stream.init(false, new ParametersWithIV(new KeyParameter(hsalsa20(shared)), nonce));
    byte[] macKey = new byte[32];
    stream.processBytes(macKey, 0, 32, macKey, 0);
    Poly1305 mac = new Poly1305();
    mac.init(new KeyParameter(macKey));
    mac.update(all, 48, all.length - 48);
    byte[] tag = new byte[16];
    mac.doFinal(tag, 0);
    if (!Arrays.equals(tag, Arrays.copyOfRange(all, 32, 48))) {
      return Optional.empty();
    }
    byte[] text = new byte[all.length - 48];
    stream.processBytes(all, 48, text.length, text, 0);
    return Optional.of(Bytes.owning(text));
  }

  private static byte[] hsalsa20(byte[] key) {
    ByteBuffer words = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
    int[] x = new int[16];
    x[0] = 0x61707865;
    x[5] = 0x3320646e;
    x[10] = 0x79622d32;
    x[15] = 0x6b206574;
    for (int i = 0; i < 4; i++) {
      x[1 + i] = words.getInt(4 * i);
      x[11 + i] = words.getInt(16 + 4 * i);
    }
    for (int round = 0; round < 10; round++) {
      for (int i = 0; i < 4; i++) {
        quarter(x, 5 * i, (5 * i + 4) % 16, (5 * i + 8) % 16, (5 * i + 12) % 16);
      }
      for (int i = 0; i < 4; i++) {
        int row = 4 * i;
        quarter(x, row + i, row + (i + 1) % 4, row + (i + 2) % 4, row + (i + 3) % 4);
      }
    }
    ByteBuffer out = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    for (int i : new int[] {0, 5, 10, 15, 6, 7, 8, 9}) {
      out.putInt(x[i]);
    }
    return out.array();
  }

  private static void quarter(int[] x, int a, int b, int c, int d) {
    x[b] ^= Integer.rotateLeft(x[a] + x[d], 7);
    x[c] ^= Integer.rotateLeft(x[b] + x[a], 9);
    x[d] ^= Integer.rotateLeft(x[c] + x[b], 13);
    x[a] ^= Integer.rotateLeft(x[d] + x[c], 18);
  }
}
