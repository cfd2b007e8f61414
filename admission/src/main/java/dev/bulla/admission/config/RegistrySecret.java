package dev.bulla.admission.config;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import java.util.Optional;

/**
 * A {@code secret.yaml}: one user of one registry.
 *
 * @param registry absent where Connaisseur took it from a validator that is not supported
 */
public record RegistrySecret(Optional<String> registry, String username, String password) {

  /**
   * Reads a secret.
   *
   * @param file its name, for messages, which show nothing of the text
   */
  public static RegistrySecret parse(String text, String file)
      throws MalformedInputException, ConfigurationException {
    Problems problems = new Problems(file);
    Optional<Section> section = Section.of(YamlValue.parse(text, file), "a secret", problems);
    if (section.isEmpty()) {
      problems.throwAny();
    }
    Section secret = section.orElseThrow();
    Optional<String> username = secret.text("username");
    Optional<String> password = secret.text("password");
    Optional<String> registry = secret.text("registry").filter(name -> !name.isBlank());
    secret.finish();
    if (username.isEmpty() || password.isEmpty()) {
      problems.error(secret.line(), "a secret has a username and a password");
    }
    problems.throwAny();
    return new RegistrySecret(registry, username.orElseThrow(), password.orElseThrow());
  }

  /** Shows no secret. */
  @Override
  public String toString() {
    return "RegistrySecret[" + registry.orElse("") + "]";
  }
}
