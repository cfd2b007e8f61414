package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import java.util.List;

/** Copies images with what is kept beside them. */
final class CopyCommand implements Command {

  static final Flag<List<String>> ONLY =
      Flag.commaList(
          "only", "copy the image and only this beside it: sig, att, sbom, referrer; sets no tag");

  static final Flag<Boolean> SIG_ONLY = Flag.onOff("sig-only", "as --only sig").hidden();

  static final Flag<Boolean> FORCE =
      Flag.onOff("force", "overwrite a tag of the destination that names another image")
          .shorthand('f');

  static final Flag<String> PLATFORM =
      Flag.text("platform", "of an index, only the image for os/architecture[/variant]");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("copy", "Copy an image with its signatures, attestations and SBOMs")
        .description(
            """
            Copy an image, for all platforms, and everything that is kept beside it: signatures,
            attestations and SBOMs of every format, and all other referrers. What the destination
            has already stays there. A copy that broke off is finished by the same line.

            The source may be a folder that `save` wrote: oci:PATH[:TAG|@DIGEST].\
            """)
        .example(
            """
            bulla copy registry.example.com/app:v1 mirror.example.com/app:v1
            bulla copy --only sig,att registry.example.com/app@sha256:… mirror.example.com/app\
            """)
        .positionals("SOURCE DESTINATION", Positionals.exactly(2))
        .flags("What to copy", ONLY, SIG_ONLY, PLATFORM, FORCE)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new Copying(flags, context).run();
  }
}
