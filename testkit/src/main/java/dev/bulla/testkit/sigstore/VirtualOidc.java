package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.key.KeyType;
import java.math.BigInteger;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** An issuer of identity tokens (OpenID Connect Core 1.0), signed with RS256. Immutable. */
public final class VirtualOidc {

  /** What tokens for Sigstore are for. */
  public static final String AUDIENCE = "sigstore";

  private static final Duration VALIDITY = Duration.ofMinutes(10);

  private final String issuer;
  private final VirtualKey key;

  private VirtualOidc(String issuer, VirtualKey key) {
    this.issuer = issuer;
    this.key = key;
  }

  /** An issuer of that URL. */
  public static VirtualOidc create(String issuer) {
    return new VirtualOidc(issuer, VirtualKey.create(KeyType.RSA_2048));
  }

  public String issuer() {
    return issuer;
  }

  public VirtualKey key() {
    return key;
  }

  /** Claims for a person with a verified address. */
  public JsonObject emailClaims(String address, Instant now) {
    return claims(
        now,
        Map.of(
            "sub", new JsonString("subject-of-" + address),
            "email", new JsonString(address),
            "email_verified", JsonBoolean.TRUE));
  }

  /** The usual claims for ten minutes from now, with those that are given; which win. */
  public JsonObject claims(Instant now, Map<String, ? extends JsonValue> special) {
    TreeMap<String, JsonValue> all = new TreeMap<>();
    long seconds = now.getEpochSecond();
    all.put("iss", new JsonString(issuer));
    all.put("aud", new JsonString(AUDIENCE));
    all.put("iat", JsonNumber.of(seconds));
    all.put("nbf", JsonNumber.of(seconds));
    all.put("exp", JsonNumber.of(seconds + VALIDITY.toSeconds()));
    all.putAll(special);
    return JsonObject.sorted(all);
  }

  /** A token for a person. */
  public String emailToken(String address, Instant now) {
    return token(emailClaims(address, now));
  }

  /** A token with those claims and no others. */
  public String token(JsonObject claims) {
    return token(claims, key);
  }

  /** A token signed by another key, which has to be RSA. */
  public String token(JsonObject claims, VirtualKey signer) {
    JsonObject header =
        JsonObject.builder().put("alg", "RS256").put("typ", "JWT").put("kid", keyId()).build();
    String signed = part(GoJson.write(header)) + "." + part(GoJson.write(claims));
    return signed + "." + part(signer.sign(HashAlgorithm.SHA256, Bytes.utf8(signed)));
  }

  private String keyId() {
    return part(PemText.sha256(key.spki()));
  }

  static String part(Bytes content) {
    String text = Base64Text.encodeUrlSafe(content);
    int padding = text.indexOf('=');
    return padding < 0 ? text : text.substring(0, padding);
  }

  /** The JSON Web Key Set. */
  public JsonObject keys() {
    RSAPublicKey rsa = (RSAPublicKey) key.publicKey();
    return JsonObject.builder()
        .put(
            "keys",
            JsonArray.of(
                JsonObject.builder()
                    .put("kty", "RSA")
                    .put("use", "sig")
                    .put("alg", "RS256")
                    .put("kid", keyId())
                    .put("n", part(unsigned(rsa.getModulus())))
                    .put("e", part(unsigned(rsa.getPublicExponent())))
                    .build()))
        .build();
  }

  private static Bytes unsigned(BigInteger number) {
    byte[] digits = number.toByteArray();
    return digits[0] == 0 ? Bytes.of(digits, 1, digits.length) : Bytes.owning(digits);
  }

  @Override
  public String toString() {
    return "VirtualOidc[" + issuer + "]";
  }
}
