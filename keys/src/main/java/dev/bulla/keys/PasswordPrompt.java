package dev.bulla.keys;

import dev.bulla.error.KeyException;
import dev.bulla.key.Password;

/** Asks a person for a password, without echo. Implemented at the edge, which owns the terminal. */
@FunctionalInterface
public interface PasswordPrompt {

  /**
   * Shows the text, which ends in a blank, and reads one line.
   *
   * @throws KeyException when nobody can be asked
   */
  Password ask(String text) throws KeyException;

  /** Nobody is there. */
  static PasswordPrompt nobody() {
    return text -> {
      throw new KeyException("the token needs its PIN", "set COSIGN_PKCS11_PIN");
    };
  }
}
