package dev.bulla.keys.kms;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck;
import dev.bulla.key.Signer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * A key in a service that is only this object. It signs messages, so it stands for pure Ed25519,
 * whose input is the message.
 */
final class InMemoryKmsKey implements KmsKey {

  private final Signer first = newSigner();
  private final Signer second = newSigner();
  boolean signsWithAnother;
  boolean closed;

  private static Signer newSigner() {
    return PrivateKey.generate(KeyType.ED25519, new SecureRandom()).toSigner();
  }

  @Override
  public List<KmsKeyVersion> versions() {
    return List.of(
        new KmsKeyVersion("2", second.publicKey()), new KmsKeyVersion("1", first.publicKey()));
  }

  @Override
  public List<SignatureAlgorithm> algorithms() {
    return List.of(SignatureAlgorithm.ED25519);
  }

  @Override
  public KmsKeyVersion create(Optional<KeyType> type) {
    return versions().get(0);
  }

  @Override
  public Bytes sign(SigningInput input) throws KeyException {
    return (signsWithAnother ? first : second).sign(input.bytes());
  }

  @Override
  public boolean verify(KmsKeyVersion version, SigningInput input, Bytes signature) {
    return version.publicKey().check(input.bytes(), signature, input.algorithm())
        instanceof SignatureCheck.Matched;
  }

  @Override
  public void close() {
    closed = true;
  }
}
