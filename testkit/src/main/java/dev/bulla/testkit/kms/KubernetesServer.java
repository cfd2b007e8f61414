package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
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
import javax.net.ssl.SSLContext;

/**
 * A double of a Kubernetes API server, as far as reading, making and replacing one secret, reading
 * other objects and patching webhooks goes. Strict: unknown members, wrong kinds, stale resource
 * versions and content types other than JSON are refused, and a secret that is immutable stays as
 * it is.
 *
 * <p>Source: the API reference of Kubernetes, Secret v1 core.
 */
public final class KubernetesServer implements AutoCloseable {

  private static final int MAX_BODY = 1 << 20;
  private static final Set<String> MEMBERS =
      Set.of("kind", "apiVersion", "metadata", "data", "type", "immutable");

  private final String authorization;
  private final String version;
  private final WireServer server;
  private final boolean tls;
  private final FaultSwitch faults = new FaultSwitch();
  private final Map<String, JsonObject> secrets = new TreeMap<>();
  private final Map<String, JsonObject> objects = new TreeMap<>();
  private long resourceVersion = 1;

  private KubernetesServer(
      String authorization, String version, Optional<SSLContext> tls, boolean clients)
      throws IOException {
    this.authorization = authorization;
    this.version = version;
    this.tls = tls.isPresent();
    this.server =
        tls.isPresent()
            ? WireServer.startTls(WireServer.loopback(), tls.get(), clients, this::answer)
            : WireServer.start(WireServer.loopback(), this::answer);
  }

  /**
   * Starts over plain HTTP.
   *
   * @param authorization the whole value of the one header that may do everything
   * @param version what it says it is: {@code v1.32.0}
   */
  public static KubernetesServer start(String authorization, String version) throws IOException {
    return new KubernetesServer(authorization, version, Optional.empty(), false);
  }

  /**
   * Starts over TLS.
   *
   * @param authorization as in {@link #start}; empty when clients show certificates instead
   */
  public static KubernetesServer startTls(String authorization, String version, SSLContext tls)
      throws IOException {
    return new KubernetesServer(authorization, version, Optional.of(tls), authorization.isEmpty());
  }

  /** {@code http://127.0.0.1:PORT} or {@code https://…}. */
  public String address() {
    return (tls ? "https" : "http") + "://127.0.0.1:" + server.address().getPort();
  }

  /**
   * A kubeconfig for this server.
   *
   * @param user how it is asked, as kubeconfigs have it: {@code token: t0ken}
   */
  public String kubeconfig(String user) {
    return """
    apiVersion: v1
    kind: Config
    current-context: c
    contexts: [{name: c, context: {cluster: c, user: u}}]
    clusters: [{name: c, cluster: {server: "ADDRESS"}}]
    users: [{name: u, user: {USER}}]
    """
        .replace("ADDRESS", address())
        .replace("USER", user);
  }

  public int requests() {
    return faults.requests();
  }

  public void fail(KmsFault fault, int requests) {
    faults.set(fault, requests);
  }

  /** The secret as it is stored. */
  public synchronized Optional<JsonObject> secret(String namespace, String name) {
    return Optional.ofNullable(secrets.get(namespace + "/" + name));
  }

  /** Puts one member into a secret, which may be new; the secret can be changed. */
  public synchronized void put(String namespace, String name, String member, Bytes value) {
    JsonObject data = JsonObject.builder().put(member, Base64Text.encode(value)).build();
    secrets.put(namespace + "/" + name, stored(namespace, name, data, false));
  }

  /**
   * Has another object than a secret from now on.
   *
   * @param path where it is read: {@code /apis/apps/v1/namespaces/a/deployments/b}
   */
  public synchronized void put(String path, JsonObject object) {
    objects.put(path, object);
  }

  /** A refusal. */
  private static final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;
    private final int status;

    Refusal(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  private WireResponse answer(WireRequest request, Waiting waiting) throws IOException {
    Optional<KmsFault> fault = faults.next();
    if (fault.isPresent()) {
      switch (fault.get()) {
        case SILENCE -> waiting.untilClosed();
        case THROTTLED -> {
          return status(429, "too many requests");
        }
        case SERVER_ERROR -> {
          return status(500, "etcd is away");
        }
        case NOT_PERMITTED -> {
          return status(403, "secrets is forbidden: User \"u\" cannot get resource \"secrets\"");
        }
        case CLOCK_SKEW -> throw new IOException("an API server looks at no clock");
      }
    }
    try {
      boolean made = request.method().equals("POST");
      return json(made ? 201 : 200, serve(request));
    } catch (Refusal e) {
      return status(e.status, String.valueOf(e.getMessage()));
    } catch (MalformedInputException e) {
      return status(400, e.message());
    }
  }

  private static WireResponse status(int code, String message) {
    return json(
        code,
        JsonObject.builder()
            .put("kind", "Status")
            .put("apiVersion", "v1")
            .put("metadata", JsonObject.EMPTY)
            .put("status", "Failure")
            .put("message", message)
            .put("reason", code == 404 ? "NotFound" : "Invalid")
            .put("code", code)
            .build());
  }

  private static WireResponse json(int status, JsonObject body) {
    return WireResponse.of(status)
        .with("Content-Type", "application/json")
        .withBody(WireBody.of(GoJson.write(body)));
  }

  private synchronized JsonObject serve(WireRequest request)
      throws Refusal, IOException, MalformedInputException {
    if (!request.headers().first("Authorization").orElse("").equals(authorization)) {
      throw new Refusal(401, "Unauthorized");
    }
    if (!request.headers().first("Accept").orElse("").contains("application/json")) {
      throw new Refusal(406, "only JSON is spoken here");
    }
    String[] parts = request.path().split("/", -1);
    if (request.method().equals("GET") && request.path().equals("/version")) {
      return JsonObject.builder().put("major", "1").put("gitVersion", version).build();
    }
    if (request.method().equals("PATCH")) {
      return patch(request);
    }
    JsonObject other = objects.get(request.path());
    if (request.method().equals("GET") && other != null) {
      return other;
    }
    boolean isSecret =
        request.path().startsWith("/api/v1/namespaces/")
            && parts.length >= 6
            && parts.length <= 7
            && parts[5].equals("secrets");
    if (!isSecret) {
      throw new Refusal(404, "the server could not find the requested resource");
    }
    String namespace = parts[4];
    String name = parts.length == 7 ? parts[6] : "";
    return switch (request.method()) {
      case "GET" -> existing(namespace, name);
      case "POST" -> create(namespace, name, body(request));
      case "PUT" -> replace(namespace, name, body(request));
      default -> throw new Refusal(405, "the server does not allow this method");
    };
  }

  /** A strategic merge patch of webhooks, which are merged by their names; nothing else. */
  private JsonObject patch(WireRequest request)
      throws Refusal, IOException, MalformedInputException {
    if (!request
        .headers()
        .first("Content-Type")
        .orElse("")
        .equals("application/strategic-merge-patch+json")) {
      throw new Refusal(415, "only strategic merge patches are known here");
    }
    JsonObject old = objects.get(request.path());
    if (old == null) {
      throw new Refusal(404, "the server could not find the requested resource");
    }
    JsonObject patch =
        JsonParser.parseObject(LimitedInput.readAll(request.body(), MAX_BODY, "body"), "patch");
    String seen = text(object(patch, "metadata"), "resourceVersion");
    JsonObject metadata = object(old, "metadata");
    if (!seen.isEmpty() && !seen.equals(text(metadata, "resourceVersion"))) {
      throw new Refusal(409, "the object has been modified");
    }
    JsonObject patched = with(old, "webhooks", merged(webhooks(old), webhooks(patch)));
    JsonString version = new JsonString(Long.toString(resourceVersion++));
    patched = with(patched, "metadata", with(metadata, "resourceVersion", version));
    objects.put(request.path(), patched);
    return patched;
  }

  private static JsonArray merged(List<JsonObject> old, List<JsonObject> changes) throws Refusal {
    List<JsonObject> merged = new ArrayList<>(old);
    for (JsonObject change : changes) {
      boolean found = false;
      for (int i = 0; i < merged.size(); i++) {
        if (text(merged.get(i), "name").equals(text(change, "name"))) {
          JsonObject client = object(merged.get(i), "clientConfig");
          for (JsonObject.Member member : object(change, "clientConfig").members()) {
            client = with(client, member.name(), member.value());
          }
          merged.set(i, with(merged.get(i), "clientConfig", client));
          found = true;
        }
      }
      if (!found) {
        throw new Refusal(422, "a webhook needs rules");
      }
    }
    return JsonArray.of(merged);
  }

  private static List<JsonObject> webhooks(JsonObject configuration) {
    List<JsonObject> webhooks = new ArrayList<>();
    if (configuration.get("webhooks").orElse(JsonArray.EMPTY) instanceof JsonArray array) {
      array.values().forEach(value -> webhooks.add((JsonObject) value));
    }
    return webhooks;
  }

  private static JsonObject with(JsonObject object, String name, JsonValue value) {
    JsonObject.Builder changed = JsonObject.builder();
    object.members().stream()
        .filter(member -> !member.name().equals(name))
        .forEach(member -> changed.put(member.name(), member.value()));
    return changed.put(name, value).build();
  }

  /** Has a secret no more. */
  public synchronized void forget(String namespace, String name) {
    secrets.remove(namespace + "/" + name);
  }

  /** Has another object no more. */
  public synchronized void forget(String path) {
    objects.remove(path);
  }

  /** An object as it is now. */
  public synchronized Optional<JsonObject> object(String path) {
    return Optional.ofNullable(objects.get(path));
  }

  private JsonObject existing(String namespace, String name) throws Refusal {
    JsonObject secret = secrets.get(namespace + "/" + name);
    if (secret == null) {
      throw new Refusal(404, "secrets \"" + name + "\" not found");
    }
    return secret;
  }

  private static JsonObject body(WireRequest request)
      throws IOException, MalformedInputException, Refusal {
    if (!request.headers().first("Content-Type").orElse("").startsWith("application/json")) {
      throw new Refusal(415, "only JSON is read here");
    }
    JsonObject secret =
        JsonParser.parseObject(LimitedInput.readAll(request.body(), MAX_BODY, "body"), "secret");
    List<String> unknown = new ArrayList<>();
    secret.members().forEach(member -> unknown.add(member.name()));
    unknown.removeAll(MEMBERS);
    if (!unknown.isEmpty()) {
      throw new Refusal(400, "unknown fields " + unknown);
    }
    if (!text(secret, "kind").equals("Secret") || !text(secret, "apiVersion").equals("v1")) {
      throw new Refusal(400, "the object is no Secret of v1");
    }
    for (JsonObject.Member member : object(secret, "data").members()) {
      if (!(member.value() instanceof JsonString value)) {
        throw new Refusal(400, "illegal data");
      }
      Base64Text.decode(value.value(), "data");
    }
    return secret;
  }

  private JsonObject create(String namespace, String path, JsonObject secret) throws Refusal {
    JsonObject metadata = object(secret, "metadata");
    String name = text(metadata, "name");
    String inside = text(metadata, "namespace");
    if (!path.isEmpty() || name.isEmpty() || !(inside.isEmpty() || inside.equals(namespace))) {
      throw new Refusal(400, "the namespace of the object does not match that of the request");
    }
    if (secrets.containsKey(namespace + "/" + name)) {
      throw new Refusal(409, "secrets \"" + name + "\" already exists");
    }
    return keep(namespace, name, secret);
  }

  private JsonObject replace(String namespace, String name, JsonObject secret) throws Refusal {
    JsonObject old = existing(namespace, name);
    JsonObject metadata = object(secret, "metadata");
    String seen = text(metadata, "resourceVersion");
    if (!text(metadata, "name").equals(name)) {
      throw new Refusal(400, "the name of the object does not match that of the request");
    }
    if (!seen.isEmpty() && !seen.equals(text(object(old, "metadata"), "resourceVersion"))) {
      throw new Refusal(409, "the object has been modified");
    }
    if (isImmutable(old)
        && (!isImmutable(secret) || !object(old, "data").equals(object(secret, "data")))) {
      throw new Refusal(
          422,
          "Secret \""
              + name
              + "\" is invalid: data: Forbidden: field is immutable when"
              + " `immutable` is set");
    }
    return keep(namespace, name, secret);
  }

  private JsonObject keep(String namespace, String name, JsonObject secret) {
    JsonObject kept = stored(namespace, name, object(secret, "data"), isImmutable(secret));
    secrets.put(namespace + "/" + name, kept);
    return kept;
  }

  private JsonObject stored(String namespace, String name, JsonObject data, boolean immutable) {
    JsonObject.Builder secret =
        JsonObject.builder()
            .put("kind", "Secret")
            .put("apiVersion", "v1")
            .put(
                "metadata",
                JsonObject.builder()
                    .put("name", name)
                    .put("namespace", namespace)
                    .put("uid", "6f7a3c1e-0000-4000-8000-000000000001")
                    .put("resourceVersion", Long.toString(resourceVersion++))
                    .build())
            .put("data", data)
            .put("type", "Opaque");
    if (immutable) {
      secret.put("immutable", true);
    }
    return secret.build();
  }

  private static boolean isImmutable(JsonObject secret) {
    return secret.get("immutable").orElse(JsonBoolean.FALSE).equals(JsonBoolean.TRUE);
  }

  private static JsonObject object(JsonObject parent, String name) {
    return parent.get(name).orElse(JsonBoolean.FALSE) instanceof JsonObject object
        ? object
        : JsonObject.EMPTY;
  }

  private static String text(JsonObject parent, String name) {
    return parent.get(name).orElse(JsonBoolean.FALSE) instanceof JsonString text
        ? text.value()
        : "";
  }

  @Override
  public void close() {
    server.close();
  }
}
