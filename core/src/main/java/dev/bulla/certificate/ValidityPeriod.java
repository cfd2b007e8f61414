package dev.bulla.certificate;

import java.time.Instant;
import java.util.Optional;

/**
 * When a key or an authority counted, both ends included; an end that is missing is open. This is
 * what the trusted root says of it, beside what its certificate says of itself.
 */
public record ValidityPeriod(Optional<Instant> start, Optional<Instant> end) {

  /** Every moment. */
  public static final ValidityPeriod ALWAYS =
      new ValidityPeriod(Optional.empty(), Optional.empty());

  public boolean contains(Instant at) {
    return !(start.isPresent() && at.isBefore(start.get()))
        && !(end.isPresent() && at.isAfter(end.get()));
  }
}
