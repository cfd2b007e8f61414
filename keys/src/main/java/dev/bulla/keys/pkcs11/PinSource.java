package dev.bulla.keys.pkcs11;

import dev.bulla.error.KeyException;
import dev.bulla.key.Password;
import java.util.Optional;

/** Where the PIN of a token comes from. */
@FunctionalInterface
public interface PinSource {

  /**
   * The PIN; empty when there is none to be had. The caller closes it. A wrong one is not asked for
   * again: tokens lock themselves after a few.
   *
   * @param question for the person, where one is asked; ends in a blank
   */
  Optional<Password> pin(String question) throws KeyException;

  /** Never a PIN. */
  static PinSource none() {
    return question -> Optional.empty();
  }
}
