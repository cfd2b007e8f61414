package dev.bulla.kms.vault;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsKeyVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** What the engine says about a key: {@code GET keys/NAME}. */
final class TransitKeyDocument {

  private static final String HINT =
      "signing needs a key of type ecdsa-p256, ecdsa-p384, ecdsa-p521, ed25519, rsa-2048,"
          + " rsa-3072 or rsa-4096";
  private static final int MAX_VERSIONS = 1000;

  private TransitKeyDocument() {}

  static String typeName(KeyType type) {
    return switch (type) {
      case EC_P256 -> "ecdsa-p256";
      case EC_P384 -> "ecdsa-p384";
      case EC_P521 -> "ecdsa-p521";
      case RSA_2048 -> "rsa-2048";
      case RSA_3072 -> "rsa-3072";
      case RSA_4096 -> "rsa-4096";
      case ED25519 -> "ed25519";
    };
  }

  /**
   * The versions that the engine still accepts, newest first.
   *
   * @param only the one version that the user lets count
   */
  static List<KmsKeyVersion> versions(JsonObject data, OptionalInt only, KmsFailures failures)
      throws KeyException {
    String type =
        data.get("type").orElse(JsonObject.EMPTY) instanceof JsonString t ? t.value() : "";
    if (!isSigningType(type)
        || data.get("supports_signing").orElse(JsonBoolean.of(true)).equals(JsonBoolean.of(false))
        || data.get("derived").orElse(JsonBoolean.of(false)).equals(JsonBoolean.of(true))) {
      throw failures.wrongKey(
          "specified key cannot be used to sign: it has type " + Quoted.text(type), HINT, null);
    }
    if (data.get("soft_deleted").orElse(JsonBoolean.of(false)).equals(JsonBoolean.of(true))) {
      throw failures.wrongKey("the key was deleted and can be restored", "restore it first", null);
    }
    if (!(data.get("keys").orElse(JsonObject.EMPTY) instanceof JsonObject keys)
        || keys.size() > MAX_VERSIONS) {
      throw failures.badAnswer("no keys", null);
    }
    long latest = number(data, "latest_version", failures);
    long oldest = Math.max(1, number(data, "min_decryption_version", failures));
    List<KmsKeyVersion> versions = new ArrayList<>();
    for (long version = latest; version >= oldest && versions.size() < MAX_VERSIONS; version--) {
      JsonValue entry = keys.get(Long.toString(version)).orElse(JsonObject.EMPTY);
      boolean wanted = only.isEmpty() || only.getAsInt() == version;
      if (wanted && entry instanceof JsonObject object && !object.isEmpty()) {
        versions.add(new KmsKeyVersion(Long.toString(version), publicKey(object, failures)));
      }
    }
    if (versions.isEmpty()) {
      throw only.isPresent()
          ? failures.notFound("there is no version " + only.getAsInt() + " that the server accepts")
          : failures.badAnswer("no version of the key", null);
    }
    return List.copyOf(versions);
  }

  private static boolean isSigningType(String type) {
    for (KeyType known : KeyType.values()) {
      if (typeName(known).equals(type)) {
        return true;
      }
    }
    return false;
  }

  private static VerificationKey publicKey(JsonObject entry, KmsFailures failures)
      throws KeyException {
    try {
      if (!(entry.get("public_key").orElse(JsonObject.EMPTY) instanceof JsonString text)) {
        throw failures.badAnswer("a version without a public key", null);
      }
      boolean ed25519 =
          entry.get("name").orElse(JsonObject.EMPTY) instanceof JsonString name
              && name.value().equals("ed25519");
      return ed25519
          ? VerificationKey.ofRawEd25519(Base64Text.decode(text.value(), "public key"))
          : VerificationKey.parsePem(Bytes.utf8(text.value()), "public key");
    } catch (MalformedInputException e) {
      throw failures.badAnswer(e.message(), e);
    }
  }

  private static long number(JsonObject data, String name, KmsFailures failures)
      throws KeyException {
    try {
      if (data.get(name).orElse(JsonObject.EMPTY) instanceof JsonNumber number) {
        return number.longValue();
      }
    } catch (MalformedInputException e) {
      throw failures.badAnswer(e.message(), e);
    }
    throw failures.badAnswer("no number " + name, null);
  }
}
