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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whose signature a candidate has to be: the key of the policy, or the one in the certificate that
 * the policy names or that came along, whose worth is still to be seen.
 *
 * @param certificate where the key comes from one
 * @param carried the certificate that came along, which is what logs have
 */
record SignerClaim(
    VerificationKey key, Optional<Certificate> certificate, Optional<Certificate> carried) {

  static SignerClaim ofKey(VerificationKey key) {
    return new SignerClaim(key, Optional.empty(), Optional.empty());
  }

  /** The signer that the policy or the candidate names by a certificate. */
  static SignerClaim ofCertificate(Optional<Certificate> wanted, Candidate candidate)
      throws NotProvenException, MalformedInputException {
    Optional<Certificate> carried = carried(candidate);
    if (wanted.isEmpty()) {
      Certificate own =
          carried.orElseThrow(() ->
              new NotProvenException(
                  ReasonCode.NO_CERTIFICATE,
                  candidate instanceof LegacySignature
                      ? "no certificate found on signature"
                      : "expected certificate, not key signature"));
      return new SignerClaim(own.publicKey(), carried, carried);
    }
    if (carried.isPresent() && !carried.get().publicKey().equals(wanted.get().publicKey())) {
      throw new NotProvenException(
          ReasonCode.WRONG_SIGNER, "it comes with a certificate of another key than the signer's");
    }
    return new SignerClaim(wanted.get().publicKey(), wanted, carried);
  }

  private static Optional<Certificate> carried(Candidate candidate) throws MalformedInputException {
    if (candidate instanceof LegacySignature legacy) {
      if (legacy.certificate().isEmpty()) {
        return Optional.empty();
      }
      List<Certificate> found =
          Certificate.parsePem(Bytes.utf8(legacy.certificate().get()), "certificate annotation");
      return Optional.of(found.get(0));
    }
    return ((BundleSignature) candidate).bundle().keyMaterial()
            instanceof Bundle.CertificateChain chain
        ? Optional.of(Certificate.parse(chain.certificates().get(0)))
        : Optional.empty();
  }

  /** The certificates that came along above the signer's, unchecked. */
  static List<Certificate> intermediates(Candidate candidate) throws MalformedInputException {
    if (candidate instanceof LegacySignature legacy) {
      return legacy.chain().isEmpty()
          ? List.of()
          : Certificate.parsePem(Bytes.utf8(legacy.chain().get()), "chain annotation");
    }
    List<Certificate> above = new ArrayList<>();
    if (((BundleSignature) candidate).bundle().keyMaterial()
        instanceof Bundle.CertificateChain chain) {
      for (Bytes der : chain.certificates().subList(1, chain.certificates().size())) {
        above.add(Certificate.parse(der));
      }
    }
    return above;
  }

  boolean isCertificate() {
    return certificate.isPresent();
  }

  /**
   * What has to be logged of this signer's signature, by any one of these: of a signature that came
   * without certificate nobody says whether the log has the certificate or the key.
   */
  List<LoggedSignature> logged(Bytes signature, LoggedSignature.Signed signed) {
    List<LoggedSignature> claims = new ArrayList<>(2);
    Optional<Certificate> first = carried.or(() -> certificate);
    claims.add(new LoggedSignature(signature, key, first.map(Certificate::der), signed));
    if (!first.equals(carried)) {
      claims.add(new LoggedSignature(signature, key, Optional.empty(), signed));
    }
    return claims;
  }
}
