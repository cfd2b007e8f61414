package dev.bulla.key;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/**
 * NaCl's secretbox, XSalsa20-Poly1305: 16 bytes of tag, then the encrypted text. The first 32 bytes
 * of the key stream are the key of the tag, and the tag is over the encrypted text. Also scrypt,
 * which makes the key. Beside {@link OneShotEcdsa} and {@link SealedBox} the one class that touches
 * BouncyCastle.
 */
final class SecretBox {

  static final int KEY_BYTES = 32;
  static final int NONCE_BYTES = 24;
  static final int TAG_BYTES = 16;

  private SecretBox() {}

  static byte[] deriveKey(byte[] password, byte[] salt, ScryptStrength strength) {
    return SCrypt.generate(
        password, salt, strength.cost(), ScryptStrength.R, ScryptStrength.P, KEY_BYTES);
  }

  static byte[] seal(byte[] key, byte[] nonce, byte[] text) {
    XSalsa20Engine stream = stream(key, nonce);
    byte[] tagKey = tagKey(stream);
    byte[] box = new byte[TAG_BYTES + text.length];
    stream.processBytes(text, 0, text.length, box, TAG_BYTES);
    System.arraycopy(tag(tagKey, box), 0, box, 0, TAG_BYTES);
    Arrays.fill(tagKey, (byte) 0);
    return box;
  }

  /** The text, or nothing when the key is wrong or the box was changed, which look alike. */
  static Optional<byte[]> open(byte[] key, byte[] nonce, byte[] box) {
    if (box.length < TAG_BYTES) {
      return Optional.empty();
    }
    XSalsa20Engine stream = stream(key, nonce);
    byte[] tagKey = tagKey(stream);
    byte[] expected = tag(tagKey, box);
    Arrays.fill(tagKey, (byte) 0);
    // constant time: what is compared depends on a secret
    if (!MessageDigest.isEqual(expected, Arrays.copyOf(box, TAG_BYTES))) {
      return Optional.empty();
    }
    byte[] text = new byte[box.length - TAG_BYTES];
    stream.processBytes(box, TAG_BYTES, text.length, text, 0);
    return Optional.of(text);
  }

  private static XSalsa20Engine stream(byte[] key, byte[] nonce) {
    XSalsa20Engine engine = new XSalsa20Engine();
    engine.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
    return engine;
  }

  private static byte[] tagKey(XSalsa20Engine stream) {
    byte[] block = new byte[KEY_BYTES];
    stream.processBytes(block, 0, block.length, block, 0);
    return block;
  }

  private static byte[] tag(byte[] tagKey, byte[] box) {
    Poly1305 mac = new Poly1305();
    mac.init(new KeyParameter(tagKey));
    mac.update(box, TAG_BYTES, box.length - TAG_BYTES);
    byte[] tag = new byte[TAG_BYTES];
    mac.doFinal(tag, 0);
    return tag;
  }
}
