package dev.bulla.verify;

import dev.bulla.certificate.AlternativeName;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateChain;
import dev.bulla.certificate.CertificateIdentity;
import dev.bulla.certificate.CertificatePath;
import dev.bulla.certificate.CertificateUsage;
import dev.bulla.certificate.ChainCheck;
import dev.bulla.certificate.ChainRefusal;
import dev.bulla.certificate.SctCheck;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Quoted;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.trust.TrustedRoot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a certificate is worth something at the times that were proven: its chain at each
 * of them, whole; then that a certificate log has it; and whom it names last. Each step takes what
 * the one before has made.
 */
final class CertificateJudge {

  private CertificateJudge() {}

  /**
   * A time at which the signature existed.
   *
   * @param by what proves it
   */
  record Moment(Instant time, By by) {

    enum By {
      LOG(ReasonCode.WRONG_TIME),
      TIMESTAMP(ReasonCode.WRONG_TIMESTAMP),
      /** Nothing but that the signature is there. */
      PRESENT(ReasonCode.NO_PROVEN_TIME);

      private final ReasonCode whenNotValidThen;

      By(ReasonCode whenNotValidThen) {
        this.whenNotValidThen = whenNotValidThen;
      }
    }
  }

  /**
   * Who signed.
   *
   * @param above certificates that came along and may stand between the signer's and an authority
   * @param moments proven; at least one
   * @param anyName whether every name in the certificate counts, as in the older format
   */
  static SignerIdentity judge(
      Policy policy,
      IdentityPolicy wanted,
      TrustedRoot root,
      SignerClaim signer,
      List<Certificate> above,
      List<Moment> moments,
      boolean anyName)
      throws NotProvenException, MalformedInputException {
    Certificate leaf = signer.certificate().orElseThrow();
    List<CertificatePath> paths = new ArrayList<>(moments.size());
    List<Instant> times = new ArrayList<>(moments.size());
    for (Moment moment : moments) {
      paths.add(path(leaf, above, root, moment));
      times.add(moment.time());
    }
    if (policy.needsCertificateLog()) {
      SctCheck logged =
          SctCheck.of(paths.get(0), policy.certificateTimestamps(), root.certificateLogs());
      if (logged.logs().isEmpty()) {
        throw new NotProvenException(
            ReasonCode.WRONG_SCT,
            "signed certificate timestamp: " + logged.refusals().get(0).detail());
      }
    }
    CertificateIdentity identity = CertificateIdentity.of(paths.get(0).leaf());
    return new SignerIdentity(
        name(identity, wanted, anyName), identity.issuer().orElse(""), leaf.der(), times);
  }

  private static CertificatePath path(
      Certificate leaf, List<Certificate> above, TrustedRoot root, Moment moment)
      throws NotProvenException {
    ChainCheck check =
        CertificateChain.verify(
            leaf, above, root.authorities(), moment.time(), CertificateUsage.CODE_SIGNING);
    if (check instanceof CertificatePath path) {
      return path;
    }
    ChainRefusal refusal = (ChainRefusal) check;
    ReasonCode reason =
        switch (refusal.reason()) {
          case EXPIRED, NOT_YET_VALID, OUTSIDE_AUTHORITY_VALIDITY -> moment.by().whenNotValidThen;
          case AUTHORITY_AS_LEAF,
              SELF_SIGNED_LEAF,
              WRONG_USAGE,
              UNKNOWN_CRITICAL_EXTENSION,
              ISSUER_MISMATCH,
              UNSUPPORTED_ALGORITHM,
              SIGNATURE_MISMATCH,
              NOT_AN_AUTHORITY,
              PATH_TOO_LONG,
              NO_TRUST_ANCHOR ->
              ReasonCode.WRONG_CERTIFICATE;
        };
    throw new NotProvenException(reason, "certificate: " + refusal.detail());
  }

  private static String name(CertificateIdentity identity, IdentityPolicy wanted, boolean anyName)
      throws NotProvenException {
    List<AlternativeName> names =
        anyName ? identity.names() : identity.name().map(List::of).orElse(List.of());
    Optional<String> difference = wanted.difference(identity, !anyName);
    if (difference.isEmpty()) {
      for (AlternativeName name : names) {
        if (wanted.acceptsName(name.value())) {
          return name.value();
        }
      }
      difference =
          Optional.of(
              names.isEmpty()
                  ? "the certificate names nobody"
                  : "it names " + Quoted.text(names.get(0).value()));
    }
    throw new NotProvenException(
        ReasonCode.WRONG_SIGNER,
        "none of the expected identities matched what was in the certificate: " + difference.get());
  }
}
