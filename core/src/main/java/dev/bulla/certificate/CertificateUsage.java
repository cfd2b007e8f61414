package dev.bulla.certificate;

import java.util.List;
import java.util.Optional;

/** What a chain has to be for (RFC 5280 §4.2.1.12). */
public enum CertificateUsage {
  /** Signing of artifacts: what Fulcio issues. */
  CODE_SIGNING("1.3.6.1.5.5.7.3.3"),
  /**
   * Timestamps: the only usage of the leaf, and one that every reader has to understand (RFC 3161
   * §2.3).
   */
  TIME_STAMPING("1.3.6.1.5.5.7.3.8");

  private static final String ANY = "2.5.29.37.0";

  private final String oid;

  CertificateUsage(String oid) {
    this.oid = oid;
  }

  /** A leaf has to say so; silence permits nothing. */
  boolean fitsLeaf(Certificate leaf) {
    List<String> usages = leaf.extendedUsages().orElse(List.of());
    return this == TIME_STAMPING
        ? usages.equals(List.of(oid))
            && leaf.criticalExtensions().contains(CertificateExtension.EXTENDED_KEY_USAGE)
        : usages.contains(oid);
  }

  /** An authority that says nothing issues for every usage. */
  boolean fitsAuthority(Certificate authority) {
    Optional<List<String>> usages = authority.extendedUsages();
    return usages.isEmpty() || usages.get().contains(oid) || usages.get().contains(ANY);
  }
}
