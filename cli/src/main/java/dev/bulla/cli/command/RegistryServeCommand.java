package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;

/** Runs the embedded registry until it is interrupted. */
final class RegistryServeCommand implements Command {

  static final Flag<String> DIRECTORY =
      Flag.text("dir", "keep the content in this folder instead of in memory");

  static final Flag<String> LISTEN =
      Flag.text("listen", "address and port to listen on").orElse("127.0.0.1:5000");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("registry serve", "Run a small OCI registry for trying things out")
        .description(
            """
            Run a small OCI registry (distribution-spec 1.1) for trying things out. It has no
            accounts and no TLS: not for anything that matters.\
            """)
        .positionals("", Positionals.none())
        .flags("Registry", DIRECTORY, LISTEN);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    RegistryServing.run(flags, context);
  }
}
