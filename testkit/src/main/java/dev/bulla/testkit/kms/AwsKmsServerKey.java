package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.key.KeyType;
import dev.bulla.testkit.kms.AwsKmsServer.Refusal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A key of the AWS KMS double. */
final class AwsKmsServerKey {

  private static final Map<String, KeyType> SPECS =
      Map.of(
          "ECC_NIST_P256", KeyType.EC_P256,
          "ECC_NIST_P384", KeyType.EC_P384,
          "ECC_NIST_P521", KeyType.EC_P521,
          "RSA_2048", KeyType.RSA_2048,
          "RSA_3072", KeyType.RSA_3072,
          "RSA_4096", KeyType.RSA_4096);

  private final String spec;
  private final @Nullable ServiceKey key;
  private String state = "Enabled";

  private AwsKmsServerKey(String spec, @Nullable ServiceKey key) {
    this.spec = spec;
    this.key = key;
  }

  static AwsKmsServerKey of(String spec) {
    KeyType type = SPECS.get(spec);
    return new AwsKmsServerKey(spec, type == null ? null : ServiceKey.make(type));
  }

  void setState(String other) {
    state = other;
  }

  private String usage() {
    return key == null ? "ENCRYPT_DECRYPT" : "SIGN_VERIFY";
  }

  private List<String> algorithms() {
    return switch (spec) {
      case "ECC_NIST_P256" -> List.of("ECDSA_SHA_256");
      case "ECC_NIST_P384" -> List.of("ECDSA_SHA_384");
      case "ECC_NIST_P521" -> List.of("ECDSA_SHA_512");
      case "RSA_2048", "RSA_3072", "RSA_4096" ->
          List.of(
              "RSASSA_PKCS1_V1_5_SHA_256",
              "RSASSA_PKCS1_V1_5_SHA_384",
              "RSASSA_PKCS1_V1_5_SHA_512",
              "RSASSA_PSS_SHA_256",
              "RSASSA_PSS_SHA_384",
              "RSASSA_PSS_SHA_512");
      default -> List.of();
    };
  }

  JsonObject metadata(String id) {
    return JsonObject.builder()
        .put("AWSAccountId", AwsKmsServer.ACCOUNT)
        .put("Arn", AwsKmsServer.arn("key/" + id))
        .put("CustomerMasterKeySpec", spec)
        .put("Enabled", state.equals("Enabled"))
        .put("KeyId", id)
        .put("KeySpec", spec)
        .put("KeyState", state)
        .put("KeyUsage", usage())
        .put("SigningAlgorithms", AwsKmsServer.texts(algorithms()))
        .build();
  }

  JsonObject publicKey(String arn) throws Refusal {
    return JsonObject.builder()
        .put("CustomerMasterKeySpec", spec)
        .put("KeyId", arn)
        .put("KeySpec", spec)
        .put("KeyUsage", usage())
        .put("PublicKey", Base64Text.encode(signing().spki()))
        .put("SigningAlgorithms", JsonArray.of(AwsKmsServer.texts(algorithms()).values()))
        .build();
  }

  private ServiceKey signing() throws Refusal {
    if (key == null) {
      throw new Refusal(
          "UnsupportedOperationException", "a key of spec " + spec + " has no public key");
    }
    return key;
  }

  private ServiceKey usable(String algorithm) throws Refusal {
    if (state.equals("Disabled")) {
      throw new Refusal("DisabledException", "the key is disabled.");
    }
    if (!state.equals("Enabled")) {
      throw new Refusal("KMSInvalidStateException", "the key is pending deletion.");
    }
    if (!algorithms().contains(algorithm)) {
      throw new Refusal(
          "InvalidKeyUsageException", "Algorithm " + algorithm + " is incompatible with " + spec);
    }
    return signing();
  }

  Bytes sign(String algorithm, boolean isDigest, Bytes message) throws Refusal {
    HashAlgorithm hash = hash(algorithm);
    return usable(algorithm).sign(scheme(algorithm), hash, digest(hash, isDigest, message));
  }

  boolean verifies(String algorithm, boolean isDigest, Bytes message, Bytes signature)
      throws Refusal {
    HashAlgorithm hash = hash(algorithm);
    return usable(algorithm)
        .verifies(scheme(algorithm), hash, digest(hash, isDigest, message), signature);
  }

  private static Bytes digest(HashAlgorithm hash, boolean isDigest, Bytes message) throws Refusal {
    if (!isDigest) {
      var digest = hash.newDigest();
      message.feed(digest);
      return Bytes.owning(digest.digest());
    }
    if (message.size() != hash.lengthBytes()) {
      throw new Refusal("ValidationException", "Digest is invalid length for algorithm " + hash);
    }
    return message;
  }

  private static ServiceKey.Scheme scheme(String algorithm) {
    if (algorithm.startsWith("ECDSA")) {
      return ServiceKey.Scheme.ECDSA;
    }
    return algorithm.startsWith("RSASSA_PSS") ? ServiceKey.Scheme.PSS : ServiceKey.Scheme.PKCS1;
  }

  private static HashAlgorithm hash(String algorithm) throws Refusal {
    if (algorithm.endsWith("_256")) {
      return HashAlgorithm.SHA256;
    }
    if (algorithm.endsWith("_384")) {
      return HashAlgorithm.SHA384;
    }
    if (algorithm.endsWith("_512")) {
      return HashAlgorithm.SHA512;
    }
    throw new Refusal("ValidationException", "unknown algorithm " + algorithm);
  }
}
