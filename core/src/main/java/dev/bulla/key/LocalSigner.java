package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaBug;
import dev.bulla.error.KeyException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Signs with a key in memory. */
final class LocalSigner implements Signer {

  private final VerificationKey publicKey;
  private final SignatureAlgorithm algorithm;
  private final AtomicReference<Optional<java.security.PrivateKey>> jcaKey;

  private LocalSigner(
      VerificationKey publicKey, SignatureAlgorithm algorithm, java.security.PrivateKey jcaKey) {
    this.publicKey = publicKey;
    this.algorithm = algorithm;
    this.jcaKey = new AtomicReference<>(Optional.of(jcaKey));
  }

  static LocalSigner open(PrivateKey key, SignatureAlgorithm algorithm) {
    String factory =
        switch (key.type().family()) {
          case EC -> "EC";
          case RSA -> "RSA";
          case ED25519 -> "Ed25519";
        };
    try {
      return new LocalSigner(
          key.publicKey(),
          algorithm,
          KeyFactory.getInstance(factory)
              .generatePrivate(new PKCS8EncodedKeySpec(key.pkcs8().open())));
    } catch (GeneralSecurityException e) {
      throw new BullaBug("a private key that was read is usable", e);
    }
  }

  @Override
  public VerificationKey publicKey() {
    return publicKey;
  }

  @Override
  public SignatureAlgorithm algorithm() {
    return algorithm;
  }

  @Override
  public Bytes sign(Bytes message) throws KeyException {
    java.security.PrivateKey key =
        jcaKey.get().orElseThrow(() -> new IllegalStateException("the signer was closed"));
    try {
      Signature signature = Signature.getInstance(algorithm.jcaName());
      VerificationKey.configure(signature, algorithm);
      signature.initSign(key);
      message.feed(signature);
      return Bytes.owning(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new KeyException("signing with the " + publicKey.type().description() + " key", e);
    }
  }

  /** Lets go of the key; the JDK's key objects cannot be wiped. */
  @Override
  public void close() {
    jcaKey.set(Optional.empty());
  }

  @Override
  public String toString() {
    return "LocalSigner[" + algorithm + "]";
  }
}
