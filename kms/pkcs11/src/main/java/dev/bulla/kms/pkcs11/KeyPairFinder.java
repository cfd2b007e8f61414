package dev.bulla.kms.pkcs11;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import java.util.List;
import java.util.Optional;

/** Finds the objects of a key pair on a token: by the identifier, else by the label. */
final class KeyPairFinder {

  private final TokenSession session;
  private final Pkcs11Uri uri;
  private final TokenFailures failures;

  KeyPairFinder(TokenSession session, Pkcs11Uri uri, TokenFailures failures) {
    this.session = session;
    this.uri = uri;
    this.failures = failures;
  }

  /**
   * What was found.
   *
   * @param privateKey where it was looked for
   * @param publicObject where the token keeps the public key as an object
   */
  record Pair(VerificationKey publicKey, Optional<Long> privateKey, Optional<Long> publicObject) {}

  /** The public half, as everybody sees it. */
  Pair publicHalf() throws KeyException {
    return pair(Optional.empty(), name());
  }

  /** Both halves. The private one is seen after the PIN was presented. */
  Pair both() throws KeyException {
    long privateKey = privateKey().orElseThrow(this::absent);
    return pair(Optional.of(privateKey), name(privateKey));
  }

  /** The private key, if there is one. */
  Optional<Long> privateKey() throws KeyException {
    return only(Attribute.PRIVATE_KEY_CLASS, name());
  }

  /**
   * The certificate that goes by the name of the key, where there is one.
   *
   * @throws KeyException when it is for another key
   */
  Optional<Bytes> certificate(Pair pair) throws KeyException {
    Optional<Long> privateKey = pair.privateKey();
    Optional<Long> object =
        only(Attribute.CERTIFICATE_CLASS, privateKey.isPresent() ? name(privateKey.get()) : name());
    if (object.isEmpty()) {
      return Optional.empty();
    }
    if (!TokenPublicKey.readCertificate(session, object.get(), failures).equals(pair.publicKey())) {
      throw failures.misconfigured(
          "pkcs11 key and certificate do not match",
          "COSIGN_PKCS11_IGNORE_CERTIFICATE=1 leaves certificates on the token alone");
    }
    return session.attribute(object.get(), Attribute.VALUE);
  }

  private Pair pair(Optional<Long> privateKey, Attribute name) throws KeyException {
    Optional<Long> object = only(Attribute.PUBLIC_KEY_CLASS, name);
    if (object.isPresent()) {
      return new Pair(TokenPublicKey.read(session, object.get(), failures), privateKey, object);
    }
    Optional<Long> certificate = only(Attribute.CERTIFICATE_CLASS, name);
    if (certificate.isPresent()) {
      return new Pair(
          TokenPublicKey.readCertificate(session, certificate.get(), failures),
          privateKey,
          Optional.empty());
    }
    if (privateKey.isPresent() && isRsa(privateKey.get())) {
      // it knows the numbers of its public half
      return new Pair(
          TokenPublicKey.read(session, privateKey.get(), failures), privateKey, Optional.empty());
    }
    throw absent();
  }

  private boolean isRsa(long privateKey) throws KeyException {
    return session
        .attribute(privateKey, Attribute.KEY_TYPE)
        .filter(type -> TokenPublicKey.number(type) == Attribute.RSA_KEY)
        .isPresent();
  }

  /** How the objects that belong to a private key are named. */
  private Attribute name(long privateKey) throws KeyException {
    return session
        .attribute(privateKey, Attribute.ID)
        .filter(value -> !value.isEmpty())
        .map(id -> new Attribute(Attribute.ID, id))
        .orElse(name());
  }

  /** How the URI names the key. */
  private Attribute name() {
    return uri.id().isEmpty()
        ? Attribute.text(Attribute.LABEL, uri.object())
        : new Attribute(Attribute.ID, uri.id());
  }

  private Optional<Long> only(long kind, Attribute name) throws KeyException {
    List<Long> objects = find(Attribute.number(Attribute.CLASS, kind), name);
    if (objects.size() > 1) {
      throw failures.misconfigured(
          objects.size()
              + (kind == Attribute.CERTIFICATE_CLASS ? " certificates" : " keys")
              + " have this name",
          "`bulla pkcs11-tool list-keys-uris` shows their identifiers; name one by id");
    }
    return objects.stream().findFirst();
  }

  private List<Long> find(Attribute... attributes) throws KeyException {
    try {
      return session.find(attributes);
    } catch (CryptokiException e) {
      throw failures.of(e);
    }
  }

  private KeyException absent() {
    try {
      if (!find(name()).isEmpty()) {
        return failures.wrongKey("what has this name is no key pair", null);
      }
    } catch (KeyException e) {
      return e;
    }
    // the words of cosign, and its way to show what was looked for
    return failures.notFound(
        "signer not set: no key pair found for id="
            + HexText.encode(uri.id())
            + " label="
            + Quoted.plain(uri.object())
            + " in slot/token");
  }
}
