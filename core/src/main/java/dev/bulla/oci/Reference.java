package dev.bulla.oci;

import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;

/**
 * The name of something in a registry: by tag, which may move, or by digest, which may not. What
 * acts on content takes a {@link DigestReference}, so that "resolved already?" is answered by the
 * type.
 */
public sealed interface Reference permits TagReference, DigestReference {

  Repository repository();

  /** As the user typed it, for messages. */
  String typed();

  /** What goes into the manifests endpoint's path: the tag, or the digest. */
  String tagOrDigest();

  /**
   * The reference that a text spells. Without tag and digest it means the tag {@code latest}; with
   * both, the digest counts.
   *
   * @throws MalformedInputException {@code could not parse reference: <text>}
   */
  static Reference parse(String text) throws MalformedInputException {
    try {
      int at = text.indexOf('@');
      if (at >= 0) {
        Digest digest = Digest.parse(text.substring(at + 1));
        return new DigestReference(
            Repository.parse(withoutTag(text.substring(0, at), text)), digest, text);
      }
      int colon = tagColon(text);
      String tag = colon < 0 ? "latest" : text.substring(colon + 1);
      if (!TagReference.isTag(tag)) {
        throw unparsable(text, null);
      }
      return new TagReference(
          Repository.parse(colon < 0 ? text : text.substring(0, colon)), tag, text);
    } catch (MalformedInputException e) {
      throw unparsable(text, e);
    }
  }

  private static String withoutTag(String name, String text) throws MalformedInputException {
    int colon = tagColon(name);
    if (colon < 0) {
      return name;
    }
    if (!TagReference.isTag(name.substring(colon + 1))) {
      throw unparsable(text, null);
    }
    return name.substring(0, colon);
  }

  /** Where the tag starts; a colon before the last slash belongs to a port. */
  private static int tagColon(String text) {
    int colon = text.lastIndexOf(':');
    return colon > text.lastIndexOf('/') ? colon : -1;
  }

  private static MalformedInputException unparsable(
      String text, @org.jspecify.annotations.Nullable MalformedInputException why) {
    String message = "could not parse reference: " + Quoted.plain(text);
    return why == null || !why.what().equals("digest")
        ? MalformedInputException.verbatim(message)
        : MalformedInputException.verbatim(message + " (" + why.message() + ")");
  }
}
