package dev.bulla.cli.command;

import dev.bulla.error.BullaException;
import dev.bulla.error.KeyException;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.KeyContext;
import dev.bulla.keys.KeyReference;
import dev.bulla.keys.KmsKeys;
import dev.bulla.keys.Signers;
import dev.bulla.keys.StoredPairs;
import dev.bulla.keys.TokenKeys;
import dev.bulla.keys.VerificationKeys;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsProviders;
import dev.bulla.keys.kms.StoredKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From what stands behind {@code --key} to a key, in the surroundings of one command. */
final class Keys {

  /** For one request to a key service. */
  private static final Duration REQUEST = Duration.ofSeconds(30);

  private Keys() {}

  /** The private key, opened with its password. The caller closes it. */
  static Signer signer(String reference, CommandContext context) throws BullaException {
    return Signers.open(reference, context.passwords(), surroundings(context));
  }

  /** The public keys that may have signed: several for a key in a service that was rotated. */
  static List<VerificationKey> publicKeys(String reference, CommandContext context)
      throws BullaException {
    List<VerificationKey> keys = new ArrayList<>();
    for (VerificationKey key :
        VerificationKeys.loadAll(KeyReference.parse(reference), surroundings(context))) {
      keys.add(key.forOneShot());
    }
    return keys;
  }

  /**
   * The key in a service that a reference names; nothing when it names a key elsewhere. The caller
   * closes it.
   */
  static Optional<KmsKey> service(String reference, CommandContext context) throws BullaException {
    return KeyReference.parse(reference) instanceof KeyReference.Managed managed
        ? Optional.of(KmsKeys.open(managed, surroundings(context)))
        : Optional.empty();
  }

  /**
   * As {@link #service}; nothing also when nobody knows the scheme, so that the caller can say it
   * in words of its own.
   */
  static Optional<KmsKey> knownService(String reference, CommandContext context)
      throws BullaException {
    return KeyReference.parse(reference) instanceof KeyReference.Managed managed
        ? KmsKeys.find(managed, surroundings(context))
        : Optional.empty();
  }

  /** The place for a key pair that a reference names; the caller closes it. */
  static StoredKeys storage(KeyReference.Stored reference, CommandContext context)
      throws BullaException {
    return StoredPairs.open(reference, surroundings(context));
  }

  /** Whether the key can be opened to sign with without asking a person anything. */
  static boolean needsNobody(String reference, CommandContext context) {
    try {
      KeyReference parsed = KeyReference.parse(reference);
      if (parsed instanceof KeyReference.Managed managed && managed.isOnToken()) {
        return TokenKeys.needsNobody(managed, surroundings(context));
      }
      return parsed instanceof KeyReference.Managed
          || parsed instanceof KeyReference.Stored
          || context.environment().find("COSIGN_PASSWORD").isPresent();
    } catch (KeyException e) {
      return false; // and opening it will say why
    }
  }

  static KeyContext surroundings(CommandContext context) {
    return new KeyContext(
        context.environment()::find,
        context.io().workingDirectory(),
        new KeyDownload(context),
        context::note,
        KmsProviders.of(context.installed().services()),
        context.timeout().compareTo(REQUEST) < 0 ? context.timeout() : REQUEST,
        context.timeout(),
        context.prompt());
  }
}
