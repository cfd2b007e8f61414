package dev.bulla.verify;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import dev.bulla.tlog.LoggedSignature;
import java.util.List;

/**
 * A log that is asked only so often: whoever may write to the registry decides how many signatures
 * lack their entry. For one verification, by one thread.
 */
final class BoundedLookup implements LogLookup {

  private final LogLookup log;
  private int left = Limits.MAX_LOG_LOOKUPS;

  private BoundedLookup(LogLookup log) {
    this.log = log;
  }

  /** The policy for one verification. */
  static Policy in(Policy policy) {
    return policy
        .logLookup()
        .map(log -> policy.withLogLookup(new BoundedLookup(log)))
        .orElse(policy);
  }

  @Override
  public List<LogEntry> entries(LoggedSignature signature) throws BullaException {
    if (left == 0) {
      throw new MalformedInputException(
          "evidence",
          "more than " + Limits.MAX_LOG_LOOKUPS + " signatures come without their entry");
    }
    left--;
    return log.entries(signature);
  }
}
