package dev.bulla.admission.config;

import dev.bulla.admission.config.YamlValue.Items;
import dev.bulla.admission.config.YamlValue.Members;
import dev.bulla.admission.config.YamlValue.Scalar;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One mapping of the configuration. What has the wrong type is reported and then treated as absent;
 * {@link #finish} reports the names that nobody asked for.
 */
final class Section {

  private final Members members;
  private final String type;
  private final Problems problems;
  private final List<String> known = new ArrayList<>();

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
    problems.error(value.line(), "cannot unmarshal " + value.kind() + " into " + type);
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

  /**
   * The value under the first of several names, of which the first is today's.
   *
   * @return empty also where there is nothing behind the name
   */
  Optional<YamlValue> value(String name, String... older) {
    known.add(name);
    known.addAll(List.of(older));
    for (String old : older) {
      if (!has(old)) {
        continue;
      }
      if (has(name)) {
        problems.error(lineOf(old), old + " and " + name + " are the same");
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
    wrongType(name, value.get(), "a text");
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
    wrongType(name, value.get(), "true or false");
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
    wrongType(name, value.get(), "a whole number");
    return OptionalInt.empty();
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
    wrongType(name, value.get(), "a list");
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
        wrongType(name, value, "texts");
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

  private void wrongType(String name, YamlValue value, String wanted) {
    problems.error(
        value.line(),
        "cannot unmarshal " + value.kind() + " into " + name + ": it has to be " + wanted);
  }

  /** Reports every name that was not asked for. */
  void finish() {
    for (String name : members.members().keySet()) {
      if (!known.contains(name)) {
        problems.error(
            lineOf(name),
            "field " + Quoted.plain(name) + " not found in type " + type,
            "known are: " + String.join(", ", known));
      }
    }
  }
}
