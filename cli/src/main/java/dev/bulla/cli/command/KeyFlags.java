package dev.bulla.cli.command;

import dev.bulla.cli.flags.Flag;
import java.util.List;

/** Flags about keys that several commands share. */
final class KeyFlags {

  static final Flag<Boolean> SECURITY_KEY =
      Flag.onOff(
          "sk", "use a PIV card, through the PKCS #11 module that COSIGN_PKCS11_MODULE_PATH names");

  /** Without {@link #SECURITY_KEY} it has no meaning, so it may be given. */
  static final Flag<String> SLOT =
      Flag.text(
              "slot",
              "slot of the hardware key",
              "authentication",
              "signature",
              "card-authentication",
              "key-management")
          .hidden();

  /** Who decides about a signature by a key in a service. */
  static final Flag<String> KMS_VERIFY =
      Flag.choice(
              "kms-verify",
              "check signatures here with the service's public key, or also ask the service",
              "local",
              "remote")
          .orElse("local");

  /** {@code -a key=value}, on signing and on verifying. */
  static Flag<List<String>> annotations(String description) {
    return Flag.commaList("annotations", description).shorthand('a');
  }

  private KeyFlags() {}
}
