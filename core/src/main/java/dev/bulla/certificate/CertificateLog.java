package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;
import dev.bulla.key.VerificationKey;

/**
 * A certificate transparency log that the user trusts.
 *
 * @param id how its promises name it: the SHA-256 of its key
 * @param validFor when its promises count
 */
public record CertificateLog(Bytes id, VerificationKey key, ValidityPeriod validFor) {

  /** The log with this key, named by its fingerprint. */
  public static CertificateLog of(VerificationKey key, ValidityPeriod validFor) {
    return new CertificateLog(key.fingerprint(), key, validFor);
  }
}
