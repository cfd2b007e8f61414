package dev.bulla.timestamp;

import java.time.Instant;

/**
 * A time at which the bytes existed, by the word of an authority that the user trusts. Only {@link
 * TimestampToken} makes one.
 */
public final class ProvenTime implements TimestampCheck {

  private final Instant time;
  private final TimestampAuthority authority;

  ProvenTime(Instant time, TimestampAuthority authority) {
    this.time = time;
    this.authority = authority;
  }

  public Instant time() {
    return time;
  }

  /** Whose word it is; one authority counts once, however many timestamps it made. */
  public TimestampAuthority authority() {
    return authority;
  }

  @Override
  public String toString() {
    return "ProvenTime[" + time + "]";
  }
}
