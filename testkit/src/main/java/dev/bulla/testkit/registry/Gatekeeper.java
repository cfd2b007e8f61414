package dev.bulla.testkit.registry;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.BadRequest;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireHeaders;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Lets requests in, or says what they have to bring; gives out tokens. */
final class Gatekeeper {

  private static final int MAX_TOKENS = 10_000;
  private static final int MAX_FORM = 64 << 10;

  private final Auth auth;
  private final InstantSource clock;
  private final ReentrantLock tokensLock = new ReentrantLock();
  private final Map<String, Grant> tokens = new LinkedHashMap<>();

  /** Made when the first token is: it takes longer to make than the rest of the registry. */
  private static final class Randomness {
    static final SecureRandom SOURCE = new SecureRandom();
  }

  /** What a token is good for. */
  private record Grant(Map<String, Set<Action>> access, Instant expires) {}

  /** Something a request needs to be allowed. */
  record Need(String repository, Set<Action> actions) {}

  Gatekeeper(Auth auth, InstantSource clock) {
    this.auth = auth;
    this.clock = clock;
  }

  /** The refusal, or nothing when the request may pass. */
  Optional<WireResponse> check(Route route, WireRequest request) {
    return switch (auth) {
      case Auth.None none -> Optional.empty();
      case Auth.Basic basic -> checkBasic(basic, needs(route, request), request);
      case Auth.Bearer bearer -> checkBearer(bearer, needs(route, request), request);
    };
  }

  private static List<Need> needs(Route route, WireRequest request) {
    List<Need> needs = new ArrayList<>();
    Set<Action> actions = route.needs(request);
    if (!actions.isEmpty()) {
      needs.add(new Need(route.repositoryName(), actions));
    }
    if (route instanceof Route.Uploads) {
      request
          .query("from")
          .filter(Names::isRepository)
          .ifPresent(from -> needs.add(new Need(from, EnumSet.of(Action.PULL))));
    }
    return needs;
  }

  private Optional<WireResponse> checkBasic(
      Auth.Basic basic, List<Need> needs, WireRequest request) {
    Optional<Auth.Users.User> user = basicUser(basic.users, request.headers());
    if (user.isEmpty()) {
      return Optional.of(
          unauthorized(needs).with("WWW-Authenticate", "Basic realm=" + quoted(basic.realm)));
    }
    boolean allowed = needs.stream().allMatch(n -> user.get().actions.containsAll(n.actions()));
    return allowed ? Optional.empty() : Optional.of(ApiException.denied().toResponse());
  }

  private Optional<WireResponse> checkBearer(
      Auth.Bearer bearer, List<Need> needs, WireRequest request) {
    String header = request.headers().first("Authorization").orElse("");
    Optional<Grant> grant =
        header.regionMatches(true, 0, "Bearer ", 0, 7)
            ? grant(header.substring(7).strip())
            : Optional.empty();
    String error = "";
    if (grant.isPresent()) {
      Map<String, Set<Action>> access = grant.get().access();
      boolean allowed =
          needs.stream()
              .allMatch(
                  n -> access.getOrDefault(n.repository(), Set.of()).containsAll(n.actions()));
      if (allowed) {
        return Optional.empty();
      }
      error = "insufficient_scope";
    } else if (!header.isEmpty()) {
      error = "invalid_token";
    }
    String realm =
        bearer.realm.isEmpty()
            ? (request.tls() ? "https://" : "http://")
                + request.headers().first("Host").orElse("")
                + "/token"
            : bearer.realm;
    StringBuilder challenge = new StringBuilder("Bearer realm=").append(quoted(realm));
    challenge.append(",service=").append(quoted(bearer.service));
    if (!needs.isEmpty()) {
      challenge.append(",scope=").append(quoted(scopes(needs)));
    }
    if (!error.isEmpty()) {
      challenge.append(",error=").append(quoted(error));
    }
    return Optional.of(unauthorized(needs).with("WWW-Authenticate", challenge.toString()));
  }

  private static String scopes(List<Need> needs) {
    return String.join(
        " ",
        needs.stream()
            .map(n ->
                "repository:"
                    + n.repository()
                    + ":"
                    + String.join(
                        ",", n.actions().stream().map(Action::scopeName).sorted().toList()))
            .toList());
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static WireResponse unauthorized(List<Need> needs) {
    List<JsonValue> detail = new ArrayList<>();
    for (Need need : needs) {
      for (Action action : need.actions()) {
        detail.add(
            JsonObject.builder()
                .put("Type", "repository")
                .put("Class", "")
                .put("Name", need.repository())
                .put("Action", action.scopeName())
                .build());
      }
    }
    return ApiException.body(
        401,
        "UNAUTHORIZED",
        "authentication required",
        detail.isEmpty() ? JsonNull.INSTANCE : JsonArray.of(detail));
  }

  private static Optional<Auth.Users.User> basicUser(Auth.Users users, WireHeaders headers) {
    String header = headers.first("Authorization").orElse("");
    if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return Optional.empty();
    }
    try {
      String pair =
          Base64Text.decode(header.substring(6).strip(), "credentials").toUtf8String("credentials");
      int colon = pair.indexOf(':');
      return colon < 0
          ? Optional.empty()
          : user(users, pair.substring(0, colon), pair.substring(colon + 1));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private static Optional<Auth.Users.User> user(Auth.Users users, String name, String password) {
    Auth.Users.User user = users.byName().get(name);
    return user != null && sameSecret(user.password, password)
        ? Optional.of(user)
        : Optional.empty();
  }

  /** In constant time: these are secrets. */
  private static boolean sameSecret(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether tokens are given out at all. */
  boolean hasTokenEndpoint() {
    return auth instanceof Auth.Bearer;
  }

  /** Makes every token given out so far worthless. */
  void expireTokens() {
    tokensLock.lock();
    try {
      tokens.clear();
    } finally {
      tokensLock.unlock();
    }
  }

  private Optional<Grant> grant(String token) {
    tokensLock.lock();
    try {
      return Optional.ofNullable(tokens.get(token))
          .filter(g -> clock.instant().isBefore(g.expires()));
    } finally {
      tokensLock.unlock();
    }
  }

  /** The token endpoint: GET as Docker does it, POST as OAuth 2 does (RFC 6749 §4.3 and §6). */
  WireResponse token(WireRequest request) throws IOException {
    if (!(auth instanceof Auth.Bearer bearer)) {
      return RegistryApi.notFound();
    }
    return switch (request.method()) {
      case "GET" -> tokenByGet(bearer, request);
      case "POST" -> tokenByPost(bearer, request);
      default -> ApiException.unsupported().withHeader("Allow", "GET, POST").toResponse();
    };
  }

  private WireResponse tokenByGet(Auth.Bearer bearer, WireRequest request) {
    boolean credentials = request.headers().has("Authorization");
    Optional<Auth.Users.User> user = basicUser(bearer.users, request.headers());
    if (user.isEmpty() && (credentials || !bearer.anonymousPull)) {
      return unauthorized(List.of())
          .with("WWW-Authenticate", "Basic realm=" + quoted(bearer.service));
    }
    String refresh =
        request.query("offline_token").filter("true"::equals).isPresent() && user.isPresent()
            ? identityToken(bearer, user.get().name)
            : "";
    return issue(bearer, mostOf(user), request.queryAll("scope"), refresh);
  }

  private WireResponse tokenByPost(Auth.Bearer bearer, WireRequest request) throws IOException {
    Map<String, List<String>> form;
    try {
      form =
          WireRequest.parseForm(
              LimitedInput.readAll(request.body(), MAX_FORM, "form").toUtf8String("form"));
    } catch (MalformedInputException | BadRequest e) {
      return oauthError(400, "invalid_request");
    }
    Optional<Auth.Users.User> user =
        switch (one(form, "grant_type")) {
          case "password" -> user(bearer.users, one(form, "username"), one(form, "password"));
          case "refresh_token" -> byIdentityToken(bearer, one(form, "refresh_token"));
          default -> Optional.empty();
        };
    if (user.isEmpty()) {
      return oauthError(401, "invalid_grant");
    }
    String refresh =
        one(form, "grant_type").equals("refresh_token")
            ? one(form, "refresh_token")
            : one(form, "access_type").equals("offline")
                ? identityToken(bearer, user.get().name)
                : "";
    return issue(bearer, mostOf(user), form.getOrDefault("scope", List.of()), refresh);
  }

  private static String one(Map<String, List<String>> form, String name) {
    List<String> values = form.getOrDefault(name, List.of());
    return values.isEmpty() ? "" : values.get(0);
  }

  private static WireResponse oauthError(int status, String error) {
    return WireResponse.of(status)
        .with("Content-Type", "application/json")
        .withBody(WireBody.of(Json.write(JsonObject.builder().put("error", error).build())));
  }

  private static Optional<Auth.Users.User> byIdentityToken(Auth.Bearer bearer, String token) {
    return bearer.users.identityTokens().entrySet().stream()
        .filter(e -> sameSecret(e.getKey(), token))
        .findFirst()
        .flatMap(e -> Optional.ofNullable(bearer.users.byName().get(e.getValue())));
  }

  private static String identityToken(Auth.Bearer bearer, String user) {
    return bearer.users.identityTokens().entrySet().stream()
        .filter(e -> e.getValue().equals(user))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  /** Everything a user may have; somebody unknown may pull. */
  private static Set<Action> mostOf(Optional<Auth.Users.User> user) {
    return user.map(u -> u.actions).orElse(Set.of(Action.PULL));
  }

  private WireResponse issue(
      Auth.Bearer bearer, Set<Action> most, List<String> scopes, String refresh) {
    Map<String, Set<Action>> access = new LinkedHashMap<>();
    for (String scope : String.join(" ", scopes).split(" ", -1)) {
      grantScope(scope, most, access);
    }
    byte[] secret = new byte[24];
    Randomness.SOURCE.nextBytes(secret);
    String token = HexText.encode(Bytes.owning(secret));
    Instant now = clock.instant();
    tokensLock.lock();
    try {
      if (tokens.size() >= MAX_TOKENS) {
        tokens.remove(tokens.keySet().iterator().next());
      }
      tokens.put(token, new Grant(access, now.plus(bearer.lifetime)));
    } finally {
      tokensLock.unlock();
    }
    JsonObject.Builder body = JsonObject.builder();
    if (bearer.answer != Auth.TokenAnswer.ACCESS_TOKEN) {
      body.put("token", token);
    }
    if (bearer.answer != Auth.TokenAnswer.TOKEN) {
      body.put("access_token", token);
    }
    body.put("expires_in", bearer.lifetime.toSeconds());
    body.put("issued_at", now.toString());
    if (!refresh.isEmpty()) {
      body.put("refresh_token", refresh);
    }
    return WireResponse.of(200)
        .with("Content-Type", "application/json")
        .withBody(WireBody.of(Json.write(body.build())));
  }

  /** Grants of a scope {@code repository:<name>:<actions>} what the user may have of it. */
  private static void grantScope(String scope, Set<Action> most, Map<String, Set<Action>> access) {
    int first = scope.indexOf(':');
    int last = scope.lastIndexOf(':');
    if (first < 0 || last == first || !scope.startsWith("repository:")) {
      return;
    }
    Set<Action> granted =
        access.computeIfAbsent(scope.substring(first + 1, last), r -> EnumSet.noneOf(Action.class));
    for (String name : scope.substring(last + 1).split(",", -1)) {
      if (name.equals("*")) {
        granted.addAll(most);
      }
      Action.named(name).filter(most::contains).ifPresent(granted::add);
    }
  }
}
