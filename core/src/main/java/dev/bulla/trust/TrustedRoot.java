package dev.bulla.trust;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.CertificateAuthority;
import dev.bulla.certificate.CertificateLog;
import dev.bulla.error.MalformedInputException;
import dev.bulla.timestamp.TimestampAuthority;
import dev.bulla.tlog.TransparencyLog;
import java.util.List;

/**
 * What a {@code trusted_root.json} holds.
 *
 * @param logs transparency logs
 * @param authorities issuers of signing certificates
 * @param certificateLogs logs of certificates, in which every signing certificate is
 * @param timestampAuthorities issuers of timestamps
 */
public record TrustedRoot(
    List<TransparencyLog> logs,
    List<CertificateAuthority> authorities,
    List<CertificateLog> certificateLogs,
    List<TimestampAuthority> timestampAuthorities) {

  public TrustedRoot {
    logs = List.copyOf(logs);
    authorities = List.copyOf(authorities);
    certificateLogs = List.copyOf(certificateLogs);
    timestampAuthorities = List.copyOf(timestampAuthorities);
  }

  /**
   * Reads a root.
   *
   * @throws MalformedInputException for everything that is not exactly one, unknown members
   *     included
   */
  public static TrustedRoot parse(Bytes json) throws MalformedInputException {
    return TrustedRootJson.parse(json);
  }
}
