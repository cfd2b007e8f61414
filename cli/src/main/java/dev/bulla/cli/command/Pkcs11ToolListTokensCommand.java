package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;

/** Lists the tokens that a PKCS #11 module knows. */
final class Pkcs11ToolListTokensCommand implements Command {

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("pkcs11-tool list-tokens", "List the tokens of a PKCS #11 module")
        .example("bulla pkcs11-tool list-tokens --module-path /usr/lib/softhsm/libsofthsm2.so")
        .positionals("", Positionals.any())
        .flags("Token", Pkcs11Tool.MODULE_PATH)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    Pkcs11Tool.listTokens(Pkcs11Tool.module(flags, context), context);
  }
}
