package dev.bulla.cli.command;

import dev.bulla.bytes.HexText;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.SigningInput;
import dev.bulla.verify.IdentityPolicy;
import dev.bulla.verify.Policy;
import dev.bulla.verify.TrustSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The key that {@code --key} of a verifying command names. A key in a service is fetched once and
 * signatures are checked here; with {@code --kms-verify=remote} the service has to agree to each.
 */
final class KeyOfPolicy implements AutoCloseable {

  private final Policy policy;
  private final List<VerificationKey> keys;
  private final Optional<KmsKey> service;

  private KeyOfPolicy(Policy policy, List<VerificationKey> keys, Optional<KmsKey> service) {
    this.policy = policy;
    this.keys = List.copyOf(keys);
    this.service = service;
  }

  /** No key: whoever a certificate names. */
  static KeyOfPolicy ofIdentity(IdentityPolicy identity, TrustSource root) {
    return new KeyOfPolicy(Policy.requiringIdentity(identity, root), List.of(), Optional.empty());
  }

  static KeyOfPolicy load(ParsedFlags flags, CommandContext context) throws BullaException {
    try {
      String reference = SecurityKey.orKey(flags, flags.get(VerifyCommand.KEY), context);
      Offline.requireNear(flags, reference);
      if (flags.get(KeyFlags.KMS_VERIFY).equals("local")) {
        List<VerificationKey> keys = Keys.publicKeys(reference, context);
        return new KeyOfPolicy(Policy.requiringAnyOf(keys), keys, Optional.empty());
      }
      KmsKey key =
          Keys.service(reference, context)
              .orElseThrow(() ->
                  new ConfigurationException(
                      "--kms-verify=remote needs a key in a service",
                      "other keys have nobody who could be asked"));
      return asking(key);
    } catch (ConfigurationException e) {
      throw e;
    } catch (BullaException e) {
      throw e.in("loading verifier from key opts: loading public key");
    }
  }

  private static KeyOfPolicy asking(KmsKey key) throws BullaException {
    boolean done = false;
    try {
      List<KmsKeyVersion> versions = key.versions();
      List<VerificationKey> keys = new ArrayList<>();
      for (KmsKeyVersion version : versions) {
        keys.add(version.publicKey());
      }
      Policy policy =
          Policy.requiringAnyOf(keys)
              .withSecondOpinion((matched, algorithm, message, signature) ->
                  key.verify(
                      versions.get(keys.indexOf(matched)),
                      SigningInput.of(algorithm, message),
                      signature));
      done = true;
      return new KeyOfPolicy(policy, keys, Optional.of(key));
    } finally {
      if (!done) {
        key.close();
      }
    }
  }

  Policy policy() {
    return policy;
  }

  /** What tells this set of keys from another. */
  List<String> fingerprints() {
    return keys.stream().map(key -> HexText.encode(key.fingerprint())).sorted().toList();
  }

  @Override
  public void close() {
    service.ifPresent(KmsKey::close);
  }
}
