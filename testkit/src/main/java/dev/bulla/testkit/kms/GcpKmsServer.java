package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.Waiting;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.io.IOException;
import java.util.ArrayList;
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
 * A double of Cloud KMS's REST API (v1) for one project, as far as signing goes: key rings, keys,
 * their versions, public keys and {@code asymmetricSign}; and of Google's token endpoint and
 * metadata server.
 *
 * <p>Stricter than the service, to find a client's mistakes: parameters and members it does not
 * know are refused, checksums have to be sent and to match, and only the tokens it gave out count.
 *
 * <p>Source: the REST reference of the Cloud Key Management Service API.
 */
public final class GcpKmsServer implements AutoCloseable {

  /** The one project. */
  public static final String PROJECT = "example-project";

  private static final int MAX_BODY = 1 << 20;
  private static final int PAGE = 3;
  private static final Pattern PATH =
      Pattern.compile(
          "/v1/(projects/([^/]+)/locations/([^/:]+)/keyRings)"
              + "(?:/([^/:]+)(?:(/cryptoKeys)(?:/([^/:]+)(?:(/cryptoKeyVersions)"
              + "(?:/([^/:]+)(/publicKey|:asymmetricSign)?)?)?)?)?)?");

  private final String token;
  private final GoogleTokenServer tokens;
  private final WireServer server;
  private final boolean tls;
  private final FaultSwitch faults = new FaultSwitch();
  private final Set<String> rings = new TreeSet<>();
  private final Map<String, GcpKmsServerKey> keys = new TreeMap<>();
  private final Set<String> needed = new TreeSet<>();
  private @Nullable Set<String> granted;
  private int untilGenerated = 1;
  private @Nullable String corrupted;

  private GcpKmsServer(String token, String refreshToken, @Nullable SSLContext tls)
      throws IOException {
    this.token = token;
    this.tokens = new GoogleTokenServer(token, refreshToken);
    this.tls = tls != null;
    this.server =
        tls == null
            ? WireServer.start(WireServer.loopback(), this::answer)
            : WireServer.startTls(WireServer.loopback(), tls, false, this::answer);
  }

  /**
   * Starts over plain HTTP.
   *
   * @param token the access token that it gives out
   * @param refreshToken the refresh token of the one user
   */
  public static GcpKmsServer start(String token, String refreshToken) throws IOException {
    return new GcpKmsServer(token, refreshToken, null);
  }

  /** As {@link #start}, over TLS. */
  public static GcpKmsServer startTls(String token, String refreshToken, SSLContext tls)
      throws IOException {
    return new GcpKmsServer(token, refreshToken, tls);
  }

  /** {@code 127.0.0.1:PORT}. */
  public String host() {
    return "127.0.0.1:" + server.address().getPort();
  }

  /** {@code http://127.0.0.1:PORT}. */
  public String address() {
    return (tls ? "https://" : "http://") + host();
  }

  private String tokenUri() {
    return address() + "/token";
  }

  /** The key file of the one service account. */
  public String serviceAccountFile() {
    try {
      return tokens.serviceAccountFile(tokenUri()).toUtf8String("file");
    } catch (MalformedInputException e) {
      throw new IllegalStateException("it was made here", e);
    }
  }

  /** What {@code gcloud auth application-default login} leaves behind, for the one user. */
  public String userFile() {
    try {
      return tokens.userFile().toUtf8String("file");
    } catch (MalformedInputException e) {
      throw new IllegalStateException("it was made here", e);
    }
  }

  /** The requests to the API, without those for tokens. */
  public int requests() {
    return faults.requests();
  }

  public void fail(KmsFault fault, int requests) {
    faults.set(fault, requests);
  }

  /** Lets the caller do only what these permissions allow. */
  public synchronized void grantOnly(Set<String> permissions) {
    granted = Set.copyOf(permissions);
  }

  /** The permissions that requests needed so far. */
  public synchronized Set<String> needed() {
    return new TreeSet<>(needed);
  }

  /** New keys are found to be generated after being looked at so many times. */
  public synchronized void generateAfter(int looks) {
    untilGenerated = looks;
  }

  /** Falsifies this member of every answer that has it, as a bad line would. */
  public synchronized void corrupt(String member) {
    corrupted = member;
  }

  /**
   * Adds a key and its ring.
   *
   * @param name {@code projects/…/cryptoKeys/K}
   */
  public synchronized void add(String name, String purpose, String algorithm) {
    rings.add(name.substring(0, name.indexOf("/cryptoKeys/")));
    keys.put(name, new GcpKmsServerKey(name, purpose, algorithm, 0));
  }

  /** Adds a version of the same algorithm; true when there is such a key. */
  public synchronized boolean rotate(String name) {
    GcpKmsServerKey key = keys.get(name);
    if (key != null) {
      key.rotate();
    }
    return key != null;
  }

  /** Adds a version of another algorithm. */
  public synchronized void addVersion(String name, String algorithm) {
    existing(name).addVersion(algorithm);
  }

  /** Puts all versions before the newest, or the newest too, into a state. */
  public synchronized boolean setState(String name, String state, boolean newestToo) {
    GcpKmsServerKey key = keys.get(name);
    if (key == null) {
      return false;
    }
    for (int i = 1; i <= (newestToo ? key.newest() : key.newest() - 1); i++) {
      key.setState(i, state);
    }
    return true;
  }

  private GcpKmsServerKey existing(String name) {
    GcpKmsServerKey key = keys.get(name);
    if (key == null) {
      throw new IllegalArgumentException("no key " + name);
    }
    return key;
  }

  /** A refusal. */
  static final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;
    private final int code;
    private final String status;
    private final String text;

    Refusal(int code, String status, String text) {
      this.code = code;
      this.status = status;
      this.text = text;
    }

    static Refusal notFound(String name) {
      return new Refusal(404, "NOT_FOUND", name + " not found.");
    }
  }

  private WireResponse answer(WireRequest request, Waiting waiting) throws IOException {
    if (request.path().equals("/token")) {
      return tokens.grant(request, faults.current().equals(clockSkew()));
    }
    if (request.path().equals("/computeMetadata/v1/instance/service-accounts/default/token")) {
      return tokens.ofMachine(request);
    }
    Optional<KmsFault> fault = faults.next();
    if (fault.isPresent()) {
      switch (fault.get()) {
        case SILENCE -> waiting.untilClosed();
        case THROTTLED -> {
          return error(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric");
        }
        case SERVER_ERROR -> {
          return error(500, "INTERNAL", "Internal error encountered.");
        }
        case NOT_PERMITTED -> {
          return error(403, "PERMISSION_DENIED", "Permission denied on resource.");
        }
        case CLOCK_SKEW -> {
          return unauthenticated();
        }
      }
    }
    try {
      return json(200, falsified(serve(request)));
    } catch (Refusal e) {
      return e.code == 401 ? unauthenticated() : error(e.code, e.status, e.text);
    } catch (MalformedInputException e) {
      return error(400, "INVALID_ARGUMENT", "Invalid JSON payload received.");
    }
  }

  private static Optional<KmsFault> clockSkew() {
    return Optional.of(KmsFault.CLOCK_SKEW);
  }

  private static WireResponse unauthenticated() {
    return error(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login"
            + " cookie or other valid authentication credential.");
  }

  private static WireResponse error(int code, String status, String message) {
    return json(
        code,
        JsonObject.builder()
            .put(
                "error",
                JsonObject.builder()
                    .put("code", code)
                    .put("message", message)
                    .put("status", status)
                    .build())
            .build());
  }

  private static WireResponse json(int status, JsonObject body) {
    return WireResponse.of(status)
        .with("Content-Type", "application/json; charset=UTF-8")
        .withBody(WireBody.of(GoJson.write(body)));
  }

  private synchronized JsonObject falsified(JsonObject answer) {
    JsonObject.Builder copy = JsonObject.builder();
    for (JsonObject.Member member : answer.members()) {
      if (!member.name().equals(corrupted)) {
        copy.put(member.name(), member.value());
      } else if (member.value() instanceof JsonString) {
        copy.put(member.name(), "4711");
      } else {
        copy.put(member.name(), false);
      }
    }
    return copy.build();
  }

  private synchronized JsonObject serve(WireRequest request)
      throws Refusal, IOException, MalformedInputException {
    if (!request.headers().first("Authorization").orElse("").equals("Bearer " + token)) {
      throw new Refusal(401, "", "");
    }
    Matcher path = PATH.matcher(request.path());
    if (!path.matches()) {
      throw new Refusal(404, "NOT_FOUND", "Not Found");
    }
    boolean get = request.method().equals("GET");
    if (!get && !request.method().equals("POST")) {
      throw new Refusal(404, "NOT_FOUND", "Not Found");
    }
    String ring = path.group(4) == null ? "" : path.group(1) + "/" + path.group(4);
    String key = path.group(6) == null ? "" : ring + "/cryptoKeys/" + path.group(6);
    if (!get && ring.isEmpty()) {
      permit(path, "keyRings.create");
      return createRing(path.group(1), parameter(request, "keyRingId"), body(request));
    }
    if (!get && path.group(5) != null && key.isEmpty()) {
      permit(path, "cryptoKeys.create");
      return createKey(ring, parameter(request, "cryptoKeyId"), body(request));
    }
    if (!get && ":asymmetricSign".equals(path.group(9))) {
      permit(path, "cryptoKeyVersions.useToSign");
      allow(request, Set.of());
      return sign(find(key), key, path.group(8), body(request));
    }
    if (!get) {
      throw new Refusal(404, "NOT_FOUND", "Not Found");
    }
    if (path.group(8) != null) {
      boolean publicKey = path.group(9) != null;
      permit(path, "cryptoKeyVersions." + (publicKey ? "viewPublicKey" : "get"));
      allow(request, Set.of());
      return publicKey
          ? find(key).publicKey(path.group(8))
          : find(key).versionDocument(path.group(8));
    }
    if (path.group(7) != null) {
      permit(path, "cryptoKeyVersions.list");
      return list(request, find(key));
    }
    allow(request, Set.of());
    if (!key.isEmpty()) {
      permit(path, "cryptoKeys.get");
      return find(key).document();
    }
    if (ring.isEmpty() || path.group(5) != null) {
      throw new Refusal(404, "NOT_FOUND", "this double lists neither rings nor keys");
    }
    permit(path, "keyRings.get");
    if (!rings.contains(ring)) {
      throw Refusal.notFound("KeyRing " + ring);
    }
    return JsonObject.builder().put("name", ring).build();
  }

  private void permit(Matcher path, String permission) throws Refusal {
    String full = "cloudkms." + permission;
    String location = path.group(3);
    needed.add(full);
    if (!path.group(2).equals(PROJECT) || (granted != null && !granted.contains(full))) {
      throw new Refusal(
          403,
          "PERMISSION_DENIED",
          "Permission '" + full + "' denied on resource (or it may not exist).");
    }
    if (!location.matches("global|[a-z]+-[a-z]+[0-9]")) {
      throw new Refusal(404, "NOT_FOUND", "The location '" + location + "' was not found.");
    }
  }

  private GcpKmsServerKey find(String name) throws Refusal {
    GcpKmsServerKey key = keys.get(name);
    if (key == null) {
      throw Refusal.notFound("CryptoKey " + name);
    }
    return key;
  }

  private JsonObject createRing(String parent, String id, JsonObject body) throws Refusal {
    allow(body, Set.of());
    String name = parent + "/" + checked(id);
    if (!rings.add(name)) {
      throw new Refusal(409, "ALREADY_EXISTS", "KeyRing " + name + " already exists.");
    }
    return JsonObject.builder().put("name", name).build();
  }

  private JsonObject createKey(String ring, String id, JsonObject body) throws Refusal {
    if (!rings.contains(ring)) {
      throw Refusal.notFound("KeyRing " + ring);
    }
    String name = ring + "/cryptoKeys/" + checked(id);
    if (keys.containsKey(name)) {
      throw new Refusal(409, "ALREADY_EXISTS", "CryptoKey " + name + " already exists.");
    }
    allow(body, Set.of("purpose", "versionTemplate"));
    JsonObject template =
        body.get("versionTemplate").orElse(body) instanceof JsonObject object ? object : body;
    allow(template, Set.of("algorithm", "protectionLevel"));
    String algorithm = text(template, "algorithm");
    if (!text(body, "purpose").equals("ASYMMETRIC_SIGN") || !GcpKmsServerKey.isSigning(algorithm)) {
      throw new Refusal(400, "INVALID_ARGUMENT", "algorithm and purpose do not go together");
    }
    GcpKmsServerKey key = new GcpKmsServerKey(name, "ASYMMETRIC_SIGN", algorithm, untilGenerated);
    keys.put(name, key);
    return key.document();
  }

  private static String checked(String id) throws Refusal {
    if (!id.matches("[a-zA-Z0-9_-]{1,63}")) {
      throw new Refusal(400, "INVALID_ARGUMENT", "the id does not match [a-zA-Z0-9_-]{1,63}");
    }
    return id;
  }

  private static JsonObject list(WireRequest request, GcpKmsServerKey key) throws Refusal {
    allow(request, Set.of("filter", "orderBy", "pageToken", "pageSize"));
    Matcher filter =
        Pattern.compile("state ?= ?([A-Z_]+)").matcher(request.query("filter").orElse(""));
    if (!filter.matches() || !request.query("orderBy").orElse("name desc").equals("name desc")) {
      throw new Refusal(400, "INVALID_ARGUMENT", "this double filters by state only");
    }
    List<JsonObject> all = key.documents(filter.group(1));
    String token = request.query("pageToken").orElse("p0");
    if (!token.matches("p[0-9]{1,6}")) {
      throw new Refusal(400, "INVALID_ARGUMENT", "page token");
    }
    int from = Math.min(Integer.parseInt(token.substring(1)), all.size());
    int to = Math.min(from + PAGE, all.size());
    JsonObject.Builder page = JsonObject.builder();
    // as everywhere in this API, an empty list is left out
    if (to > from) {
      page.put("cryptoKeyVersions", JsonArray.of(all.subList(from, to)));
    }
    if (to < all.size()) {
      page.put("nextPageToken", "p" + to);
    }
    return page.put("totalSize", all.size()).build();
  }

  private static JsonObject sign(GcpKmsServerKey key, String name, String version, JsonObject body)
      throws Refusal {
    allow(body, Set.of("digest", "digestCrc32c", "data", "dataCrc32c"));
    boolean isData = body.get("data").isPresent();
    if (isData == body.get("digest").isPresent()) {
      throw new Refusal(400, "INVALID_ARGUMENT", "digest or data");
    }
    HashAlgorithm hash = null;
    Bytes input;
    if (isData) {
      input = GcpKmsServerKey.base64(text(body, "data"));
    } else {
      if (!(body.get("digest").orElse(JsonBoolean.FALSE) instanceof JsonObject digest)
          || digest.size() != 1) {
        throw new Refusal(400, "INVALID_ARGUMENT", "digest has one member");
      }
      String kind = digest.members().get(0).name();
      hash =
          switch (kind) {
            case "sha256" -> HashAlgorithm.SHA256;
            case "sha384" -> HashAlgorithm.SHA384;
            case "sha512" -> HashAlgorithm.SHA512;
            default -> throw new Refusal(400, "INVALID_ARGUMENT", "Unknown name \"" + kind + "\"");
          };
      input = GcpKmsServerKey.base64(text(digest, kind));
    }
    String sum = isData ? "dataCrc32c" : "digestCrc32c";
    if (!text(body, sum).equals(GcpKmsServerKey.crc32c(input))) {
      throw new Refusal(400, "INVALID_ARGUMENT", "The checksum in " + sum + " did not match");
    }
    Bytes made = key.sign(version, hash, input);
    return JsonObject.builder()
        .put("signature", Base64Text.encode(made))
        .put("signatureCrc32c", GcpKmsServerKey.crc32c(made))
        .put(isData ? "verifiedDataCrc32c" : "verifiedDigestCrc32c", true)
        .put("name", name + "/cryptoKeyVersions/" + version)
        .put("protectionLevel", "SOFTWARE")
        .build();
  }

  private static String parameter(WireRequest request, String name) throws Refusal {
    allow(request, Set.of(name));
    return request.query(name).orElse("");
  }

  /** Google's own clients say in which form they want the answer. */
  private static void allow(WireRequest request, Set<String> parameters) throws Refusal {
    for (String pair : request.rawQuery().split("&", -1)) {
      String name = pair.replaceFirst("=.*", "");
      if (!name.isEmpty() && !parameters.contains(name) && !pair.equals("alt=json")) {
        throw new Refusal(400, "INVALID_ARGUMENT", "Unknown name \"" + name + "\"");
      }
    }
  }

  private static JsonObject body(WireRequest request)
      throws Refusal, IOException, MalformedInputException {
    if (!request.headers().first("Content-Type").orElse("").startsWith("application/json")) {
      throw new Refusal(400, "INVALID_ARGUMENT", "wrong content type");
    }
    return JsonParser.parseObject(LimitedInput.readAll(request.body(), MAX_BODY, "body"), "body");
  }

  private static void allow(JsonObject body, Set<String> names) throws Refusal {
    List<String> unknown = new ArrayList<>();
    body.members().forEach(member -> unknown.add(member.name()));
    unknown.removeAll(names);
    if (!unknown.isEmpty()) {
      throw new Refusal(
          400, "INVALID_ARGUMENT", "Invalid JSON payload received. Unknown names " + unknown);
    }
  }

  private static String text(JsonObject body, String name) throws Refusal {
    if (body.get(name).orElse(JsonBoolean.FALSE) instanceof JsonString text) {
      return text.value();
    }
    throw new Refusal(400, "INVALID_ARGUMENT", "missing or mistyped " + name);
  }

  @Override
  public void close() {
    server.close();
  }
}
