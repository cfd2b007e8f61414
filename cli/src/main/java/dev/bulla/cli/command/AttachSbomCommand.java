package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;

/** Keeps an SBOM beside an image, as it is. */
final class AttachSbomCommand implements Command {

  static final Flag<String> SBOM = Flag.text("sbom", "the SBOM: a file, or - for standard input");

  static final Flag<String> TYPE =
      Flag.text("type", "what it is written in", "spdx", "cyclonedx", "syft").orElse("spdx");

  static final Flag<String> INPUT_FORMAT =
      Flag.text("input-format", "how it is written: json, xml or text", "json", "xml", "text");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("attach sbom", "Keep an SBOM beside an image, unsigned")
        .description(
            """
            Keep an SBOM beside an image, as it is and in place of one that is there. It is not
            signed: whoever may write to the repository can replace it.\
            """)
        .example("bulla attach sbom --sbom sbom.spdx.json registry.example.com/app:v1")
        .positionals("IMAGE", Positionals.exactly(1))
        .flags("SBOM", SBOM, TYPE, INPUT_FORMAT, RegistryFlags.REFERRERS_MODE)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void beforeFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
    RegistryFlags.asReferrer(flags, context);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new AttachingSbom(flags, context).run();
  }
}
