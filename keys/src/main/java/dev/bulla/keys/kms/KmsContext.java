package dev.bulla.keys.kms;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The surroundings in which a provider works.
 *
 * @param environment variables, as far as the caller shows them; a value may be empty
 * @param directory what relative paths in variables start from
 * @param timeout for one request and its answer; repeats of a request that failed come on top
 * @param warnings takes each warning, one line of text without control characters
 */
public record KmsContext(
    Function<String, Optional<String>> environment,
    Path directory,
    Duration timeout,
    Consumer<String> warnings) {

  /**
   * For whoever asks a service something else than a key: relative paths start from the folder of
   * the process, and nobody is warned.
   */
  public static KmsContext of(Map<String, String> variables, Path home, Duration timeout) {
    return new KmsContext(
        name ->
            name.equals("HOME")
                ? Optional.of(home.toString())
                : Optional.ofNullable(variables.get(name)),
        Path.of(""),
        timeout,
        warning -> {});
  }

  /** The value of the first of these variables that is set and not empty. */
  public Optional<String> variable(String... names) {
    for (String name : names) {
      Optional<String> value = environment.apply(name).filter(text -> !text.isEmpty());
      if (value.isPresent()) {
        return value;
      }
    }
    return Optional.empty();
  }

  /** The user's home folder: {@code HOME}, on Windows {@code USERPROFILE}. */
  public Optional<Path> home() {
    return variable("HOME", "USERPROFILE").map(directory::resolve);
  }

  /** Shows nothing of the environment. */
  @Override
  public String toString() {
    return "KmsContext[" + timeout + "]";
  }
}
