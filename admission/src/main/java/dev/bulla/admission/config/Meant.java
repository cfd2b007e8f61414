package dev.bulla.admission.config;

import dev.bulla.cli.help.Suggestions;
import dev.bulla.error.Quoted;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What a misspelt name was probably meant to be, as advice. */
final class Meant {

  /** Names of the configuration beyond which a message would be longer than the file. */
  private static final int MAX_SHOWN = 12;

  private Meant() {}

  /** The names that come close; empty when none does. */
  static Optional<String> of(String written, Collection<String> names) {
    List<String> near = Suggestions.near(written, List.copyOf(names));
    return near.isEmpty()
        ? Optional.empty()
        : Optional.of("did you mean " + Quoted.plain(String.join(" or ", near)) + "?");
  }

  /** The names that come close, or else the ones there are. */
  static String orWhatThereIs(String written, Collection<String> names) {
    return of(written, names).orElseGet(() -> whatThereIs(names));
  }

  /** {@code there are: a, b}. */
  static String whatThereIs(Collection<String> names) {
    if (names.isEmpty()) {
      return "there is none";
    }
    String shown = String.join(", ", names.stream().limit(MAX_SHOWN).toList());
    return (names.size() == 1 ? "there is: " : "there are: ")
        + Quoted.plain(shown)
        + (names.size() > MAX_SHOWN ? ", …" : "");
  }
}
