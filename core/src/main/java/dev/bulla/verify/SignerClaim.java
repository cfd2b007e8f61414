package dev.bulla.verify;

import dev.bulla.bundle.Bundle;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.key.VerificationKey;
import dev.bulla.tlog.LoggedSignature;
import java.util.List;
import java.util.Optional;

/**
 * Whose signature a candidate has to be: the key of the policy, or the one in the certificate that
 * came along, whose worth is still to be seen.
 *
 * @param certificate DER, where the key comes from one
 */
record SignerClaim(VerificationKey key, Optional<Bytes> certificate) {

  static SignerClaim ofKey(VerificationKey key) {
    return new SignerClaim(key, Optional.empty());
  }

  /** The signer that the candidate names by a certificate. */
  static SignerClaim ofCertificate(Candidate candidate)
      throws NotProvenException, MalformedInputException {
    Certificate certificate;
    if (candidate instanceof LegacySignature legacy) {
      if (legacy.certificate().isEmpty()) {
        throw new NotProvenException(
            ReasonCode.NO_CERTIFICATE, "no certificate found on signature");
      }
      List<Certificate> found =
          Certificate.parsePem(Bytes.utf8(legacy.certificate().get()), "certificate annotation");
      if (found.isEmpty()) {
        throw new MalformedInputException("certificate annotation", "no certificate");
      }
      certificate = found.get(0);
    } else if (((BundleSignature) candidate).bundle().keyMaterial()
        instanceof Bundle.CertificateChain chain) {
      certificate = Certificate.parse(chain.certificates().get(0));
    } else {
      throw new NotProvenException(
          ReasonCode.NO_CERTIFICATE, "expected certificate, not key signature");
    }
    return new SignerClaim(certificate.publicKey(), Optional.of(certificate.der()));
  }

  boolean isCertificate() {
    return certificate.isPresent();
  }

  /** What has to be logged of this signer's signature. */
  LoggedSignature logged(Bytes signature, LoggedSignature.Signed signed) {
    return new LoggedSignature(signature, key, certificate, signed);
  }
}
