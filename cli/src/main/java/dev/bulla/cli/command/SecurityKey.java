package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.keys.TokenKeys;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import dev.bulla.keys.pkcs11.TokenProvider.Token;
import java.util.List;

/**
 * {@code --sk} and {@code --slot}: a PIV card, reached through a PKCS #11 module. OpenSC's and
 * Yubico's modules give the keys of the four slots the identifiers 1 to 4.
 */
final class SecurityKey {

  private SecurityKey() {}

  /** Refuses a line that names a key and a card. */
  static void refuseBoth(ParsedFlags flags, String key) throws ConfigurationException {
    if (flags.get(KeyFlags.SECURITY_KEY) && !key.isEmpty()) {
      throw new ConfigurationException(
          "exactly one of: key reference (--key), or hardware token (--sk) must be provided");
    }
  }

  /** Whether the line names a key, be it on a card. */
  static boolean isNamed(ParsedFlags flags, String key) {
    return !key.isEmpty() || flags.get(KeyFlags.SECURITY_KEY);
  }

  /** The reference that {@code --key} has, or one to the key on the card. */
  static String orKey(ParsedFlags flags, String key, CommandContext context) throws BullaException {
    if (!flags.get(KeyFlags.SECURITY_KEY)) {
      return key;
    }
    byte id = identifier(flags.get(KeyFlags.SLOT));
    String module =
        context
            .environment()
            .find(Pkcs11Tool.MODULE_VARIABLE)
            .filter(path -> !path.isEmpty())
            .orElseThrow(() ->
                new ConfigurationException(
                    "--sk needs the PKCS #11 module of the card: set " + Pkcs11Tool.MODULE_VARIABLE,
                    "such as OpenSC's opensc-pkcs11.so or Yubico's libykcs11.so, by its whole"
                        + " path"));
    List<Token> cards =
        TokenKeys.tokens(module, Keys.surroundings(context)).stream()
            .filter(Token::initialized)
            .toList();
    if (cards.isEmpty()) {
      throw new ConfigurationException("no cards found");
    }
    if (cards.size() > 1) {
      throw new ConfigurationException(
          "found " + cards.size() + " cards, please attach only one",
          "or name the key by its pkcs11: URI with --key");
    }
    return Pkcs11Uri.of(module, cards.get(0).slot(), "", Bytes.of(id), "").text();
  }

  private static byte identifier(String slot) throws ConfigurationException {
    return switch (slot) {
      case "authentication" -> 1;
      case "", "signature" -> 2;
      case "key-management" -> 3;
      case "card-authentication" -> 4;
      default ->
          throw new ConfigurationException(
              "slot not set",
              "the slots are authentication, signature, key-management, card-authentication");
    };
  }
}
