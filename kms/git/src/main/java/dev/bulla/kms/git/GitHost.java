package dev.bulla.kms.git;

import dev.bulla.bytes.Bytes;
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
import dev.bulla.keys.kms.KmsHttp.Answer;
import dev.bulla.keys.kms.KmsProxies;
import dev.bulla.keys.kms.KmsTrust;
import dev.bulla.keys.kms.ServiceHttp;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** What both Git hosts have in common: an address, a token, JSON and its refusals. */
final class GitHost implements AutoCloseable {

  static final String PASSWORD = "COSIGN_PASSWORD";
  static final String PRIVATE_KEY = "COSIGN_PRIVATE_KEY";
  static final String PUBLIC_KEY = "COSIGN_PUBLIC_KEY";

  private final String base;
  private final List<String> headers;
  private final KmsFailures failures;
  private final ServiceHttp http;

  /**
   * A host.
   *
   * @param base where the API is, without a slash at its end
   * @param headers names and values that every request has, the token among them
   */
  GitHost(String base, List<String> headers, KmsContext context, KmsFailures failures)
      throws KeyException {
    this.base = base;
    this.headers = List.copyOf(headers);
    this.failures = failures;
    try {
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, KmsTrust.of(context, Optional.empty(), Optional.empty()).managers(), null);
      this.http = new ServiceHttp(tls, KmsProxies.of(context), context.timeout(), failures);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform speaks TLS", e);
    }
  }

  /** The address in a variable, without a slash at its end. Never http:// to another machine. */
  static String address(KmsContext context, String variable, String otherwise) throws KeyException {
    String text = context.variable(variable).orElse(otherwise).replaceAll("/+$", "");
    try {
      URI address = new URI(text);
      boolean local =
          "http".equals(address.getScheme())
              && List.of("127.0.0.1", "localhost", "[::1]").contains(address.getHost());
      if (address.getHost() != null
          && address.getRawUserInfo() == null
          && address.getRawQuery() == null
          && address.getRawFragment() == null
          && (local || "https".equals(address.getScheme()))) {
        return text;
      }
    } catch (URISyntaxException e) {
      // its message would show the text, which may hold a password
    }
    throw KeyException.of(
        Problem.MISCONFIGURED,
        variable + " is not an address of https://",
        "it looks like https://git.example.com",
        null);
  }

  /** The token in a variable, which is fit for a header. */
  static String token(KmsContext context, String variable, String missing) throws KeyException {
    String token = context.variable(variable).map(String::strip).orElse("");
    if (token.isEmpty()) {
      throw KeyException.of(Problem.NOT_AUTHENTICATED, missing, "set " + variable, null);
    }
    if (token.chars().anyMatch(c -> c <= 0x20 || c >= 0x7f)) {
      throw KeyException.of(Problem.NOT_AUTHENTICATED, variable + " is not a token", null, null);
    }
    return token;
  }

  Answer get(String path) throws KeyException {
    return known(http.read(request(path).GET()));
  }

  Answer send(String method, String path, JsonObject body) throws KeyException {
    return known(
        http.write(
            request(path)
                .header("Content-Type", "application/json")
                .method(
                    method,
                    HttpRequest.BodyPublishers.ofByteArray(GoJson.write(body).toByteArray()))));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + "/" + path))
        .headers(headers.toArray(String[]::new));
  }

  private Answer known(Answer answer) throws KeyException {
    if (answer.status() == 401) {
      throw failures.notAuthenticated("the host does not know the token", "make a new one", null);
    }
    return answer;
  }

  /** The object in a success; else what the host says against it. */
  JsonObject success(Answer answer, String right) throws KeyException {
    if (answer.status() == 403) {
      throw failures.notPermitted(right, null);
    }
    if (!answer.isOk()) {
      throw failures.refused(said(answer), null);
    }
    if (answer.body().isEmpty()) {
      return JsonObject.EMPTY;
    }
    try {
      return JsonParser.parseObject(answer.body(), "answer");
    } catch (MalformedInputException e) {
      // not its message, which may show a part of a secret
      throw failures.badAnswer("not JSON", null);
    }
  }

  private static String said(Answer answer) {
    try {
      JsonObject body = JsonParser.parseObject(answer.body(), "answer");
      StringBuilder all = new StringBuilder("HTTP " + answer.status());
      collect(body.get("message").orElse(body.get("error").orElse(JsonArray.EMPTY)), all);
      return all.toString();
    } catch (MalformedInputException e) {
      return "HTTP " + answer.status();
    }
  }

  /** Messages are a text, or lists of texts by the name of what they are about. */
  private static void collect(JsonValue value, StringBuilder all) {
    if (value instanceof JsonString text) {
      all.append(": ").append(text.value());
    } else if (value instanceof JsonArray array) {
      array.values().forEach(one -> collect(one, all));
    } else if (value instanceof JsonObject object) {
      object
          .members()
          .forEach(member -> {
            all.append(": ").append(member.name());
            collect(member.value(), all);
          });
    }
  }

  static String text(JsonObject object, String name) {
    return object.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text ? text.value() : "";
  }

  /** A text as one segment of a path. */
  static String segment(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : Bytes.utf8(text).toByteArray()) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '_'
              || c == '~'
              || (c == '.' && !text.startsWith("."));
      if (plain) {
        encoded.append(c);
      } else {
        encoded
            .append('%')
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      }
    }
    return encoded.toString();
  }

  @Override
  public void close() {
    http.close();
  }
}
