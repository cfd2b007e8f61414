package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import dev.bulla.testkit.kms.GcpKmsServer.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A key of the Cloud KMS double, with its versions. */
final class GcpKmsServerKey {

  private static final Map<String, KeyType> SIGNING =
      Map.ofEntries(
          Map.entry("EC_SIGN_P256_SHA256", KeyType.EC_P256),
          Map.entry("EC_SIGN_P384_SHA384", KeyType.EC_P384),
          Map.entry("EC_SIGN_ED25519", KeyType.ED25519),
          Map.entry("RSA_SIGN_PKCS1_2048_SHA256", KeyType.RSA_2048),
          Map.entry("RSA_SIGN_PKCS1_3072_SHA256", KeyType.RSA_3072),
          Map.entry("RSA_SIGN_PKCS1_4096_SHA256", KeyType.RSA_4096),
          Map.entry("RSA_SIGN_PKCS1_4096_SHA512", KeyType.RSA_4096),
          Map.entry("RSA_SIGN_PSS_2048_SHA256", KeyType.RSA_2048),
          Map.entry("RSA_SIGN_PSS_3072_SHA256", KeyType.RSA_3072),
          Map.entry("RSA_SIGN_PSS_4096_SHA256", KeyType.RSA_4096),
          Map.entry("RSA_SIGN_PSS_4096_SHA512", KeyType.RSA_4096),
          // on a curve that nobody here has: it can be listed and not used
          Map.entry("EC_SIGN_SECP256K1_SHA256", KeyType.EC_P256));

  /** One version. */
  private static final class Version {
    private final String algorithm;
    private final @Nullable ServiceKey key;
    private String state;
    private int untilGenerated;

    private Version(String algorithm, int untilGenerated) {
      KeyType type = SIGNING.get(algorithm);
      this.algorithm = algorithm;
      this.key = type == null ? null : ServiceKey.make(type);
      this.untilGenerated = untilGenerated;
      this.state = untilGenerated > 0 ? "PENDING_GENERATION" : "ENABLED";
    }
  }

  private final String name;
  private final String purpose;
  private final List<Version> versions = new ArrayList<>();

  GcpKmsServerKey(String name, String purpose, String algorithm, int untilGenerated) {
    this.name = name;
    this.purpose = purpose;
    versions.add(new Version(algorithm, untilGenerated));
  }

  static boolean isSigning(String algorithm) {
    return SIGNING.containsKey(algorithm);
  }

  void addVersion(String algorithm) {
    versions.add(new Version(algorithm, 0));
  }

  void rotate() {
    addVersion(versions.get(versions.size() - 1).algorithm);
  }

  void setState(int number, String state) {
    versions.get(number - 1).state = state;
  }

  int newest() {
    return versions.size();
  }

  JsonObject document() {
    return JsonObject.builder()
        .put("name", name)
        .put("purpose", purpose)
        .put(
            "versionTemplate",
            JsonObject.builder()
                .put("protectionLevel", "SOFTWARE")
                .put("algorithm", versions.get(0).algorithm)
                .build())
        .build();
  }

  /** The versions in a state, newest first as text, which is how the service sorts them. */
  List<JsonObject> documents(String state) throws Refusal {
    List<JsonObject> found = new ArrayList<>();
    for (int i = 1; i <= versions.size(); i++) {
      JsonObject document = versionDocument(Integer.toString(i));
      if (versions.get(i - 1).state.equals(state)) {
        found.add(document);
      }
    }
    found.sort((a, b) -> b.get("name").toString().compareTo(a.get("name").toString()));
    return found;
  }

  private Version version(String number) throws Refusal {
    if (!number.matches("[1-9][0-9]{0,8}") || Integer.parseInt(number) > versions.size()) {
      throw Refusal.notFound(versionName(number));
    }
    Version version = versions.get(Integer.parseInt(number) - 1);
    if (version.untilGenerated > 0 && --version.untilGenerated == 0) {
      version.state = "ENABLED";
    }
    return version;
  }

  private String versionName(String number) {
    return name + "/cryptoKeyVersions/" + number;
  }

  JsonObject versionDocument(String number) throws Refusal {
    Version version = version(number);
    return JsonObject.builder()
        .put("name", versionName(number))
        .put("state", version.state)
        .put("protectionLevel", "SOFTWARE")
        .put("algorithm", version.algorithm)
        .build();
  }

  private ServiceKey usable(String number) throws Refusal {
    Version version = version(number);
    if (!version.state.equals("ENABLED")) {
      throw new Refusal(
          400,
          "FAILED_PRECONDITION",
          versionName(number) + " is not enabled, current state is: " + version.state + ".");
    }
    if (version.key == null) {
      throw new Refusal(
          400,
          "FAILED_PRECONDITION",
          versionName(number) + " has purpose " + purpose + ", which has no public key");
    }
    return version.key;
  }

  JsonObject publicKey(String number) throws Refusal, MalformedInputException {
    String pem = VerificationKey.ofSpki(usable(number).spki()).toPem();
    return JsonObject.builder()
        .put("pem", pem)
        .put("algorithm", version(number).algorithm)
        .put("pemCrc32c", crc32c(Bytes.utf8(pem)))
        .put("name", versionName(number))
        .put("protectionLevel", "SOFTWARE")
        .put("publicKeyFormat", "PEM")
        .build();
  }

  /**
   * Signs.
   *
   * @param hash of the digest; null for the message itself, which Ed25519 alone takes
   */
  Bytes sign(String number, @Nullable HashAlgorithm hash, Bytes input) throws Refusal {
    ServiceKey key = usable(number);
    String algorithm = version(number).algorithm;
    if (!purpose.equals("ASYMMETRIC_SIGN")) {
      throw new Refusal(400, "FAILED_PRECONDITION", name + " has purpose " + purpose);
    }
    if (algorithm.equals("EC_SIGN_ED25519")) {
      if (hash != null) {
        throw new Refusal(400, "INVALID_ARGUMENT", algorithm + " takes data and no digest");
      }
      return key.sign(ServiceKey.Scheme.ED25519, HashAlgorithm.SHA512, input);
    }
    if (hash == null || !algorithm.endsWith("_SHA" + hash.lengthBytes() * 8)) {
      throw new Refusal(400, "INVALID_ARGUMENT", "The digest is not of the type of " + algorithm);
    }
    if (input.size() != hash.lengthBytes()) {
      throw new Refusal(400, "INVALID_ARGUMENT", "The digest has the wrong length");
    }
    ServiceKey.Scheme scheme =
        algorithm.startsWith("EC_")
            ? ServiceKey.Scheme.ECDSA
            : algorithm.contains("_PSS_") ? ServiceKey.Scheme.PSS : ServiceKey.Scheme.PKCS1;
    return key.sign(scheme, hash, input);
  }

  /** As the API writes int64: decimal digits in a string. */
  static String crc32c(Bytes bytes) {
    CRC32C sum = new CRC32C();
    byte[] all = bytes.toByteArray();
    sum.update(all, 0, all.length);
    return Long.toString(sum.getValue());
  }

  /** Bytes as proto3's JSON allows them: {@code gcloud} writes the URL-safe alphabet. */
  static Bytes base64(String text) throws Refusal {
    try {
      return Base64Text.decodeAnyVariant(text, "base64");
    } catch (MalformedInputException e) {
      throw new Refusal(400, "INVALID_ARGUMENT", "Invalid value (TYPE_BYTES)");
    }
  }
}
