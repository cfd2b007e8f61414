package dev.bulla.kms.k8s;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp.Answer;
import dev.bulla.keys.kms.KmsProxies;
import dev.bulla.keys.kms.ServiceHttp;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The four requests: the server's version; one secret, read, made and changed. */
final class SecretApi implements AutoCloseable {

  private static final Pattern VERSION = Pattern.compile("v?([0-9]{1,4})\\.([0-9]{1,4}).*");

  /** Since this minor version of 1, secrets can be made immutable for good. */
  private static final int IMMUTABLE_SINCE = 21;

  private final Connection connection;
  private final String namespace;
  private final String name;
  private final KmsFailures failures;
  private final ServiceHttp http;

  SecretApi(
      Connection connection,
      String namespace,
      String name,
      KmsContext context,
      KmsFailures failures)
      throws KeyException {
    this.connection = connection;
    this.namespace = namespace;
    this.name = name;
    this.failures = failures;
    this.http =
        new ServiceHttp(
            ClientTls.of(connection), KmsProxies.of(context), context.timeout(), failures);
  }

  boolean knowsImmutable() throws KeyException {
    JsonObject version = success(http.read(request("/version").GET()), "get /version");
    Matcher parts = VERSION.matcher(text(version, "gitVersion"));
    if (!parts.matches()) {
      throw failures.badAnswer("no version", null);
    }
    int major = Integer.parseInt(parts.group(1));
    return major > 1 || (major == 1 && Integer.parseInt(parts.group(2)) >= IMMUTABLE_SINCE);
  }

  Optional<JsonObject> read() throws KeyException {
    Answer answer = http.read(request(path() + "/" + name).GET());
    return answer.status() == 404 ? Optional.empty() : Optional.of(success(answer, verb("get")));
  }

  void create(JsonObject data, boolean immutable) throws KeyException {
    JsonObject.Builder secret =
        JsonObject.builder()
            .put("kind", "Secret")
            .put("apiVersion", "v1")
            .put(
                "metadata",
                JsonObject.builder().put("name", name).put("namespace", namespace).build())
            .put("data", data)
            .put("type", "Opaque");
    if (immutable) {
      secret.put("immutable", true);
    }
    success(http.write(json(path()).POST(body(secret.build()))), verb("create"));
  }

  /** Its resource version goes along, so that a change in between is noticed and not undone. */
  void replace(JsonObject secret, JsonObject data, boolean immutable) throws KeyException {
    JsonObject.Builder changed = JsonObject.builder();
    secret.members().stream()
        .filter(member -> !member.name().equals("data") && !member.name().equals("immutable"))
        .forEach(member -> changed.put(member.name(), member.value()));
    changed.put("data", data);
    if (immutable) {
      changed.put("immutable", true);
    }
    success(http.write(json(path() + "/" + name).PUT(body(changed.build()))), verb("update"));
  }

  private String path() {
    return "/api/v1/namespaces/" + namespace + "/secrets";
  }

  private String verb(String verb) {
    return verb + " on secrets in namespace " + namespace;
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(connection.server() + path))
            .header("Accept", "application/json");
    connection.authorization().ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private HttpRequest.Builder json(String path) {
    return request(path).header("Content-Type", "application/json");
  }

  private static HttpRequest.BodyPublisher body(JsonObject secret) {
    return HttpRequest.BodyPublishers.ofByteArray(GoJson.write(secret).toByteArray());
  }

  private JsonObject success(Answer answer, String right) throws KeyException {
    if (answer.status() == 401) {
      throw failures.notAuthenticated(
          "the API server does not know the caller",
          "log in to the cluster again; `kubectl auth whoami` shows as whom",
          null);
    }
    if (answer.status() == 403) {
      throw failures.notPermitted(right, null);
    }
    if (!answer.isOk()) {
      String message = said(answer.body());
      throw failures.refused(message.isEmpty() ? "HTTP " + answer.status() : message, null);
    }
    try {
      return JsonParser.parseObject(answer.body(), "answer");
    } catch (MalformedInputException e) {
      // not its message, which may show a part of a secret
      throw failures.badAnswer("not JSON", null);
    }
  }

  /** What a {@code Status} object says. */
  private static String said(Bytes body) {
    try {
      return text(JsonParser.parseObject(body, "answer"), "message");
    } catch (MalformedInputException e) {
      return "";
    }
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text ? text.value() : "";
  }

  @Override
  public void close() {
    http.close();
  }
}
