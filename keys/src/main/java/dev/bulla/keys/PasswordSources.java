package dev.bulla.keys;

import dev.bulla.error.KeyException;
import dev.bulla.key.Password;
import java.util.List;
import java.util.Optional;

/** The sources that {@link PasswordSource} hands out. */
final class PasswordSources {

  private PasswordSources() {}

  /** Answers both questions alike. */
  record Same(Supplier supplier) implements PasswordSource {

    @Override
    public Password forExistingKey() throws KeyException {
      return supplier.get();
    }

    @Override
    public Password forNewKey() throws KeyException {
      return supplier.get();
    }
  }

  /** Gives a password, or says why not. */
  @FunctionalInterface
  interface Supplier {
    Password get() throws KeyException;
  }

  /** The two variables. */
  record FromEnvironment(Environment environment, PasswordSource otherwise)
      implements PasswordSource {

    private static final List<String> NAMES = List.of("BULLA_PASSWORD", "COSIGN_PASSWORD");

    @Override
    public Password forExistingKey() throws KeyException {
      Optional<Password> set = variable();
      return set.isPresent() ? set.get() : otherwise.forExistingKey();
    }

    @Override
    public Password forNewKey() throws KeyException {
      Optional<Password> set = variable();
      return set.isPresent() ? set.get() : otherwise.forNewKey();
    }

    private Optional<Password> variable() throws KeyException {
      for (String name : NAMES) {
        Optional<String> value = environment.get(name);
        if (value.isPresent()) {
          // what Java puts where the locale's encoding could not be read: this would be another
          // password
          if (value.get().indexOf('\ufffd') >= 0) {
            throw new KeyException(
                name + " holds characters that cannot be read in this locale",
                "run with LC_ALL=C.UTF-8");
          }
          return Optional.of(Password.ofText(value.get()));
        }
      }
      return Optional.empty();
    }
  }

  /** A person. */
  record Prompting(PasswordPrompt prompt) implements PasswordSource {

    @Override
    public Password forExistingKey() throws KeyException {
      return prompt.ask("Enter password for private key: ");
    }

    @Override
    public Password forNewKey() throws KeyException {
      Password first = prompt.ask("Enter password for private key: ");
      try (Password again = prompt.ask("Enter password for private key again: ")) {
        if (first.sameAs(again)) {
          return first;
        }
      } catch (KeyException e) {
        first.close();
        throw e;
      }
      first.close();
      throw new KeyException("passwords do not match");
    }
  }
}
