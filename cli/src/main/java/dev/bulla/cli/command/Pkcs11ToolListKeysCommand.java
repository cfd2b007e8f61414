package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import java.util.Optional;

/** Lists the keys on a token by the URIs that {@code --key} takes. */
final class Pkcs11ToolListKeysCommand implements Command {

  static final Flag<Long> SLOT_ID = Flag.number("slot-id", "slot of the token").orElse(0L);

  static final Flag<String> PIN = Flag.text("pin", "PIN of the token");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("pkcs11-tool list-keys-uris", "List the keys on a token by their URIs")
        .description(
            """
            List the keys on a token by URIs that --key takes.

            The PIN comes from --pin, else from COSIGN_PKCS11_PIN, else from the terminal. One that
            is given by --pin is part of the URIs.\
            """)
        .example(
            "bulla pkcs11-tool list-keys-uris --module-path /usr/lib/softhsm/libsofthsm2.so"
                + " --slot-id 1")
        .positionals("", Positionals.any())
        .flags("Token", Pkcs11Tool.MODULE_PATH, SLOT_ID, PIN)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    Pkcs11Tool.listKeys(
        Pkcs11Tool.module(flags, context),
        flags.get(SLOT_ID),
        Optional.of(flags.get(PIN)).filter(pin -> !pin.isEmpty()),
        context);
  }
}
