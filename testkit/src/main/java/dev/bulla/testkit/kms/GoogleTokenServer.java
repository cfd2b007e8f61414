package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.key.Pem;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.BadRequest;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.List;
import java.util.Map;

/**
 * Where the Cloud KMS double gives out tokens: the token endpoint, for service accounts (RFC 7523)
 * and users (RFC 6749 §6), and the metadata server's page for the account of a machine. Assertions
 * are checked in full: signature, issuer, audience, scope and times.
 */
final class GoogleTokenServer {

  private static final int MAX_BODY = 1 << 16;
  private static final String EMAIL = "signer@" + GcpKmsServer.PROJECT + ".iam.gserviceaccount.com";

  /** Where the token endpoint is for everybody else; assertions are for that one. */
  private static final String AUDIENCE = "https://oauth2.googleapis.com/token";

  private static final String SCOPES = "https://www.googleapis.com/auth/";

  private final String token;
  private final String refreshToken;

  /** Made once: it takes a while. */
  private static final KeyPair ACCOUNT = keyPair();

  GoogleTokenServer(String token, String refreshToken) {
    this.token = token;
    this.refreshToken = refreshToken;
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no RSA", e);
    }
  }

  Bytes serviceAccountFile(String tokenUri) throws MalformedInputException {
    Pem key = new Pem("PRIVATE KEY", Bytes.of(ACCOUNT.getPrivate().getEncoded()));
    return GoJson.write(
        JsonObject.builder()
            .put("type", "service_account")
            .put("project_id", GcpKmsServer.PROJECT)
            .put("private_key_id", "0123456789abcdef0123456789abcdef01234567")
            .put("private_key", key.print().toUtf8String("PEM"))
            .put("client_email", EMAIL)
            .put("client_id", "100000000000000000001")
            .put("token_uri", tokenUri)
            .build());
  }

  Bytes userFile() {
    return GoJson.write(
        JsonObject.builder()
            .put("type", "authorized_user")
            .put("client_id", "764086051850-x.apps.googleusercontent.com")
            .put("client_secret", "d-marked-client-secret")
            .put("refresh_token", refreshToken)
            .put("quota_project_id", GcpKmsServer.PROJECT)
            .build());
  }

  /** The token endpoint. */
  WireResponse grant(WireRequest request, boolean clockIsWrong) throws IOException {
    if (!request.method().equals("POST")
        || !request
            .headers()
            .first("Content-Type")
            .orElse("")
            .startsWith("application/x-www-form-urlencoded")) {
      return error("invalid_request", "not a form");
    }
    try {
      Map<String, List<String>> form =
          WireRequest.parseForm(
              LimitedInput.readAll(request.body(), MAX_BODY, "form").toUtf8String("form"));
      String type = one(form, "grant_type");
      if (type.equals("refresh_token")) {
        return one(form, "refresh_token").equals(refreshToken)
                && !one(form, "client_id").isEmpty()
                && !one(form, "client_secret").isEmpty()
            ? granted()
            : error("invalid_grant", "Bad Request");
      }
      if (!type.equals("urn:ietf:params:oauth:grant-type:jwt-bearer")) {
        return error("unsupported_grant_type", "Invalid grant_type: " + type);
      }
      if (clockIsWrong) {
        return error(
            "invalid_grant",
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable"
                + " timeframe. Check your iat and exp values in the JWT claim.");
      }
      String problem = problem(one(form, "assertion"));
      return problem.isEmpty() ? granted() : error("invalid_grant", problem);
    } catch (BadRequest | MalformedInputException | GeneralSecurityException e) {
      return error("invalid_request", "it cannot be read");
    }
  }

  private static String one(Map<String, List<String>> form, String name) {
    List<String> values = form.getOrDefault(name, List.of());
    return values.size() == 1 ? values.get(0) : "";
  }

  private String problem(String assertion)
      throws MalformedInputException, GeneralSecurityException {
    String[] parts = assertion.split("\\.", -1);
    if (parts.length != 3) {
      return "Invalid JWT";
    }
    Signature verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(ACCOUNT.getPublic());
    Bytes.utf8(parts[0] + "." + parts[1]).feed(verifier);
    if (!verifier.verify(Base64Text.decodeAnyVariant(parts[2], "JWT").toByteArray())) {
      return "Invalid JWT Signature.";
    }
    JsonObject claims =
        JsonParser.parseObject(Base64Text.decodeAnyVariant(parts[1], "JWT"), "claims");
    if (!text(claims, "iss").equals(EMAIL)) {
      return "Invalid issuer";
    }
    if (!text(claims, "aud").equals(AUDIENCE)) {
      return "Invalid JWT: Failed audience check.";
    }
    String scope = text(claims, "scope");
    if (!scope.equals(SCOPES + "cloudkms") && !scope.equals(SCOPES + "cloud-platform")) {
      return "Invalid OAuth scope";
    }
    long issued = number(claims, "iat");
    long expires = number(claims, "exp");
    return expires <= issued || expires - issued > 3600 ? "Invalid JWT: lifetime" : "";
  }

  private static String text(JsonObject claims, String name) {
    return claims.get(name).orElse(claims) instanceof JsonString text ? text.value() : "";
  }

  private static long number(JsonObject claims, String name) throws MalformedInputException {
    return claims.get(name).orElse(claims) instanceof JsonNumber number ? number.longValue() : 0;
  }

  /** The page of the metadata server. */
  WireResponse ofMachine(WireRequest request) {
    if (!request.headers().first("Metadata-Flavor").orElse("").equals("Google")) {
      return WireResponse.of(403).with("Metadata-Flavor", "Google");
    }
    return granted().with("Metadata-Flavor", "Google");
  }

  private WireResponse granted() {
    return json(
        200,
        JsonObject.builder()
            .put("access_token", token)
            .put("expires_in", 3599)
            .put("token_type", "Bearer")
            .build());
  }

  private static WireResponse error(String error, String description) {
    return json(
        400,
        JsonObject.builder().put("error", error).put("error_description", description).build());
  }

  private static WireResponse json(int status, JsonObject body) {
    return WireResponse.of(status)
        .with("Content-Type", "application/json; charset=UTF-8")
        .withBody(WireBody.of(GoJson.write(body)));
  }
}
