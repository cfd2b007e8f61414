package dev.bulla.cli.flags;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of one flag; immutable, and the key by which {@link ParsedFlags#get} hands out
 * its value.
 *
 * <pre>{@code
 * static final Flag<String> OUTPUT =
 *     Flag.text("output", "form of the result: json or text").shorthand('o').orElse("json");
 * }</pre>
 *
 * <p>Each modifier returns a changed copy, so a command can vary a shared flag.
 *
 * @param <T> the type of its value
 */
public final class Flag<T> {

  private final String name;
  private final String description;
  private final FlagType<T> type;
  private T defaultValue;
  private String shorthands = "";
  private List<String> aliases = List.of();
  private @Nullable String deprecation;
  private @Nullable String refusal;
  private boolean hidden;
  private boolean required;

  private Flag(String name, String description, FlagType<T> type) {
    this.name = name;
    this.description = description;
    this.type = type;
    this.defaultValue = type.zero();
  }

  private Flag(Flag<T> other) {
    this(other.name, other.description, other.type);
    this.defaultValue = other.defaultValue;
    this.shorthands = other.shorthands;
    this.aliases = other.aliases;
    this.deprecation = other.deprecation;
    this.refusal = other.refusal;
    this.hidden = other.hidden;
    this.required = other.required;
  }

  /**
   * Any text; the last occurrence counts.
   *
   * @param suggestions values that completion offers; others are as good
   */
  public static Flag<String> text(String name, String description, String... suggestions) {
    return new Flag<>(name, description, new FlagType.Text(List.of(suggestions)));
  }

  /** One of a closed list of words. */
  public static Flag<String> choice(String name, String description, String... words) {
    return new Flag<>(name, description, new FlagType.Choice(List.of(words), Optional.empty()));
  }

  /** One of a closed list of words, given only after {@code =}; alone it means the last of them. */
  public static Flag<String> optionalChoice(String name, String description, String... words) {
    return new Flag<>(
        name,
        description,
        new FlagType.Choice(List.of(words), Optional.of(words[words.length - 1])));
  }

  /** A switch: takes a value only after {@code =}. */
  public static Flag<Boolean> onOff(String name, String description) {
    return new Flag<>(name, description, new FlagType.Switch());
  }

  /** A whole number. */
  public static Flag<Long> number(String name, String description) {
    return new Flag<>(name, description, new FlagType.Count());
  }

  /** A length of time, {@code 90s} or {@code 3m0s}. */
  public static Flag<Duration> duration(String name, String description) {
    return new Flag<>(name, description, new FlagType.Span());
  }

  /** A list: repeatable, and comma-separated with CSV quoting. */
  public static Flag<List<String>> commaList(String name, String description) {
    return new Flag<>(name, description, new FlagType.Texts(true));
  }

  /** A list: repeatable; commas are data. */
  public static Flag<List<String>> repeatable(String name, String description) {
    return new Flag<>(name, description, new FlagType.Texts(false));
  }

  /** A further one-letter form. Help shows the first one declared. */
  public Flag<T> shorthand(char letter) {
    Flag<T> copy = new Flag<>(this);
    copy.shorthands = shorthands + letter;
    return copy;
  }

  /** The value when the flag is not given. */
  public Flag<T> orElse(T value) {
    Flag<T> copy = new Flag<>(this);
    copy.defaultValue = value;
    return copy;
  }

  /** An older name, understood without a word and never shown. */
  public Flag<T> alias(String olderName) {
    Flag<T> copy = new Flag<>(this);
    copy.aliases = plus(aliases, olderName);
    return copy;
  }

  /** Works, but says so on stderr each time it is used, with advice; not in help. */
  public Flag<T> deprecated(String advice) {
    Flag<T> copy = new Flag<>(this);
    copy.deprecation = advice;
    copy.hidden = true;
    return copy;
  }

  /** Works, but is not in help or completion. */
  public Flag<T> hidden() {
    Flag<T> copy = new Flag<>(this);
    copy.hidden = true;
    return copy;
  }

  /** In help and completion after all: for a deprecated flag that people need to find. */
  public Flag<T> shown() {
    Flag<T> copy = new Flag<>(this);
    copy.hidden = false;
    return copy;
  }

  /** The command cannot run without it. */
  public Flag<T> required() {
    Flag<T> copy = new Flag<>(this);
    copy.required = true;
    return copy;
  }

  /**
   * Understood, so that nobody's script meets an unknown flag, but what it asks for does not exist
   * yet: setting it to anything but its default ends the command with this sentence. Not in help.
   */
  public Flag<T> notBuiltYet(String sentence) {
    Flag<T> copy = new Flag<>(this);
    copy.refusal = sentence;
    copy.hidden = true;
    return copy;
  }

  public String name() {
    return name;
  }

  public String description() {
    return description;
  }

  public T defaultValue() {
    return defaultValue;
  }

  /** The letter that help shows; empty when there is none. */
  public Optional<Character> shorthand() {
    return shorthands.isEmpty() ? Optional.empty() : Optional.of(shorthands.charAt(0));
  }

  public boolean isHidden() {
    return hidden;
  }

  /** False for a switch, which stands alone. */
  public boolean takesValue() {
    return type.impliedText().isEmpty();
  }

  /** The word that stands for the value in help; empty for a switch. */
  public String placeholder() {
    return type.placeholder();
  }

  /** The default as help shows it; empty when there is nothing worth showing. */
  public String shownDefault() {
    return type.show(defaultValue);
  }

  /** Values worth offering in completion. */
  public List<String> choices() {
    return type.choices();
  }

  private static List<String> plus(List<String> list, String one) {
    List<String> more = new ArrayList<>(list);
    more.add(one);
    return List.copyOf(more);
  }

  String shorthands() {
    return shorthands;
  }

  List<String> aliases() {
    return aliases;
  }

  Optional<String> deprecation() {
    return Optional.ofNullable(deprecation);
  }

  Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  boolean isRequired() {
    return required;
  }

  FlagType<T> type() {
    return type;
  }

  /** As an error names it: {@code --key}, or {@code -t, --timeout}. */
  String display() {
    return shorthands.isEmpty() ? "--" + name : "-" + shorthands.charAt(0) + ", --" + name;
  }

  @Override
  public String toString() {
    return display();
  }
}
