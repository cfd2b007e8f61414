package dev.bulla;

import dev.bulla.bytes.Bytes;
import dev.bulla.sigstore.rekor.LogWriter;
import dev.bulla.sigstore.tsa.TimestampClient;
import dev.bulla.trust.TrustedRoot;
import java.util.List;
import java.util.Optional;

/**
 * What vouches for a signature beside the key that makes it.
 *
 * @param certificates of that key, DER, the signer's first; empty when the key speaks for itself
 * @param ownCertificates whether the user brought them along. Such ones need not be in a
 *     certificate log; those that an authority has just issued for the signature have to be, where
 *     {@code trust} names one
 * @param authorities each of them stamps the signature
 * @param logs each of them records it. The older format has room for one entry, so only the first
 *     is asked for it
 * @param trust what the result has to stand up to before it is stored; without, it is stored as it
 *     came back
 */
public record SigningServices(
    List<Bytes> certificates,
    boolean ownCertificates,
    List<TimestampClient> authorities,
    List<LogWriter> logs,
    Optional<TrustedRoot> trust) {

  /** Nothing: the key alone. */
  public static final SigningServices NONE =
      new SigningServices(List.of(), false, List.of(), List.of(), Optional.empty());

  public SigningServices {
    certificates = List.copyOf(certificates);
    authorities = List.copyOf(authorities);
    logs = List.copyOf(logs);
  }

  /** As these, with other certificates. */
  public SigningServices withCertificates(List<Bytes> replacement) {
    return new SigningServices(replacement, ownCertificates, authorities, logs, trust);
  }
}
