package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.BullaBug;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPublicKey;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;

/** Checks signatures by digests, which the JDK offers for ECDSA only. */
final class DigestSignatures {

  private DigestSignatures() {}

  static boolean matches(
      PublicKey key,
      KeyType.Family family,
      Bytes digest,
      Bytes signature,
      SignatureAlgorithm algorithm) {
    if (digest.size() != algorithm.hash().lengthBytes()) {
      return false;
    }
    if (algorithm == SignatureAlgorithm.RSA_PSS_SHA256) {
      return matchesPss((RSAPublicKey) key, digest, signature);
    }
    return switch (family) {
      case EC -> matches("NONEwithECDSA", key, digest, signature);
      case RSA -> matches("NONEwithRSA", key, named(algorithm.hash(), digest), signature);
      case ED25519 -> throw new IllegalArgumentException("Ed25519 signs messages");
    };
  }

  private static boolean matches(String name, PublicKey key, Bytes input, Bytes signature) {
    try {
      Signature verifier = Signature.getInstance(name);
      verifier.initVerify(key);
      input.feed(verifier);
      return verifier.verify(signature.toByteArray());
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new BullaBug("this Java platform lacks " + name, e);
    }
  }

  private static boolean matchesPss(RSAPublicKey key, Bytes digest, Bytes signature) {
    PSSSigner verifier =
        PSSSigner.createRawSigner(
            new RSABlindedEngine(),
            new SHA256Digest(),
            new SHA256Digest(),
            HashAlgorithm.SHA256.lengthBytes(),
            (byte) 0xbc);
    verifier.init(false, new RSAKeyParameters(false, key.getModulus(), key.getPublicExponent()));
    verifier.update(digest.toByteArray(), 0, digest.size());
    return verifier.verifySignature(signature.toByteArray());
  }

  /** The digest with the name of its hash before it: DigestInfo (RFC 8017 §9.2). */
  private static Bytes named(HashAlgorithm hash, Bytes digest) {
    byte last =
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
      last,
      0x05,
      0x00,
      0x04,
      (byte) length
    };
    return Bytes.concat(Bytes.of(head), digest);
  }
}
