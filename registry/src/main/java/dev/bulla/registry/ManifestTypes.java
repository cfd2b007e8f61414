package dev.bulla.registry;

import dev.bulla.oci.MediaType;

/** The manifests we can use, as an {@code Accept} header. */
final class ManifestTypes {

  static final String ACCEPT =
      MediaType.OCI_MANIFEST
          + ","
          + MediaType.OCI_INDEX
          + ","
          + MediaType.DOCKER_MANIFEST
          + ","
          + MediaType.DOCKER_MANIFEST_LIST;

  private ManifestTypes() {}

  /**
   * The media type that a registry names; the empty one when it names none, or none that can be.
   */
  static MediaType of(Answer answer) {
    String named = answer.contentType();
    for (int i = 0; i < named.length(); i++) {
      if (named.charAt(i) < 0x20 || named.charAt(i) > 0x7e) {
        return new MediaType("");
      }
    }
    return new MediaType(named.length() > 255 ? "" : named);
  }
}
