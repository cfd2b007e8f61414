package dev.bulla.admission.verify;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.config.ValidatorConfig.SigstoreHosts;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateAuthority;
import dev.bulla.certificate.CertificateLog;
import dev.bulla.certificate.ValidityPeriod;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.Limits;
import dev.bulla.timestamp.TimestampAuthority;
import dev.bulla.tlog.TransparencyLog;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.verify.TrustSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The logs and authorities of one validator: those of its {@code trustedRoot}, or what its {@code
 * host} names, and for the rest those of the live instance, which is asked only for what a rule
 * needs.
 */
final class SigstoreTrust {

  private static final TrustedRoot NOTHING =
      new TrustedRoot(List.of(), List.of(), List.of(), List.of());

  private final Optional<List<TransparencyLog>> logs;
  private final Optional<List<CertificateAuthority>> authorities;
  private final Optional<List<CertificateLog>> certificateLogs;
  private final Optional<List<TimestampAuthority>> timestampAuthorities;
  private final LiveTrust live;

  private SigstoreTrust(
      Optional<List<TransparencyLog>> logs,
      Optional<List<CertificateAuthority>> authorities,
      Optional<List<CertificateLog>> certificateLogs,
      Optional<List<TimestampAuthority>> timestampAuthorities,
      LiveTrust live) {
    this.logs = logs;
    this.authorities = authorities;
    this.certificateLogs = certificateLogs;
    this.timestampAuthorities = timestampAuthorities;
    this.live = live;
  }

  static SigstoreTrust of(SigstoreHosts hosts, LiveTrust live)
      throws MalformedInputException, ConfigurationException {
    if (hosts.trustedRoot().isPresent()) {
      TrustedRoot root = hosts.trustedRoot().get().root();
      return new SigstoreTrust(
          Optional.of(root.logs()),
          Optional.of(root.authorities()),
          Optional.of(root.certificateLogs()),
          Optional.of(root.timestampAuthorities()),
          live);
    }
    Optional<List<TransparencyLog>> logs = Optional.empty();
    if (hosts.rekorKey().isPresent()) {
      VerificationKey key =
          VerificationKey.parsePem(Bytes.utf8(hosts.rekorKey().get()), "host.rekorPubkey");
      logs =
          Optional.of(
              List.of(
                  new TransparencyLog(
                      "", key.fingerprint(), key, Instant.EPOCH, Optional.empty())));
    }
    Optional<List<CertificateAuthority>> authorities = Optional.empty();
    if (hosts.fulcioCertificates().isPresent()) {
      authorities = Optional.of(authorities(hosts.fulcioCertificates().get()));
    }
    Optional<List<CertificateLog>> certificateLogs = Optional.empty();
    if (hosts.certificateLogKey().isPresent()) {
      VerificationKey key =
          VerificationKey.parsePem(Bytes.utf8(hosts.certificateLogKey().get()), "host.ctLogPubkey");
      certificateLogs = Optional.of(List.of(CertificateLog.of(key, ValidityPeriod.ALWAYS)));
    }
    return new SigstoreTrust(logs, authorities, certificateLogs, Optional.empty(), live);
  }

  /** What vouches for itself is trusted, and the rest leads to it. */
  private static List<CertificateAuthority> authorities(String pem)
      throws MalformedInputException, ConfigurationException {
    List<Certificate> roots = new ArrayList<>();
    List<Certificate> between = new ArrayList<>();
    for (Certificate certificate : Certificate.parsePem(Bytes.utf8(pem), "host.fulcioCert")) {
      (certificate.subject().equals(certificate.issuer()) ? roots : between).add(certificate);
    }
    if (roots.isEmpty() || between.size() >= Limits.MAX_BUNDLE_PROOFS) {
      throw new ConfigurationException(
          roots.isEmpty()
              ? "host.fulcioCert holds no root certificate"
              : "host.fulcioCert holds more than " + Limits.MAX_BUNDLE_PROOFS + " certificates");
    }
    List<CertificateAuthority> authorities = new ArrayList<>();
    for (Certificate root : roots) {
      List<Certificate> chain = new ArrayList<>(between);
      chain.add(root);
      authorities.add(new CertificateAuthority(chain, ValidityPeriod.ALWAYS));
    }
    return authorities;
  }

  /** Whether a rule of this validator depends on the live instance. */
  boolean needsLive(RuleConfig rule, boolean keyless) {
    return (rule.verifyLog() && logs.isEmpty())
        || (keyless && (authorities.isEmpty() || (rule.verifySct() && certificateLogs.isEmpty())));
  }

  /**
   * What evidence is checked with.
   *
   * @param keyless whether it goes by certificates
   */
  TrustSource source(RuleConfig rule, boolean keyless, Instant deadline) {
    return needsLive(rule, keyless)
        ? () -> over(live.get(deadline))
        : new TrustSource.Known(over(NOTHING));
  }

  private TrustedRoot over(TrustedRoot other) {
    return new TrustedRoot(
        logs.orElse(other.logs()),
        authorities.orElse(other.authorities()),
        certificateLogs.orElse(other.certificateLogs()),
        timestampAuthorities.orElse(other.timestampAuthorities()));
  }

  /** Whether the authorities are one's own, and nobody beside a log says when they were used. */
  boolean hasOwnAuthoritiesWithoutTimestamps() {
    return authorities.isPresent() && timestampAuthorities.orElse(List.of()).isEmpty();
  }

  /** Whether signatures have to bring the certificates between theirs and the authorities'. */
  boolean lacksIntermediates() {
    return authorities.isPresent()
        && timestampAuthorities.isEmpty() // a trusted root has whole chains
        && authorities.get().stream().allMatch(one -> one.chain().size() == 1);
  }
}
