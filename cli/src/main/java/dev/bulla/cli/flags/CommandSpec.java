package dev.bulla.cli.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of one command; immutable. Everything else follows from it: parsing, help,
 * completion, environment variables.
 *
 * <pre>{@code
 * CommandSpec.of("public-key", "Print the public key that belongs to a private key")
 *     .flags("Key", KEY, SECURITY_KEY)
 *     .bindsEnvironment();
 * }</pre>
 *
 * <p>Each modifier returns a changed copy.
 */
public final class CommandSpec {

  /** The name of the program, as usage lines and messages show it. */
  public static final String PROGRAM = "bulla";

  private final String path;
  private final String summary;
  private String description = "";
  private String example = "";
  private String usage = "";
  private Positionals positionals = Positionals.any();
  private List<FlagGroup> groups = List.of();
  private List<FlagRule> rules = List.of();
  private boolean bindsEnvironment;
  private boolean hidden;
  private @Nullable String deprecation;

  private CommandSpec(String path, String summary) {
    this.path = path;
    this.summary = summary;
  }

  private CommandSpec(CommandSpec other) {
    this(other.path, other.summary);
    this.description = other.description;
    this.example = other.example;
    this.usage = other.usage;
    this.positionals = other.positionals;
    this.groups = other.groups;
    this.rules = other.rules;
    this.bindsEnvironment = other.bindsEnvironment;
    this.hidden = other.hidden;
    this.deprecation = other.deprecation;
  }

  /**
   * A command without flags of its own that takes any words.
   *
   * @param path the words that call it, without the program: {@code "attach signature"}; empty for
   *     the program itself
   * @param summary one line without full stop
   */
  public static CommandSpec of(String path, String summary) {
    return new CommandSpec(path, summary);
  }

  /** What help says above the flags; the summary alone when there is none. */
  public CommandSpec description(String text) {
    CommandSpec copy = new CommandSpec(this);
    copy.description = text.strip();
    return copy;
  }

  /** Command lines that help shows, one per line. */
  public CommandSpec example(String lines) {
    CommandSpec copy = new CommandSpec(this);
    copy.example = lines.strip();
    return copy;
  }

  /**
   * The words besides flags.
   *
   * @param shown how usage shows them: {@code "IMAGE..."}
   */
  public CommandSpec positionals(String shown, Positionals rule) {
    CommandSpec copy = new CommandSpec(this);
    copy.usage = shown;
    copy.positionals = rule;
    return copy;
  }

  /** Flags under a heading of their own. */
  public CommandSpec flags(String title, Flag<?>... flags) {
    return flags(FlagGroup.of(title, flags));
  }

  /** A group of flags that several commands share. */
  public CommandSpec flags(FlagGroup group) {
    CommandSpec copy = new CommandSpec(this);
    copy.groups = plus(groups, group);
    return copy;
  }

  /** At most one of these flags may be set. */
  public CommandSpec exclusive(Flag<?>... flags) {
    CommandSpec copy = new CommandSpec(this);
    copy.rules = plus(rules, new FlagRule.Exclusive(names(flags)));
    return copy;
  }

  /** At least one of these flags has to be set. */
  public CommandSpec oneRequired(Flag<?>... flags) {
    CommandSpec copy = new CommandSpec(this);
    copy.rules = plus(rules, new FlagRule.OneRequired(names(flags)));
    return copy;
  }

  /** Each flag may also come from {@code BULLA_<FLAG>} or {@code COSIGN_<FLAG>}. */
  public CommandSpec bindsEnvironment() {
    CommandSpec copy = new CommandSpec(this);
    copy.bindsEnvironment = true;
    return copy;
  }

  /** Works, but is not listed. */
  public CommandSpec hidden() {
    CommandSpec copy = new CommandSpec(this);
    copy.hidden = true;
    return copy;
  }

  /** Works, but says so on stderr each time it is used, with advice; not listed. */
  public CommandSpec deprecated(String advice) {
    CommandSpec copy = new CommandSpec(this);
    copy.deprecation = advice;
    copy.hidden = true;
    return copy;
  }

  private static <T> List<T> plus(List<? extends T> list, T one) {
    List<T> more = new ArrayList<>(list);
    more.add(one);
    return List.copyOf(more);
  }

  private static List<String> names(Flag<?>... flags) {
    List<String> names = new ArrayList<>();
    for (Flag<?> flag : flags) {
      names.add(flag.name());
    }
    return List.copyOf(names);
  }

  /** The words that call it, without the program; empty for the program itself. */
  public String path() {
    return path;
  }

  /** The last word that calls it. */
  public String name() {
    return path.isEmpty() ? PROGRAM : path.substring(path.lastIndexOf(' ') + 1);
  }

  /** Program and path: {@code bulla attach signature}. */
  public String fullName() {
    return path.isEmpty() ? PROGRAM : PROGRAM + " " + path;
  }

  public String summary() {
    return summary;
  }

  public String description() {
    return description.isEmpty() ? summary : description;
  }

  public String example() {
    return example;
  }

  /** The words besides flags, as usage shows them; possibly empty. */
  public String usage() {
    return usage;
  }

  public Positionals positionals() {
    return positionals;
  }

  /** The command's own flags; the global ones come on top. */
  public List<FlagGroup> groups() {
    return groups;
  }

  public boolean isEnvironmentBound() {
    return bindsEnvironment;
  }

  public boolean isHidden() {
    return hidden;
  }

  /** Advice instead of a command that is going away. */
  public Optional<String> deprecation() {
    return Optional.ofNullable(deprecation);
  }

  /** Checks flags that have to be set, then the rules over several flags. */
  public void checkRules(ParsedFlags flags) throws UsageException {
    List<String> missing = new ArrayList<>();
    for (Flag<?> flag : FlagSet.of(this).flags()) {
      if (flag.isRequired() && !flags.isSet(flag.name())) {
        missing.add(flag.name());
      }
    }
    if (!missing.isEmpty()) {
      throw new UsageException(
          "required flag(s) \"" + String.join("\", \"", missing) + "\" not set");
    }
    for (FlagRule rule : rules) {
      rule.check(flags);
    }
  }
}
