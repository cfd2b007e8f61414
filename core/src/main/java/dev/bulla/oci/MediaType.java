package dev.bulla.oci;

import dev.bulla.error.Quoted;

/**
 * A media type as written in a descriptor, without parameters' meaning. Compared exactly.
 *
 * @param value visible ASCII, at most 255 characters; possibly empty, since foreign descriptors may
 *     have none
 */
public record MediaType(String value) {

  public static final MediaType OCI_MANIFEST =
      new MediaType("application/vnd.oci.image.manifest.v1+json");
  public static final MediaType OCI_INDEX =
      new MediaType("application/vnd.oci.image.index.v1+json");
  public static final MediaType OCI_CONFIG =
      new MediaType("application/vnd.oci.image.config.v1+json");
  public static final MediaType OCI_LAYER_GZIP =
      new MediaType("application/vnd.oci.image.layer.v1.tar+gzip");
  public static final MediaType OCI_EMPTY = new MediaType("application/vnd.oci.empty.v1+json");
  public static final MediaType DOCKER_MANIFEST =
      new MediaType("application/vnd.docker.distribution.manifest.v2+json");
  public static final MediaType DOCKER_MANIFEST_LIST =
      new MediaType("application/vnd.docker.distribution.manifest.list.v2+json");
  public static final MediaType DOCKER_CONFIG =
      new MediaType("application/vnd.docker.container.image.v1+json");
  public static final MediaType SIMPLE_SIGNING =
      new MediaType("application/vnd.dev.cosign.simplesigning.v1+json");
  public static final MediaType DSSE_ENVELOPE =
      new MediaType("application/vnd.dsse.envelope.v1+json");

  /** What cosign v0.1 called the layers of its signature objects. */
  public static final MediaType V01_SIGNATURE_LAYER =
      new MediaType("application/vnd.oci.descriptor.v1+json");

  /** The Sigstore bundle as written today, also the artifact type of its manifest. */
  public static final MediaType SIGSTORE_BUNDLE =
      new MediaType("application/vnd.dev.sigstore.bundle.v0.3+json");

  /** What the media type of every Sigstore bundle starts with. */
  public static final String SIGSTORE_BUNDLE_PREFIX = "application/vnd.dev.sigstore.bundle";

  public MediaType {
    if (value.length() > 255) {
      throw new IllegalArgumentException("media type of " + value.length() + " characters");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c > 0x7e) {
        throw new IllegalArgumentException("not a media type: " + Quoted.text(value));
      }
    }
  }

  public static boolean isValid(String text) {
    if (text.length() > 255) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < 0x20 || text.charAt(i) > 0x7e) {
        return false;
      }
    }
    return true;
  }

  /** Whether content of this type lists further manifests. */
  public boolean isIndex() {
    return equals(OCI_INDEX) || equals(DOCKER_MANIFEST_LIST);
  }

  /** Whether content of this type is an image manifest. */
  public boolean isImageManifest() {
    return equals(OCI_MANIFEST) || equals(DOCKER_MANIFEST);
  }

  /** Whether this is one of the two image configuration types. */
  public boolean isImageConfig() {
    return equals(OCI_CONFIG) || equals(DOCKER_CONFIG);
  }

  public boolean isSigstoreBundle() {
    return value.startsWith(SIGSTORE_BUNDLE_PREFIX);
  }

  @Override
  public String toString() {
    return value;
  }

  // by hand: a record's own would be made at run time, in every process anew

  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof MediaType that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }
}
