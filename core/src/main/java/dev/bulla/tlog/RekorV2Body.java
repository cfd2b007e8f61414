package dev.bulla.tlog;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.CanonicalJson;
import dev.bulla.json.JsonObject;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.VerificationKey;

/**
 * The body that a Rekor v2 log makes of a signature: hashedrekord 0.0.2, in canonical JSON. Source:
 * sigstore/rekor-tiles, CLIENTS.md.
 */
public final class RekorV2Body {

  private RekorV2Body() {}

  /** The body of an entry of exactly this signature. */
  public static Bytes of(LoggedSignature claim) {
    HashAlgorithm algorithm;
    Bytes digest;
    // a Message is logged as the bundle has it; of everything else the log gets its hash
    if (claim.signed() instanceof LoggedSignature.Message message) {
      algorithm = message.algorithm();
      digest = message.digest();
    } else {
      algorithm = SignatureAlgorithm.natural(claim.key().type()).hash();
      digest = Digest.of(algorithm, signedBytes(claim.signed())).bytes();
    }
    JsonObject.Builder verifier = JsonObject.builder().put("keyDetails", keyDetails(claim.key()));
    if (claim.certificate().isPresent()) {
      verifier.put("x509Certificate", rawBytes(claim.certificate().get()));
    } else {
      verifier.put("publicKey", rawBytes(claim.key().spki()));
    }
    JsonObject entry =
        JsonObject.builder()
            .put(
                "data",
                JsonObject.builder()
                    .put("algorithm", "SHA2_" + 8 * algorithm.lengthBytes())
                    .put("digest", Base64Text.encode(digest))
                    .build())
            .put(
                "signature",
                JsonObject.builder()
                    .put("content", Base64Text.encode(claim.signature()))
                    .put("verifier", verifier.build())
                    .build())
            .build();
    return CanonicalJson.write(
        JsonObject.builder()
            .put("apiVersion", "0.0.2")
            .put("kind", "hashedrekord")
            .put("spec", JsonObject.builder().put("hashedRekordV002", entry).build())
            .build());
  }

  private static Bytes signedBytes(LoggedSignature.Signed signed) {
    if (signed instanceof LoggedSignature.Enveloped enveloped) {
      return enveloped.signedBytes();
    }
    return signed instanceof LoggedSignature.LegacyPayload legacy
        ? legacy.payload()
        : ((LoggedSignature.LegacyEnvelope) signed).envelope();
  }

  private static JsonObject rawBytes(Bytes der) {
    return JsonObject.builder().put("rawBytes", Base64Text.encode(der)).build();
  }

  /** sigstore_common.proto, "PublicKeyDetails": the name of the algorithm a key signs with. */
  private static String keyDetails(VerificationKey key) {
    return switch (key.type()) {
      case EC_P256 -> "PKIX_ECDSA_P256_SHA_256";
      case EC_P384 -> "PKIX_ECDSA_P384_SHA_384";
      case EC_P521 -> "PKIX_ECDSA_P521_SHA_512";
      case RSA_2048 -> "PKIX_RSA_PKCS1V15_2048_SHA256";
      case RSA_3072 -> "PKIX_RSA_PKCS1V15_3072_SHA256";
      case RSA_4096 -> "PKIX_RSA_PKCS1V15_4096_SHA256";
      case ED25519 -> "PKIX_ED25519_PH";
    };
  }
}
