package dev.bulla.cli.command;

import dev.bulla.Sboms;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Reference;

/** Prints the SBOM of an image as it is. */
final class DownloadSbomCommand implements Command {

  static final Flag<String> PLATFORM = DownloadAttestationCommand.PLATFORM;

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("download sbom", "Print the SBOM that is kept beside an image")
        .description(
            """
            Print the SBOM that is kept beside an image, as it is. It is not signed, and so nothing
            is verified.\
            """)
        .example("bulla download sbom --platform linux/arm64 registry.example.com/app:v1")
        .positionals("IMAGE", Positionals.exactly(1))
        .flags("What to print", PLATFORM)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    context.warn(SbomNotices.DEPRECATED);
    context.warn(SbomNotices.UNSIGNED_DOWNLOAD);
    try (ImageSession session = ImageSession.open(flags, context)) {
      Reference reference = session.image(flags.arguments().get(0));
      Sboms.Answer answer = session.bulla().sboms().of(reference, flags.get(PLATFORM));
      if (answer instanceof Sboms.Sbom sbom) {
        context
            .err()
            .println("Found SBOM of media type: " + Quoted.plain(sbom.mediaType().value()));
        context.out().print(sbom.content());
      } else if (answer instanceof Sboms.Missing missing) {
        throw absent(missing, context);
      }
    } catch (RegistryException e) {
      throw ImageSession.absentEntity(e);
    }
  }

  private static ConfigurationException absent(Sboms.Missing missing, CommandContext context) {
    if (!missing.isIndex()) {
      return new ConfigurationException("no sbom attached to reference");
    }
    context
        .err()
        .println(
            "\nThis multiarch image does not have an SBOM attached at the index level.\n"
                + "Try using --platform with one of the following architectures:\n"
                + Quoted.plain(String.join(", ", missing.platforms()), 4096)
                + "\n");
    return new ConfigurationException("no SBOM found attached to image index");
  }
}
