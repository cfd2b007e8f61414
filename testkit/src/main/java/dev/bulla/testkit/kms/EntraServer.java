package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.BadRequest;
import dev.bulla.testkit.http.Waiting;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where doubles of Azure's services get their tokens from: Microsoft Entra ID's token endpoint for
 * service principals (client credentials, by secret, by certificate and by federation), and, on a
 * port of its own over plain HTTP, what gives tokens to machines and apps. Requests are checked in
 * full: tenant, client, scope or resource, and the assertion's signature, audience and issuer.
 */
public final class EntraServer implements AutoCloseable {

  /** The one directory. */
  public static final String TENANT = "11111111-2222-3333-4444-555555555555";

  /** The one service principal, which is the machine's identity too. */
  public static final String CLIENT = "66666666-7777-8888-9999-000000000000";

  /** What an app shows to get a token. */
  public static final String APP_SECRET = "marked-app-secret-40aa";

  private static final int MAX_BODY = 1 << 16;
  private static final Set<String> FIELDS =
      Set.of(
          "grant_type",
          "client_id",
          "client_info",
          "claims",
          "scope",
          "client_secret",
          "client_assertion",
          "client_assertion_type");

  private final String token;
  private final String clientSecret;
  private final WireServer machine;
  private final Set<String> resources = new TreeSet<>();
  private String address = "";
  private @Nullable X509Certificate certificate;
  private Optional<String> federated = Optional.empty();
  private boolean machineHasIdentity;
  private boolean clockIsWrong;
  private int failures;
  private int grants;

  private EntraServer(String token, String clientSecret) throws IOException {
    this.token = token;
    this.clientSecret = clientSecret;
    this.machine = WireServer.start(WireServer.loopback(), this::ofMachine);
  }

  static EntraServer start(String token, String clientSecret) throws IOException {
    return new EntraServer(token, clientSecret);
  }

  /** The token endpoint is here, and tokens are for here. */
  synchronized void serve(String server) {
    address = server;
    resources.add(server);
  }

  /** Tokens are for this resource too. */
  public synchronized void allow(String resource) {
    resources.add(resource);
  }

  /** The token for a resource, which nobody can guess before it was given out. */
  synchronized String tokenFor(String resource) {
    return token + resources.stream().toList().indexOf(resource);
  }

  /** The service principal has this certificate. */
  public synchronized void trust(X509Certificate principals) {
    certificate = principals;
  }

  /** The service principal may be whoever shows this assertion of another issuer's. */
  public synchronized void federate(String assertion) {
    federated = Optional.of(assertion);
  }

  /** The machine is one of Azure's with an identity. */
  public synchronized void giveMachineAnIdentity() {
    machineHasIdentity = true;
  }

  /** Assertions are found to be from another time. */
  public synchronized void findClockWrong() {
    clockIsWrong = true;
  }

  /** The next requests for tokens meet HTTP 503. */
  public synchronized void failNext(int requests) {
    failures = requests;
  }

  /** How many tokens were given out. */
  public synchronized int grants() {
    return grants;
  }

  /** {@code http://127.0.0.1:PORT}: what answers machines and apps. */
  public String machineAddress() {
    return "http://127.0.0.1:" + machine.address().getPort();
  }

  synchronized WireResponse answer(WireRequest request) throws IOException {
    if (failures > 0) {
      failures--;
      return WireResponse.of(503);
    }
    if (!request.method().equals("POST")
        || !request.path().matches("/[^/]+/oauth2/v2\\.0/token")
        || !request
            .headers()
            .first("Content-Type")
            .orElse("")
            .startsWith("application/x-www-form-urlencoded")) {
      return WireResponse.of(404);
    }
    if (!request.path().startsWith("/" + TENANT + "/")) {
      return error(400, "invalid_request", "AADSTS90002: Tenant not found.");
    }
    try {
      return grant(
          WireRequest.parseForm(
              LimitedInput.readAll(request.body(), MAX_BODY, "form").toUtf8String("form")));
    } catch (BadRequest | MalformedInputException | GeneralSecurityException e) {
      return error(400, "invalid_request", "AADSTS900144: The request cannot be read.");
    }
  }

  private WireResponse grant(Map<String, List<String>> form)
      throws MalformedInputException, GeneralSecurityException {
    Set<String> unknown = new HashSet<>(form.keySet());
    unknown.removeAll(FIELDS);
    if (!unknown.isEmpty() || !one(form, "grant_type").equals("client_credentials")) {
      return error(400, "invalid_request", "AADSTS900144: unknown or missing: " + unknown);
    }
    if (!one(form, "client_id").equals(CLIENT)) {
      return error(400, "unauthorized_client", "AADSTS700016: Application was not found.");
    }
    Set<String> scopes = new HashSet<>(Arrays.asList(one(form, "scope").split(" ", -1)));
    scopes.removeAll(Set.of("openid", "profile", "offline_access"));
    String scope = scopes.size() == 1 ? scopes.iterator().next() : "";
    String resource = scope.replaceFirst("/\\.default$", "");
    if (!scope.endsWith("/.default") || !resources.contains(resource)) {
      return error(400, "invalid_resource", "AADSTS500011: The resource principal was not found.");
    }
    if (!form.containsKey("client_assertion")) {
      return one(form, "client_secret").equals(clientSecret)
          ? granted(resource)
          : error(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
    }
    if (!one(form, "client_assertion_type")
        .equals("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")) {
      return error(400, "invalid_request", "AADSTS900144: client_assertion_type");
    }
    String assertion = one(form, "client_assertion");
    if (federated.isPresent()) {
      return federated.get().equals(assertion)
          ? granted(resource)
          : error(401, "invalid_client", "AADSTS70021: No matching federated identity record.");
    }
    if (clockIsWrong) {
      return error(
          401,
          "invalid_client",
          "AADSTS700024: Client assertion is not within its valid time range.");
    }
    String problem = problem(assertion);
    return problem.isEmpty()
        ? granted(resource)
        : error(401, "invalid_client", "AADSTS700027: " + problem);
  }

  private static String one(Map<String, List<String>> form, String name) {
    List<String> values = form.getOrDefault(name, List.of());
    return values.size() == 1 ? values.get(0) : "";
  }

  private String problem(String assertion)
      throws MalformedInputException, GeneralSecurityException {
    String[] parts = assertion.split("\\.", -1);
    if (parts.length != 3 || certificate == null) {
      return "Invalid JWT, or no certificate is known";
    }
    JsonObject header =
        JsonParser.parseObject(Base64Text.decodeAnyVariant(parts[0], "JWT"), "header");
    Signature verifier = Signature.getInstance("RSASSA-PSS");
    if (text(header, "alg").equals("PS256")) {
      verifier.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    } else {
      verifier = Signature.getInstance("SHA256withRSA");
    }
    verifier.initVerify(certificate.getPublicKey());
    Bytes.utf8(parts[0] + "." + parts[1]).feed(verifier);
    if (!verifier.verify(Base64Text.decodeAnyVariant(parts[2], "JWT").toByteArray())) {
      return "The signature is not by the certificate";
    }
    if (text(header, "x5t").isEmpty() && text(header, "x5t#S256").isEmpty()) {
      return "The header names no certificate";
    }
    JsonObject claims =
        JsonParser.parseObject(Base64Text.decodeAnyVariant(parts[1], "JWT"), "claims");
    if (!text(claims, "iss").equals(CLIENT) || !text(claims, "sub").equals(CLIENT)) {
      return "Invalid issuer or subject";
    }
    if (!text(claims, "aud").equals(address + "/" + TENANT + "/oauth2/v2.0/token")) {
      return "Invalid audience";
    }
    return text(claims, "jti").isEmpty() || number(claims, "exp") <= number(claims, "nbf")
        ? "Invalid lifetime"
        : "";
  }

  private static String text(JsonObject claims, String name) {
    return claims.get(name).orElse(claims) instanceof JsonString text ? text.value() : "";
  }

  private static long number(JsonObject claims, String name) throws MalformedInputException {
    return claims.get(name).orElse(claims) instanceof JsonNumber number ? number.longValue() : 0;
  }

  private synchronized WireResponse ofMachine(WireRequest request, Waiting waiting) {
    boolean app = request.path().equals("/msi/token");
    if (!app && !request.path().equals("/metadata/identity/oauth2/token")) {
      return WireResponse.of(404);
    }
    boolean allowed =
        app
            ? request.headers().first("X-IDENTITY-HEADER").orElse("").equals(APP_SECRET)
            : request.headers().first("Metadata").orElse("").equals("true");
    if (!allowed) {
      return error(app ? 401 : 400, "invalid_request", "Required metadata header not specified");
    }
    if (!request.query("api-version").orElse("").equals(app ? "2019-08-01" : "2018-02-01")) {
      return error(400, "invalid_request", "api-version");
    }
    String resource = request.query("resource").orElse("");
    if (!resources.contains(resource)) {
      return error(400, "invalid_resource", "AADSTS500011: The resource was not found.");
    }
    return machineHasIdentity && request.query("client_id").orElse(CLIENT).equals(CLIENT)
        ? granted(resource)
        : error(400, "invalid_request", "Identity not found");
  }

  private WireResponse granted(String resource) {
    grants++;
    return json(
        200,
        JsonObject.builder()
            .put("token_type", "Bearer")
            .put("expires_in", 3599)
            .put("ext_expires_in", 3599)
            .put("access_token", tokenFor(resource))
            .build());
  }

  private static WireResponse error(int status, String error, String description) {
    return json(
        status,
        JsonObject.builder()
            .put("error", error)
            .put(
                "error_description",
                description + " Trace ID: 0 Correlation ID: 0 Timestamp: 2026-01-01 00:00:00Z")
            .build());
  }

  private static WireResponse json(int status, JsonObject body) {
    return WireResponse.of(status)
        .with("Content-Type", "application/json; charset=utf-8")
        .withBody(WireBody.of(GoJson.write(body)));
  }

  @Override
  public void close() {
    machine.close();
  }
}
