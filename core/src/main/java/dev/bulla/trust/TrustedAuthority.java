package dev.bulla.trust;

import dev.bulla.bytes.Bytes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An issuer of certificates or timestamps.
 *
 * @param uri its address, which names it: two entries with the same one are one authority
 * @param certificates DER, from the one that issues to the anchor; at least one
 * @param start when it began to be trusted, inclusive
 * @param end until when, inclusive
 */
public record TrustedAuthority(
    String uri, List<Bytes> certificates, Optional<Instant> start, Optional<Instant> end) {

  public TrustedAuthority {
    certificates = List.copyOf(certificates);
  }
}
