package dev.bulla.verify;

import dev.bulla.bytes.Bytes;
import dev.bulla.key.VerificationKey;
import dev.bulla.tlog.LoggedSignature;
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

  boolean isCertificate() {
    return certificate.isPresent();
  }

  /** What has to be logged of this signer's signature. */
  LoggedSignature logged(Bytes signature, LoggedSignature.Signed signed) {
    return new LoggedSignature(signature, key, certificate, signed);
  }
}
