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
import dev.bulla.key.EncryptedPrivateKeyFile;
import dev.bulla.key.KeyType;
import dev.bulla.key.Password;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.KeyReference;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.StoredKeys;
import dev.bulla.keys.plugin.PluginPrograms;
import java.security.SecureRandom;
import java.util.Optional;

/** Makes a key pair: an encrypted private key and its public key. */
final class GenerateKeyPairCommand implements Command {

  static final Flag<String> KMS =
      Flag.text("kms", "make the key in a key management service: awskms://, hashivault://, …");

  static final Flag<String> OUTPUT_KEY_PREFIX =
      Flag.text("output-key-prefix", "name of both files, without ending").orElse("cosign");

  static final Flag<String> SIGNING_ALGORITHM =
      Flag.text(
          "signing-algorithm",
          "what the new key signs with: ecdsa-sha2-256-nistp256, ecdsa-sha2-384-nistp384,"
              + " ecdsa-sha2-512-nistp521, rsa-sign-pkcs1-2048-sha256 (3072, 4096), ed25519",
          SigningAlgorithmName.names());

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("generate-key-pair", "Make a key pair for signing")
        .description(
            """
            Make a key pair for signing: cosign.key, encrypted with a password, and cosign.pub.

            The password comes from COSIGN_PASSWORD, else from the terminal, else from standard
            input.

            With --kms the key is made in a key management service, unless it is there already, and
            never leaves it; its public key is written to cosign.pub.

            With a target the pair goes there, together with its password: k8s://NAMESPACE/SECRET,
            gitlab://PROJECT, gitlab://GROUP, github://OWNER/REPO, github://OWNER.

            --signing-algorithm chooses the type of the new key. A key of another type that is in the
            service already stays as it is, and the command fails.\
            """)
        .example(
            """
            bulla generate-key-pair
            bulla generate-key-pair --output-key-prefix release
            bulla generate-key-pair --kms hashivault://release
            bulla generate-key-pair k8s://signing/release\
            """)
        .positionals("[TARGET]", Positionals.any())
        .flags("Key", OUTPUT_KEY_PREFIX, KMS, SIGNING_ALGORITHM)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    Optional<KeyType> wanted = SigningAlgorithmName.keyType(flags.get(SIGNING_ALGORITHM));
    if (!flags.get(KMS).isEmpty()) {
      inService(flags.get(KMS), wanted, flags.get(OUTPUT_KEY_PREFIX), context);
      return;
    }
    KeyType type = wanted.orElse(KeyType.EC_P256);
    if (!flags.arguments().isEmpty()) {
      inStorage(flags.arguments().get(0), type, context);
      return;
    }
    try (Password password = context.passwords().forNewKey();
        PrivateKey key = PrivateKey.generate(type, new SecureRandom())) {
      new KeyPairFiles(flags.get(OUTPUT_KEY_PREFIX)).write(key, password, context, false);
    }
  }

  private static void inService(
      String reference, Optional<KeyType> wanted, String prefix, CommandContext context)
      throws BullaException {
    try (KmsKey key =
        Keys.knownService(reference, context).orElseThrow(() -> notInService(reference))) {
      Bytes pem = Bytes.utf8(create(key, wanted).toPem());
      String file = prefix + ".pub";
      context.files().writePrivate(file, pem);
      context.err().println("Public key written to " + Quoted.plain(file));
    }
  }

  private static VerificationKey create(KmsKey key, Optional<KeyType> wanted) throws KeyException {
    VerificationKey made;
    try {
      made = key.create(wanted).publicKey();
    } catch (KeyException e) {
      throw e.in("creating key");
    }
    if (wanted.isPresent() && made.type() != wanted.get()) {
      throw new KeyException(
          "creating key: there is one already, of type " + made.type().description(),
          "name another key, or leave --signing-algorithm out to use this one");
    }
    return made;
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

  /** A pair for a place of its own, which also keeps the password. The prefix has no say there. */
  private static void inStorage(String target, KeyType type, CommandContext context)
      throws BullaException {
    int scheme = target.indexOf("://");
    if (scheme < 0) {
      throw new ConfigurationException("could not parse scheme, use <scheme>://<ref> format");
    }
    if (!(KeyReference.parse(target) instanceof KeyReference.Stored reference)) {
      throw new ConfigurationException(
          "undefined provider: " + Quoted.plain(target.substring(0, scheme)));
    }
    try (StoredKeys storage = Keys.storage(reference, context);
        Password password = context.passwords().forNewKey();
        PrivateKey key = PrivateKey.generate(type, new SecureRandom())) {
      Bytes publicKey = Bytes.utf8(key.publicKey().toPem());
      storage.store(
          EncryptedPrivateKeyFile.seal(key, password, new SecureRandom()),
          password,
          publicKey,
          context.err()::println);
      context.files().writePrivate("cosign.pub", publicKey);
      String also = reference.scheme().equals("k8s") ? "" : "also ";
      context.err().println("Public key " + also + "written to cosign.pub");
    }
  }
}
