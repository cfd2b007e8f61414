package dev.bulla.registry;

import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.Limits;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.TransportException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Names for failures, in the words of go-containerregistry, which scripts know: {@code GET
 * http://host/v2/app/manifests/nope: MANIFEST_UNKNOWN: manifest unknown; map[Tag:nope]}.
 */
final class RegistryErrors {

  private static final int MAX_SHOWN = 1000;
  private static final int MAX_ERRORS = 16;

  private RegistryErrors() {}

  /** One element of the {@code errors} list (distribution-spec 1.1, "Error Codes"). */
  private record Diagnostic(String code, String text) {}

  /** The exception for a status that is no success. */
  static RegistryException of(Answer answer) {
    List<Diagnostic> diagnostics = diagnostics(answer);
    List<String> codes = codes(diagnostics);
    Kind kind = kind(answer.status(), codes);
    if (kind == Kind.NOT_FOUND && !isRegistryPath(answer.url())) {
      // somebody else's 404, after a redirect, says nothing about what the registry has
      kind = Kind.BAD_RESPONSE;
    }
    return new RegistryException(
        kind,
        prefix(answer.method(), answer.url()) + describe(answer, diagnostics),
        answer.status(),
        codes,
        answer.hint().orElse(null),
        null);
  }

  /** As {@link #of(Answer)}, for services whose 404 says nothing about images. */
  static RegistryException ofService(Answer answer) {
    RegistryException plain = of(answer);
    Kind kind =
        plain.kind() == Kind.NOT_FOUND || plain.kind() == Kind.CLIENT_ERROR
            ? Kind.BAD_RESPONSE
            : plain.kind();
    return new RegistryException(
        kind,
        plain.message(),
        answer.status(),
        plain.registryCodes(),
        answer.hint().orElse(null),
        null);
  }

  /** The exception for a request without an answer. */
  static RegistryException of(FailedExchange failed) {
    if (failed.answer().isPresent()) {
      return ofService(failed.answer().get());
    }
    TransportException failure = failed.failure().orElseThrow();
    Kind kind =
        switch (failure.kind()) {
          case NO_CONNECTION, BROKEN, NOT_TLS, PROXY -> Kind.UNREACHABLE;
          case CONNECT_TIMEOUT, TIMEOUT -> Kind.TIMEOUT;
          case TLS -> Kind.TLS;
          case NOT_HTTP, CUT -> Kind.BAD_RESPONSE;
        };
    return new RegistryException(
        kind,
        prefix(failed.method(), failed.url()) + Quoted.plain(failure.message(), MAX_SHOWN),
        0,
        List.of(),
        hint(failure, failed.url()),
        failure);
  }

  private static @Nullable String hint(TransportException failure, HttpUrl url) {
    return switch (failure.kind()) {
      case NOT_TLS ->
          url.origin().isHttps()
              ? "if "
                  + url.origin().authority()
                  + " is served over plain HTTP, allow that with --allow-http-registry"
              : null;
      case PROXY ->
          "what goes through which proxy is set by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY";
      case TLS -> "a private certificate authority is given with --registry-cacert FILE";
      default -> null;
    };
  }

  /** The exception for an answer that breaks the protocol. */
  static RegistryException bad(String method, HttpUrl url, String problem) {
    return new RegistryException(Kind.BAD_RESPONSE, prefix(method, url) + problem);
  }

  static RegistryException bad(Answer answer, String problem) {
    return new RegistryException(
        Kind.BAD_RESPONSE,
        prefix(answer.method(), answer.url()) + problem,
        answer.status(),
        List.of(),
        null,
        null);
  }

  static RegistryException bad(Answer answer, MalformedInputException cause) {
    return new RegistryException(
        Kind.BAD_RESPONSE,
        prefix(answer.method(), answer.url()) + cause.message(),
        answer.status(),
        List.of(),
        null,
        cause);
  }

  /** The exception for where we do not go. */
  static RegistryException unsafe(String method, HttpUrl url, String problem) {
    return new RegistryException(Kind.UNSAFE, prefix(method, url) + problem);
  }

  static String prefix(String method, HttpUrl url) {
    return method + " " + Redaction.url(url) + ": ";
  }

  private static Kind kind(int status, List<String> codes) {
    return switch (status) {
      case 401 -> Kind.UNAUTHORIZED;
      case 403 -> Kind.DENIED;
      case 404 -> notFoundKind(codes);
      case 408 -> Kind.TIMEOUT;
      case 413 -> Kind.TOO_LARGE;
      case 429 -> Kind.THROTTLED;
      default ->
          status >= 500 ? Kind.SERVER_ERROR : status >= 400 ? Kind.CLIENT_ERROR : Kind.BAD_RESPONSE;
    };
  }

  /** Some registries say 404 to whoever may not look, and give the true reason in the body. */
  private static Kind notFoundKind(List<String> codes) {
    for (String code : codes) {
      switch (code) {
        case "UNAUTHORIZED" -> {
          return Kind.UNAUTHORIZED;
        }
        case "DENIED" -> {
          return Kind.DENIED;
        }
        case "TOOMANYREQUESTS" -> {
          return Kind.THROTTLED;
        }
        case "UNAVAILABLE", "UNKNOWN" -> {
          return Kind.SERVER_ERROR;
        }
        default -> {
          // the usual ones: MANIFEST_UNKNOWN, NAME_UNKNOWN, BLOB_UNKNOWN, NOT_FOUND
        }
      }
    }
    return Kind.NOT_FOUND;
  }

  /**
   * Whether a 404 says that the thing does not exist: it comes from a registry's own address space,
   * and does not name another reason.
   */
  static boolean saysAbsent(Answer answer) {
    return answer.status() == 404
        && isRegistryPath(answer.url())
        && notFoundKind(codes(diagnostics(answer))) == Kind.NOT_FOUND;
  }

  private static boolean isRegistryPath(HttpUrl url) {
    return url.path().startsWith("/v2/");
  }

  /** The exception for an answer that means absence. */
  static RegistryException absent(Answer answer) {
    RegistryException plain = of(answer);
    return new RegistryException(
        Kind.NOT_FOUND, plain.message(), answer.status(), plain.registryCodes(), null, null);
  }

  private static List<String> codes(List<Diagnostic> diagnostics) {
    List<String> codes = new ArrayList<>();
    for (Diagnostic diagnostic : diagnostics) {
      codes.add(diagnostic.code());
    }
    return codes;
  }

  private static String describe(Answer answer, List<Diagnostic> diagnostics) {
    if (diagnostics.size() == 1) {
      return Quoted.plain(diagnostics.get(0).text(), MAX_SHOWN);
    }
    if (!diagnostics.isEmpty()) {
      StringBuilder all = new StringBuilder("multiple errors returned: ");
      for (int i = 0; i < diagnostics.size(); i++) {
        all.append(i == 0 ? "" : "; ").append(diagnostics.get(i).text());
      }
      return Quoted.plain(all.toString(), MAX_SHOWN);
    }
    String status = "unexpected status code " + HttpStatus.text(answer.status());
    if (!answer.body().isEmpty()) {
      String body = text(answer).strip();
      return body.isEmpty() ? status : status + ": " + Quoted.plain(body, MAX_SHOWN);
    }
    return answer.method().equals("HEAD")
        ? status + " (HEAD responses have no body, use GET for details)"
        : status;
  }

  private static String text(Answer answer) {
    return new String(answer.body().toByteArray(), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static List<Diagnostic> diagnostics(Answer answer) {
    if (answer.body().isEmpty() || answer.body().at(0) != '{') {
      return List.of();
    }
    try {
      JsonLimits limits = JsonLimits.DEFAULT.withMaxBytes(Limits.MAX_ERROR_BODY);
      JsonObject object = JsonParser.parseObject(answer.body(), "error", limits);
      List<Diagnostic> found = new ArrayList<>();
      for (JsonValue element : GoFields.of(object, "error").array("errors")) {
        if (element instanceof JsonObject error && found.size() < MAX_ERRORS) {
          found.add(diagnostic(GoFields.of(error, "error")));
        }
      }
      return found;
    } catch (MalformedInputException e) {
      // an error page of another kind; it is shown as text
      return List.of();
    }
  }

  private static Diagnostic diagnostic(GoFields error) throws MalformedInputException {
    String code = error.string("code").orElse("");
    StringBuilder text = new StringBuilder(code).append(": ");
    text.append(error.string("message").orElse(""));
    Optional<JsonValue> detail = error.value("detail");
    if (detail.isPresent() && !(detail.get() instanceof JsonNull)) {
      text.append("; ").append(GoValue.print(detail.get()));
    }
    return new Diagnostic(Quoted.plain(code.toUpperCase(Locale.ROOT), 64), text.toString());
  }
}
