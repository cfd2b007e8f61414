package dev.bulla.testkit.kms;

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
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Objects;

/** A private key inside a double: the JDK's, used on digests as services use theirs. */
final class ServiceKey {

  /** How it signs. */
  enum Scheme {
    ECDSA,
    PKCS1,
    PSS,
    ED25519
  }

  private final KeyType type;
  private final KeyPair pair;

  private ServiceKey(KeyType type, KeyPair pair) {
    this.type = type;
    this.pair = pair;
  }

  /** A fresh key; of RSA keys there is one of each size, since making them takes too long. */
  static ServiceKey make(KeyType type) {
    try {
      return new ServiceKey(
          type,
          switch (type) {
            case EC_P256 -> onCurve("secp256r1");
            case EC_P384 -> onCurve("secp384r1");
            case EC_P521 -> onCurve("secp521r1");
            case RSA_2048 -> stored("rsa-2048.pem");
            case RSA_3072 -> stored("rsa-3072.pem");
            case RSA_4096 -> stored("rsa-4096.pem");
            case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
          });
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
    try (InputStream in = ServiceKey.class.getResourceAsStream(name)) {
      Bytes der =
          Pem.parseFirst(LimitedInput.readAll(Objects.requireNonNull(in), 1 << 14, name), name)
              .content();
      KeyFactory factory = KeyFactory.getInstance("RSA");
      RSAPrivateCrtKey key =
          (RSAPrivateCrtKey) factory.generatePrivate(new PKCS8EncodedKeySpec(der.toByteArray()));
      return new KeyPair(
          factory.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent())),
          key);
    } catch (IOException | MalformedInputException e) {
      throw new IllegalStateException("a key of the double cannot be read: " + name, e);
    }
  }

  KeyType type() {
    return type;
  }

  Bytes spki() {
    return Bytes.of(pair.getPublic().getEncoded());
  }

  /** Signs a digest by the given hash; for Ed25519 a message, and the hash does not matter. */
  Bytes sign(Scheme scheme, HashAlgorithm hash, Bytes input) {
    try {
      if (scheme == Scheme.PSS) {
        return Pss.sign(pair.getPrivate(), hash, input);
      }
      Signature signature = configured(scheme);
      signature.initSign(pair.getPrivate());
      signature.update(prepared(scheme, hash, input).toByteArray());
      return Bytes.owning(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the double cannot sign", e);
    }
  }

  boolean verifies(Scheme scheme, HashAlgorithm hash, Bytes input, Bytes made) {
    try {
      if (scheme == Scheme.PSS) {
        return Pss.verifies(pair.getPublic(), hash, input, made);
      }
      Signature signature = configured(scheme);
      signature.initVerify(pair.getPublic());
      signature.update(prepared(scheme, hash, input).toByteArray());
      return signature.verify(made.toByteArray());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Signature configured(Scheme scheme) throws GeneralSecurityException {
    return Signature.getInstance(
        switch (scheme) {
          case ECDSA -> "NONEwithECDSA";
          case PKCS1 -> "NONEwithRSA";
          case ED25519 -> "Ed25519";
          case PSS -> throw new GeneralSecurityException("the JDK has no PSS over a digest");
        });
  }

  /** PKCS #1 wants the digest with the name of its hash before it (RFC 8017 §9.2). */
  private static Bytes prepared(Scheme scheme, HashAlgorithm hash, Bytes input) {
    if (scheme != Scheme.PKCS1) {
      return input;
    }
    int last =
        switch (hash) {
          case SHA256 -> 1;
          case SHA384 -> 2;
          case SHA512 -> 3;
        };
    int length = hash.lengthBytes();
    byte[] head = {
      0x30,
      (byte) (17 + length),
      0x30,
      0x0d,
      0x06,
      0x09,
      0x60,
      (byte) 0x86,
      0x48,
      0x01,
      0x65,
      0x03,
      0x04,
      0x02,
      (byte) last,
      0x05,
      0x00,
      0x04,
      (byte) length
    };
    return Bytes.concat(Bytes.of(head), input);
  }
}
