package dev.bulla.kms.gcp;

import com.google.api.client.http.HttpResponseException;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, by Application Default Credentials: the file that {@code
 * GOOGLE_APPLICATION_CREDENTIALS} names, the one that {@code gcloud auth application-default login}
 * wrote, or the account of the machine. Files are read by Google's library; failures are told in
 * our words, since its exceptions repeat what was sent.
 */
final class GoogleTokens {

  static final String LOG_IN =
      "run `gcloud auth application-default login`, or name a file of credentials in"
          + " GOOGLE_APPLICATION_CREDENTIALS";

  /** For keys. */
  static final String KMS_SCOPE = "https://www.googleapis.com/auth/cloudkms";

  /** For registries, whose API has no scope of its own. */
  static final String PLATFORM_SCOPE = "https://www.googleapis.com/auth/cloud-platform";

  private static final String FILE = "GOOGLE_APPLICATION_CREDENTIALS";
  private static final int MAX_FILE = 1 << 18;

  /** The kinds of file that Google's library reads and that make sense outside of Google. */
  private static final Set<String> KINDS =
      Set.of(
          "service_account",
          "authorized_user",
          "external_account",
          "external_account_authorized_user",
          "impersonated_service_account");

  private final KmsFailures failures;
  private final @Nullable GoogleCredentials file;
  private final @Nullable MachineAccount machine;
  private final Optional<String> quotaProject;
  private volatile boolean forgotten;

  private GoogleTokens(
      KmsFailures failures,
      @Nullable GoogleCredentials file,
      @Nullable MachineAccount machine,
      Optional<String> quotaProject) {
    this.failures = failures;
    this.file = file;
    this.machine = machine;
    this.quotaProject = quotaProject;
  }

  static GoogleTokens find(KmsContext context, KmsHttp http, KmsFailures failures, String scope)
      throws KeyException {
    Optional<String> quotaProject = context.variable("GOOGLE_CLOUD_QUOTA_PROJECT");
    if (quotaProject.isPresent() && !quotaProject.get().matches("[A-Za-z0-9.:_-]{1,100}")) {
      throw misconfigured(
          failures, "GOOGLE_CLOUD_QUOTA_PROJECT is not the name of a project", null);
    }
    Optional<Path> named = context.variable(FILE).map(context.directory()::resolve);
    Optional<Path> found = named.or(() -> wellKnown(context).filter(Files::isRegularFile));
    return found.isPresent()
        ? new GoogleTokens(failures, read(found.get(), http, failures, scope), null, quotaProject)
        : new GoogleTokens(
            failures, null, MachineAccount.of(context, failures, scope), quotaProject);
  }

  private static Optional<Path> wellKnown(KmsContext context) {
    return context
        .variable("CLOUDSDK_CONFIG")
        .map(context.directory()::resolve)
        .or(() -> context.variable("APPDATA").map(folder -> Path.of(folder, "gcloud")))
        .or(() -> context.home().map(home -> home.resolve(".config").resolve("gcloud")))
        .map(folder -> folder.resolve("application_default_credentials.json"));
  }

  private static GoogleCredentials read(Path path, KmsHttp http, KmsFailures failures, String scope)
      throws KeyException {
    String shown = "the credentials in " + Quoted.plain(path.toString());
    try (InputStream in = Files.newInputStream(path)) {
      Bytes content = LimitedInput.readAll(in, MAX_FILE, "credentials");
      JsonObject document = JsonParser.parseObject(content, "credentials");
      String kind =
          document.get("type").orElse(JsonObject.EMPTY) instanceof JsonString text
              ? text.value()
              : "";
      if (!KINDS.contains(kind)) {
        throw misconfigured(
            failures,
            shown + " are of a type that is not supported: " + Quoted.plain(kind),
            LOG_IN);
      }
      return GoogleCredentials.fromStream(content.newInputStream(), () -> new GoogleTransport(http))
          .createScoped(List.of(scope));
    } catch (IOException
        | MalformedInputException
        | IllegalArgumentException
        | IllegalStateException
        | ClassCastException
        | NullPointerException e) {
      // its message may quote the file; that a member is missing shows in several ways
      throw misconfigured(
          failures, shown + " cannot be read", FILE + " names a JSON file of credentials");
    }
  }

  /** The headers that say who asks. */
  Map<String, String> headers() throws KeyException {
    Map<String, String> headers = new HashMap<>();
    if (machine != null) {
      headers.put("Authorization", "Bearer " + machine.token().value());
    } else if (file != null) {
      headers.putAll(fromFile(file));
    }
    quotaProject.ifPresent(project -> headers.put("x-goog-user-project", project));
    return headers;
  }

  /** Whether no file says who asks, so that it is the account of the machine, if it has one. */
  boolean isMachine() {
    return machine != null;
  }

  /** A token of its own, for who shows it in another way. */
  BearerToken token() throws KeyException {
    if (machine != null) {
      return machine.token();
    }
    try {
      AccessToken token = file == null ? null : file.refreshAccessToken();
      if (token != null && token.getTokenValue() != null) {
        return new BearerToken(
            token.getTokenValue(),
            token.getExpirationTime() == null
                ? Instant.MAX
                : token.getExpirationTime().toInstant());
      }
    } catch (IOException e) {
      throw failure(e);
    } catch (IllegalArgumentException | IllegalStateException e) {
      // as below
    }
    throw failures.notAuthenticated("the credentials are of no use", LOG_IN, null);
  }

  private Map<String, String> fromFile(GoogleCredentials credentials) throws KeyException {
    Map<String, String> headers = new HashMap<>();
    try {
      if (forgotten) {
        forgotten = false;
        credentials.refresh();
      }
      for (Map.Entry<String, List<String>> header :
          credentials
              .getRequestMetadata(URI.create("https://cloudkms.googleapis.com/"))
              .entrySet()) {
        headers.put(header.getKey(), String.join(",", header.getValue()));
      }
      return headers;
    } catch (IOException e) {
      throw failure(e);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw failures.notAuthenticated("the credentials are of no use", LOG_IN, null);
    }
  }

  private KeyException failure(IOException e) {
    IOException innermost = null;
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpResponseException refusal) {
        return refused(refusal);
      }
      if (cause instanceof IOException io) {
        innermost = io;
      }
    }
    return innermost != null
        ? failures.unreachable("Google's token service", KmsHttp.reason(innermost), null)
        : failures.notAuthenticated("the credentials are of no use", LOG_IN, null);
  }

  private KeyException refused(HttpResponseException refusal) {
    int status = refusal.getStatusCode();
    if (status == 429) {
      return failures.throttled(null);
    }
    if (status >= 500) {
      return failures.unreachable("Google's token service", "HTTP " + status, null);
    }
    String said = said(refusal.getContent());
    if (said.contains("reasonable timeframe")) {
      return failures.clockSkew(said, null);
    }
    return failures.notAuthenticated(
        "Google refuses the credentials: " + (said.isEmpty() ? "HTTP " + status : said),
        LOG_IN,
        null);
  }

  /** {@code error} and {@code error_description} (RFC 6749 §5.2). */
  private static String said(@Nullable String content) {
    try {
      JsonObject document =
          JsonParser.parseObject(Bytes.utf8(content == null ? "" : content), "answer");
      StringBuilder said = new StringBuilder();
      for (String name : List.of("error", "error_description")) {
        if (document.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text) {
          said.append(said.isEmpty() ? "" : ": ").append(text.value());
        }
      }
      return said.toString();
    } catch (MalformedInputException e) {
      return "";
    }
  }

  /** The next request asks for a new token. */
  void forget() {
    forgotten = true;
    if (machine != null) {
      machine.forget();
    }
  }

  private static KeyException misconfigured(
      KmsFailures failures, String message, @Nullable String hint) {
    return KeyException.of(Problem.MISCONFIGURED, failures.service() + ": " + message, hint, null);
  }

  /** Shows no credentials. */
  @Override
  public String toString() {
    return "GoogleTokens[" + (machine == null ? "file" : "machine") + "]";
  }
}
