package dev.bulla.tlog;

import dev.bulla.bytes.Bytes;
import java.time.Instant;
import java.util.Optional;

/**
 * A fact: a trusted log has an entry of exactly the signature that was asked about. Made by {@link
 * LogCheck} alone.
 */
public final class LoggedEntry {

  private final Bytes logId;
  private final long index;
  private final Optional<Instant> time;

  LoggedEntry(Bytes logId, long index, Optional<Instant> time) {
    this.logId = logId;
    this.index = index;
    this.time = time;
  }

  /** Which log has it. Several entries of one log are one witness. */
  public Bytes logId() {
    return logId;
  }

  /** The entry's position over all shards. */
  public long index() {
    return index;
  }

  /** When the log took it, as far as the log proves that; seconds are exact. */
  public Optional<Instant> time() {
    return time;
  }
}
