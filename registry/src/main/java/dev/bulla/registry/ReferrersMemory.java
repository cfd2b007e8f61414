package dev.bulla.registry;

import dev.bulla.error.MalformedInputException;
import dev.bulla.oci.Repository;
import dev.bulla.proxy.IpLiteral;
import dev.bulla.registry.cache.DiskCache;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.Origin;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which registries keep no lists of referrers, as found out within the last day: in this process,
 * and where there is a disk cache, in others. Says where asking is likely to be in vain; never that
 * there is nothing.
 */
final class ReferrersMemory {

  /** What is remembered; no host is written like the second. */
  private static final String LISTS = "";

  private static final String SUBJECTS = "subjects ";

  private final Pace pace;
  private final @Nullable DiskCache disk;
  private final Map<String, Instant> lacking = new ConcurrentHashMap<>();
  private final Map<String, Boolean> lookedUp = new ConcurrentHashMap<>();

  ReferrersMemory(Pace pace, @Nullable DiskCache disk) {
    this.pace = pace;
    this.disk = disk;
  }

  boolean lacks(Repository repository, HostState host) {
    return knows(LISTS, repository, host);
  }

  void note(Repository repository, HostState host, boolean lacks) {
    note(LISTS, repository, host, lacks);
  }

  /**
   * Whether the registry did not acknowledge the subject of what was pushed. It may have lists all
   * the same, so this is of interest only to who pushes.
   */
  boolean ignoresSubjects(Repository repository, HostState host) {
    return knows(SUBJECTS, repository, host);
  }

  void noteIgnoresSubjects(Repository repository, HostState host) {
    note(SUBJECTS, repository, host, true);
  }

  private boolean knows(String topic, Repository repository, HostState host) {
    String registry = topic + repository.registry();
    Instant noted = lacking.get(registry);
    if (noted != null) {
      Instant now = pace.now();
      return !noted.isAfter(now) && noted.plus(DiskCache.ABSENCE).isAfter(now);
    }
    if (disk == null || lookedUp.putIfAbsent(registry, true) != null) {
      return false;
    }
    Origin origin = origin(repository, host);
    if (origin == null || !disk.lacksReferrers(topic + origin)) {
      return false;
    }
    lacking.put(registry, pace.now());
    return true;
  }

  private void note(String topic, Repository repository, HostState host, boolean lacks) {
    String registry = topic + repository.registry();
    Instant before = lacks ? lacking.put(registry, pace.now()) : lacking.remove(registry);
    boolean news = lacks == (before == null);
    Origin origin = host.origin();
    if (disk == null || origin == null || !news) {
      return;
    }
    if (lacks) {
      disk.noteNoReferrers(topic + origin);
    } else {
      disk.noteReferrers(topic + origin);
    }
  }

  /** Where the first request will go, as far as can be said before it. */
  private static @Nullable Origin origin(Repository repository, HostState host) {
    Origin settled = host.origin();
    if (settled != null) {
      return settled;
    }
    try {
      Origin https = HttpUrl.origin("https", repository.registry());
      return IpLiteral.isLoopback(https.host())
          ? HttpUrl.origin("http", repository.registry())
          : https;
    } catch (MalformedInputException e) {
      return null;
    }
  }
}
