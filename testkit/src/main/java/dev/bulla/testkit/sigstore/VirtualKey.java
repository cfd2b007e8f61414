package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.KeyType;
import dev.bulla.key.Pem;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Objects;

/**
 * A key pair of a signer or of a service, with the names that Sigstore has for it. For tests only:
 * of RSA keys there is one of each size, in the open, since making them takes too long. {@link
 * #toString()} shows the type.
 */
public final class VirtualKey {

  private final KeyType type;
  private final KeyPair pair;

  private VirtualKey(KeyType type, KeyPair pair) {
    this.type = type;
    this.pair = pair;
  }

  /** A key of that type; a fresh one unless it is RSA. */
  public static VirtualKey create(KeyType type) {
    try {
      KeyPair pair =
          switch (type) {
            case EC_P256 -> onCurve("secp256r1");
            case EC_P384 -> onCurve("secp384r1");
            case EC_P521 -> onCurve("secp521r1");
            case RSA_2048 -> stored("rsa-2048.pem");
            case RSA_3072 -> stored("rsa-3072.pem");
            case RSA_4096 -> stored("rsa-4096.pem");
            case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
          };
      return new VirtualKey(type, pair);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no keys of type " + type, e);
    }
  }

  private static KeyPair onCurve(String curve) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static KeyPair stored(String name) throws GeneralSecurityException {
    try (InputStream in = VirtualKey.class.getResourceAsStream("/dev/bulla/testkit/kms/" + name)) {
      Bytes der =
          Pem.parseFirst(LimitedInput.readAll(Objects.requireNonNull(in), 1 << 14, name), name)
              .content();
      KeyFactory factory = KeyFactory.getInstance("RSA");
      RSAPrivateCrtKey key =
          (RSAPrivateCrtKey) factory.generatePrivate(new PKCS8EncodedKeySpec(der.toByteArray()));
      RSAPublicKeySpec opened = new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent());
      return new KeyPair(factory.generatePublic(opened), key);
    } catch (IOException | MalformedInputException e) {
      throw new IllegalStateException("a key of the double cannot be read: " + name, e);
    }
  }

  public KeyType type() {
    return type;
  }

  public PublicKey publicKey() {
    return pair.getPublic();
  }

  public PrivateKey privateKey() {
    return pair.getPrivate();
  }

  /** The public key as SubjectPublicKeyInfo. */
  public Bytes spki() {
    return Bytes.of(pair.getPublic().getEncoded());
  }

  /** The public key in PEM. */
  public String publicPem() {
    return PemText.of("PUBLIC KEY", spki());
  }

  /** The private key as unencrypted PKCS#8 in PEM. */
  public String privatePem() {
    return PemText.of("PRIVATE KEY", Bytes.of(pair.getPrivate().getEncoded()));
  }

  /** The hash that goes with the key: by the curve, SHA-256 for RSA, SHA-512 for Ed25519. */
  public HashAlgorithm hash() {
    return switch (type) {
      case EC_P384 -> HashAlgorithm.SHA384;
      case EC_P521, ED25519 -> HashAlgorithm.SHA512;
      default -> HashAlgorithm.SHA256;
    };
  }

  /** The {@code PublicKeyDetails} of a key in a trusted root: Ed25519 is pure there. */
  public String keyDetails() {
    return switch (type) {
      case EC_P256 -> "PKIX_ECDSA_P256_SHA_256";
      case EC_P384 -> "PKIX_ECDSA_P384_SHA_384";
      case EC_P521 -> "PKIX_ECDSA_P521_SHA_512";
      case RSA_2048 -> "PKIX_RSA_PKCS1V15_2048_SHA256";
      case RSA_3072 -> "PKIX_RSA_PKCS1V15_3072_SHA256";
      case RSA_4096 -> "PKIX_RSA_PKCS1V15_4096_SHA256";
      case ED25519 -> "PKIX_ED25519";
    };
  }

  /** The {@code PublicKeyDetails} of a signer in a log: Ed25519 is prehashed there. */
  public String signerDetails() {
    return type == KeyType.ED25519 ? "PKIX_ED25519_PH" : keyDetails();
  }

  /** Signs with the key's own hash; ECDSA in DER, RSA as PKCS#1 v1.5, Ed25519 pure. */
  public Bytes sign(Bytes message) {
    return sign(hash(), message);
  }

  /** Signs with another hash. Ed25519 is pure whatever the hash. */
  public Bytes sign(HashAlgorithm hash, Bytes message) {
    try {
      Signature signature = Signature.getInstance(jcaName(hash));
      signature.initSign(pair.getPrivate());
      message.feed(signature);
      return Bytes.owning(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the double cannot sign", e);
    }
  }

  /** Signs as {@link #sign(Bytes)} does, except that Ed25519 is prehashed, as logs want it. */
  public Bytes signForLog(Bytes message) {
    if (type != KeyType.ED25519) {
      return sign(message);
    }
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.setParameter(new EdDSAParameterSpec(true));
      signature.initSign(pair.getPrivate());
      message.feed(signature);
      return Bytes.owning(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the double cannot sign", e);
    }
  }

  private String jcaName(HashAlgorithm hash) {
    return switch (type.family()) {
      case EC -> "SHA" + hash.lengthBytes() * 8 + "withECDSA";
      case RSA -> "SHA" + hash.lengthBytes() * 8 + "withRSA";
      case ED25519 -> "Ed25519";
    };
  }

  /** The AlgorithmIdentifier of {@link #sign(HashAlgorithm, Bytes)} (RFC 5754, 5758, 8410). */
  Bytes algorithmIdentifier(HashAlgorithm hash) {
    return switch (type.family()) {
      case EC ->
          Asn1.sequence(
              Asn1.oid(
                  switch (hash) {
                    case SHA256 -> "1.2.840.10045.4.3.2";
                    case SHA384 -> "1.2.840.10045.4.3.3";
                    case SHA512 -> "1.2.840.10045.4.3.4";
                  }));
      case RSA ->
          Asn1.sequence(
              Asn1.oid(
                  switch (hash) {
                    case SHA256 -> "1.2.840.113549.1.1.11";
                    case SHA384 -> "1.2.840.113549.1.1.12";
                    case SHA512 -> "1.2.840.113549.1.1.13";
                  }),
              Asn1.NULL);
      case ED25519 -> Asn1.sequence(Asn1.oid("1.3.101.112"));
    };
  }

  @Override
  public String toString() {
    return "VirtualKey[" + type + "]";
  }
}
