package dev.bulla.kms.k8s.api;

import dev.bulla.bytes.Bytes;
import dev.bulla.keys.kms.KmsTrust;
import java.net.URI;
import java.util.Optional;

/**
 * How the API server is reached. {@link #toString()} shows the address only.
 *
 * @param server {@code https://host:port}, perhaps with a path; no slash at its end
 * @param authorization the value of that header
 * @param identity certificate and key of the client
 */
record Connection(
    URI server, KmsTrust trust, Optional<String> authorization, Optional<Identity> identity) {

  /**
   * A client certificate.
   *
   * @param certificate PEM, the client's own first
   * @param key PEM, not encrypted
   */
  record Identity(Bytes certificate, Bytes key) {
    @Override
    public String toString() {
      return "Identity";
    }
  }

  @Override
  public String toString() {
    return "Connection[" + server + "]";
  }
}
