package dev.bulla.kms.k8s.api;

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
import java.nio.file.Path;
import java.util.Optional;

/**
 * Asks the API server for single objects, as whoever the kubeconfig or the pod's service account
 * says. Tokens are read when it is opened: those of pods are good for an hour or less, so whoever
 * stays opens it again.
 *
 * <p>Failures are {@link KeyException}s in the words of {@link KmsFailures}; none of them shows
 * what a secret holds. Thread-safe.
 */
public final class ApiServer implements AutoCloseable {

  /** Where a pod finds its token and the cluster's authority. */
  public static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private final Connection connection;
  private final KmsFailures failures;
  private final ServiceHttp http;

  private ApiServer(Connection connection, KmsFailures failures, ServiceHttp http) {
    this.connection = connection;
    this.failures = failures;
    this.http = http;
  }

  /**
   * Finds the server, by {@code KUBECONFIG}, {@code ~/.kube/config} or the pod's service account in
   * this order. Asks it nothing yet; a credential plugin that the kubeconfig names is run.
   *
   * @param serviceAccount {@link #SERVICE_ACCOUNT}
   * @param failures words the failures
   */
  public static ApiServer open(KmsContext context, Path serviceAccount, KmsFailures failures)
      throws KeyException {
    Connection connection = KubeConfig.connection(context, serviceAccount);
    return new ApiServer(
        connection,
        failures,
        new ServiceHttp(
            ClientTls.of(connection), KmsProxies.of(context), context.timeout(), failures));
  }

  /**
   * Reads an object, again where the server is busy or fails.
   *
   * @param path from the server's root, with a slash at its beginning
   * @param right what RBAC calls it: {@code get on secrets in namespace a}
   * @return empty when there is none
   */
  public Optional<JsonObject> get(String path, String right) throws KeyException {
    Answer answer = http.read(request(path).GET());
    return answer.status() == 404 ? Optional.empty() : Optional.of(success(answer, right));
  }

  /** Makes an object. */
  public JsonObject create(String collection, JsonObject object, String right) throws KeyException {
    return success(http.write(json(collection).POST(body(object))), right);
  }

  /** Replaces an object; a resource version in it is compared. */
  public JsonObject replace(String path, JsonObject object, String right) throws KeyException {
    return success(http.write(json(path).PUT(body(object))), right);
  }

  /**
   * Makes an object.
   *
   * @return empty when there is one of that name already
   */
  public Optional<JsonObject> createIfAbsent(String collection, JsonObject object, String right)
      throws KeyException {
    return unlessConflict(http.write(json(collection).POST(body(object))), right);
  }

  /**
   * Replaces an object.
   *
   * @param object with the resource version that it was read with
   * @return empty when somebody else has changed it since
   */
  public Optional<JsonObject> replaceIfSame(String path, JsonObject object, String right)
      throws KeyException {
    return unlessConflict(http.write(json(path).PUT(body(object))), right);
  }

  /**
   * Changes members of an object of a built-in kind, by a strategic merge patch.
   *
   * @param patch with the resource version that the object was read with
   * @return the whole object; empty when somebody else has changed it since
   */
  public Optional<JsonObject> patchIfSame(String path, JsonObject patch, String right)
      throws KeyException {
    return unlessConflict(
        http.write(
            request(path)
                .header("Content-Type", "application/strategic-merge-patch+json")
                .method("PATCH", body(patch))),
        right);
  }

  private Optional<JsonObject> unlessConflict(Answer answer, String right) throws KeyException {
    return answer.status() == 409 ? Optional.empty() : Optional.of(success(answer, right));
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

  private static HttpRequest.BodyPublisher body(JsonObject object) {
    return HttpRequest.BodyPublishers.ofByteArray(GoJson.write(object).toByteArray());
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
      return JsonParser.parseObject(body, "answer").get("message").orElse(JsonObject.EMPTY)
              instanceof JsonString text
          ? text.value()
          : "";
    } catch (MalformedInputException e) {
      return "";
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
