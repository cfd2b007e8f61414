package dev.bulla.fuzz;

import dev.bulla.error.MalformedInputException;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;

/** {@link Reference#parse}: the full name means the same, and is safe to put into a URL. */
final class ReferenceTarget {

  private ReferenceTarget() {}

  static boolean accepts(byte[] input) throws MalformedInputException {
    String text = Input.text(input);
    Reference reference;
    try {
      reference = Reference.parse(text);
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.equal(text, reference.typed(), "the text is kept as typed");
    String fullName = reference.toString();
    Reference again = Reference.parse(fullName);
    Check.equal(fullName, again.toString(), "the full name of the full name");
    Check.equal(reference.repository(), again.repository(), "repository of the full name");
    Check.equal(reference.tagOrDigest(), again.tagOrDigest(), "tag or digest of the full name");
    Check.equal(
        reference instanceof DigestReference,
        again instanceof DigestReference,
        "a digest stays a digest");
    Check.equal(
        reference.repository(),
        Repository.parse(reference.repository().toString()),
        "the repository's full name");
    Check.that(
        fullName.chars().allMatch(c -> c > 0x20 && c < 0x7f && "\\%?#\"".indexOf(c) < 0),
        "a name needs no escaping");
    Check.that(!("/" + fullName).contains("/."), "a name leaves no folder");
    return true;
  }
}
