package dev.bulla.testkit.kms;

import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.key.KeyType;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.Waiting;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A double of one key vault of Azure's, as far as signing goes: its keys, their versions, sign and
 * verify; and of the place where users log in, {@link #entra()}.
 *
 * <p>Stricter than the service, to find a client's mistakes: parameters and members it does not
 * know are refused, the version of the API has to be one of those it has, and only the tokens that
 * were given out for it count.
 *
 * <p>Source: the REST reference of the Key Vault API (keys).
 */
public final class KeyVaultServer implements AutoCloseable {

  private static final int MAX_BODY = 1 << 20;
  private static final int PAGE = 2;
  private static final Set<String> API_VERSIONS =
      Set.of("7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01");
  private static final Pattern PATH =
      Pattern.compile("/keys/([A-Za-z0-9-]{1,127})(?:/([^/]*))?(?:/([^/]*))?");

  private final WireServer server;
  private final EntraServer entra;
  private final FaultSwitch faults = new FaultSwitch();
  private final Map<String, KeyVaultServerKey> keys = new TreeMap<>();
  private final Set<String> deleted = new TreeSet<>();
  private final Set<String> needed = new TreeSet<>();
  private @Nullable Set<String> granted;
  private Optional<String> challenge = Optional.empty();
  private boolean rbac;

  private KeyVaultServer(String token, String clientSecret, SSLContext tls) throws IOException {
    this.entra = EntraServer.start(token, clientSecret);
    this.server = WireServer.startTls(WireServer.loopback(), tls, false, this::answer);
    entra.serve(address());
  }

  /**
   * Starts over TLS, which is all that clients of Azure's speak.
   *
   * @param token the access token that is given out
   * @param clientSecret of the one service principal
   * @param tls for 127.0.0.1
   */
  public static KeyVaultServer start(String token, String clientSecret, SSLContext tls)
      throws IOException {
    return new KeyVaultServer(token, clientSecret, tls);
  }

  /** {@code 127.0.0.1:PORT}. */
  public String host() {
    return "127.0.0.1:" + server.address().getPort();
  }

  /** {@code https://127.0.0.1:PORT}: of the vault, and of the place where users log in. */
  public String address() {
    return "https://" + host();
  }

  /** Who gives out the tokens. */
  public EntraServer entra() {
    return entra;
  }

  /** The requests to the vault, without those for tokens. */
  public int requests() {
    return faults.requests();
  }

  public void fail(KmsFault fault, int requests) {
    faults.set(fault, requests);
  }

  /** Lets the caller do only what these permissions allow: {@code get}, {@code sign}. */
  public synchronized void grantOnly(Set<String> permissions) {
    granted = Set.copyOf(permissions);
  }

  /** The permissions that requests needed so far. */
  public synchronized Set<String> needed() {
    return new TreeSet<>(needed);
  }

  /** Rights come with roles from now on, and not with the vault's access policies. */
  public synchronized void useRoles() {
    rbac = true;
  }

  /** Whoever has no token is told this, whatever it is. */
  public synchronized void challengeWith(String header) {
    challenge = Optional.of(header);
  }

  /** Adds a key, or a version to it, which may sign and verify. */
  public synchronized void add(String name, KeyType type) {
    key(name).add(type, "", "P-256", List.of("sign", "verify"));
  }

  /**
   * Adds a key, or a version to it.
   *
   * @param kind as the service names it: {@code EC-HSM}, {@code oct-HSM}
   * @param curve for the kinds that have one
   */
  public synchronized void add(
      String name, KeyType type, String kind, String curve, List<String> operations) {
    key(name).add(type, kind, curve, operations);
  }

  private KeyVaultServerKey key(String name) {
    return keys.computeIfAbsent(name, n -> new KeyVaultServerKey(address() + "/keys/" + n));
  }

  /** Adds a version of the same type; true when there is such a key. */
  public synchronized boolean rotate(String name) {
    KeyVaultServerKey key = keys.get(name);
    if (key != null) {
      key.rotate();
    }
    return key != null;
  }

  /** Disables all versions before the newest, or the newest too. */
  public synchronized boolean disable(String name, boolean newestToo) {
    KeyVaultServerKey key = keys.get(name);
    if (key != null) {
      key.disable(newestToo);
    }
    return key != null;
  }

  /** Lets the newest version be expired. */
  public synchronized void expire(String name) {
    key(name).expire();
  }

  /** Deletes the key, which keeps its name for a while. */
  public synchronized boolean delete(String name) {
    deleted.add(name);
    return keys.remove(name) != null;
  }

  /** The versions of a key, oldest first. */
  public synchronized List<String> versions(String name) {
    return key(name).names();
  }

  /** A refusal. */
  static final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;
    private final int status;
    private final String code;
    private final String inner;
    private final String text;

    Refusal(int status, String code, String inner, String text) {
      this.status = status;
      this.code = code;
      this.inner = inner;
      this.text = text;
    }

    static Refusal bad(String text) {
      return new Refusal(400, "BadParameter", "", text);
    }

    static Refusal forbidden(String inner, String text) {
      return new Refusal(403, "Forbidden", inner, text);
    }

    private WireResponse response() {
      JsonObject.Builder error = JsonObject.builder().put("code", code).put("message", text);
      if (!inner.isEmpty()) {
        error.put("innererror", JsonObject.builder().put("code", inner).build());
      }
      return json(status, JsonObject.builder().put("error", error.build()).build());
    }
  }

  private WireResponse answer(WireRequest request, Waiting waiting) throws IOException {
    if (!request.path().startsWith("/keys/")) {
      return entra.answer(request);
    }
    Optional<KmsFault> fault = faults.next();
    if (fault.isPresent()) {
      switch (fault.get()) {
        case SILENCE -> waiting.untilClosed();
        case THROTTLED -> {
          return new Refusal(
                  429, "Throttled", "", "Request was not processed because too many requests")
              .response();
        }
        case SERVER_ERROR -> {
          return new Refusal(500, "InternalServerError", "", "An internal error occurred.")
              .response();
        }
        case NOT_PERMITTED -> {
          return lacks("this").response();
        }
        case CLOCK_SKEW -> {
          return unauthorized(
              "[TokenExpired] Error validating token: IDX10223: Lifetime validation failed. The"
                  + " token is expired.");
        }
      }
    }
    try {
      return serve(request);
    } catch (Refusal e) {
      return e.response();
    } catch (MalformedInputException e) {
      return Refusal.bad("The request body cannot be read").response();
    }
  }

  private synchronized WireResponse unauthorized(String message) {
    return new Refusal(401, "Unauthorized", "", message)
        .response()
        .with(
            "WWW-Authenticate",
            challenge.orElse(
                "Bearer authorization=\""
                    + address()
                    + "/"
                    + EntraServer.TENANT
                    + "\", resource=\""
                    + address()
                    + "\""));
  }

  private static WireResponse json(int status, JsonObject body) {
    return WireResponse.of(status)
        .with("Content-Type", "application/json; charset=utf-8")
        .withBody(WireBody.of(GoJson.write(body)));
  }

  private synchronized WireResponse serve(WireRequest request)
      throws Refusal, IOException, MalformedInputException {
    String authorization = request.headers().first("Authorization").orElse("");
    if (authorization.isEmpty()) {
      return unauthorized("AKV10000: Request is missing a Bearer or PoP token.");
    }
    if (!authorization.equals("Bearer " + entra.tokenFor(address()))) {
      return unauthorized("AKV10032: Invalid issuer or audience.");
    }
    Matcher path = PATH.matcher(request.path());
    if (!path.matches()) {
      throw Refusal.bad("Method " + request.method() + " does not allow this path");
    }
    String name = path.group(1);
    String second = Optional.ofNullable(path.group(2)).orElse("");
    String third = Optional.ofNullable(path.group(3)).orElse("");
    if (request.method().equals("GET")) {
      if (second.equals("versions") && third.isEmpty()) {
        permit("list");
        return json(200, list(request, find(name)));
      }
      allow(request, Set.of());
      permit("get");
      if (!third.isEmpty()) {
        throw Refusal.bad("no such path");
      }
      return json(200, find(name).document(second));
    }
    allow(request, Set.of());
    if (!request.method().equals("POST")
        || !request.headers().first("Content-Type").orElse("").startsWith("application/json")) {
      throw new Refusal(415, "UnsupportedMediaType", "", "POST of application/json");
    }
    JsonObject body =
        JsonParser.parseObject(LimitedInput.readAll(request.body(), MAX_BODY, "body"), "body");
    if (second.equals("create") && third.isEmpty()) {
      permit("create");
      if (deleted.contains(name)) {
        throw new Refusal(
            409,
            "Conflict",
            "ObjectIsDeletedButRecoverable",
            "Key " + name + " is currently in a deleted but recoverable state");
      }
      KeyVaultServerKey key = new KeyVaultServerKey(address() + "/keys/" + name);
      KeyVaultServerKey existing = keys.getOrDefault(name, key);
      existing.create(body);
      keys.put(name, existing);
      return json(200, existing.document(""));
    }
    if (third.equals("sign") || third.equals("verify")) {
      permit(third);
      return json(
          200,
          third.equals("sign") ? find(name).sign(second, body) : find(name).verify(second, body));
    }
    throw Refusal.bad("this double does not do " + third);
  }

  private void permit(String permission) throws Refusal {
    needed.add(permission);
    if (granted != null && !granted.contains(permission)) {
      throw lacks(permission);
    }
  }

  private synchronized Refusal lacks(String permission) {
    return rbac
        ? Refusal.forbidden(
            "ForbiddenByRbac",
            "Caller is not authorized to perform action on resource.\r\n"
                + "If role assignments, deny assignments or role definitions were changed recently,"
                + " please observe propagation time.\r\n"
                + "Caller: appid=x\r\n"
                + "Action: 'Microsoft.KeyVault/vaults/keys/"
                + permission
                + "'")
        : Refusal.forbidden(
            "AccessDenied",
            "The user, group or application 'appid=x' does not have keys "
                + permission
                + " permission on key vault 'double;location=here'.");
  }

  private KeyVaultServerKey find(String name) throws Refusal {
    KeyVaultServerKey key = keys.get(name);
    if (key == null) {
      throw new Refusal(
          404,
          "KeyNotFound",
          "",
          "A key with (name/id) " + name + " was not found in this key vault.");
    }
    return key;
  }

  private JsonObject list(WireRequest request, KeyVaultServerKey key) throws Refusal {
    allow(request, Set.of("maxresults", "$skiptoken"));
    List<JsonObject> all = key.items();
    String token = request.query("$skiptoken").orElse("p0");
    if (!token.matches("p[0-9]{1,6}")) {
      throw Refusal.bad("skiptoken");
    }
    int from = Math.min(Integer.parseInt(token.substring(1)), all.size());
    int to = Math.min(from + PAGE, all.size());
    JsonValue next =
        to < all.size()
            ? new JsonString(
                key.identifier() + "/versions?api-version=7.4&$skiptoken=p" + to + "&maxresults=2")
            : JsonNull.INSTANCE;
    return JsonObject.builder()
        .put("value", JsonArray.of(all.subList(from, to)))
        .put("nextLink", next)
        .build();
  }

  private static void allow(WireRequest request, Set<String> parameters) throws Refusal {
    if (!API_VERSIONS.contains(request.query("api-version").orElse(""))) {
      throw Refusal.bad("The api-version is missing or not supported");
    }
    for (String pair : request.rawQuery().split("&", -1)) {
      String name = pair.replaceFirst("=.*", "").replace("%24", "$");
      if (!name.equals("api-version") && !parameters.contains(name)) {
        throw Refusal.bad("unknown parameter " + name);
      }
    }
  }

  @Override
  public void close() {
    server.close();
    entra.close();
  }
}
