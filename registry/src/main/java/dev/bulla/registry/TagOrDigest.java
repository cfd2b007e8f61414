package dev.bulla.registry;

import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.util.Optional;

/** What stands behind {@code /manifests/} in a path. */
final class TagOrDigest {

  private static final int MAX_TAG = 128;

  private TagOrDigest() {}

  /** The digest, when the text is one. */
  static Optional<Digest> digest(String text) {
    if (text.indexOf(':') < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(Digest.parse(text));
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException("not a digest: " + Quoted.text(text), e);
    }
  }

  /**
   * The text itself.
   *
   * @throws IllegalArgumentException when it is neither a tag nor a digest: it would change the
   *     path it stands in
   */
  static String checked(String text) {
    if (digest(text).isEmpty() && !isTag(text)) {
      throw new IllegalArgumentException("neither tag nor digest: " + Quoted.text(text));
    }
    return text;
  }

  static boolean isTag(String text) {
    if (text.isEmpty() || text.length() > MAX_TAG) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean word =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (!word && (i == 0 || (c != '-' && c != '.'))) {
        return false;
      }
    }
    return true;
  }
}
