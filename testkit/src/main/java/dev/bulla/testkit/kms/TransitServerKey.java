package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A key of the transit double: its versions, and what the engine says about it. */
final class TransitServerKey {

  private static final Map<KeyType, String> NAMES =
      Map.of(
          KeyType.EC_P256, "ecdsa-p256",
          KeyType.EC_P384, "ecdsa-p384",
          KeyType.EC_P521, "ecdsa-p521",
          KeyType.ED25519, "ed25519",
          KeyType.RSA_2048, "rsa-2048",
          KeyType.RSA_3072, "rsa-3072",
          KeyType.RSA_4096, "rsa-4096");
  private static final int ED25519_HEAD = 12;

  private final @Nullable KeyType type;
  private final List<ServiceKey> versions = new ArrayList<>();
  private int oldest = 1;

  private TransitServerKey(@Nullable KeyType type) {
    this.type = type;
  }

  static TransitServerKey signing(KeyType type) {
    TransitServerKey key = new TransitServerKey(type);
    key.rotate();
    return key;
  }

  static TransitServerKey symmetric() {
    return new TransitServerKey(null);
  }

  static @Nullable KeyType typeNamed(String name) {
    for (Map.Entry<KeyType, String> entry : NAMES.entrySet()) {
      if (entry.getValue().equals(name)) {
        return entry.getKey();
      }
    }
    return null;
  }

  boolean isSigning() {
    return type != null;
  }

  KeyType type() {
    if (type == null) {
      throw new IllegalStateException("this key encrypts");
    }
    return type;
  }

  String typeName() {
    return type == null ? "aes256-gcm96" : NAMES.getOrDefault(type, "");
  }

  int latest() {
    return versions.size();
  }

  int oldest() {
    return oldest;
  }

  ServiceKey version(int number) {
    return versions.get(number - 1);
  }

  void rotate() {
    versions.add(ServiceKey.make(type()));
  }

  void retireOldVersions() {
    oldest = latest();
  }

  JsonObject document(String name) {
    JsonObject.Builder entries = JsonObject.builder();
    for (int i = oldest; i <= latest(); i++) {
      entries.put(Integer.toString(i), entry(version(i)));
    }
    if (type == null) {
      entries.put("1", 1_700_000_000L);
    }
    return JsonObject.builder()
        .put("allow_plaintext_backup", false)
        .put("auto_rotate_period", 0)
        .put("deletion_allowed", false)
        .put("derived", false)
        .put("exportable", false)
        .put("imported_key", false)
        .put("keys", entries.build())
        .put("latest_version", Math.max(1, latest()))
        .put("min_available_version", 0)
        .put("min_decryption_version", oldest)
        .put("min_encryption_version", 0)
        .put("name", name)
        .put("supports_decryption", isEncrypting())
        .put("supports_derivation", type == null || type == KeyType.ED25519)
        .put("supports_encryption", isEncrypting())
        .put("supports_signing", type != null)
        .put("type", typeName())
        .build();
  }

  private boolean isEncrypting() {
    return type == null || type.family() == KeyType.Family.RSA;
  }

  private JsonObject entry(ServiceKey key) {
    return JsonObject.builder()
        .put("certificate_chain", "")
        .put("creation_time", "2026-01-01T00:00:00Z")
        .put("name", algorithmName())
        .put("public_key", publicKey(key))
        .build();
  }

  private String algorithmName() {
    return switch (type()) {
      case EC_P256 -> "P-256";
      case EC_P384 -> "P-384";
      case EC_P521 -> "P-521";
      case ED25519 -> "ed25519";
      case RSA_2048, RSA_3072, RSA_4096 -> typeName();
    };
  }

  private String publicKey(ServiceKey key) {
    Bytes spki = key.spki();
    if (type == KeyType.ED25519) {
      return Base64Text.encode(spki.slice(ED25519_HEAD, spki.size()));
    }
    try {
      return VerificationKey.ofSpki(spki).toPem();
    } catch (MalformedInputException e) {
      throw new IllegalStateException("a key that was made is a key", e);
    }
  }
}
