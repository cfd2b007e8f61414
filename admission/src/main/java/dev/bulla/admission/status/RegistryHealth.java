package dev.bulla.admission.status;

import dev.bulla.admission.verify.RegistryListener;
import dev.bulla.registry.transport.Origin;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How it goes with each server that is asked. Whoever may create objects chooses them, so only the
 * last ones are remembered. Thread-safe.
 */
final class RegistryHealth implements RegistryListener {

  static final int MAX = 100;

  /** A server can answer with any of four hundred statuses. */
  private static final int MAX_CODES = 20;

  /** What calls took lately: each new one counts this part. */
  private static final int NEWEST_PART = 8;

  /** What is known about one server. */
  private static final class Health {
    private int underWay;
    private long calls;
    private long errors;
    private String last = "";
    private Optional<Instant> lastAt = Optional.empty();
    private long lastNanos;
    private long usualNanos;
    private final Map<String, Long> codes = new TreeMap<>();
  }

  private final InstantSource clock;

  /** Whoever was asked longest ago comes first. */
  private final Map<String, Health> servers = new LinkedHashMap<>(16, 0.75f, true);

  RegistryHealth(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized void begun(Origin server) {
    of(server).underWay++;
  }

  @Override
  public synchronized void ended(Origin server, String code, Duration took) {
    Health health = of(server);
    // it may have been forgotten since the call began
    health.underWay = Math.max(0, health.underWay - 1);
    health.last = code;
    health.lastAt = Optional.of(clock.instant());
    health.lastNanos = took.toNanos();
    health.usualNanos +=
        health.calls == 0 ? took.toNanos() : (took.toNanos() - health.usualNanos) / NEWEST_PART;
    health.calls++;
    health.errors += isError(code) ? 1 : 0;
    String counted =
        health.codes.size() < MAX_CODES || health.codes.containsKey(code) ? code : "other";
    health.codes.merge(counted, 1L, Long::sum);
  }

  private Health of(Origin server) {
    Health known = servers.computeIfAbsent(server.toString(), name -> new Health());
    Iterator<Health> longest = servers.values().iterator();
    while (servers.size() > MAX && longest.hasNext()) {
      Health oldest = longest.next();
      if (oldest != known) {
        longest.remove();
      }
    }
    return known;
  }

  /**
   * Whether a server or the way to it is at fault: not for what is not there, and not for a call
   * that nobody waited for.
   */
  static boolean isError(String code) {
    char first = code.charAt(0);
    return first == '5'
        || code.equals("429")
        || ((first < '0' || first > '9') && !code.equals("cancelled"));
  }

  /** Whoever was asked last comes first. */
  synchronized List<Status.Registry> all() {
    List<Status.Registry> all = new ArrayList<>();
    servers.forEach((server, health) ->
        all.add(
            0,
            new Status.Registry(
                server,
                health.underWay,
                health.calls,
                health.errors,
                health.last,
                health.lastAt,
                Duration.ofNanos(health.lastNanos),
                Duration.ofNanos(health.usualNanos),
                new TreeMap<>(health.codes))));
    return all;
  }
}
