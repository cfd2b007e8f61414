package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import java.util.List;

/** Deletes evidence of images that are gone. */
final class GcCommand implements Command {

  static final Flag<Boolean> PLAN = Flag.onOff("plan", "only say what would be deleted (default)");

  static final Flag<Boolean> YES = Flag.onOff("yes", "delete it").shorthand('y');

  static final Flag<List<String>> IMAGES_IN =
      Flag.commaList("images-in", "further repository whose images have evidence in this one");

  static final Flag<String> OUTPUT =
      Flag.choice("output", "form of the result", "text", "json").shorthand('o').orElse("text");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("gc", "Delete signatures and the like of images that are gone")
        .description(
            """
            Delete evidence whose image is gone from a repository: signatures, attestations and
            SBOMs under tags, lists of referrers and what they list, and entries of such lists that
            lead nowhere. Given an image by digest, only its evidence.

            Nothing that a tag or an index still reaches is touched, and when anything cannot be
            looked at, nothing is deleted. Evidence of images in other repositories
            (COSIGN_REPOSITORY) looks as if its images were gone: name those with --images-in.\
            """)
        .example(
            """
            bulla gc registry.example.com/app
            bulla gc --yes registry.example.com/app\
            """)
        .positionals("REPOSITORY", Positionals.exactly(1))
        .flags("What to do", PLAN, YES, IMAGES_IN, OUTPUT)
        .flags(RegistryFlags.GROUP)
        .exclusive(PLAN, YES)
        .bindsEnvironment();
  }

  @Override
  public void afterFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
    if (!flags.get(RegistryFlags.MISSING_IS_403).isEmpty()) {
      throw new ConfigurationException(
          "--missing-is-403 cannot be combined with gc: nothing is deleted on the word of a 403");
    }
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new CollectingGarbage(flags, context).run();
  }
}
