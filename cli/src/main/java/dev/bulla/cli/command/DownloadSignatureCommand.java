package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;

/** Prints the signatures of an image as they are, without verifying them. */
final class DownloadSignatureCommand implements Command {

  @Override
  public CommandSpec spec() {
    return CommandSpec.of(
            "download signature", "Print the signatures of an image as they are stored")
        .description(
            """
            Print the signatures of an image, one JSON document per line: bundles if there are any,
            else signatures of the older format. Nothing is verified.\
            """)
        .example("bulla download signature registry.example.com/app:v1 | jq -r .Base64Signature")
        .positionals("IMAGE", Positionals.exactly(1))
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new Downloading(flags, context).run();
  }
}
