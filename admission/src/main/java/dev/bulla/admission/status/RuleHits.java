package dev.bulla.admission.status;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.ImageDecision;
import dev.bulla.error.Quoted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How often each rule of the configuration decided. What a rule did is kept when the configuration
 * changes and still has its pattern. Thread-safe.
 */
final class RuleHits {

  /** What one rule did. */
  private static final class Hits {
    private long matches;
    private long denied;
    private Optional<Instant> last = Optional.empty();
  }

  private List<RuleConfig> rules = List.of();
  private Map<String, Hits> byPattern = new HashMap<>();

  /** From now on these are the rules. */
  synchronized void use(List<RuleConfig> now) {
    Map<String, Hits> kept = new HashMap<>();
    for (RuleConfig rule : now) {
      kept.put(rule.pattern(), byPattern.getOrDefault(rule.pattern(), new Hits()));
    }
    rules = List.copyOf(now);
    byPattern = kept;
  }

  synchronized void add(List<ImageDecision> images, Instant now) {
    for (ImageDecision image : images) {
      if (image.rule().isEmpty()) {
        continue;
      }
      Hits hits = byPattern.get(image.rule().get().pattern());
      if (hits == null) {
        continue; // of the configuration before
      }
      hits.matches++;
      hits.denied += image.admitted().isPresent() ? 0 : 1;
      hits.last = Optional.of(now);
    }
  }

  /** In the order of the configuration. */
  synchronized List<Status.Rule> all() {
    List<Status.Rule> all = new ArrayList<>();
    for (RuleConfig rule : rules) {
      Hits hits = byPattern.getOrDefault(rule.pattern(), new Hits());
      all.add(
          new Status.Rule(
              Quoted.plain(rule.pattern()),
              Quoted.plain(rule.validator().name()),
              rule.line(),
              hits.matches,
              hits.denied,
              hits.last));
    }
    return all;
  }
}
