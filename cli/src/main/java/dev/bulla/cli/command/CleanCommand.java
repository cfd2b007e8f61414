package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;

/** Removes what is kept beside an image. */
final class CleanCommand implements Command {

  static final Flag<String> TYPE =
      Flag.choice("type", "what to remove", "signature", "attestation", "referrer", "sbom", "all")
          .orElse("all");

  static final Flag<Boolean> FORCE = Flag.onOff("force", "do not ask").shorthand('f');

  static final Flag<Boolean> YES = Flag.onOff("yes", "as --force").shorthand('y');

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("clean", "Remove the signatures, attestations and SBOMs of an image")
        .description(
            """
            Remove what is kept beside an image. The image stays, and so do referrers that are
            neither bundles nor objects of cosign's older format, and objects that have a further
            name. Works in the image's own repository only.\
            """)
        .example("bulla clean --type signature registry.example.com/app:v1")
        .positionals("IMAGE", Positionals.exactly(1))
        .flags("What to remove", TYPE, FORCE, YES)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new Cleaning(flags, context).run();
  }
}
