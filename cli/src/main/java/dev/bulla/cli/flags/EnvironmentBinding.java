package dev.bulla.cli.flags;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Gives flags that the line did not set a value from the environment: {@code --foo-bar} from {@code
 * BULLA_FOO_BAR}, else from {@code COSIGN_FOO_BAR}. An empty variable counts as not set.
 *
 * <p>Unlike cosign, a value that cannot be parsed is an error: ignoring it would run the command
 * with another setting than the one asked for.
 */
public final class EnvironmentBinding {

  private static final List<String> PREFIXES = List.of("BULLA_", "COSIGN_");

  /** Read before the environment is, so that a variable would come too late. */
  private static final List<String> NOT_BOUND =
      List.of(GlobalFlags.HELP.name(), GlobalFlags.VERBOSE.name(), GlobalFlags.OUTPUT_FILE.name());

  private EnvironmentBinding() {}

  /** The same flags, with the environment's values where the line gave none. */
  public static ParsedFlags bind(ParsedFlags flags, Map<String, String> environment)
      throws UsageException {
    Map<String, ParsedFlags.Setting> found = new HashMap<>();
    for (Flag<?> flag : flags.unset()) {
      Optional<String> variable = variable(flag, environment);
      if (variable.isPresent() && !NOT_BOUND.contains(flag.name())) {
        String text = environment.getOrDefault(variable.get(), "");
        found.put(flag.name(), setting(flag, variable.get(), text));
      }
    }
    return flags.with(found);
  }

  /** The variable that sets this flag; empty when none does. */
  public static Optional<String> variable(Flag<?> flag, Map<String, String> environment) {
    String suffix = flag.name().toUpperCase(Locale.ROOT).replace('-', '_');
    for (String prefix : PREFIXES) {
      if (!environment.getOrDefault(prefix + suffix, "").isEmpty()) {
        return Optional.of(prefix + suffix);
      }
    }
    return Optional.empty();
  }

  private static <T> ParsedFlags.Setting setting(Flag<T> flag, String variable, String text)
      throws UsageException {
    try {
      T value = flag.type().parse(text, Optional.empty());
      return new ParsedFlags.Setting(value, ParsedFlags.Source.ENVIRONMENT);
    } catch (BadValueException e) {
      throw new UsageException(
          "invalid value "
              + GoText.quote(text)
              + " in the environment variable "
              + variable
              + " for "
              + GoText.quote(flag.display())
              + " flag: "
              + e.reason());
    }
  }
}
