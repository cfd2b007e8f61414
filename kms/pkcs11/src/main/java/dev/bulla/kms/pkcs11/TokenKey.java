package dev.bulla.kms.pkcs11;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.SigningInput;
import dev.bulla.keys.pkcs11.PinSource;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import dev.bulla.kms.pkcs11.KeyPairFinder.Pair;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One key pair on a token. The module is loaded, and the token asked, at the first question. */
final class TokenKey implements KmsKey {

  private final Pkcs11Uri uri;
  private final PinSource pins;
  private final boolean loginFirst;
  private final TokenFailures failures;

  private @Nullable Conversation conversation;
  private @Nullable Pair pair;

  TokenKey(Pkcs11Uri uri, PinSource pins, boolean loginFirst) {
    this.uri = uri;
    this.pins = pins;
    this.loginFirst = loginFirst;
    this.failures = new TokenFailures(uri.shown());
  }

  @Override
  public synchronized List<KmsKeyVersion> versions() throws KeyException {
    return List.of(new KmsKeyVersion("", pair().publicKey()));
  }

  @Override
  public synchronized List<SignatureAlgorithm> algorithms() throws KeyException {
    return Mechanism.algorithms(pair().publicKey().type());
  }

  @Override
  public synchronized KmsKeyVersion create(Optional<KeyType> type) throws KeyException {
    Conversation open = conversation();
    open.login();
    if (finder(open).privateKey().isEmpty()) {
      NewKeyPair wanted = NewKeyPair.of(type.orElse(KeyType.EC_P256), uri, failures);
      open.generate(wanted.mechanism(), wanted.publicKey(), wanted.privateKey());
    }
    pair = finder(open).both();
    return versions().get(0);
  }

  @Override
  public synchronized Bytes sign(SigningInput input) throws KeyException {
    Conversation open = conversation();
    open.login();
    Pair found = pair();
    if (found.privateKey().isEmpty()) {
      found = finder(open).both();
      pair = found;
    }
    long key = found.privateKey().orElseThrow();
    KeyType type = found.publicKey().type();
    TokenSession session = open.session();
    try {
      // asked for each time: a key that was deleted must not be taken for one that asks no PIN
      boolean again = session.flag(key, Attribute.ALWAYS_AUTHENTICATE);
      Bytes signature =
          session.sign(
              key,
              Mechanism.of(type),
              Mechanism.input(type, input),
              again ? Optional.of(open.pin()) : Optional.empty());
      return Mechanism.output(type, signature)
          .orElseThrow(
              () -> failures.badAnswer("a signature of " + signature.size() + " bytes", null));
    } catch (CryptokiException e) {
      throw failures.of(e);
    }
  }

  @Override
  public synchronized boolean verify(KmsKeyVersion version, SigningInput input, Bytes signature)
      throws KeyException {
    Pair found = pair();
    KeyType type = found.publicKey().type();
    long key =
        found
            .publicObject()
            .orElseThrow(() ->
                failures.wrongKey("the token keeps no public key it could verify with", null));
    Optional<Bytes> plain = Mechanism.asTokenWritesIt(type, signature);
    try {
      return plain.isPresent()
          && conversation()
              .session()
              .verify(key, Mechanism.of(type), Mechanism.input(type, input), plain.get());
    } catch (CryptokiException e) {
      throw failures.of(e);
    }
  }

  @Override
  public synchronized Optional<Bytes> certificate() throws KeyException {
    Pair found = pair();
    return finder(conversation()).certificate(found);
  }

  private Pair pair() throws KeyException {
    Pair known = pair;
    if (known == null) {
      Conversation open = conversation();
      if (loginFirst) {
        open.login();
        known = finder(open).both();
      } else {
        known = finder(open).publicHalf();
      }
      pair = known;
    }
    return known;
  }

  private KeyPairFinder finder(Conversation open) {
    return new KeyPairFinder(open.session(), uri, failures);
  }

  private Conversation conversation() throws KeyException {
    Conversation open = conversation;
    if (open == null) {
      String name = uri.object().isEmpty() ? HexText.encode(uri.id()) : uri.object();
      open = Conversation.open(uri, "key '" + Quoted.plain(name) + "' in ", pins, failures);
      conversation = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    if (conversation != null) {
      conversation.close();
      conversation = null;
      pair = null;
    }
  }

  @Override
  public String toString() {
    return "TokenKey[" + uri.shown() + "]";
  }
}
