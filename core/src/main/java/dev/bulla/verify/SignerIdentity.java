package dev.bulla.verify;

import dev.bulla.bytes.Bytes;
import java.time.Instant;
import java.util.List;

/**
 * Who made a signature, by a certificate that was checked whole.
 *
 * @param name the one name that identities are compared with; text from outside
 * @param issuer who vouched for it; text from outside
 * @param certificate DER
 * @param times when the signature was made, as far as that was proven; at least one
 */
public record SignerIdentity(String name, String issuer, Bytes certificate, List<Instant> times) {

  public SignerIdentity {
    times = List.copyOf(times);
  }
}
