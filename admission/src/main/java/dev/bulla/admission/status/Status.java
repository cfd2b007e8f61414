package dev.bulla.admission.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that the status page shows, as it was at one time. Foreign text in it has gone through
 * {@link dev.bulla.error.Quoted}; whoever shows it escapes it for where it is shown.
 *
 * @param at when it was so
 * @param started when the webhook was started
 * @param ready whether keys and trust material are at hand
 * @param recent the newest first
 * @param decided images and empty reviews in all since the start, {@code recent} among them
 * @param rules in the order of the configuration
 * @param registries who was asked last comes first
 * @param certificateUntil when the server's certificate expires
 */
record Status(
    Instant at,
    Instant started,
    boolean ready,
    List<Decided> recent,
    long decided,
    List<Rule> rules,
    Cache cache,
    List<Registry> registries,
    Configuration configuration,
    Trust trust,
    Instant certificateUntil) {

  /**
   * What became of one image, or of a review without images.
   *
   * @param image empty where a review had none
   * @param rule empty where none decided
   * @param source where the verdict was known from; empty where no signature was asked about
   */
  record Decided(
      Instant at,
      String path,
      String operation,
      String namespace,
      String object,
      String user,
      String image,
      String rule,
      Verdict verdict,
      String reason,
      String source,
      boolean dryRun,
      Duration took) {}

  /** How it ended for an image. */
  enum Verdict {
    ADMITTED("admitted"),
    /** Denied, and let through since the features say so. */
    LET_THROUGH("let through"),
    DENIED("denied"),
    TIMED_OUT("timed out"),
    /** Admitted, in an object that was denied for something else. */
    WITH_OTHERS("denied with others");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /**
   * A rule and how often it decided.
   *
   * @param line where it stands in its file
   * @param matches images that it decided about since the start
   * @param denied those of them that were denied
   * @param last when it decided last
   */
  record Rule(
      String pattern,
      String validator,
      int line,
      long matches,
      long denied,
      Optional<Instant> last) {}

  /**
   * What is remembered.
   *
   * @param shared how it goes with the cache of several replicas, in words
   * @param failing whether the shared cache does not answer
   */
  record Cache(
      int entries,
      int underWay,
      long hits,
      long sharedHits,
      long misses,
      long stale,
      String shared,
      boolean failing) {}

  /**
   * A server that was asked, a registry or who gives out its tokens.
   *
   * @param last what came of the last call that ended
   * @param codes how often each came
   * @param usual what calls took lately; the newest counts most
   */
  record Registry(
      String server,
      int underWay,
      long calls,
      long errors,
      String last,
      Optional<Instant> lastAt,
      Duration lastTook,
      Duration usual,
      Map<String, Long> codes) {}

  /**
   * The configuration in use.
   *
   * @param failure why a newer one is not; empty when there is none
   */
  record Configuration(
      String file, Instant loaded, Optional<String> failure, Optional<Instant> failedAt) {}

  /**
   * Trust material that is fetched.
   *
   * @param needed whether any rule depends on it
   * @param fetched when the one in use was
   */
  record Trust(boolean needed, Optional<Instant> fetched) {}
}
