package dev.bulla.store;

import dev.bulla.digest.Digest;

/** The names of the tags under which evidence of an image is kept. */
public final class EvidenceTags {

  private EvidenceTags() {}

  /** {@code <prefix>sha256-<hex>.sig} */
  public static String signatures(String prefix, Digest image) {
    return prefix + base(image) + ".sig";
  }

  /** {@code <prefix>sha256-<hex>.att} */
  public static String attestations(String prefix, Digest image) {
    return prefix + base(image) + ".att";
  }

  /** {@code <prefix>sha256-<hex>.sbom} */
  public static String sbom(String prefix, Digest image) {
    return prefix + base(image) + ".sbom";
  }

  /** {@code sha256-<hex>.cosign}, as written by cosign v0.1. */
  public static String v01Signatures(Digest image) {
    return base(image) + ".cosign";
  }

  /**
   * {@code sha256-<hex>}: the index of referrers where the registry keeps none (distribution-spec
   * 1.1, "Referrers Tag Schema"), and before v0.1 the signature object itself.
   */
  public static String referrers(Digest image) {
    return base(image);
  }

  private static String base(Digest image) {
    return image.algorithm().ociName() + "-" + image.hex();
  }
}
