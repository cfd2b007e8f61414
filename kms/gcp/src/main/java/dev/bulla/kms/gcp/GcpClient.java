package dev.bulla.kms.gcp;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Talks to Cloud KMS's REST API: one request, its repeats, its answer or its refusal. */
final class GcpClient implements AutoCloseable {

  /** What {@code gcloud} calls its setting for another address of the service. */
  static final String ENDPOINT = "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS";

  private static final String USUAL_ENDPOINT = "https://cloudkms.googleapis.com";

  private final URI endpoint;
  private final KmsHttp http;
  private final GoogleTokens tokens;
  private final KmsFailures failures;

  GcpClient(URI endpoint, KmsHttp http, GoogleTokens tokens, KmsFailures failures) {
    this.endpoint = endpoint;
    this.http = http;
    this.tokens = tokens;
    this.failures = failures;
  }

  /** Where the service is; a token is sent without TLS to this machine only. */
  static URI endpoint(KmsContext context) throws KeyException {
    String text = context.variable(ENDPOINT).orElse(USUAL_ENDPOINT).replaceAll("/+$", "");
    try {
      URI endpoint = new URI(text);
      String host = endpoint.getHost();
      boolean local = "localhost".equals(host) || "127.0.0.1".equals(host) || "[::1]".equals(host);
      if (host != null
          && endpoint.getRawPath().isEmpty()
          && endpoint.getRawUserInfo() == null
          && endpoint.getRawQuery() == null
          && endpoint.getRawFragment() == null
          && ("https".equals(endpoint.getScheme())
              || (local && "http".equals(endpoint.getScheme())))) {
        return endpoint;
      }
    } catch (URISyntaxException e) {
      // as below
    }
    throw KeyException.of(
        Problem.MISCONFIGURED,
        ENDPOINT + " is not an address of https://",
        "it looks like https://cloudkms.googleapis.com/; unset it for the usual one",
        null);
  }

  /**
   * A success, or a refusal that only the caller can explain.
   *
   * @param body the answer when it is a success
   * @param status the API's name for the refusal: {@code NOT_FOUND}; empty for a success
   * @param message what it says
   */
  record Answer(JsonObject body, String status, String message) {

    boolean isOk() {
      return status.isEmpty();
    }

    /** The text of this name; empty when there is none. */
    String text(String name) {
      return body.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text ? text.value() : "";
    }
  }

  /**
   * Reads, or writes when there is a body.
   *
   * @param path below {@code /v1/}, with the query
   * @param permission what IAM calls the right to this
   * @return a success, {@code NOT_FOUND}, {@code ALREADY_EXISTS} or {@code FAILED_PRECONDITION}
   */
  Answer ask(String path, String permission, @Nullable JsonObject body) throws KeyException {
    Answer answer = send(path, body);
    if (answer.status().equals("UNAUTHENTICATED")) {
      // it may have been taken back before its time
      tokens.forget();
      answer = send(path, body);
    }
    return switch (answer.status()) {
      case "UNAUTHENTICATED" ->
          throw failures.notAuthenticated(answer.message(), GoogleTokens.LOG_IN, null);
      case "PERMISSION_DENIED" -> throw failures.notPermitted(permission, null);
      case "", "NOT_FOUND", "ALREADY_EXISTS", "FAILED_PRECONDITION" -> answer;
      default -> throw failures.refused(answer.status() + ": " + answer.message(), null);
    };
  }

  private Answer send(String path, @Nullable JsonObject body) throws KeyException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + "/v1/" + path));
    tokens.headers().forEach(request::header);
    if (body == null) {
      request.GET();
    } else {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofByteArray(GoJson.write(body).toByteArray()));
    }
    KmsHttp.Answer answer =
        http.ask(request, failures, endpoint.toString(), GcpClient::shownFailure);
    if (!answer.isOk()) {
      return refusal(answer);
    }
    try {
      return new Answer(JsonParser.parseObject(answer.body(), "answer"), "", "");
    } catch (MalformedInputException e) {
      throw failures.badAnswer(e.message(), e);
    }
  }

  private static String shownFailure(KmsHttp.Answer answer) {
    return error(answer).flatMap(error -> text(error, "message")).orElse("HTTP " + answer.status());
  }

  private Answer refusal(KmsHttp.Answer answer) throws KeyException {
    Optional<JsonObject> error = error(answer);
    String message = shownFailure(answer);
    String status = error.flatMap(e -> text(e, "status")).orElse("HTTP " + answer.status());
    return switch (error.map(GcpClient::reason).orElse("")) {
      case "SERVICE_DISABLED" ->
          throw failures.misconfigured(
              "Cloud KMS: " + message,
              "`gcloud services enable cloudkms.googleapis.com` turns the service on",
              null);
      case "ACCESS_TOKEN_SCOPE_INSUFFICIENT" ->
          throw failures.notAuthenticated(
              message,
              "these credentials are for other services only: machines need the access scope"
                  + " cloud-platform or cloudkms",
              null);
      default -> new Answer(JsonObject.EMPTY, status, message);
    };
  }

  /** Why, where the service says it for programs: {@code google.rpc.ErrorInfo}. */
  private static String reason(JsonObject error) {
    if (error.get("details").orElse(JsonArray.EMPTY) instanceof JsonArray details) {
      for (JsonValue detail : details.values()) {
        if (detail instanceof JsonObject info && text(info, "reason").isPresent()) {
          return text(info, "reason").get();
        }
      }
    }
    return "";
  }

  private static Optional<JsonObject> error(KmsHttp.Answer answer) {
    try {
      return JsonParser.parseObject(answer.body(), "answer").get("error").orElse(JsonObject.EMPTY)
              instanceof JsonObject error
          ? Optional.of(error)
          : Optional.empty();
    } catch (MalformedInputException e) {
      // what stands in front of the service answers with pages of its own
      return Optional.empty();
    }
  }

  private static Optional<String> text(JsonObject object, String name) {
    return object.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text
        ? Optional.of(text.value())
        : Optional.empty();
  }

  @Override
  public void close() {
    tokens.forget();
    http.close();
  }
}
