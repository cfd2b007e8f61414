package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;

/** Prints the name under which an image's signatures are kept in the older format. */
final class TriangulateCommand implements Command {

  static final Flag<String> TYPE =
      Flag.text(
              "type",
              "what to locate: signature, attestation, sbom or digest",
              "signature",
              "attestation",
              "sbom",
              "digest")
          .orElse("signature");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("triangulate", "Print where the signatures of an image are kept")
        .example("crane manifest $(bulla triangulate registry.example.com/app:v1)")
        .positionals("IMAGE", Positionals.any())
        .flags("What to locate", TYPE)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void afterFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
    if (flags.arguments().size() != 1) {
      throw new ConfigurationException("flag: help requested");
    }
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new Triangulating(flags, context).run();
  }
}
