package dev.bulla.timestamp;

import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateAuthority;
import dev.bulla.certificate.ValidityPeriod;
import java.util.List;
import java.util.Optional;

/**
 * A timestamp authority that the user trusts.
 *
 * @param uri what names it; keys that it changes to have the same
 * @param leaf the certificate that has to have signed, where it is known
 * @param authority who issued that certificate, and when the authority is trusted
 */
public record TimestampAuthority(
    String uri, Optional<Certificate> leaf, CertificateAuthority authority) {

  /**
   * The authority with this chain, as a trusted root lists it: its own certificate first, unless
   * that is left out, and the anchor last.
   *
   * @throws IllegalArgumentException for a chain without certificates or with too many
   */
  public static TimestampAuthority of(
      String uri, List<Certificate> chain, ValidityPeriod validFor) {
    boolean hasLeaf = chain.size() > 1 && !chain.get(0).isAuthority();
    return new TimestampAuthority(
        uri,
        hasLeaf ? Optional.of(chain.get(0)) : Optional.empty(),
        new CertificateAuthority(hasLeaf ? chain.subList(1, chain.size()) : chain, validFor));
  }
}
