package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import dev.bulla.key.KeyType;
import dev.bulla.key.Password;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.plugin.PluginPrograms;
import java.security.SecureRandom;
import java.util.Optional;

/** Makes a key pair: an encrypted private key and its public key. */
final class GenerateKeyPairCommand implements Command {

  static final Flag<String> KMS =
      Flag.text("kms", "make the key in a key management service: awskms://, hashivault://, …");

  static final Flag<String> OUTPUT_KEY_PREFIX =
      Flag.text("output-key-prefix", "name of both files, without ending").orElse("cosign");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("generate-key-pair", "Make a key pair for signing")
        .description(
            """
            Make a key pair for signing: cosign.key, encrypted with a password, and cosign.pub.

            The password comes from COSIGN_PASSWORD, else from the terminal, else from standard
            input.

            With --kms the key is made in a key management service, unless it is there already, and
            never leaves it; its public key is written to cosign.pub.\
            """)
        .example(
            """
            bulla generate-key-pair
            bulla generate-key-pair --output-key-prefix release
            bulla generate-key-pair --kms hashivault://release\
            """)
        .positionals("", Positionals.any())
        .flags("Key", OUTPUT_KEY_PREFIX, KMS)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    if (!flags.get(KMS).isEmpty()) {
      inService(flags.get(KMS), flags.get(OUTPUT_KEY_PREFIX), context);
      return;
    }
    if (!flags.arguments().isEmpty()) {
      throw elsewhere(flags.arguments().get(0));
    }
    try (Password password = context.passwords().forNewKey();
        PrivateKey key = PrivateKey.generate(KeyType.EC_P256, new SecureRandom())) {
      new KeyPairFiles(flags.get(OUTPUT_KEY_PREFIX)).write(key, password, context, false);
    }
  }

  private static void inService(String reference, String prefix, CommandContext context)
      throws BullaException {
    try (KmsKey key =
        Keys.knownService(reference, context).orElseThrow(() -> notInService(reference))) {
      Bytes pem = Bytes.utf8(create(key).toPem());
      String file = prefix + ".pub";
      context.files().writePrivate(file, pem);
      context.err().println("Public key written to " + Quoted.plain(file));
    }
  }

  private static VerificationKey create(KmsKey key) throws KeyException {
    try {
      return key.create(Optional.empty()).publicKey();
    } catch (KeyException e) {
      throw e.in("creating key");
    }
  }

  private static ConfigurationException notInService(String reference) {
    int scheme = reference.indexOf("://");
    String reason =
        scheme < 0
            ? "parsing input key resource id: expected format: [plugin name]://[key ref], got: "
                + Quoted.plain(reference)
            : "exec: "
                + Quoted.text(PluginPrograms.programName(reference.substring(0, scheme)))
                + ": executable file not found in $PATH";
    return new ConfigurationException(
        "no kms provider found for key reference: " + Quoted.plain(reference) + ": " + reason);
  }

  /** Why a key pair cannot be made in this place. */
  private static ConfigurationException elsewhere(String target) {
    int scheme = target.indexOf("://");
    if (scheme < 0) {
      return new ConfigurationException("could not parse scheme, use <scheme>://<ref> format");
    }
    String provider = target.substring(0, scheme);
    return switch (provider) {
      case "k8s", "github", "gitlab" ->
          new ConfigurationException(
              "keys in "
                  + provider
                  + ":// are not available in this version: keys can be made in files only");
      default -> new ConfigurationException("undefined provider: " + Quoted.plain(provider));
    };
  }
}
