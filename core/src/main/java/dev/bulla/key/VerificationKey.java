package dev.bulla.key;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.BullaBug;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.key.SignatureCheck.Matched;
import dev.bulla.key.SignatureCheck.Mismatch;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECPoint;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A public key of one of the {@link KeyType}s, which can check signatures. Immutable, equal by
 * content, safe for several threads; the work of reading the key is done once.
 */
public final class VerificationKey {

  private static final String PEM_TYPE = "PUBLIC KEY";
  private static final String PEM_TYPE_PKCS1 = "RSA PUBLIC KEY";
  private static final String WHAT = "public key";

  private static final String ED25519_MISMATCH = "failed to verify signature";
  private static final String RSA_MISMATCH = "crypto/rsa: verification error";

  private final KeyType type;
  private final Bytes spki;
  private final Optional<ECPoint> point;
  private final boolean oneShot;
  private final Bytes fingerprint;

  /** How this key signs, where its keeper says so. */
  private final Optional<SignatureAlgorithm> only;

  /** Made when it is first needed, since it takes the JDK long to make the first one. */
  private volatile @Nullable PublicKey jcaKey;

  private VerificationKey(
      KeyType type,
      Bytes spki,
      Optional<ECPoint> point,
      boolean oneShot,
      Bytes fingerprint,
      Optional<SignatureAlgorithm> only) {
    this.type = type;
    this.spki = spki;
    this.point = point;
    this.oneShot = oneShot;
    this.fingerprint = fingerprint;
    this.only = only;
  }

  /**
   * The key in the first PEM block, which is a {@code PUBLIC KEY} (SubjectPublicKeyInfo) or {@code
   * RSA PUBLIC KEY} (PKCS #1).
   *
   * @param what what is being read, for the message; cosign says {@code pem to public key}
   */
  public static VerificationKey parsePem(Bytes pem, String what) throws MalformedInputException {
    Pem block;
    try {
      block = Pem.parseFirst(pem, what);
    } catch (MalformedInputException e) {
      throw new MalformedInputException(what, "PEM decoding failed", e);
    }
    return switch (block.type()) {
      case PEM_TYPE -> parse(block.content(), what);
      case PEM_TYPE_PKCS1 ->
          parse(Bytes.owning(PublicKeyDer.rsaSpki(block.content().toByteArray())), what);
      default -> throw notAPublicKey(block.type(), what);
    };
  }

  private static MalformedInputException notAPublicKey(String pemType, String what) {
    String problem =
        "unknown Public key PEM file type: "
            + Quoted.plain(pemType, 100)
            + ". Are you passing the correct public key?";
    return pemType.endsWith("PRIVATE KEY")
        ? MalformedInputException.withHint(
            what, problem, "this is a private key; its public half is what checks signatures")
        : new MalformedInputException(what, problem);
  }

  /** The key in a DER SubjectPublicKeyInfo. */
  public static VerificationKey ofSpki(Bytes der) throws MalformedInputException {
    return parse(der, WHAT);
  }

  /** The RSA key in a DER RSAPublicKey (PKCS #1). */
  public static VerificationKey ofPkcs1(Bytes der) throws MalformedInputException {
    return parse(Bytes.owning(PublicKeyDer.rsaSpki(der.toByteArray())), WHAT);
  }

  /** The Ed25519 key of these 32 bytes. */
  public static VerificationKey ofRawEd25519(Bytes point) throws MalformedInputException {
    if (point.size() != PublicKeyDer.ED25519_BYTES) {
      throw new MalformedInputException(WHAT, "an Ed25519 key has 32 bytes");
    }
    return parse(Bytes.owning(PublicKeyDer.ed25519Spki(point.toByteArray())), WHAT);
  }

  /** The key of an SPKI that was found acceptable already. */
  static VerificationKey ofAccepted(Bytes spki, PublicKeyDer.Accepted key) {
    return new VerificationKey(
        key.type(), spki, key.point(), false, Digest.sha256(spki).bytes(), Optional.empty());
  }

  private static VerificationKey parse(Bytes spki, String what) throws MalformedInputException {
    try {
      return ofAccepted(spki, PublicKeyDer.parse(spki.toByteArray(), what));
    } catch (UnacceptableKeyException e) {
      throw new MalformedInputException(what, e.problem(), e);
    }
  }

  /**
   * The same key for a process that checks a handful of signatures and ends: ECDSA is computed by
   * classes that are ready at once instead of the JDK's, which take a tenth of a second to get
   * ready and are many times faster from then on. Both give the same answers. The two keys are
   * equal.
   */
  public VerificationKey forOneShot() {
    return new VerificationKey(type, spki, point, true, fingerprint, only);
  }

  /**
   * The same key for callers who know from its keeper how it signs: where no hash is asked for,
   * that is the one algorithm by which signatures are checked. The two keys are equal.
   *
   * @throws IllegalArgumentException when the algorithm does not fit the type of the key
   */
  public VerificationKey signingBy(SignatureAlgorithm algorithm) {
    if (!algorithm.fits(type)) {
      throw new IllegalArgumentException(algorithm + " does not fit " + type);
    }
    return new VerificationKey(type, spki, point, oneShot, fingerprint, Optional.of(algorithm));
  }

  public KeyType type() {
    return type;
  }

  /** The key as DER SubjectPublicKeyInfo, as it was read. */
  public Bytes spki() {
    return spki;
  }

  /** The key as a {@code PUBLIC KEY} block, which ends in a newline. */
  public String toPem() {
    try {
      return new Pem(PEM_TYPE, spki).print().toUtf8String(WHAT);
    } catch (MalformedInputException e) {
      throw new BullaBug("PEM is ASCII", e);
    }
  }

  /** The SHA-256 of {@link #spki()}. */
  public Bytes fingerprint() {
    return fingerprint;
  }

  /** The fingerprint in base64: how a bundle names the key it was signed with. */
  public String hint() {
    return Base64Text.encode(fingerprint);
  }

  /**
   * Whether this key made the signature over the message. Without a requested hash: by the key's
   * natural algorithm, then for P-384 and P-521 with SHA-256; for Ed25519 pure, then prehashed.
   * With one: by that hash only, except that Ed25519 has no choice of hash. ECDSA signatures count
   * as DER or as IEEE P1363 of the curve's length. A key whose keeper says {@linkplain #signingBy
   * how it signs} is checked by that alone, unless a hash is requested.
   *
   * <p>Several algorithms may be tried because a key alone names no single one; each is on the list
   * for its own sake, and the answer says which one it was.
   */
  public SignatureCheck check(
      Bytes message, Bytes signature, Optional<HashAlgorithm> requestedHash) {
    return check(message, signature, candidates(requestedHash));
  }

  /** Whether this key made the signature over the message by exactly this algorithm. */
  public SignatureCheck check(Bytes message, Bytes signature, SignatureAlgorithm algorithm) {
    if (!algorithm.fits(type)) {
      return new Mismatch(algorithm + " is not for a key of type " + type.description());
    }
    return check(message, signature, List.of(algorithm));
  }

  /**
   * Whether this key signed the digest by exactly this algorithm: for callers who no longer have
   * the message. ECDSA signatures count as DER only.
   *
   * @param digest by the hash of the algorithm
   * @throws IllegalArgumentException for Ed25519, which signs messages
   */
  public boolean matchesDigest(Bytes digest, Bytes signature, SignatureAlgorithm algorithm) {
    return algorithm.fits(type)
        && DigestSignatures.matches(jcaKey(), type.family(), digest, signature, algorithm);
  }

  private List<SignatureAlgorithm> candidates(Optional<HashAlgorithm> requestedHash) {
    if (requestedHash.isEmpty() && only.isPresent()) {
      return List.of(only.get());
    }
    if (type == KeyType.ED25519) {
      return List.of(SignatureAlgorithm.ED25519, SignatureAlgorithm.ED25519PH);
    }
    if (requestedHash.isPresent()) {
      return List.of(
          SignatureAlgorithm.of(type, requestedHash.get())
              .orElseThrow(() -> new BullaBug("no algorithm for " + type)));
    }
    List<SignatureAlgorithm> candidates = new ArrayList<>();
    candidates.add(SignatureAlgorithm.natural(type));
    SignatureAlgorithm.of(type, HashAlgorithm.SHA256)
        .filter(older -> !candidates.contains(older))
        .ifPresent(candidates::add);
    return candidates;
  }

  private SignatureCheck check(
      Bytes message, Bytes signature, List<SignatureAlgorithm> algorithms) {
    if (point.isPresent()) {
      return checkEcdsa(message, signature.toByteArray(), algorithms, point.get());
    }
    for (SignatureAlgorithm algorithm : algorithms) {
      if (matches(message, signature.toByteArray(), algorithm)) {
        return new Matched(algorithm);
      }
    }
    return new Mismatch(type == KeyType.ED25519 ? ED25519_MISMATCH : RSA_MISMATCH);
  }

  private SignatureCheck checkEcdsa(
      Bytes message, byte[] signature, List<SignatureAlgorithm> algorithms, ECPoint key) {
    EcCurve curve = EcCurve.of(type);
    Optional<EcdsaSignature> parsed = EcdsaSignature.parse(signature, curve.coordinateBytes());
    if (parsed.isEmpty()) {
      return new Mismatch("ecdsa: Invalid IEEE_P1363 encoded bytes");
    }
    EcdsaSignature numbers = parsed.get();
    if (!numbers.inRange(curve.parameters().getOrder())) {
      return new Mismatch(numbers.mismatchReason());
    }
    for (SignatureAlgorithm algorithm : algorithms) {
      // one spelling for the JDK, whose own DER reader is lenient
      boolean matches =
          oneShot
              ? OneShotEcdsa.matches(curve, key, message, algorithm.hash(), numbers)
              : matches(message, numbers.toP1363(curve.coordinateBytes()), algorithm);
      if (matches) {
        return new Matched(algorithm);
      }
    }
    return new Mismatch(numbers.mismatchReason());
  }

  private PublicKey jcaKey() {
    PublicKey known = jcaKey;
    if (known == null) {
      known = PublicKeyDer.jcaKey(spki.toByteArray(), type);
      jcaKey = known;
    }
    return known;
  }

  private boolean matches(Bytes message, byte[] signature, SignatureAlgorithm algorithm) {
    String name = algorithm.jcaName();
    try {
      Signature verifier =
          Signature.getInstance(type.family() == KeyType.Family.EC ? name + "inP1363Format" : name);
      configure(verifier, algorithm);
      verifier.initVerify(jcaKey());
      message.feed(verifier);
      return verifier.verify(signature);
    } catch (SignatureException e) {
      // how the JDK says that a signature has the wrong length or holds numbers out of range
      return false;
    } catch (InvalidKeyException e) {
      throw new BullaBug("a key that was read is usable", e);
    } catch (GeneralSecurityException e) {
      throw new BullaBug("this Java platform lacks " + name, e);
    }
  }

  /** Sets what the name of an algorithm does not say. */
  static void configure(Signature signature, SignatureAlgorithm algorithm)
      throws InvalidAlgorithmParameterException {
    if (algorithm == SignatureAlgorithm.ED25519PH) {
      signature.setParameter(new EdDSAParameterSpec(true));
    } else if (algorithm == SignatureAlgorithm.RSA_PSS_SHA256) {
      signature.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    }
  }

  /** Plain comparison: public keys are public. */
  @Override
  public boolean equals(Object other) {
    return other instanceof VerificationKey that && spki.equals(that.spki);
  }

  @Override
  public int hashCode() {
    return spki.hashCode();
  }

  @Override
  public String toString() {
    return "VerificationKey[" + type.description() + ", " + hint() + "]";
  }
}
