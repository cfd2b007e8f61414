package dev.bulla;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.AlternativeName;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateIdentity;
import dev.bulla.certificate.SctCheck;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.VerificationException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.oci.DigestReference;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.verify.IdentityPolicy;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignedImage;
import dev.bulla.verify.Verifier;
import java.util.List;
import java.util.Optional;

/** The one verifier, asked about a signature of our own before others are. */
final class SelfCheck {

  private SelfCheck() {}

  /**
   * Does nothing where the request names nothing to trust.
   *
   * @throws ConfigurationException when others would refuse the signature
   */
  static void check(SignRequest request, DigestReference image, Candidate candidate)
      throws BullaException {
    Optional<TrustedRoot> root = request.services().trust();
    if (root.isEmpty()) {
      return;
    }
    Optional<Policy> policy = policy(request, root.get(), candidate instanceof BundleSignature);
    if (policy.isEmpty()) {
      return;
    }
    try {
      Verifier.verify(new SignedImage(image, List.of(candidate)), policy.get());
    } catch (VerificationException e) {
      String why = e.refusals().isEmpty() ? e.message() : e.refusals().get(0).detail();
      throw new ConfigurationException(
          "the new signature does not verify: " + why,
          "the trusted root has to be that of the services which sign; nothing was stored");
    }
  }

  /** What others will ask of it; nothing where nobody could verify it by a trusted root. */
  static Optional<Policy> policy(SignRequest request, TrustedRoot root, boolean bundle)
      throws MalformedInputException {
    SigningServices services = request.services();
    Policy policy;
    if (services.certificates().isEmpty()) {
      policy = Policy.requiringKey(request.signer().publicKey()).withTrustedRoot(root);
    } else {
      Optional<IdentityPolicy> identity = identity(services.certificates().get(0));
      if (identity.isEmpty()) {
        return Optional.empty();
      }
      policy = Policy.requiringIdentity(identity.get(), root);
      // a private authority may have no log, and what one promised is checked
      if (root.certificateLogs().isEmpty()
          || (services.ownCertificates()
              && !SctCheck.areEmbedded(Certificate.parse(services.certificates().get(0))))) {
        policy = policy.insecurelyIgnoringCertificateLog();
      }
    }
    if (services.logs().isEmpty()) {
      policy = policy.insecurelyIgnoringLog();
    } else if (bundle) {
      policy = policy.withLogThreshold(services.logs().size());
    }
    if (!services.authorities().isEmpty()) {
      policy = policy.withTimestamps(bundle ? services.authorities().size() : 1);
    }
    // the bytes of a payload that somebody else made are signed as they are
    return Optional.of(
        !bundle && request.payload().isPresent()
            ? policy.insecurelyIgnoringClaims()
            : policy.withAnnotations(request.annotations()));
  }

  private static Optional<IdentityPolicy> identity(Bytes leaf) throws MalformedInputException {
    CertificateIdentity identity = CertificateIdentity.of(Certificate.parse(leaf));
    Optional<String> name = identity.name().map(AlternativeName::value);
    Optional<String> issuer = identity.issuer();
    return name.isPresent() && issuer.isPresent()
        ? Optional.of(IdentityPolicy.exactly(name.get(), issuer.get()))
        : Optional.empty();
  }
}
