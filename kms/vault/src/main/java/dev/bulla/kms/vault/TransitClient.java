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
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Talks to the server: one request, its repeats, its answer or its refusal. */
final class TransitClient implements AutoCloseable {

  private static final int MAX_ANSWER = 4 << 20;
  private static final int ATTEMPTS = 4;
  private static final Duration FIRST_WAIT = Duration.ofMillis(100);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final VaultSettings settings;
  private final KmsFailures failures;
  private final HttpClient http;
  private final SecureRandom random = new SecureRandom();

  TransitClient(VaultSettings settings, KmsFailures failures) {
    this.settings = settings;
    this.failures = failures;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(
                settings.timeout().compareTo(CONNECT_TIMEOUT) < 0
                    ? settings.timeout()
                    : CONNECT_TIMEOUT);
    settings.proxy().ifPresent(builder::proxy);
    if ("https".equals(settings.address().getScheme())) {
      builder.sslContext(tls(settings));
    }
    this.http = builder.build();
  }

  private static SSLContext tls(VaultSettings settings) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, settings.trust().managers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform speaks TLS", e);
    }
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
    for (int attempt = 1; ; attempt++) {
      KeyException failure;
      try {
        Answer answer = exchange(path, body);
        if (answer.status() != 429 && answer.status() != 412 && answer.status() < 500) {
          return unlessRefused(answer, path, capability);
        }
        failure =
            answer.status() == 429
                ? failures.throttled(null)
                : failures.unreachable(address(), answer.shown(), null);
      } catch (IOException | TimeoutException e) {
        failure = failures.unreachable(address(), reason(e), e);
      }
      if (attempt == ATTEMPTS) {
        throw failure;
      }
      pause(attempt);
    }
  }

  private Answer unlessRefused(Answer answer, String path, String capability) throws KeyException {
    if (answer.status() / 100 == 3) {
      throw failures.misconfigured(
          "the Vault server answers HTTP " + answer.status() + ", which leads elsewhere",
          "the token goes to VAULT_ADDR and nowhere else; name the active node there",
          null);
    }
    if (answer.mentions("missing client token")
        || answer.mentions("invalid token")
        || answer.mentions("bad token")) {
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

  private Answer exchange(String path, @Nullable JsonObject body)
      throws IOException, TimeoutException, KeyException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url(path))
            .timeout(settings.timeout())
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
    CompletableFuture<HttpResponse<byte[]>> coming =
        http.sendAsync(request.build(), info -> new LimitedBody(MAX_ANSWER));
    try {
      HttpResponse<byte[]> response =
          coming.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
      return read(response.statusCode(), Bytes.owning(response.body()));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (TimeoutException e) {
      coming.cancel(true);
      throw e;
    } catch (InterruptedException e) {
      coming.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
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
    if (body.isEmpty()) {
      return new Answer(status, JsonObject.EMPTY, List.of());
    }
    try {
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
    } catch (MalformedInputException e) {
      if (status / 100 != 2) {
        // what stands in front of the server answers with pages of its own
        return new Answer(status, JsonObject.EMPTY, List.of());
      }
      throw failures.badAnswer(e.message(), e);
    }
  }

  private void pause(int attempt) throws KeyException {
    long millis = FIRST_WAIT.toMillis() << (attempt - 1);
    try {
      Thread.sleep(millis + random.nextLong(millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failures.unreachable(address(), "interrupted", e);
    }
  }

  private String address() {
    return settings.address().toString();
  }

  private static String reason(Exception e) {
    if (e instanceof TimeoutException || e instanceof java.net.http.HttpTimeoutException) {
      return "no answer in time";
    }
    if (e instanceof java.net.ConnectException) {
      return "no connection";
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
