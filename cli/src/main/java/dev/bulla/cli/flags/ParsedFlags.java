package dev.bulla.cli.flags;

import dev.bulla.error.BullaBug;
import dev.bulla.error.ConfigurationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one command line said, and what the environment added; immutable. */
public final class ParsedFlags {

  /** Where a value came from. */
  public enum Source {
    COMMAND_LINE,
    ENVIRONMENT,
    DEFAULT
  }

  record Setting(Object value, Source source) {}

  private final FlagSet declared;
  private final Map<String, Setting> settings;
  private final List<String> arguments;
  private final List<String> notices;
  private final Set<String> singleDashLong;

  ParsedFlags(
      FlagSet declared,
      Map<String, Setting> settings,
      List<String> arguments,
      List<String> notices,
      Set<String> singleDashLong) {
    this.declared = declared;
    this.settings = Map.copyOf(settings);
    this.arguments = List.copyOf(arguments);
    this.notices = List.copyOf(notices);
    this.singleDashLong = Set.copyOf(singleDashLong);
  }

  /** The flag's value: from the line, else from the environment, else the default. */
  public <T> T get(Flag<T> flag) {
    Flag<?> own = declared(flag.name());
    Setting setting = settings.get(flag.name());
    // a command may vary a shared flag, default included, but never its type
    @SuppressWarnings("unchecked")
    T value = (T) (setting == null ? own.defaultValue() : setting.value());
    return value;
  }

  /** Whether the line or the environment gave the flag a value, even the default one. */
  public boolean isSet(Flag<?> flag) {
    return source(flag) != Source.DEFAULT;
  }

  public Source source(Flag<?> flag) {
    return source(declared(flag.name()).name());
  }

  /** As the other form, for a flag that not every command has. */
  public boolean isSet(String name) {
    return source(name) != Source.DEFAULT;
  }

  private Source source(String name) {
    Setting setting = settings.get(name);
    return setting == null ? Source.DEFAULT : setting.source();
  }

  /** The words that are neither flags nor their values. */
  public List<String> arguments() {
    return arguments;
  }

  /** Whether any flag was typed as a long name behind one dash, as the first cosign had it. */
  public boolean usedSingleDashLong() {
    return !singleDashLong.isEmpty();
  }

  /** Whether this flag was typed as a long name behind one dash. */
  public boolean usedSingleDashLong(Flag<?> flag) {
    return singleDashLong.contains(flag.name());
  }

  /** What has to be said about the flags that were used, a line each, in their order. */
  public List<String> notices() {
    return notices;
  }

  /** Ends the command when a flag asks for what does not exist yet. */
  public void refuseWhatIsNotBuilt() throws ConfigurationException {
    for (Flag<?> flag : declared.flags()) {
      @Nullable Setting setting = settings.get(flag.name());
      boolean asksForIt = setting != null && !setting.value().equals(flag.defaultValue());
      if (asksForIt && flag.refusal().isPresent()) {
        throw new ConfigurationException(flag.refusal().get());
      }
    }
  }

  /**
   * What the line and the environment gave, by name; for telling whether two lines ask for the
   * same.
   *
   * @param except names that are left out
   */
  public Map<String, String> given(Set<String> except) {
    Map<String, String> given = new TreeMap<>();
    settings.forEach((name, setting) -> {
      if (!except.contains(name)) {
        given.put(name, String.valueOf(setting.value()));
      }
    });
    return given;
  }

  /** The flags that the line did not set, by name. */
  List<Flag<?>> unset() {
    List<Flag<?>> unset = new ArrayList<>();
    for (Flag<?> flag : declared.flags()) {
      if (!settings.containsKey(flag.name())) {
        unset.add(flag);
      }
    }
    return unset;
  }

  ParsedFlags with(Map<String, Setting> fromEnvironment) {
    Map<String, Setting> all = new HashMap<>(fromEnvironment);
    all.putAll(settings);
    return new ParsedFlags(declared, all, arguments, notices, singleDashLong);
  }

  private Flag<?> declared(String name) {
    Optional<Flag<?>> flag = declared.named(name);
    if (flag.isEmpty()) {
      throw new BullaBug("a command asks for a flag that it does not declare: --" + name);
    }
    return flag.get();
  }
}
