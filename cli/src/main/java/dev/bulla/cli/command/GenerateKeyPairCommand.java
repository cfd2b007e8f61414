package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.key.KeyType;
import dev.bulla.key.Password;
import dev.bulla.key.PrivateKey;
import java.security.SecureRandom;

/** Makes a key pair: an encrypted private key and its public key. */
final class GenerateKeyPairCommand implements Command {

  static final Flag<String> KMS =
      Flag.text("kms", "make the key in a key management service")
          .notBuiltYet("--kms is not available in this version: keys can be made in files only");

  static final Flag<String> OUTPUT_KEY_PREFIX =
      Flag.text("output-key-prefix", "name of both files, without ending").orElse("cosign");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("generate-key-pair", "Make a key pair for signing")
        .description(
            """
            Make a key pair for signing: cosign.key, encrypted with a password, and cosign.pub.

            The password comes from COSIGN_PASSWORD, else from the terminal, else from standard
            input.\
            """)
        .example(
            """
            bulla generate-key-pair
            bulla generate-key-pair --output-key-prefix release\
            """)
        .positionals("", Positionals.any())
        .flags("Key", OUTPUT_KEY_PREFIX, KMS)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    if (!flags.arguments().isEmpty()) {
      throw elsewhere(flags.arguments().get(0));
    }
    try (Password password = context.passwords().forNewKey();
        PrivateKey key = PrivateKey.generate(KeyType.EC_P256, new SecureRandom())) {
      new KeyPairFiles(flags.get(OUTPUT_KEY_PREFIX)).write(key, password, context, false);
    }
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
