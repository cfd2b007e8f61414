package dev.bulla.admission.rule;

import dev.bulla.admission.image.ImageName;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses the rule for an image: of the patterns that describe it the closest one, wherever it
 * stands in the policy.
 */
public final class RuleChoice {

  /** What a pattern describes. */
  public enum Matching {
    /** Whole names, as {@link AnchoredPattern} reads them. */
    ANCHORED,
    /** Any part of a name, as Connaisseur 3 did. An attacker's registry can contain that part. */
    CONNAISSEUR_V3
  }

  /**
   * The rule that was chosen.
   *
   * @param index position in the policy, from 0
   * @param pattern as written
   * @param closeness why this one, in words for people
   * @param tied whether another rule was as close; the later one counts
   */
  public record Chosen(int index, String pattern, String closeness, boolean tied) {}

  private final List<String> texts;
  private final List<ImagePattern> patterns;

  private RuleChoice(List<String> texts, List<ImagePattern> patterns) {
    this.texts = List.copyOf(texts);
    this.patterns = List.copyOf(patterns);
  }

  /**
   * The choice among rules.
   *
   * @param patterns those of the rules, in the policy's order
   * @throws ConfigurationException when one is malformed, or two are the same
   */
  public static RuleChoice of(Matching matching, List<String> patterns)
      throws ConfigurationException {
    Builder builder = new Builder(matching);
    for (String pattern : patterns) {
      builder.add(pattern);
    }
    return builder.build();
  }

  /** Takes the patterns one by one, so that the one with a mistake is known. */
  public static final class Builder {
    private final Matching matching;
    private final List<String> texts = new ArrayList<>();
    private final List<ImagePattern> patterns = new ArrayList<>();
    private final Map<String, String> seen = new HashMap<>();

    public Builder(Matching matching) {
      this.matching = matching;
    }

    /**
     * Adds the pattern of the next rule.
     *
     * @throws ConfigurationException when it is malformed, or as good as one before; then nothing
     *     is added
     */
    public void add(String text) throws ConfigurationException {
      if (text.isEmpty()) {
        throw new ConfigurationException("Pattern is a required field");
      }
      ImagePattern pattern =
          matching == Matching.ANCHORED
              ? AnchoredPattern.of(text)
              : ImagePattern.Unanchored.of(text);
      String before = seen.putIfAbsent(pattern.canonical(), text);
      if (before != null && matching == Matching.ANCHORED) {
        throw new ConfigurationException(
            before.equals(text)
                ? "two rules have the pattern " + Quoted.text(text)
                : "the patterns "
                    + Quoted.text(before)
                    + " and "
                    + Quoted.text(text)
                    + " describe the same images",
            "keep one of the rules");
      }
      texts.add(text);
      patterns.add(pattern);
    }

    public RuleChoice build() {
      return new RuleChoice(texts, patterns);
    }
  }

  /** Every rule whose pattern describes an image, the chosen one first, then the closer ones. */
  public List<Chosen> matches(ImageName image) {
    record Found(int index, Specificity closeness) {}
    List<Found> found = new ArrayList<>();
    for (int i = 0; i < patterns.size(); i++) {
      int index = i;
      patterns.get(i).match(image).ifPresent(closeness -> found.add(new Found(index, closeness)));
    }
    found.sort(Comparator.comparing(Found::closeness).thenComparingInt(Found::index).reversed());
    List<Chosen> chosen = new ArrayList<>();
    for (Found one : found) {
      boolean tied =
          found.stream()
              .anyMatch(other ->
                  other.index() != one.index()
                      && other.closeness().compareTo(one.closeness()) == 0);
      chosen.add(new Chosen(one.index(), texts.get(one.index()), one.closeness().toString(), tied));
    }
    return chosen;
  }

  /** The rule for an image; empty when no pattern describes it. */
  public Optional<Chosen> choose(ImageName image) {
    int index = -1;
    boolean tied = false;
    Optional<Specificity> best = Optional.empty();
    for (int i = 0; i < patterns.size(); i++) {
      Optional<Specificity> found = patterns.get(i).match(image);
      if (found.isEmpty()) {
        continue;
      }
      int order = best.isEmpty() ? 1 : found.get().compareTo(best.get());
      if (order >= 0) {
        tied = order == 0;
        best = found;
        index = i;
      }
    }
    return index < 0
        ? Optional.empty()
        : Optional.of(new Chosen(index, texts.get(index), best.orElseThrow().toString(), tied));
  }
}
