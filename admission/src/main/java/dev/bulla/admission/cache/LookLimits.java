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
import org.jspecify.annotations.Nullable;

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
   * @param waiting looks that wait, at all registries; half of that at one registry, and at all of
   *     which no image was verified
   * @param first the limit that a registry begins with
   * @param most what it grows to
   */
  public record Options(int running, int unproven, int waiting, int first, int most) {

    /** Registries are remembered up to this number, beside those at which somebody looks. */
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
    private final Deque<Waiter> line = new ArrayDeque<>();
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

  /** Who stands in the line of a host, until there is a look for him. */
  private final class Waiter {
    private final Condition turn = lock.newCondition();
    private final Host host;
    private final boolean asProven;
    private @Nullable Look look;

    Waiter(Host host) {
      this.host = host;
      this.asProven = host.proven;
    }

    void enter() {
      host.line.addLast(this);
      waiting++;
      waitingUnproven += asProven ? 0 : 1;
    }

    void leave() {
      host.line.remove(this);
      waiting--;
      waitingUnproven -= asProven ? 0 : 1;
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
  private int waitingUnproven;
  private long sequence;
  private long givenUp;

  public LookLimits(Options options, InstantSource clock) {
    this.options = options;
    this.clock = clock;
  }

  /** Room for one look; to be {@linkplain #end ended}. */
  final class Look {
    private final Host host;
    private final boolean waited;
    private final boolean asProven;
    private final long began;

    private Look(Host host, boolean waited) {
      this.host = host;
      this.waited = waited;
      this.asProven = host.proven;
      this.began = sequence++;
    }

    /** Whether there was a line, so that less time was left than the caller had. */
    boolean waited() {
      return waited;
    }

    /** Gives the room to others. */
    void end(Answer answer) {
      lock.lock();
      try {
        host.running--;
        running--;
        unproven -= asProven ? 0 : 1;
        learn(answer);
        giveRoom();
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
      // room that somebody waits for was given to him when it became free: this is nobody else's
      return host.isFree() ? take(host, false) : await(host, deadline);
    } finally {
      lock.unlock();
    }
  }

  private Look take(Host host, boolean waited) {
    running++;
    host.running++;
    unproven += host.proven ? 0 : 1;
    // the next turn is another's
    hosts.remove(host.name);
    hosts.put(host.name, host);
    return new Look(host, waited);
  }

  private Host host(String registry) {
    Host known = hosts.get(registry);
    if (known != null) {
      return known;
    }
    if (hosts.size() >= Options.REGISTRIES) {
      forgetOne();
    }
    Host host = new Host(registry);
    hosts.put(registry, host);
    return host;
  }

  /** One that was proven only when there are no others: names alone push no registry out. */
  private void forgetOne() {
    boolean allProven = hosts.values().stream().allMatch(host -> host.proven);
    Iterator<Host> oldest = hosts.values().iterator();
    while (oldest.hasNext()) {
      Host host = oldest.next();
      if (host.isUnused() && (allProven || !host.proven)) {
        oldest.remove();
        return;
      }
    }
  }

  private Look await(Host host, Instant deadline) throws VerificationException {
    Waiter waiter = new Waiter(host);
    if (waiting >= options.waiting() || host.line.size() >= options.waiting() / 2) {
      givenUp++;
      throw undecided(host, "too many images of it wait to be looked at");
    }
    if (!waiter.asProven && waitingUnproven >= options.waiting() / 2) {
      givenUp++;
      throw undecided(host, "too many images of registries that nobody knows wait to be looked at");
    }
    waiter.enter();
    try {
      long left = Duration.between(clock.instant(), deadline).toNanos();
      while (waiter.look == null) {
        if (left <= 0) {
          throw undecided(host, "it had no time for another look");
        }
        left = waiter.turn.awaitNanos(left);
      }
      return waiter.look;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (waiter.look != null) {
        return waiter.look; // given in the same moment; its user ends it
      }
      throw undecided(host, "interrupted");
    } finally {
      if (waiter.look == null) {
        waiter.leave();
        givenUp++;
      }
    }
  }

  /** Gives what room there is to those who wait, so that nobody who comes now gets it before. */
  private void giveRoom() {
    while (waiting > 0 && running < options.running()) {
      Waiter next = next();
      if (next == null) {
        return;
      }
      next.leave();
      next.look = take(next.host, true);
      next.turn.signal();
    }
  }

  private @Nullable Waiter next() {
    for (Host host : hosts.values()) {
      if (!host.line.isEmpty() && host.isFree()) {
        return host.line.peekFirst();
      }
    }
    return null;
  }

  private static VerificationException undecided(Host host, String why) {
    return new VerificationException(
        Outcome.UNDECIDED,
        "not decided in time: registry " + Quoted.plain(host.name) + ": " + why,
        List.of(),
        null);
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
