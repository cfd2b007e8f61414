package dev.bulla.testkit.registry;

import dev.bulla.testkit.http.WireRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Everything a server was asked, in the order of arrival. Safe for many threads; what it returns is
 * a copy.
 *
 * <p>A request counts as answered when its answer begins to be sent, so two requests are called
 * concurrent only when the second arrived before the client can have known the answer to the first.
 * Use {@link Effects#together} to give slow clients the chance.
 */
public final class RequestLog {

  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, RecordedRequest> requests = new TreeMap<>();
  private long lastNumber;
  private long count;
  private long sequence;
  private int highestAnswered;
  private int inFlight;
  private int peak;

  RequestLog(int capacity) {
    this.capacity = capacity;
  }

  /** Begins the record of a request. */
  long begin(WireRequest request, String form) {
    lock.lock();
    try {
      long number = ++lastNumber;
      count++;
      inFlight++;
      peak = Math.max(peak, inFlight);
      requests.put(
          number,
          new RecordedRequest(
              number,
              request.method(),
              request.path(),
              request.rawQuery(),
              request.headers(),
              form,
              highestAnswered + 1,
              ++sequence,
              Long.MAX_VALUE,
              OptionalInt.empty()));
      while (requests.size() > capacity) {
        requests.pollFirstEntry();
      }
      return number;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the record of a request. */
  void end(long number, OptionalInt status) {
    lock.lock();
    try {
      inFlight--;
      requests.computeIfPresent(
          number,
          (n, r) -> {
            highestAnswered = Math.max(highestAnswered, r.round());
            return new RecordedRequest(
                n,
                r.method(),
                r.path(),
                r.rawQuery(),
                r.headers(),
                r.form(),
                r.round(),
                r.arrived(),
                ++sequence,
                status);
          });
    } finally {
      lock.unlock();
    }
  }

  /** Forgets everything but the requests under way, and starts counting anew. */
  public void clear() {
    lock.lock();
    try {
      requests.values().removeIf(r -> r.answered() != Long.MAX_VALUE);
      count = 0;
      highestAnswered = 0;
      peak = inFlight;
    } finally {
      lock.unlock();
    }
  }

  /** Every request, oldest first; the oldest may be missing when there were very many. */
  public List<RecordedRequest> requests() {
    lock.lock();
    try {
      return List.copyOf(requests.values());
    } finally {
      lock.unlock();
    }
  }

  /** The requests of a method whose whole path matches. */
  public List<RecordedRequest> requests(String method, String pathRegex) {
    Pattern path = Pattern.compile(pathRegex);
    return requests().stream()
        .filter(r -> r.method().equals(method) && path.matcher(r.path()).matches())
        .toList();
  }

  /** How many requests there were, forgotten ones included. */
  public long count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  /** How many requests there were of each method. */
  public Map<String, Long> countsByMethod() {
    return requests().stream()
        .collect(
            Collectors.groupingBy(RecordedRequest::method, TreeMap::new, Collectors.counting()));
  }

  /** How many round trips, one after the other, the conversation took at least. */
  public int rounds() {
    return requests().stream().mapToInt(RecordedRequest::round).max().orElse(0);
  }

  /** The most requests that were under way at one moment. */
  public int peakInFlight() {
    lock.lock();
    try {
      return peak;
    } finally {
      lock.unlock();
    }
  }

  /** Whether each two of the given requests were under way at one moment. */
  public static boolean allConcurrent(List<RecordedRequest> requests) {
    for (RecordedRequest one : requests) {
      for (RecordedRequest other : requests) {
        if (one.number() != other.number() && !one.overlaps(other)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The requests that carried anything that could be a credential. */
  public List<RecordedRequest> withCredentials() {
    return requests().stream().filter(RecordedRequest::hasCredentials).toList();
  }

  /** The requests in which the given secret stands. */
  public List<RecordedRequest> carrying(String secret) {
    return requests().stream().filter(r -> r.carries(secret)).toList();
  }

  /** The conversation, one request a line, without anything secret. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (RecordedRequest request : requests()) {
      lines.add(request.line());
    }
    return lines;
  }

  @Override
  public String toString() {
    return "RequestLog[" + count() + " requests]";
  }
}
