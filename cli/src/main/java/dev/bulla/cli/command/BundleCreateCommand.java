package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;

/** Makes a Sigstore bundle out of what older tools keep in several files. */
final class BundleCreateCommand implements Command {

  static final Flag<String> ARTIFACT = Flag.text("artifact", "file that was signed");

  static final Flag<String> BUNDLE = Flag.text("bundle", "bundle in the older format of cosign");

  static final Flag<String> SIGNATURE = Flag.text("signature", "file with the signature in base64");

  static final Flag<String> CERTIFICATE =
      Flag.text("certificate", "file with the signer's certificate: PEM, or base64 of PEM");

  static final Flag<String> ATTESTATION =
      Flag.text("attestation", "file with an envelope (DSSE), instead of a signature of the file");

  static final Flag<String> KEY = Flag.text("key", "the signer's public key");

  static final Flag<String> SLOT = KeyFlags.SLOT.orElse("signature");

  static final Flag<String> TIMESTAMP =
      Flag.text("rfc3161-timestamp", "file with a timestamp in the older format of cosign");

  static final Flag<Boolean> IGNORE_TLOG =
      Flag.onOff("ignore-tlog", "the signature is in no transparency log");

  static final Flag<String> REKOR_URL =
      Flag.text("rekor-url", "address of the transparency log")
          .orElse("https://rekor.sigstore.dev")
          .deprecated(
              "please use a signing config to specify a rekor url; see `cosign signing-config"
                  + " --help`");

  static final Flag<String> OUT = Flag.text("out", "write the bundle to this file");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("bundle create", "Make a bundle out of signature, certificate and key")
        .description(
            """
            Make a Sigstore bundle out of a signature and what belongs to it. Nothing is verified.\
            """)
        .example(
            "bulla bundle create --artifact a.txt --signature a.sig --key cosign.pub --ignore-tlog")
        .positionals("", Positionals.any())
        .flags("What was signed", ARTIFACT, BUNDLE, SIGNATURE, ATTESTATION)
        .flags("Signer", KEY, KeyFlags.SECURITY_KEY, SLOT, CERTIFICATE)
        .flags("Evidence", TIMESTAMP, IGNORE_TLOG, REKOR_URL)
        .flags("Output", OUT)
        .exclusive(BUNDLE, CERTIFICATE)
        .exclusive(BUNDLE, SIGNATURE)
        .bindsEnvironment();
  }

  @Override
  public void afterFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
    if (flags.get(ARTIFACT).isEmpty()) {
      throw new ConfigurationException("must supply --artifact");
    }
    if (flags.get(BUNDLE).isEmpty() && flags.get(SIGNATURE).isEmpty()) {
      throw new ConfigurationException(
          "must at least supply signature via --bundle or --signature");
    }
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new BundleCreating(flags, context).run();
  }
}
