package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import java.util.List;

/** Attaches attestations that were made elsewhere to images. */
final class AttachAttestationCommand implements Command {

  static final Flag<List<String>> ATTESTATION =
      Flag.repeatable(
          "attestation", "file with a Sigstore bundle, or with DSSE envelopes; repeatable");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("attach attestation", "Attach attestations made elsewhere to images")
        .description(
            """
            Attach attestations that were made elsewhere to images. A Sigstore bundle becomes a
            referrer of the image; DSSE envelopes, one or more in a file, are added to the
            attestations of the older format. Nothing is verified.\
            """)
        .example("bulla attach attestation --attestation bundle.json registry.example.com/app:v1")
        .positionals("IMAGE...", Positionals.atLeast(1))
        .flags("Attestation", ATTESTATION)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new AttachingAttestation(flags, context).run();
  }
}
