package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaBug;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;

/**
 * A private key of one of the {@link KeyType}s, in memory and unencrypted. Closing wipes what can
 * be wiped. Signing is the {@link Signer}'s part.
 */
public final class PrivateKey implements AutoCloseable {

  private final SecretBytes pkcs8;
  private final VerificationKey publicKey;

  private PrivateKey(PrivateKeyDer.Decoded decoded) {
    this.pkcs8 = decoded.pkcs8();
    this.publicKey = decoded.publicKey();
  }

  /** A new key. RSA takes seconds and has the public exponent 65537. */
  public static PrivateKey generate(KeyType type, SecureRandom random) {
    try {
      return new PrivateKey(
          switch (type.family()) {
            case EC -> generateEc(EcCurve.of(type), random);
            case RSA -> generateRsa(type, random);
            case ED25519 -> generateEd25519(random);
          });
    } catch (GeneralSecurityException e) {
      throw new BullaBug("this Java platform cannot make keys of type " + type, e);
    } catch (MalformedInputException | UnacceptableKeyException e) {
      throw new BullaBug("a new key is acceptable", e);
    }
  }

  private static PrivateKeyDer.Decoded generateEc(EcCurve curve, SecureRandom random)
      throws GeneralSecurityException, MalformedInputException, UnacceptableKeyException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(curve.jcaSpec(), random);
    KeyPair pair = generator.generateKeyPair();
    return PrivateKeyDer.ecDecoded(
        curve,
        ((ECPrivateKey) pair.getPrivate()).getS(),
        curve.encode(((ECPublicKey) pair.getPublic()).getW()));
  }

  private static PrivateKeyDer.Decoded generateRsa(KeyType type, SecureRandom random)
      throws GeneralSecurityException, MalformedInputException, UnacceptableKeyException {
    int bits =
        switch (type) {
          case RSA_2048 -> 2048;
          case RSA_3072 -> 3072;
          case RSA_4096 -> 4096;
          case EC_P256, EC_P384, EC_P521, ED25519 -> throw new BullaBug(type + " is not RSA");
        };
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4), random);
    byte[] encoded = generator.generateKeyPair().getPrivate().getEncoded();
    try {
      return PrivateKeyDer.parsePkcs8(encoded, PrivateKeyDer.PublicHalf.TRUSTED);
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  private static PrivateKeyDer.Decoded generateEd25519(SecureRandom random)
      throws GeneralSecurityException, MalformedInputException, UnacceptableKeyException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    generator.initialize(java.security.spec.NamedParameterSpec.ED25519, random);
    KeyPair pair = generator.generateKeyPair();
    byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
    try {
      return PrivateKeyDer.ed25519Decoded(seed, pair.getPublic().getEncoded());
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /**
   * The key in the first PEM block, unencrypted: {@code RSA PRIVATE KEY} (PKCS #1), {@code EC
   * PRIVATE KEY} (SEC 1) or {@code PRIVATE KEY} (PKCS #8). A public key that stands beside it is
   * checked to belong to it.
   *
   * @throws KeyException in cosign's words: {@code invalid pem block}, {@code unsupported private
   *     key}, {@code error parsing …}, {@code error validating …}
   */
  public static PrivateKey importPem(Bytes pem) throws KeyException {
    if (pem.size() > Limits.MAX_KEY_FILE) {
      throw new KeyException("private key larger than " + Limits.MAX_KEY_FILE + " bytes");
    }
    Pem block;
    try {
      block = Pem.parseFirst(pem, "private key");
    } catch (MalformedInputException e) {
      throw new KeyException("invalid pem block", e);
    }
    byte[] der = block.content().toByteArray();
    try {
      return new PrivateKey(
          switch (block.type()) {
            case "RSA PRIVATE KEY" -> PrivateKeyDer.parsePkcs1(der);
            case "EC PRIVATE KEY" -> PrivateKeyDer.parseSec1(der);
            case "PRIVATE KEY" -> PrivateKeyDer.parsePkcs8(der, PrivateKeyDer.PublicHalf.CHECKED);
            default -> throw unsupported(block.type());
          });
    } catch (UnacceptableKeyException e) {
      throw new KeyException("error validating " + e.family() + " key: " + e.problem(), e);
    } catch (MalformedInputException e) {
      throw unparseable(block.type(), pem, e);
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  private static KeyException unsupported(String pemType) {
    String message = "unsupported private key";
    return switch (pemType) {
      case "ENCRYPTED PRIVATE KEY" ->
          new KeyException(
              message, "take the password off first: openssl pkey -in FILE -out PLAIN");
      case "EC PARAMETERS" ->
          new KeyException(
              message, "remove the EC PARAMETERS block; only the first block of a file is read");
      case EncryptedPrivateKeyFile.PEM_TYPE, EncryptedPrivateKeyFile.PEM_TYPE_V1 ->
          new KeyException(message, "this key is in its final form already and needs no import");
      case "PUBLIC KEY", "RSA PUBLIC KEY" ->
          new KeyException(message, "this is a public key; the private one is imported");
      default -> new KeyException(message);
    };
  }

  private static KeyException unparseable(
      String pemType, Bytes pem, MalformedInputException cause) {
    String message =
        switch (pemType) {
          case "RSA PRIVATE KEY" -> "error parsing rsa private key: " + cause.message();
          case "EC PRIVATE KEY" -> "error parsing ecdsa private key";
          default -> "error parsing pkcs #8 private key";
        };
    // RFC 1421 encryption leaves the block's name as it was
    String text = new String(pem.toByteArray(), StandardCharsets.ISO_8859_1);
    return text.contains("Proc-Type: 4,ENCRYPTED")
        ? new KeyException(
            message, "take the password off first: openssl pkey -in FILE -out PLAIN", cause)
        : new KeyException(message, cause);
  }

  /** The key in an unencrypted PKCS #8 structure that came out of a sealed file. */
  static PrivateKey ofSealedPkcs8(byte[] der)
      throws MalformedInputException, UnacceptableKeyException {
    return new PrivateKey(PrivateKeyDer.parsePkcs8(der, PrivateKeyDer.PublicHalf.TRUSTED));
  }

  public KeyType type() {
    return publicKey.type();
  }

  public VerificationKey publicKey() {
    return publicKey;
  }

  /** The key as PKCS #8, for code of this package that only reads it. */
  SecretBytes pkcs8() {
    return pkcs8;
  }

  /** A signer with the natural algorithm of the key. It lives on when this is closed. */
  public Signer toSigner() {
    return toSigner(SignatureAlgorithm.natural(type()));
  }

  /**
   * A signer with this algorithm. It lives on when this is closed.
   *
   * @throws IllegalArgumentException when the algorithm is for another type of key
   */
  public Signer toSigner(SignatureAlgorithm algorithm) {
    if (!algorithm.fits(type())) {
      throw new IllegalArgumentException(algorithm + " is not for " + type().description());
    }
    return LocalSigner.open(this, algorithm);
  }

  @Override
  public void close() {
    pkcs8.close();
  }

  @Override
  public String toString() {
    return "PrivateKey[" + type().description() + "]";
  }
}
