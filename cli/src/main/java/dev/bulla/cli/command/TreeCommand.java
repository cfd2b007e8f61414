package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;

/** Shows what is attached to an image. */
final class TreeCommand implements Command {

  static final Flag<Boolean> EXPERIMENTAL_OCI11 =
      Flag.onOff("experimental-oci11", "show referrers too")
          .orElse(true)
          .deprecated("OCI referrers will be the default behavior in future versions");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("tree", "Show the signatures, attestations and SBOMs of an image")
        .positionals("IMAGE", Positionals.exactly(1))
        .flags("What to show", EXPERIMENTAL_OCI11, RegistryFlags.REFERRERS_MODE)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new TreePrinter(flags, context).run();
  }
}
