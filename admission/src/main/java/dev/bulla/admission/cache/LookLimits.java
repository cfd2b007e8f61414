package dev.bulla.admission.cache;

import dev.bulla.error.Quoted;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many looks at registries there are at once: in the whole process, and at each registry, whose
 * limit grows by one for each round of answers and is halved when the registry is overloaded or
 * does not answer. Who finds no room waits in the line of its registry, and the lines take turns.
 *
 * <p>Registries of which no image was ever verified share a part of the room: whoever may create
 * pods can name as many registries as he likes, and those may stall; the rest of the room is left
 * for registries that are in use.
 *
 * <p>Safe for use by many threads at once.
 */
public final class LookLimits {

  /**
   * The bounds.
   *
   * @param running looks at once
   * @param unproven of them, at registries of which no image was verified
   * @param waiting looks that wait, at all registries; at one registry half of that
   * @param first the limit that a registry begins with
   * @param most what it grows to
   */
  public record Options(int running, int unproven, int waiting, int first, int most) {

    /** Registries are remembered up to this number. */
    static final int REGISTRIES = 1024;

    /** One stalling registry leaves two thirds of the room to others. */
    public static final Options DEFAULT = new Options(96, 32, 4096, 8, 32);
  }

  /** What became of a look, as far as it says something about the registry. */
  enum Answer {
    /** It led to a verified image. */
    VERIFIED,
    /** The registry answered. */
    ANSWERED,
    /** It was overloaded, failed or did not answer. */
    OVERLOADED,
    /** Nothing can be said. */
    OPEN
  }

  /**
   * A registry as it is now.
   *
   * @param limit looks at once that it is trusted with
   */
  public record Registry(String name, int limit, int running, int waiting, boolean proven) {}

  private final class Host {
    private final String name;
    private final Deque<Condition> line = new ArrayDeque<>();
    private double limit = options.first();
    private int running;
    private boolean proven;
    private long cutAt;

    Host(String name) {
      this.name = name;
    }

    boolean isFree() {
      return running < (int) limit
          && LookLimits.this.running < options.running()
          && (proven || unproven < options.unproven());
    }

    boolean isUnused() {
      return running == 0 && line.isEmpty();
    }
  }

  private final Options options;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();

  /** The one whose turn is longest ago first. */
  private final Map<String, Host> hosts = new LinkedHashMap<>();

  private int running;
  private int unproven;
  private int waiting;
  private long sequence;
  private long givenUp;

  public LookLimits(Options options, InstantSource clock) {
    this.options = options;
    this.clock = clock;
  }

  /** Room for one look; to be {@linkplain #end ended}. */
  final class Look {
    private final Host host;
    private final boolean asProven;
    private final long began;

    private Look(Host host) {
      this.host = host;
      this.asProven = host.proven;
      this.began = sequence++;
    }

    /** Gives the room to others. */
    void end(Answer answer) {
      lock.lock();
      try {
        host.running--;
        running--;
        unproven -= asProven ? 0 : 1;
        learn(answer);
        wakeNext();
      } finally {
        lock.unlock();
      }
    }

    private void learn(Answer answer) {
      if (answer == Answer.OVERLOADED) {
        // those that began before the last cut say nothing new
        if (began >= host.cutAt) {
          host.proven = host.proven && host.limit > 1;
          host.limit = Math.max(1, host.limit / 2);
          host.cutAt = sequence;
        }
      } else if (answer != Answer.OPEN) {
        host.limit = Math.min(options.most(), host.limit + 1 / host.limit);
        host.proven = host.proven || answer == Answer.VERIFIED;
      }
    }
  }

  /**
   * Room for a look at a registry.
   *
   * @throws VerificationException when there is none before the deadline, or too many wait already
   */
  Look begin(String registry, Instant deadline) throws VerificationException {
    lock.lock();
    try {
      Host host = host(registry);
      if (!host.isFree() || isSomebodyDue()) {
        await(host, deadline);
      }
      running++;
      host.running++;
      unproven += host.proven ? 0 : 1;
      Look look = new Look(host);
      wakeNext();
      return look;
    } finally {
      lock.unlock();
    }
  }

  /** Whether somebody waits who could begin, and will as soon as he has woken up. */
  private boolean isSomebodyDue() {
    if (waiting > 0) {
      for (Host host : hosts.values()) {
        if (!host.line.isEmpty() && host.isFree()) {
          return true;
        }
      }
    }
    return false;
  }

  private Host host(String registry) {
    Host known = hosts.get(registry);
    if (known != null) {
      return known;
    }
    if (hosts.size() >= Options.REGISTRIES) {
      Iterator<Host> oldest = hosts.values().iterator();
      while (oldest.hasNext()) {
        if (oldest.next().isUnused()) {
          oldest.remove();
          break;
        }
      }
    }
    Host host = new Host(registry);
    hosts.put(registry, host);
    return host;
  }

  @SuppressWarnings("ReferenceEquality") // a condition is one waiter's own
  private void await(Host host, Instant deadline) throws VerificationException {
    if (waiting >= options.waiting() || host.line.size() >= options.waiting() / 2) {
      givenUp++;
      throw undecided(host, "too many images of it wait to be looked at");
    }
    Condition turn = lock.newCondition();
    host.line.addLast(turn);
    waiting++;
    boolean begins = false;
    try {
      long left = Duration.between(clock.instant(), deadline).toNanos();
      while (!(host.line.peekFirst() == turn && host.isFree())) {
        if (left <= 0) {
          throw undecided(host, "it had no time for another look");
        }
        left = turn.awaitNanos(left);
      }
      begins = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw undecided(host, "interrupted");
    } finally {
      host.line.remove(turn);
      waiting--;
      if (begins) {
        turnIsOver(host);
      } else {
        givenUp++;
        wakeNext();
      }
    }
  }

  private static VerificationException undecided(Host host, String why) {
    return new VerificationException(
        Outcome.UNDECIDED,
        "not decided in time: registry " + Quoted.plain(host.name) + ": " + why,
        List.of(),
        null);
  }

  /** The next turn is another's. */
  private void turnIsOver(Host host) {
    hosts.remove(host.name);
    hosts.put(host.name, host);
  }

  /** Wakes the first of every line that may begin; each looks again whether it still can. */
  private void wakeNext() {
    if (waiting == 0) {
      return;
    }
    int room = options.running() - running;
    for (Host host : hosts.values()) {
      Condition first = host.line.peekFirst();
      if (room > 0 && first != null && host.isFree()) {
        first.signal();
        room--;
      }
    }
  }

  /** Looks under way. */
  public int runningNow() {
    return counted(Count.RUNNING);
  }

  /** Looks that wait for their turn. */
  public int waitingNow() {
    return counted(Count.WAITING);
  }

  /** Looks that never began, since the process started. */
  public int neverBegun() {
    return counted(Count.GIVEN_UP);
  }

  /** Registries with a lower limit than they began with. */
  public int held() {
    return (int) registries().stream().filter(one -> one.limit() < options.first()).count();
  }

  private enum Count {
    RUNNING,
    WAITING,
    GIVEN_UP
  }

  private int counted(Count count) {
    lock.lock();
    try {
      return switch (count) {
        case RUNNING -> running;
        case WAITING -> waiting;
        case GIVEN_UP -> (int) Math.min(Integer.MAX_VALUE, givenUp);
      };
    } finally {
      lock.unlock();
    }
  }

  /** All that are remembered; names are a user's, so show them through {@link Quoted}. */
  public List<Registry> registries() {
    lock.lock();
    try {
      List<Registry> all = new ArrayList<>();
      for (Host host : hosts.values()) {
        all.add(
            new Registry(host.name, (int) host.limit, host.running, host.line.size(), host.proven));
      }
      return all;
    } finally {
      lock.unlock();
    }
  }
}
