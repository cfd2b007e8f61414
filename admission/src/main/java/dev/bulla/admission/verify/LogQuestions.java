package dev.bulla.admission.verify;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceTransport;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.sigstore.rekor.RekorLookup;
import dev.bulla.sigstore.rekor.RekorV1Client;
import dev.bulla.tlog.LoggedSignature;
import dev.bulla.verify.LogLookup;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one look at one image asks a log: each signature once, so many of them, and nothing more
 * once the log is found to be away. Several trust roots share it. For one thread.
 */
final class LogQuestions implements LogLookup {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ServiceTransport transport;
  private final ServiceUrl url;
  private final InstantSource clock;
  private final Instant deadline;
  private final Map<LoggedSignature, List<LogEntry>> answers = new HashMap<>();
  private int left = Limits.MAX_LOG_LOOKUPS;
  private @Nullable ServiceException away;

  LogQuestions(ServiceTransport transport, ServiceUrl url, InstantSource clock, Instant deadline) {
    this.transport = transport;
    this.url = url;
    this.clock = clock;
    this.deadline = deadline;
  }

  @Override
  public List<LogEntry> entries(LoggedSignature signature) throws BullaException {
    List<LogEntry> known = answers.get(signature);
    if (known != null) {
      return known;
    }
    if (away != null) {
      throw away;
    }
    if (left == 0) {
      throw new MalformedInputException(
          "evidence",
          "more than " + Limits.MAX_LOG_LOOKUPS + " signatures come without their entry");
    }
    left--;
    try {
      List<LogEntry> found =
          new RekorLookup(new RekorV1Client(ServiceCaller.of(transport, patience()), url))
              .entries(signature);
      answers.put(signature, found);
      return found;
    } catch (ServiceException e) {
      if (e.kind() != Kind.BAD_ANSWER && e.kind() != Kind.REFUSED) {
        away = e; // it is what it is for the other signatures too
      }
      throw e;
    }
  }

  /** Half of what is left, so that there is time to say that the log did not answer. */
  private Duration patience() throws ServiceException {
    Duration half = Duration.between(clock.instant(), deadline).dividedBy(2);
    if (half.isNegative() || half.isZero()) {
      throw new ServiceException(Kind.TIMEOUT, url + ": no time was left to ask the log");
    }
    return half.compareTo(PATIENCE) < 0 ? half : PATIENCE;
  }
}
