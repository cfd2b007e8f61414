package dev.bulla.cli.command;

import dev.bulla.bytes.HexText;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.terminal.Output;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.keys.TokenKeys;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import dev.bulla.keys.pkcs11.TokenProvider.FoundKey;
import dev.bulla.keys.pkcs11.TokenProvider.Token;
import java.util.List;
import java.util.Optional;

/** What the commands that list tokens and keys have in common. What tokens say is quoted. */
final class Pkcs11Tool {

  static final String MODULE_VARIABLE = "COSIGN_PKCS11_MODULE_PATH";

  static final Flag<String> MODULE_PATH =
      Flag.text("module-path", "absolute path of the PKCS #11 module");

  private Pkcs11Tool() {}

  static String module(ParsedFlags flags, CommandContext context) throws ConfigurationException {
    String given = flags.get(MODULE_PATH);
    String module =
        given.isEmpty() ? context.environment().find(MODULE_VARIABLE).orElse("") : given;
    if (module.isEmpty()) {
      throw new ConfigurationException("please specify --module-path or set " + MODULE_VARIABLE);
    }
    return module;
  }

  static void listTokens(String module, CommandContext context) throws BullaException {
    List<Token> tokens = TokenKeys.tokens(module, Keys.surroundings(context));
    Output out = context.out();
    out.println();
    out.println("Listing tokens of PKCS11 module '" + Quoted.plain(module) + "'");
    for (Token token : tokens) {
      out.println("Token in slot " + token.slot());
      out.println("\tLabel: " + Quoted.plain(token.label()));
      out.println("\tManufacturer: " + Quoted.plain(token.manufacturer()));
      out.println("\tModel: " + Quoted.plain(token.model()));
      out.println("\tS/N: " + Quoted.plain(token.serial()));
      out.println();
    }
  }

  /**
   * Lists keys by URIs that can be given to {@code --key}.
   *
   * @param pin what stood on the line, and is printed again as cosign does; one from elsewhere is
   *     not, and is found there again
   */
  static void listKeys(String module, long slot, Optional<String> pin, CommandContext context)
      throws BullaException {
    List<FoundKey> keys = TokenKeys.keys(module, slot, pin, Keys.surroundings(context));
    Output out = context.out();
    out.println();
    out.println(
        "Listing URIs of keys in slot '"
            + slot
            + "' of PKCS11 module '"
            + Quoted.plain(module)
            + "'");
    for (int i = 0; i < keys.size(); i++) {
      FoundKey key = keys.get(i);
      out.println("Object " + i);
      if (!key.label().isEmpty()) {
        out.println("\tLabel: " + Quoted.plain(key.label()));
      }
      if (!key.id().isEmpty()) {
        out.println("\tID: " + HexText.encode(key.id()));
      }
      Pkcs11Uri uri = pin.map(key.uri()::withPin).orElse(key.uri());
      out.println("\tURI: " + uri.text());
    }
  }
}
