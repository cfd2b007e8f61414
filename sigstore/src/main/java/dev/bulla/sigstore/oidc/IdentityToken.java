package dev.bulla.sigstore.oidc;

import dev.bulla.bytes.Base64Text;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.Limits;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an issuer says of whoever holds it: a JSON Web Token (RFC 7519) in its compact form, as
 * OpenID Connect Core 1.0 §2 has it. Read, not judged: whether the issuer signed it is for the
 * certificate authority to find out, which is what it is handed to. Immutable.
 *
 * <p>Whoever has the text is the person, so it is shown by {@link #text()} and by nothing else.
 */
public final class IdentityToken {

  private static final String WHAT = "identity token";
  private static final int PARTS = 3;
  private static final int MAX_AUDIENCES = 64;
  private static final long LAST_SECOND = 253_402_300_799L;
  private static final JsonLimits LIMITS =
      new JsonLimits(Limits.MAX_IDENTITY_TOKEN, 16, 10_000, 1000, Limits.MAX_IDENTITY_TOKEN, 32);

  private final String text;
  private final JsonObject claims;
  private final String issuer;
  private final List<String> audiences;
  private final Instant expiry;

  private IdentityToken(
      String text, JsonObject claims, String issuer, List<String> audiences, Instant expiry) {
    this.text = text;
    this.claims = claims;
    this.issuer = issuer;
    this.audiences = audiences;
    this.expiry = expiry;
  }

  /**
   * Reads a token.
   *
   * @throws MalformedInputException when it is no signed token, has no issuer, audience or end, or
   *     is longer than {@link Limits#MAX_IDENTITY_TOKEN}; the message shows nothing of the
   *     signature
   */
  public static IdentityToken parse(String text) throws MalformedInputException {
    // nothing is copied, split or decoded before size and shape are known
    if (text.length() > Limits.MAX_IDENTITY_TOKEN) {
      throw malformed("longer than the limit of " + Limits.MAX_IDENTITY_TOKEN + " characters");
    }
    int first = text.indexOf('.');
    int second = first < 0 ? -1 : text.indexOf('.', first + 1);
    if (second < 0 || text.indexOf('.', second + 1) >= 0) {
      throw malformed("not " + PARTS + " parts with dots between them");
    }
    for (int i = 0; i < text.length(); i++) {
      if (!isUrlSafe(text.charAt(i)) && text.charAt(i) != '.') {
        throw malformed("a character that is not of the URL-safe base64 alphabet");
      }
    }
    if (second == text.length() - 1) {
      throw malformed("not signed");
    }
    JsonObject header = part(text.substring(0, first), "header");
    if (string(header, "alg").orElse("none").equals("none")) {
      throw malformed("not signed");
    }
    JsonObject claims = part(text.substring(first + 1, second), "claims");
    Base64Text.decodeAnyVariant(text.substring(second + 1), WHAT + ": signature");
    String issuer = string(claims, "iss").orElse("");
    if (issuer.isEmpty()) {
      throw malformed("iss: missing");
    }
    return new IdentityToken(text, claims, issuer, audiences(claims), expiry(claims));
  }

  private static boolean isUrlSafe(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }

  private static JsonObject part(String encoded, String name) throws MalformedInputException {
    String what = WHAT + ": " + name;
    return JsonParser.parseObject(Base64Text.decodeAnyVariant(encoded, what), what, LIMITS);
  }

  private static Optional<String> string(JsonObject object, String name)
      throws MalformedInputException {
    JsonValue value = object.get(name).orElse(JsonNull.INSTANCE);
    if (value instanceof JsonString found) {
      return Optional.of(found.value());
    }
    if (value == JsonNull.INSTANCE) {
      return Optional.empty();
    }
    throw malformed(name + ": not a string");
  }

  private static List<String> audiences(JsonObject claims) throws MalformedInputException {
    JsonValue value = claims.get("aud").orElse(JsonNull.INSTANCE);
    if (value instanceof JsonString one) {
      return List.of(one.value());
    }
    if (!(value instanceof JsonArray several)
        || several.values().isEmpty()
        || several.values().size() > MAX_AUDIENCES) {
      throw malformed("aud: neither a string nor up to " + MAX_AUDIENCES + " of them");
    }
    List<String> audiences = new ArrayList<>();
    for (JsonValue element : several.values()) {
      if (!(element instanceof JsonString audience)) {
        throw malformed("aud: not strings");
      }
      audiences.add(audience.value());
    }
    return List.copyOf(audiences);
  }

  private static Instant expiry(JsonObject claims) throws MalformedInputException {
    JsonValue value = claims.get("exp").orElse(JsonNull.INSTANCE);
    if (!(value instanceof JsonNumber number)) {
      throw malformed("exp: not a number");
    }
    // a NumericDate may have a fraction (RFC 7519 §2); rounding it down is on the safe side
    double seconds = Math.floor(number.doubleValue());
    if (!(seconds >= 0 && seconds <= LAST_SECOND)) {
      throw malformed("exp: not a time");
    }
    return Instant.ofEpochSecond((long) seconds);
  }

  /** The token itself: for the header or body that it is sent in. */
  public String text() {
    return text;
  }

  /** Who says it: {@code iss}. Foreign text. */
  public String issuer() {
    return issuer;
  }

  /** For whom it is: {@code aud}; at least one. Foreign text. */
  public List<String> audiences() {
    return audiences;
  }

  /** When it ends: {@code exp}, rounded down to seconds. */
  public Instant expiry() {
    return expiry;
  }

  /** Whether it has ended at that time. */
  public boolean isExpiredAt(Instant time) {
    return !time.isBefore(expiry);
  }

  /**
   * Whether it was issued in answer to that request (OpenID Connect Core 1.0 §3.1.2.1).
   *
   * @param nonce what the request carried
   */
  boolean hasNonce(String nonce) throws MalformedInputException {
    return string(claims, "nonce").orElse("").equals(nonce);
  }

  /**
   * What Fulcio wants signed as proof that the key is there: the address when the token names one,
   * which then has to be verified, else the subject (spec: Fulcio's API v2, {@code
   * proofOfPossession}).
   *
   * @throws ConfigurationException when the address is not verified
   * @throws MalformedInputException when the token names nobody
   */
  public String subjectForProof() throws ConfigurationException, MalformedInputException {
    String email = string(claims, "email").orElse("");
    if (!email.isEmpty()) {
      JsonValue verified = claims.get("email_verified").orElse(JsonNull.INSTANCE);
      // some issuers write the word (spec: formats.md 11.1)
      if (!verified.equals(JsonBoolean.TRUE) && !verified.equals(new JsonString("true"))) {
        throw new ConfigurationException(
            "identity token: its issuer has not verified the address " + Quoted.text(email),
            "verify it with the issuer, or use another identity");
      }
      return email;
    }
    String subject = string(claims, "sub").orElse("");
    if (subject.isEmpty()) {
      throw malformed("neither an address nor a subject");
    }
    return subject;
  }

  /** Refuses a token that no certificate authority takes any more. */
  void requireValidAt(Instant now) throws ConfigurationException {
    if (isExpiredAt(now)) {
      throw new ConfigurationException(
          "identity token: expired at "
              + expiry
              + ", and it is "
              + now.truncatedTo(ChronoUnit.SECONDS),
          "get a new one, or set the clock");
    }
  }

  /** Refuses a token that is for others. */
  void requireFor(String audience) throws ConfigurationException {
    if (!audiences.contains(audience)) {
      throw new ConfigurationException(
          "identity token: it is for "
              + Quoted.text(audiences.get(0))
              + ", not for "
              + Quoted.text(audience),
          "ask for a token with that audience, or name the other with --oidc-client-id");
    }
  }

  private static MalformedInputException malformed(String problem) {
    return new MalformedInputException(WHAT, problem);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "IdentityToken[" + Quoted.plain(issuer) + ", until " + expiry + "]";
  }
}
