package dev.bulla.certificate;

import dev.bulla.limits.Limits;
import java.util.List;

/**
 * An authority that the user trusts.
 *
 * @param chain its certificates from the issuing one to the anchor, which is the last; at least one
 * @param validFor when it is trusted
 */
public record CertificateAuthority(List<Certificate> chain, ValidityPeriod validFor) {

  /**
   * @throws IllegalArgumentException for a chain without certificates or with more than {@link
   *     Limits#MAX_BUNDLE_PROOFS}
   */
  public CertificateAuthority {
    chain = List.copyOf(chain);
    if (chain.isEmpty() || chain.size() > Limits.MAX_BUNDLE_PROOFS) {
      throw new IllegalArgumentException("a chain of " + chain.size() + " certificates");
    }
  }

  /** The certificate that is trusted by itself. */
  public Certificate anchor() {
    return chain.get(chain.size() - 1);
  }

  /** The certificates that lead to the anchor. */
  List<Certificate> intermediates() {
    return chain.subList(0, chain.size() - 1);
  }
}
