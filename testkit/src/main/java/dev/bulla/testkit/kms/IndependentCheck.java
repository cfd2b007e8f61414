package dev.bulla.testkit.kms;

import dev.bulla.bytes.Bytes;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.VerificationKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;

/** Checks signatures with the JDK alone, from nothing but the exported key's bytes. */
final class IndependentCheck {

  private IndependentCheck() {}

  static boolean verifies(
      VerificationKey key, SignatureAlgorithm algorithm, Bytes message, Bytes signature) {
    try {
      Signature verifier =
          switch (algorithm) {
            case ECDSA_P256_SHA256, ECDSA_P384_SHA256, ECDSA_P521_SHA256 ->
                Signature.getInstance("SHA256withECDSA");
            case ECDSA_P256_SHA384, ECDSA_P384_SHA384, ECDSA_P521_SHA384 ->
                Signature.getInstance("SHA384withECDSA");
            case ECDSA_P256_SHA512, ECDSA_P384_SHA512, ECDSA_P521_SHA512 ->
                Signature.getInstance("SHA512withECDSA");
            case RSA_PKCS1_SHA256 -> Signature.getInstance("SHA256withRSA");
            case RSA_PKCS1_SHA384 -> Signature.getInstance("SHA384withRSA");
            case RSA_PKCS1_SHA512 -> Signature.getInstance("SHA512withRSA");
            case RSA_PSS_SHA256 -> Signature.getInstance("RSASSA-PSS");
            case ED25519, ED25519PH -> Signature.getInstance("Ed25519");
          };
      if (algorithm == SignatureAlgorithm.RSA_PSS_SHA256) {
        verifier.setParameter(
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
      }
      if (algorithm == SignatureAlgorithm.ED25519PH) {
        verifier.setParameter(new EdDSAParameterSpec(true));
      }
      String family =
          switch (key.type().family()) {
            case EC -> "EC";
            case RSA -> "RSA";
            case ED25519 -> "Ed25519";
          };
      verifier.initVerify(
          KeyFactory.getInstance(family)
              .generatePublic(new X509EncodedKeySpec(key.spki().toByteArray())));
      message.feed(verifier);
      return verifier.verify(signature.toByteArray());
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the exported key is not usable", e);
    }
  }
}
