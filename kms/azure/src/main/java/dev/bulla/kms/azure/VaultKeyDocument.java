package dev.bulla.kms.azure;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.kms.KmsFailures;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.RSAPublicKeySpec;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One version of a key as the vault describes it: a JSON Web Key (RFC 7517, RFC 7518 §6) with
 * attributes.
 *
 * @param version the last part of its identifier
 * @param enabled whether the vault does anything with it
 * @param operations what it may be used for
 */
record VaultKeyDocument(
    String version, boolean enabled, Set<String> operations, VerificationKey publicKey) {

  /** SubjectPublicKeyInfo of a point on each curve, up to the coordinates (RFC 5480). */
  private static final Bytes P256 = hex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

  private static final Bytes P384 = hex("3076301006072a8648ce3d020106052b8104002203620004");
  private static final Bytes P521 = hex("30819b301006072a8648ce3d020106052b810400230381860004");

  private static final Pattern IDENTIFIER =
      Pattern.compile("https://[^/?#]+/keys/([A-Za-z0-9-]{1,127})/([A-Za-z0-9]{1,64})/?");

  private static Bytes hex(String text) {
    return Bytes.owning(new BigInteger(text, 16).toByteArray());
  }

  /**
   * Reads it.
   *
   * @param name the key that was asked for
   */
  static VaultKeyDocument parse(JsonObject answer, String name, KmsFailures failures)
      throws KeyException {
    JsonObject key =
        answer.get("key").orElse(JsonObject.EMPTY) instanceof JsonObject object
            ? object
            : JsonObject.EMPTY;
    String version = version(EntraAnswer.text(key, "kid"), name, failures);
    String kind = EntraAnswer.text(key, "kty");
    String curve = EntraAnswer.text(key, "crv");
    try {
      return new VaultKeyDocument(
          version,
          isEnabled(answer),
          texts(key.get("key_ops").orElse(JsonArray.EMPTY)),
          switch (kind) {
            case "EC", "EC-HSM" -> onCurve(key, curve);
            case "RSA", "RSA-HSM" -> rsa(key);
            default -> throw new MalformedInputException("public key", "kty " + Quoted.plain(kind));
          });
    } catch (MalformedInputException e) {
      throw kind.isEmpty()
          ? failures.badAnswer(e.message(), e)
          : failures.wrongKey(
              "specified key cannot be used to sign: it is of type "
                  + (kind + " " + curve).strip()
                  + ": "
                  + e.message(),
              "what others can verify: EC and EC-HSM on P-256, P-384 and P-521, RSA and RSA-HSM"
                  + " with 2048, 3072 and 4096 bits",
              null);
    }
  }

  /** The version in an identifier, which has to be of the key that was asked for. */
  static String version(String identifier, String name, KmsFailures failures) throws KeyException {
    Matcher parts = IDENTIFIER.matcher(identifier);
    if (!parts.matches() || !parts.group(1).equalsIgnoreCase(name)) {
      throw failures.badAnswer("it is about another key", null);
    }
    return parts.group(2).toLowerCase(Locale.ROOT);
  }

  static boolean isEnabled(JsonObject document) {
    return !(document.get("attributes").orElse(JsonObject.EMPTY) instanceof JsonObject attributes)
        || !attributes.get("enabled").orElse(JsonBoolean.TRUE).equals(JsonBoolean.FALSE);
  }

  private static VerificationKey onCurve(JsonObject key, String curve)
      throws MalformedInputException {
    return switch (curve) {
      case "P-256" -> onCurve(key, P256, 32);
      case "P-384" -> onCurve(key, P384, 48);
      case "P-521" -> onCurve(key, P521, 66);
      default -> throw new MalformedInputException("public key", "the curve is not supported");
    };
  }

  private static VerificationKey onCurve(JsonObject key, Bytes head, int length)
      throws MalformedInputException {
    return VerificationKey.ofSpki(
        Bytes.concat(head, coordinate(key, "x", length), coordinate(key, "y", length)));
  }

  private static Bytes coordinate(JsonObject key, String name, int length)
      throws MalformedInputException {
    Bytes value = Base64Text.decodeAnyVariant(EntraAnswer.text(key, name), name);
    if (value.size() > length) {
      throw new MalformedInputException("public key", "a coordinate is too long");
    }
    return Bytes.concat(Bytes.owning(new byte[length - value.size()]), value);
  }

  private static VerificationKey rsa(JsonObject key) throws MalformedInputException {
    BigInteger modulus = number(key, "n");
    BigInteger exponent = number(key, "e");
    try {
      return VerificationKey.ofSpki(
          Bytes.owning(
              KeyFactory.getInstance("RSA")
                  .generatePublic(new RSAPublicKeySpec(modulus, exponent))
                  .getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new MalformedInputException("public key", "its numbers are of no use", e);
    }
  }

  private static BigInteger number(JsonObject key, String name) throws MalformedInputException {
    return new BigInteger(
        1, Base64Text.decodeAnyVariant(EntraAnswer.text(key, name), name).toByteArray());
  }

  private static Set<String> texts(JsonValue value) {
    Set<String> texts = new HashSet<>();
    if (value instanceof JsonArray array) {
      for (JsonValue element : array.values()) {
        if (element instanceof JsonString text) {
          texts.add(text.value());
        }
      }
    }
    return texts;
  }

  /** Whether it may be used for this; documents that list no operations allow all. */
  boolean allows(String operation) {
    return operations.isEmpty() || operations.contains(operation);
  }
}
