package dev.bulla.certificate;

import java.time.Instant;
import java.util.List;

/**
 * A chain that held at a time: every certificate was valid then, each was signed by the next, and
 * the last is one that the user trusts. Only {@link CertificateChain} makes one.
 */
public final class CertificatePath implements ChainCheck {

  private final List<Certificate> certificates;
  private final CertificateAuthority authority;
  private final CertificateUsage usage;
  private final Instant at;

  CertificatePath(
      List<Certificate> certificates,
      CertificateAuthority authority,
      CertificateUsage usage,
      Instant at) {
    this.certificates = List.copyOf(certificates);
    this.authority = authority;
    this.usage = usage;
    this.at = at;
  }

  /** From the leaf to the anchor; one where the leaf is the anchor. */
  public List<Certificate> certificates() {
    return certificates;
  }

  public Certificate leaf() {
    return certificates.get(0);
  }

  /** The certificate whose key signed the leaf; a leaf that is the anchor stands for its own. */
  public Certificate issuer() {
    return certificates.get(Math.min(1, certificates.size() - 1));
  }

  /** The authority that the chain leads to. */
  public CertificateAuthority authority() {
    return authority;
  }

  /** What the chain was found good for. */
  public CertificateUsage usage() {
    return usage;
  }

  /** The time at which it held. */
  public Instant at() {
    return at;
  }

  @Override
  public String toString() {
    return "CertificatePath[" + certificates.size() + " certificates at " + at + "]";
  }
}
