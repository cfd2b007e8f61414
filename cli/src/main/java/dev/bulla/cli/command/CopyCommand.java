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

  static final Flag<String> TO =
      Flag.text("to", "where the sources go: HOST[/PATH], with the path of each source behind it");

  static final Flag<String> OUTPUT =
      Flag.choice(
              "output", "form of the result: ndjson prints a line for each image", "text", "ndjson")
          .orElse("text");

  static final Flag<Long> MAX_WORKERS =
      Flag.number("max-workers", "how many images of a list are copied side by side").orElse(4L);

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("copy", "Copy an image with its signatures, attestations and SBOMs")
        .description(
            """
            Copy an image, for all platforms, and everything that is kept beside it: signatures,
            attestations and SBOMs of every format, and all other referrers. What the destination
            has already stays there. A copy that broke off is finished by the same line.

            The source may be a folder that `save` wrote: oci:PATH[:TAG|@DIGEST].

            With --to there is any number of sources: registry.example.com/team/app:v1 goes to
            HOST/PATH/team/app:v1. A line of --from-file may name a destination of its own. One
            failure does not stop the rest, and the exit code is that of the worst.\
            """)
        .example(
            """
            bulla copy registry.example.com/app:v1 mirror.example.com/app:v1
            bulla copy --only sig,att registry.example.com/app@sha256:… mirror.example.com/app
            bulla copy --to mirror.example.com/team --from-file images.txt --resume done.txt\
            """)
        .positionals("SOURCE DESTINATION", Positionals.any())
        .flags("What to copy", ONLY, SIG_ONLY, PLATFORM, FORCE)
        .flags("Many images", TO, ImageList.FROM_FILE, ImageList.RESUME, OUTPUT, MAX_WORKERS)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void beforeFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
    CopyList.require(flags);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new Copying(flags, context).run();
  }
}
