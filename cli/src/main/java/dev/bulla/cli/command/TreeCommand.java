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

  static final Flag<String> OUTPUT =
      Flag.choice("output", "form of the result", "text", "json").shorthand('o').orElse("text");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("tree", "Show the signatures, attestations and SBOMs of an image")
        .description(
            """
            Show what is kept beside an image: signatures, attestations and SBOMs under tags, and
            referrers. Nothing is verified.\
            """)
        .example(
            """
            bulla tree registry.example.com/app:v1
            bulla tree --output json registry.example.com/app:v1 | jq -r '.artifacts[].location'\
            """)
        .positionals("IMAGE", Positionals.exactly(1))
        .flags("What to show", EXPERIMENTAL_OCI11, RegistryFlags.REFERRERS_MODE, OUTPUT)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void beforeFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
    RegistryFlags.asReferrer(flags, context); // lists of referrers are shown in either mode
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new TreePrinter(flags, context).run();
  }
}
