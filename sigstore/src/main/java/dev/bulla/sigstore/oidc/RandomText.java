package dev.bulla.sigstore.oidc;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import java.security.SecureRandom;

/** Texts that nobody guesses: 32 random bytes in 43 characters that no URL has to escape. */
final class RandomText {

  private static final int BYTES = 32;

  private final SecureRandom random = new SecureRandom();

  String next() {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return unpadded(Bytes.owning(bytes));
  }

  /** Base64 of the URL-safe alphabet without padding (RFC 7636, appendix A). */
  static String unpadded(Bytes bytes) {
    String text = Base64Text.encodeUrlSafe(bytes);
    int padding = text.indexOf('=');
    return padding < 0 ? text : text.substring(0, padding);
  }
}
