package dev.bulla.admission.cache;

import dev.bulla.digest.Digest;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import java.time.Instant;
import java.util.List;

/** What is known about one digest under one rule. */
sealed interface Remembered {

  /** When it was found out. */
  Instant since();

  /** It is signed as asked for. */
  record Verified(Digest digest, Instant since) implements Remembered {}

  /** It is not, for certain. */
  record Denied(Outcome outcome, String message, Instant since) implements Remembered {

    static Denied of(VerificationException e, Instant now) {
      return new Denied(e.outcome(), e.message(), now);
    }

    VerificationException exception() {
      return new VerificationException(outcome, message, List.of(), null);
    }
  }
}
