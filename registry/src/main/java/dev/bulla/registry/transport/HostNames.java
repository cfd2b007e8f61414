package dev.bulla.registry.transport;

import dev.bulla.error.Quoted;
import dev.bulla.proxy.IpLiteral;
import dev.bulla.registry.transport.TransportException.Kind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks up names within a time. The platform offers no way to end a look-up, so it goes on without
 * the caller who gave up; how many do so is bounded for the whole process, and the same name is
 * looked up once however many wait for it. Names that were found before have threads of their own:
 * whoever brings names whose servers never answer does not keep others from being found.
 *
 * <p>Safe for use by many threads at once.
 */
public final class HostNames {

  /** For each kind of name. */
  private static final int THREADS = 16;

  /** Names that wait for a thread, for each kind. */
  private static final int WAITING = 256;

  /** Names that are known to have been found. */
  private static final int KNOWN = 1024;

  private static final HostNames SHARED =
      new HostNames(InetAddress::getAllByName, THREADS, WAITING);

  /** Finds the addresses of a name, in whatever time that takes. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  private final class LookUp extends FutureTask<InetAddress[]> {
    private volatile boolean begun;

    LookUp(String host) {
      super(() -> resolved(host));
    }

    @Override
    public void run() {
      begun = true;
      super.run();
    }
  }

  private final Resolver resolver;
  private final ThreadPoolExecutor forKnown;
  private final ThreadPoolExecutor forNew;
  private final Object lock = new Object();
  private final Map<String, LookUp> underWay = new HashMap<>();
  private final Map<String, Boolean> known;

  HostNames(Resolver resolver, int threads, int waiting) {
    this.resolver = resolver;
    this.forKnown = pool(threads, waiting);
    this.forNew = pool(threads, waiting);
    this.known =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > KNOWN;
          }
        };
  }

  private static ThreadPoolExecutor pool(int threads, int waiting) {
    // threads of the platform: a look-up holds on to its carrier, of which there are as few as
    // processors
    ThreadFactory daemons =
        task -> {
          Thread thread = new Thread(task, "bulla-names");
          thread.setDaemon(true);
          return thread;
        };
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(waiting), daemons);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /**
   * The addresses of a host; of an address itself.
   *
   * @param host a name or an address, IPv6 without brackets
   * @throws TransportException when there are none, or none were found in time; caused by a {@link
   *     RejectedExecutionException} where nobody was asked, as too many others are looked up
   */
  public static InetAddress[] addresses(String host, Duration within) throws TransportException {
    return SHARED.find(host, within);
  }

  /** That of the whole process. */
  static HostNames shared() {
    return SHARED;
  }

  InetAddress[] find(String host, Duration within) throws TransportException {
    LookUp task;
    try {
      Optional<InetAddress> literal = NetworkAddresses.literal(host);
      if (literal.isPresent()) {
        return new InetAddress[] {literal.get()};
      }
      if (host.indexOf(':') >= 0 || IpLiteral.isNumeric(host)) {
        throw new UnknownHostException("neither a name nor an address");
      }
      task = start(host);
    } catch (UnknownHostException e) {
      throw unknown(host, e);
    } catch (RejectedExecutionException e) {
      throw new TransportException(
          Kind.CONNECT_TIMEOUT,
          "too many names are being looked up: " + Quoted.plain(host) + " was not",
          e);
    }
    try {
      return task.get(Math.max(0, within.toNanos()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw unknown(host, Objects.requireNonNullElse(e.getCause(), e));
    } catch (TimeoutException e) {
      boolean begun = task.begun;
      if (begun) {
        synchronized (lock) {
          known.remove(host);
        }
      }
      throw new TransportException(
          Kind.CONNECT_TIMEOUT,
          "the name " + Quoted.plain(host) + " was not found in time",
          begun ? e : new RejectedExecutionException(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransportException(
          Kind.NO_CONNECTION, "interrupted while looking up " + Quoted.plain(host), e);
    }
  }

  private static TransportException unknown(String host, Throwable cause) {
    return new TransportException(Kind.NO_CONNECTION, "no such host: " + Quoted.plain(host), cause);
  }

  private LookUp start(String host) {
    synchronized (lock) {
      LookUp already = underWay.get(host);
      if (already != null) {
        return already;
      }
      LookUp task = new LookUp(host);
      (known.containsKey(host) ? forKnown : forNew).execute(task);
      underWay.put(host, task);
      return task;
    }
  }

  private InetAddress[] resolved(String host) throws UnknownHostException {
    boolean found = false;
    try {
      InetAddress[] addresses = resolver.resolve(host);
      found = true;
      return addresses;
    } finally {
      synchronized (lock) {
        underWay.remove(host);
        if (found) {
          known.put(host, true);
        } else {
          known.remove(host);
        }
      }
    }
  }

  /** Threads that were ever at work at the same time. */
  int threads() {
    return forKnown.getLargestPoolSize() + forNew.getLargestPoolSize();
  }
}
