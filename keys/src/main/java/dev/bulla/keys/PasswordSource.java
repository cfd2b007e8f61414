package dev.bulla.keys;

import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.Password;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;

/** Where the password of a private key comes from. Who asks closes what was given. */
public interface PasswordSource {

  /** The longest password that is taken from a stream, in bytes. */
  int MAX_STREAM = 64 << 10;

  /** The password of a key that exists. */
  Password forExistingKey() throws KeyException;

  /** The password that a new key gets; people are asked twice. */
  Password forNewKey() throws KeyException;

  /** Always this password. A copy is kept; the caller closes its own. */
  static PasswordSource fixed(Password password) {
    Password kept = password.copy();
    return new PasswordSources.Same(kept::copy);
  }

  /**
   * The variable {@code BULLA_PASSWORD}, else {@code COSIGN_PASSWORD}, else another source. A
   * variable that is set and empty is an empty password.
   */
  static PasswordSource fromEnvironment(Environment environment, PasswordSource otherwise) {
    return new PasswordSources.FromEnvironment(environment, otherwise);
  }

  /** Asks a person, twice for a new key. */
  static PasswordSource prompting(PasswordPrompt prompt) {
    return new PasswordSources.Prompting(prompt);
  }

  /**
   * All bytes of a stream up to its end. A newline at the end is part of the password, as in
   * cosign.
   *
   * @param in read on the first question and not closed; asking twice gives an empty password the
   *     second time
   */
  static PasswordSource fromStream(InputStream in) {
    return new PasswordSources.Same(() -> {
      try {
        return Password.owning(LimitedInput.readAll(in, MAX_STREAM, "password").toByteArray());
      } catch (MalformedInputException e) {
        throw new KeyException(e.message(), e);
      } catch (IOException e) {
        throw new KeyException("reading the password", e);
      }
    });
  }

  /** Has none to give. */
  static PasswordSource none() {
    return new PasswordSources.Same(() -> {
      throw new KeyException(
          "the private key needs a password", "set COSIGN_PASSWORD, which may be empty");
    });
  }
}
