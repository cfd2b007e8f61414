package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.key.Password;
import dev.bulla.key.PrivateKey;
import dev.bulla.keys.Signers;

/** Brings an unencrypted private key into the form that {@code sign} reads. */
final class ImportKeyPairCommand implements Command {

  static final Flag<String> KEY =
      Flag.text("key", "PEM file with an RSA, ECDSA or Ed25519 private key").shorthand('k');

  static final Flag<String> OUTPUT_KEY_PREFIX =
      Flag.text("output-key-prefix", "name of both files, without ending")
          .shorthand('o')
          .orElse("import-cosign");

  static final Flag<Boolean> YES =
      Flag.onOff("yes", "overwrite files without asking").shorthand('y');

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("import-key-pair", "Import a private key that another tool made")
        .description(
            """
            Read an unencrypted private key (PKCS #1, SEC 1 or PKCS #8, in PEM) and write it as an
            encrypted key pair: import-cosign.key and import-cosign.pub.\
            """)
        .example("bulla import-key-pair --key openssl.pem --output-key-prefix release")
        .positionals("", Positionals.any())
        .flags("Key", KEY, OUTPUT_KEY_PREFIX, YES)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    try (PrivateKey key = Signers.importFile(flags.get(KEY), Keys.surroundings(context));
        Password password = context.passwords().forNewKey()) {
      new KeyPairFiles(flags.get(OUTPUT_KEY_PREFIX)).write(key, password, context, flags.get(YES));
    }
  }
}
