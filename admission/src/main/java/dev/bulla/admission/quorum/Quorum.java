package dev.bulla.admission.quorum;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Whose signatures an image needs. Trust roots are counted, never signatures: two signatures of one
 * trust root are worth one.
 *
 * @param asked the trust roots whose signatures are looked for
 * @param threshold how many of them have to have signed; 0 when {@code required} says it all
 * @param required those without which no number is enough
 * @param notices what the rule says without effect, for whoever wrote it
 */
public record Quorum(
    List<String> asked, int threshold, List<String> required, List<String> notices) {

  /** Names every trust root of a validator. */
  public static final String ALL = "*";

  private static final String DEFAULT = "default";

  public Quorum {
    asked = List.copyOf(asked);
    required = List.copyOf(required);
    notices = List.copyOf(notices);
  }

  /**
   * What a rule asks for.
   *
   * @param trustRoots those of the validator, each name once
   * @param trustRoot the rule's {@code trustRoot}: a name, {@value #ALL}, or empty for {@code
   *     default}
   * @param threshold the rule's; 0 is as good as absent
   * @param required the rule's; absent is another thing than empty
   * @throws ConfigurationException when the rule could never be satisfied, or names what is not
   *     there
   */
  public static Quorum of(
      List<String> trustRoots,
      String trustRoot,
      OptionalInt threshold,
      Optional<List<String>> required)
      throws ConfigurationException {
    int wanted = threshold.orElse(0);
    if (wanted < 0) {
      throw new ConfigurationException(
          "Threshold must be 0 or greater", "leave it out to ask for all trust roots");
    }
    if (required.isPresent() && required.get().isEmpty()) {
      throw new ConfigurationException(
          "Required must contain at least 1 item", "leave required out");
    }
    List<String> named = required.orElse(List.of());
    Set<String> seen = new HashSet<>();
    for (String name : named) {
      requireKnown(name, trustRoots);
      if (!seen.add(name)) {
        throw new ConfigurationException(
            "required names the trust root " + Quoted.text(name) + " twice", "keep one");
      }
    }
    if (!trustRoot.equals(ALL)) {
      return ofOne(trustRoot.isEmpty() ? DEFAULT : trustRoot, trustRoots, wanted, named);
    }
    if (wanted > trustRoots.size()) {
      throw new ConfigurationException(
          "a threshold of "
              + wanted
              + " cannot be reached with "
              + trustRoots.size()
              + " trust roots",
          "lower it, or give the validator more of them");
    }
    if (named.isEmpty()) {
      return new Quorum(trustRoots, wanted == 0 ? trustRoots.size() : wanted, named, List.of());
    }
    return new Quorum(wanted > named.size() ? trustRoots : named, wanted, named, List.of());
  }

  private static Quorum ofOne(
      String trustRoot, List<String> trustRoots, int threshold, List<String> required)
      throws ConfigurationException {
    requireKnown(trustRoot, trustRoots);
    if (threshold > 1) {
      throw new ConfigurationException(
          "a threshold of "
              + threshold
              + " cannot be reached with the one trust root "
              + Quoted.text(trustRoot),
          "trustRoot: \"*\" asks for all of the validator's");
    }
    List<String> notices = new ArrayList<>();
    for (String name : required) {
      if (!name.equals(trustRoot)) {
        throw new ConfigurationException(
            "required names "
                + Quoted.text(name)
                + ", but the rule asks for "
                + Quoted.text(trustRoot)
                + " only",
            "trustRoot: \"*\" asks for all of the validator's");
      }
      notices.add("required says nothing beside trustRoot: " + Quoted.text(trustRoot));
    }
    return new Quorum(List.of(trustRoot), 1, List.of(), notices);
  }

  private static void requireKnown(String name, List<String> trustRoots)
      throws ConfigurationException {
    if (!trustRoots.contains(name)) {
      throw new ConfigurationException("unable to find trust root " + Quoted.plain(name));
    }
  }

  /**
   * What is missing when these have signed.
   *
   * @return empty when it is enough; otherwise for the person who is denied
   */
  public Optional<String> missing(Set<String> signed) {
    int count = 0;
    for (String name : asked) {
      count += signed.contains(name) ? 1 : 0;
    }
    if (count < threshold) {
      return Optional.of("validation threshold not reached (" + count + "/" + threshold + ")");
    }
    List<String> absent = new ArrayList<>(required);
    absent.removeAll(signed);
    return absent.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "missing required signatures from [" + Quoted.plain(String.join(" ", absent)) + "]");
  }
}
