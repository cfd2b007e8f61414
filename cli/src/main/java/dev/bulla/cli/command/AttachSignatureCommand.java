package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;

/** Attaches a signature that was made elsewhere to an image. */
final class AttachSignatureCommand implements Command {

  static final Flag<String> SIGNATURE =
      Flag.text("signature", "the signature: a file, - for standard input, or base64");

  /** cosign 3 calls it {@code --bundle}, with the same meaning. */
  static final Flag<String> PAYLOAD =
      Flag.text("payload", "file with what was signed, or a Sigstore bundle to attach instead")
          .alias("bundle");

  static final Flag<String> CERTIFICATE =
      Flag.text("certificate", "PEM file of the signer's certificate");

  static final Flag<String> CERTIFICATE_CHAIN =
      Flag.text("certificate-chain", "PEM file of the authorities above it");

  static final Flag<String> TIMESTAMP =
      Flag.text("tsr", "file with the timestamp authority's answer");

  static final Flag<String> REKOR_RESPONSE =
      Flag.text("rekor-response", "file with the transparency log's entry, as an older bundle");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("attach signature", "Attach a signature made elsewhere to an image")
        .example(
            """
            bulla attach signature --payload payload.json --signature payload.sig registry.example.com/app:v1
            bulla generate $IMAGE | openssl ... | bulla attach signature --signature - $IMAGE\
            """)
        .positionals("IMAGE", Positionals.exactly(1))
        .flags(
            "Signature",
            SIGNATURE,
            PAYLOAD,
            CERTIFICATE,
            CERTIFICATE_CHAIN,
            TIMESTAMP,
            REKOR_RESPONSE)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new Attaching(flags, context).run();
  }
}
