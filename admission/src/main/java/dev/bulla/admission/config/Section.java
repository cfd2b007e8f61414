package dev.bulla.admission.config;

import dev.bulla.admission.config.YamlValue.Items;
import dev.bulla.admission.config.YamlValue.Members;
import dev.bulla.admission.config.YamlValue.Scalar;
import dev.bulla.cli.help.Suggestions;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One mapping of the configuration. What has the wrong type is reported and then treated as absent;
 * {@link #finish} reports the names that nobody asked for.
 */
final class Section {

  private final Members members;
  private final String type;
  private final Problems problems;
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> older = new HashSet<>();

  /**
   * @param type what this is a mapping of, for messages
   */
  Section(Members members, String type, Problems problems) {
    this.members = members;
    this.type = type;
    this.problems = problems;
  }

  /** A value as a mapping; empty, and reported, when it is another thing. */
  static Optional<Section> of(YamlValue value, String type, Problems problems) {
    if (value instanceof Members members) {
      return Optional.of(new Section(members, type, problems));
    }
    problems.error(
        value.line(),
        "cannot unmarshal " + value.kind() + " into " + type,
        "write its names and values below it, indented, without dashes");
    return Optional.empty();
  }

  int line() {
    return members.line();
  }

  int lineOf(String name) {
    return members.lineOf(name);
  }

  boolean has(String name) {
    return members.get(name).isPresent();
  }

  /** Whether the name is there at all, be it without a value. */
  boolean names(String name) {
    return members.members().containsKey(name);
  }

  /** Whether there is nothing behind the name, nor behind one that was probably meant to be it. */
  boolean lacks(String name) {
    return members.members().keySet().stream()
        .filter(this::has)
        .allMatch(other -> Suggestions.near(other, List.of(name)).isEmpty());
  }

  /**
   * The value under the first of several names, of which the first is today's.
   *
   * @return empty also where there is nothing behind the name
   */
  Optional<YamlValue> value(String name, String... older) {
    known.add(name);
    this.older.addAll(List.of(older));
    for (String old : older) {
      if (!has(old)) {
        continue;
      }
      if (has(name)) {
        problems.error(
            lineOf(old), old + " and " + name + " are the same", "keep " + name + " alone");
        continue;
      }
      problems.warn(lineOf(old), old + " is called " + name + " today");
      return members.get(old);
    }
    return members.get(name);
  }

  Optional<String> text(String name, String... older) {
    Optional<YamlValue> value = value(name, older);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get() instanceof Scalar scalar) {
      return Optional.of(scalar.text());
    }
    wrongType(name, value.get(), "a text", "text");
    return Optional.empty();
  }

  Optional<Boolean> truth(String name, String... older) {
    Optional<YamlValue> value = value(name, older);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get() instanceof Scalar scalar && scalar.plain()) {
      if (scalar.text().equalsIgnoreCase("true")) {
        return Optional.of(true);
      }
      if (scalar.text().equalsIgnoreCase("false")) {
        return Optional.of(false);
      }
    }
    wrongType(name, value.get(), "true or false", "true, without quotes");
    return Optional.empty();
  }

  OptionalInt number(String name, String... older) {
    Optional<YamlValue> value = value(name, older);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (value.get() instanceof Scalar scalar && scalar.plain()) {
      try {
        return OptionalInt.of(Integer.parseInt(scalar.text()));
      } catch (NumberFormatException e) {
        // reported below, like every other thing that is no number
      }
    }
    wrongType(name, value.get(), "a whole number", "2, without quotes");
    return OptionalInt.empty();
  }

  /**
   * The items of a list that has to have some. That it has none is reported, unless something else
   * is that explains it: another type, or a slip in the name.
   */
  List<YamlValue> someOf(String name, String complaint, String fix, String... older) {
    Optional<List<YamlValue>> items = list(name, older);
    if (items.isPresent() ? items.get().isEmpty() : lacks(name)) {
      problems.error(items.isPresent() ? lineOf(name) : line(), complaint, fix);
    }
    return items.orElse(List.of());
  }

  /** The items of a list; empty when there is none. */
  Optional<List<YamlValue>> list(String name, String... older) {
    Optional<YamlValue> value = value(name, older);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get() instanceof Items items) {
      return Optional.of(items.values());
    }
    wrongType(name, value.get(), "a list", "[…], or items below it that begin with a dash");
    return Optional.empty();
  }

  Optional<List<String>> texts(String name) {
    Optional<List<YamlValue>> values = list(name);
    if (values.isEmpty()) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    for (YamlValue value : values.get()) {
      if (value instanceof Scalar scalar && !scalar.isNull()) {
        texts.add(scalar.text());
      } else {
        wrongType(name, value, "texts", "[one, two]");
      }
    }
    return Optional.of(texts);
  }

  Optional<Section> section(String name, String ofType, String... older) {
    Optional<YamlValue> value = value(name, older);
    return value.isEmpty() ? Optional.empty() : of(value.get(), ofType, problems);
  }

  /** Takes note of names that are known and have no meaning here. */
  void passOver(String... names) {
    known.addAll(List.of(names));
  }

  private void wrongType(String name, YamlValue value, String wanted, String example) {
    problems.error(
        value.line(),
        "cannot unmarshal " + value.kind() + " into " + name + ": it has to be " + wanted,
        "as in " + name + ": " + example);
  }

  /** Reports every name that was not asked for. */
  void finish() {
    for (String name : members.members().keySet()) {
      if (!known.contains(name) && !older.contains(name)) {
        problems.error(
            lineOf(name),
            "field " + Quoted.plain(name) + " not found in type " + type,
            Meant.of(name, known).orElse("known are: " + String.join(", ", known)));
      }
    }
  }
}
