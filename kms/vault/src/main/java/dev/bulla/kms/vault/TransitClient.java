package dev.bulla.kms.vault;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Talks to the server: one request, its repeats, its answer or its refusal. */
final class TransitClient implements AutoCloseable {

  private final VaultSettings settings;
  private final KmsFailures failures;
  private final KmsHttp http;

  TransitClient(VaultSettings settings, KmsFailures failures) {
    this.settings = settings;
    this.failures = failures;
    this.http = KmsHttp.create(settings.timeout(), settings.trust(), settings.proxy());
  }

  /**
   * What the server answered.
   *
   * @param data the {@code data} member; empty when there is none
   * @param errors what it says went wrong
   */
  record Answer(int status, JsonObject data, List<String> errors) {

    boolean isOk() {
      return status / 100 == 2;
    }

    /** A right that is missing is one of a list of errors; a token that is unknown is not. */
    boolean refusesTheToken() {
      return mentions("missing client token")
          || mentions("invalid token")
          || mentions("bad token")
          || errors.equals(List.of("permission denied"));
    }

    boolean mentions(String words) {
      return errors.stream().anyMatch(error -> error.toLowerCase(Locale.ROOT).contains(words));
    }

    String shown() {
      return errors.isEmpty() ? "HTTP " + status : String.join("; ", errors);
    }
  }

  /**
   * Reads, or writes when there is a body. Repeats what was throttled or met a failing server: all
   * requests here may be carried out twice.
   *
   * @param path below the engine's mount: {@code keys/NAME}
   * @param capability what Vault's policies call the right to this: {@code read} or {@code update}
   * @return a success, or a refusal that only the caller can explain
   */
  Answer ask(String path, String capability, @Nullable JsonObject body) throws KeyException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url(path))
            .header("X-Vault-Token", settings.token())
            .header("X-Vault-Request", "true");
    settings.namespace().ifPresent(name -> request.header("X-Vault-Namespace", name));
    if (body == null) {
      request.GET();
    } else {
      request
          .header("Content-Type", "application/json")
          .PUT(HttpRequest.BodyPublishers.ofByteArray(GoJson.write(body).toByteArray()));
    }
    KmsHttp.Answer answer =
        http.ask(request, failures, settings.address().toString(), TransitClient::shown);
    return unlessRefused(read(answer.status(), answer.body()), path, capability);
  }

  /** What a server says that fails; pages of what stands in front of it are not shown. */
  private static String shown(KmsHttp.Answer answer) {
    try {
      return parse(answer.status(), answer.body()).shown();
    } catch (MalformedInputException e) {
      return "HTTP " + answer.status();
    }
  }

  private Answer unlessRefused(Answer answer, String path, String capability) throws KeyException {
    if (answer.status() / 100 == 3) {
      throw failures.misconfigured(
          "the Vault server answers HTTP " + answer.status() + ", which leads elsewhere",
          "the token goes to VAULT_ADDR and nowhere else; name the active node there",
          null);
    }
    if (answer.refusesTheToken()) {
      throw failures.notAuthenticated(
          "the server does not know the token", "log in again, or set VAULT_TOKEN", null);
    }
    if (answer.status() == 403) {
      throw failures.notPermitted(capability + " on " + settings.mount() + "/" + path, null);
    }
    if (answer.status() == 404 && answer.mentions("no handler for route")) {
      throw failures.misconfigured(
          "no secrets engine is mounted at " + settings.mount() + "/",
          "enable it with `vault secrets enable transit`, or name its mount in"
              + " TRANSIT_SECRET_ENGINE_PATH, and its namespace in VAULT_NAMESPACE",
          null);
    }
    return answer;
  }

  private URI url(String path) throws KeyException {
    String base = settings.address().toString().replaceAll("/+$", "");
    String mount = settings.mount().replace(" ", "%20");
    try {
      return URI.create(base + "/v1/" + mount + "/" + path);
    } catch (IllegalArgumentException e) {
      throw failures.misconfigured("the address of the engine is not an address", "", e);
    }
  }

  private Answer read(int status, Bytes body) throws KeyException {
    try {
      return parse(status, body);
    } catch (MalformedInputException e) {
      if (status / 100 != 2) {
        // what stands in front of the server answers with pages of its own
        return new Answer(status, JsonObject.EMPTY, List.of());
      }
      throw failures.badAnswer(e.message(), e);
    }
  }

  private static Answer parse(int status, Bytes body) throws MalformedInputException {
    if (body.isEmpty()) {
      return new Answer(status, JsonObject.EMPTY, List.of());
    }
    JsonObject document = JsonParser.parseObject(body, "answer");
    JsonObject data =
        document.get("data").orElse(JsonObject.EMPTY) instanceof JsonObject object
            ? object
            : JsonObject.EMPTY;
    List<String> errors = new ArrayList<>();
    if (document.get("errors").orElse(JsonObject.EMPTY) instanceof JsonArray array) {
      for (JsonValue error : array.values()) {
        if (error instanceof JsonString text) {
          errors.add(text.value().strip());
        }
      }
    }
    return new Answer(status, data, errors);
  }

  @Override
  public void close() {
    http.close();
  }
}
