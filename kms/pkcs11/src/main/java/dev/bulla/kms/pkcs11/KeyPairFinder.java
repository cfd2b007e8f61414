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

  private static final String WITHOUT =
      "COSIGN_PKCS11_IGNORE_CERTIFICATE=1 leaves certificates on the token alone; --certificate"
          + " FILE names the one that counts";

  private static final String CERTIFICATES_HAVE_THIS_NAME = " certificates have this name";
  private static final String BY_ID =
      "`bulla pkcs11-tool list-keys-uris` shows their identifiers; name one by id";

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
   * @throws KeyException when it is for another key, or when there are several
   */
  Optional<Bytes> certificate(Pair pair) throws KeyException {
    Optional<Long> privateKey = pair.privateKey();
    List<Long> objects = certificates(privateKey.isPresent() ? name(privateKey.get()) : name());
    if (objects.isEmpty()) {
      return Optional.empty();
    }
    if (objects.size() > 1) {
      throw failures.misconfigured(objects.size() + CERTIFICATES_HAVE_THIS_NAME, WITHOUT);
    }
    long object = objects.get(0);
    if (!TokenPublicKey.readCertificate(session, object, failures).equals(pair.publicKey())) {
      throw failures.misconfigured("pkcs11 key and certificate do not match", WITHOUT);
    }
    return session.attribute(object, Attribute.VALUE);
  }

  private List<Long> certificates(Attribute name) throws KeyException {
    return find(Attribute.number(Attribute.CLASS, Attribute.CERTIFICATE_CLASS), name);
  }

  private Pair pair(Optional<Long> privateKey, Attribute name) throws KeyException {
    Optional<Long> object = only(Attribute.PUBLIC_KEY_CLASS, name);
    if (object.isPresent()) {
      return new Pair(TokenPublicKey.read(session, object.get(), failures), privateKey, object);
    }
    Optional<VerificationKey> certified = keyOf(certificates(name));
    if (certified.isPresent()) {
      return new Pair(certified.get(), privateKey, Optional.empty());
    }
    if (privateKey.isPresent() && isRsa(privateKey.get())) {
      // it knows the numbers of its public half
      return new Pair(
          TokenPublicKey.read(session, privateKey.get(), failures), privateKey, Optional.empty());
    }
    throw absent();
  }

  /** The key that all of them are for: a certificate is renewed and the old one stays. */
  private Optional<VerificationKey> keyOf(List<Long> certificates) throws KeyException {
    VerificationKey key = null;
    for (long object : certificates) {
      VerificationKey one = TokenPublicKey.readCertificate(session, object, failures);
      if (key != null && !key.equals(one)) {
        throw failures.misconfigured(
            certificates.size() + CERTIFICATES_HAVE_THIS_NAME + ", for different keys", BY_ID);
      }
      key = one;
    }
    return Optional.ofNullable(key);
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
      throw failures.misconfigured(objects.size() + " keys have this name", BY_ID);
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
