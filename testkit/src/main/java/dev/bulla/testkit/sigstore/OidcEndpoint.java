package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.testkit.http.BadRequest;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The issuer over HTTP: OpenID Connect discovery, the authorization code with PKCE (RFC 7636), the
 * device flow (RFC 8628), and clients with a secret (RFC 6749 §4.4). Whoever asks is the person
 * that was last logged in.
 */
final class OidcEndpoint implements Endpoint {

  private static final String DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
  private static final String BY_HAND = "urn:ietf:wg:oauth:2.0:oob";
  private static final String FORM = "application/x-www-form-urlencoded";

  private record Code(String redirect, String nonce, String challenge) {}

  private final VirtualSigstore sigstore;
  private final VirtualOidc oidc;
  private final Map<String, Code> codes = new ConcurrentHashMap<>();
  private final Map<String, String> devices = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final Queue<String> deviceErrors = new ConcurrentLinkedQueue<>();
  private volatile String clientSecret = "";
  private volatile Map<String, ? extends JsonValue> person = Map.of();

  OidcEndpoint(VirtualSigstore sigstore, VirtualOidc oidc) {
    this.sigstore = sigstore;
    this.oidc = oidc;
  }

  void logIn(Map<String, ? extends JsonValue> claims) {
    person = Map.copyOf(claims);
  }

  /** What devices are told, one after the other, before they get their token. */
  void devicesAreTold(List<String> errors) {
    deviceErrors.clear();
    deviceErrors.addAll(errors);
  }

  /** From now on the client has a secret, and without it gets nothing. */
  void clientHasSecret(String secret) {
    clientSecret = secret;
  }

  /** A refusal in the words of RFC 6749 §5.2. */
  private static final class OAuthError extends Exception {
    private static final long serialVersionUID = 1L;

    OAuthError(String error) {
      super(error);
    }
  }

  @Override
  public WireResponse answer(WireRequest request, Bytes body)
      throws Refused, MalformedInputException, BadRequest {
    try {
      return switch (request.method() + " " + request.path()) {
        case "GET /.well-known/openid-configuration" -> Endpoint.json(200, discovery());
        case "GET /keys" -> Endpoint.json(200, oidc.keys());
        case "GET /auth" -> authorize(request);
        case "POST /token" -> token(form(request, body));
        case "POST /device/code" -> device(form(request, body));
        case "GET /mint" -> mint(request);
        default -> throw Endpoint.notFound();
      };
    } catch (OAuthError e) {
      return Endpoint.json(
          400, JsonObject.builder().put("error", String.valueOf(e.getMessage())).build());
    }
  }

  private JsonObject discovery() {
    String at = oidc.issuer();
    return JsonObject.builder()
        .put("issuer", at)
        .put("authorization_endpoint", at + "/auth")
        .put("token_endpoint", at + "/token")
        .put("device_authorization_endpoint", at + "/device/code")
        .put("jwks_uri", at + "/keys")
        .put("response_types_supported", JsonArray.of(new JsonString("code")))
        .put("subject_types_supported", JsonArray.of(new JsonString("public")))
        .put("id_token_signing_alg_values_supported", JsonArray.of(new JsonString("RS256")))
        .put("code_challenge_methods_supported", JsonArray.of(new JsonString("S256")))
        .build();
  }

  private WireResponse authorize(WireRequest request) throws OAuthError {
    String redirect = request.query("redirect_uri").orElse("");
    String challenge = request.query("code_challenge").orElse("");
    if (!request.query("response_type").orElse("").equals("code")
        || !request.query("client_id").orElse("").equals(VirtualOidc.AUDIENCE)
        || !List.of(request.query("scope").orElse("").split(" ", -1)).contains("openid")
        || !request.query("code_challenge_method").orElse("").equals("S256")
        || !challenge.matches("[A-Za-z0-9_-]{43}")
        || !(redirect.equals(BY_HAND)
            || redirect.matches("http://(localhost|127\\.0\\.0\\.1|\\[::1\\])(:[0-9]+)?/.*"))) {
      throw new OAuthError("invalid_request");
    }
    String code = "code-" + numbers.incrementAndGet();
    codes.put(code, new Code(redirect, request.query("nonce").orElse(""), challenge));
    if (redirect.equals(BY_HAND)) {
      return WireResponse.of(200).withText("text/plain", code);
    }
    String state = URLEncoder.encode(request.query("state").orElse(""), StandardCharsets.UTF_8);
    return WireResponse.of(302).with("Location", redirect + "?code=" + code + "&state=" + state);
  }

  private static Map<String, List<String>> form(WireRequest request, Bytes body)
      throws Refused, MalformedInputException, BadRequest {
    Endpoint.requireType(request, FORM);
    return WireRequest.parseForm(body.toUtf8String("form"));
  }

  private static String one(Map<String, List<String>> form, String name) {
    List<String> values = form.getOrDefault(name, List.of());
    return values.size() == 1 ? values.get(0) : "";
  }

  private WireResponse token(Map<String, List<String>> form) throws OAuthError {
    String grant = one(form, "grant_type");
    if (!clientSecret.isEmpty() && !one(form, "client_secret").equals(clientSecret)) {
      throw new OAuthError("invalid_client");
    }
    if (grant.equals("client_credentials")) {
      // a public client is nobody by itself
      if (clientSecret.isEmpty() || !one(form, "client_id").equals(VirtualOidc.AUDIENCE)) {
        throw new OAuthError("unauthorized_client");
      }
      return granted("");
    }
    if (grant.equals("authorization_code")) {
      // a code is good for one attempt
      Code code = codes.remove(one(form, "code"));
      String verifier = one(form, "code_verifier");
      if (code == null
          || !code.redirect().equals(one(form, "redirect_uri"))
          || !VirtualOidc.part(PemText.sha256(Bytes.utf8(verifier))).equals(code.challenge())) {
        throw new OAuthError("invalid_grant");
      }
      return granted(code.nonce());
    }
    if (!grant.equals(DEVICE)) {
      throw new OAuthError("unsupported_grant_type");
    }
    String device = one(form, "device_code");
    String challenge = devices.get(device);
    if (challenge == null) {
      throw new OAuthError("invalid_grant");
    }
    String told = deviceErrors.poll();
    if (told != null) {
      throw new OAuthError(told);
    }
    devices.remove(device);
    if (!challenge.isEmpty()
        && !VirtualOidc.part(PemText.sha256(Bytes.utf8(one(form, "code_verifier"))))
            .equals(challenge)) {
      throw new OAuthError("invalid_grant");
    }
    return granted("");
  }

  private WireResponse granted(String nonce) {
    Map<String, JsonValue> claims = new TreeMap<>(person);
    if (!nonce.isEmpty()) {
      claims.put("nonce", new JsonString(nonce));
    }
    String token = oidc.token(oidc.claims(sigstore.now(), claims));
    return Endpoint.json(
        200,
        JsonObject.builder()
            .put("access_token", "access-" + numbers.incrementAndGet())
            .put("token_type", "Bearer")
            .put("expires_in", 600)
            .put("id_token", token)
            .build());
  }

  private WireResponse device(Map<String, List<String>> form) throws OAuthError {
    if (!one(form, "client_id").equals(VirtualOidc.AUDIENCE)) {
      throw new OAuthError("invalid_client");
    }
    if (!List.of(one(form, "scope").split(" ", -1)).contains("openid")) {
      throw new OAuthError("invalid_scope");
    }
    String device = "device-" + numbers.incrementAndGet();
    devices.put(device, one(form, "code_challenge"));
    return Endpoint.json(
        200,
        JsonObject.builder()
            .put("device_code", device)
            .put("user_code", "BULL-AAAA")
            .put("verification_uri", oidc.issuer() + "/device")
            .put("verification_uri_complete", oidc.issuer() + "/device?user_code=BULL-AAAA")
            .put("expires_in", 300)
            .put("interval", 1)
            .build());
  }

  /** For scripts: a token for the address in the query. */
  private WireResponse mint(WireRequest request) {
    String email = request.query("email").orElse("me@example.com");
    return WireResponse.of(200).withText("text/plain", oidc.emailToken(email, sigstore.now()));
  }
}
