package dev.bulla.admission.cache;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that somebody else moves. */
final class Wall implements InstantSource {

  private volatile Instant now = Instant.parse("2026-11-22T03:00:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }
}
