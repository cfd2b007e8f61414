package dev.bulla.fuzz;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;

/** {@link Digest#parse}: one spelling for each digest. */
final class DigestTarget {

  private DigestTarget() {}

  static boolean accepts(byte[] input) {
    String text = Input.text(input);
    Digest digest;
    try {
      digest = Digest.parse(text);
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.equal(text, digest.toString(), "a digest prints as it was read");
    Check.equal(digest.algorithm().lengthBytes(), digest.bytes().size(), "its length");
    Bytes content = Bytes.of(input);
    Check.equal(
        Digest.of(digest.algorithm(), content).equals(digest), digest.matches(content), "matches");
    return true;
  }
}
