package dev.bulla.admission.cache;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * How long what is remembered.
 *
 * @param verified how long a verified digest is; zero where nothing is remembered at all
 * @param denied how long a conclusive denial is
 * @param tags how long the digest that a tag named is
 * @param stale how long after it was verified a digest still counts while it cannot be looked at
 *     again; zero where it never does
 * @param denials whether denials are remembered
 * @param entries how many digests are remembered in this process, and how many tags
 */
public record CacheOptions(
    Duration verified,
    Duration denied,
    Duration tags,
    Duration stale,
    boolean denials,
    int entries) {

  private static final Duration LONGEST_DENIED = Duration.ofSeconds(10);
  private static final Duration LONGEST_TAG = Duration.ofSeconds(10);
  private static final Duration STALE = Duration.ofMinutes(10);
  private static final int ENTRIES = 4096;
  private static final long MOST_SECONDS = 86_400;

  /** Connaisseur's 30 seconds, and ten minutes for what cannot be looked at again. */
  public static final CacheOptions DEFAULT = of(Duration.ofSeconds(30), true);

  /**
   * The usual options around a lifetime: a third of it for denials and tags, ten seconds at most.
   *
   * @param life zero or less remembers nothing
   */
  public static CacheOptions of(Duration life, boolean denials) {
    if (life.isNegative() || life.isZero()) {
      return new CacheOptions(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, false, 0);
    }
    return new CacheOptions(
        life,
        shorter(life.dividedBy(3), LONGEST_DENIED),
        shorter(life.dividedBy(3), LONGEST_TAG),
        STALE,
        denials,
        ENTRIES);
  }

  /**
   * As the environment says: {@code CACHE_EXPIRY_SECONDS}, zero or less for nothing, and {@code
   * CACHE_ERRORS}. What cannot be read counts as not set.
   */
  public static CacheOptions in(Map<String, String> environment) {
    long seconds = 30;
    try {
      seconds = Long.parseLong(environment.getOrDefault("CACHE_EXPIRY_SECONDS", "30").strip());
    } catch (NumberFormatException e) {
      // as not set
    }
    String denials =
        environment.getOrDefault("CACHE_ERRORS", "true").strip().toLowerCase(Locale.ROOT);
    return of(
        Duration.ofSeconds(Math.clamp(seconds, 0, MOST_SECONDS)),
        !denials.equals("false") && !denials.equals("f") && !denials.equals("0"));
  }

  public CacheOptions withStale(Duration budget) {
    return new CacheOptions(verified, denied, tags, budget, denials, entries);
  }

  public CacheOptions withEntries(int most) {
    return new CacheOptions(verified, denied, tags, stale, denials, most);
  }

  /** Whether anything is remembered. */
  public boolean isOn() {
    return !verified.isZero();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
