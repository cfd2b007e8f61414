package dev.bulla.interop;

/**
 * Something in a registry that can be signed.
 *
 * @param shelf the repository it is in
 */
record Image(Shelf shelf, String tag, String digest) {

  /** The reference to sign by. */
  String byDigest() {
    return shelf.repository() + "@" + digest;
  }

  String byTag() {
    return shelf.repository() + ":" + tag;
  }

  /** The tag of its signature object; with another suffix, of something else beside it. */
  String signatureTag(String prefix) {
    return prefix + digest.replace(':', '-') + ".sig";
  }

  /** The tag under which its referrers are listed where there is no API for it. */
  String referrersTag() {
    return digest.replace(':', '-');
  }
}
