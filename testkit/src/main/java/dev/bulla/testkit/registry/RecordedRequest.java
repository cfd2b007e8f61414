package dev.bulla.testkit.registry;

import dev.bulla.bytes.Base64Text;
import dev.bulla.error.MalformedInputException;
import dev.bulla.testkit.http.WireHeaders;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A request as a server saw it. Headers are kept whole so that a test can look for what must not be
 * there; {@link #toString()} and {@link #line()} show neither headers nor unknown query parameters.
 *
 * @param number 1 for the first request of the server, however often the log was cleared since
 * @param path decoded
 * @param rawQuery as sent
 * @param form the body of a form; empty for every other body
 * @param round 1 for a request that no answer preceded, else one more than the highest round
 *     answered before it arrived: the number of round trips the client cannot have taken less than
 * @param arrived position among all arrivals and answers
 * @param answered position among all arrivals and answers; {@link Long#MAX_VALUE} while there is no
 *     answer
 * @param status of the answer; empty when there is none yet, or the client was to get none
 */
public record RecordedRequest(
    long number,
    String method,
    String path,
    String rawQuery,
    WireHeaders headers,
    String form,
    int round,
    long arrived,
    long answered,
    OptionalInt status) {

  private static final Set<String> SECRET_HEADERS =
      Set.of("authorization", "proxy-authorization", "cookie", "x-registry-auth", "private-token");

  private static final Set<String> SECRET_PARAMETERS =
      Set.of(
          "password",
          "passwd",
          "token",
          "access_token",
          "refresh_token",
          "id_token",
          "client_secret",
          "code",
          "assertion");

  private static final Set<String> SHOWN_PARAMETERS =
      Set.of("digest", "mount", "from", "n", "last", "artifactType", "service", "scope", "tag");

  /**
   * Whether it carried something that could be a credential: in a header, in the query or in a
   * form.
   */
  public boolean hasCredentials() {
    return headers.fields().stream()
            .anyMatch(f -> SECRET_HEADERS.contains(f.name().toLowerCase(Locale.ROOT)))
        || hasSecretParameter(rawQuery)
        || hasSecretParameter(form);
  }

  private static boolean hasSecretParameter(String pairs) {
    for (String pair : pairs.split("&", -1)) {
      if (SECRET_PARAMETERS.contains(nameOf(pair).toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  private static String nameOf(String pair) {
    int equals = pair.indexOf('=');
    return equals < 0 ? pair : pair.substring(0, equals);
  }

  /** Whether the secret stands anywhere in what was recorded, basic credentials decoded. */
  public boolean carries(String secret) {
    if (path.contains(secret) || rawQuery.contains(secret) || form.contains(secret)) {
      return true;
    }
    return headers.fields().stream()
        .anyMatch(f -> f.value().contains(secret) || basic(f.value()).contains(secret));
  }

  private static String basic(String value) {
    if (!value.regionMatches(true, 0, "Basic ", 0, 6)) {
      return "";
    }
    try {
      return Base64Text.decodeAnyVariant(value.substring(6).strip(), "credentials")
          .toUtf8String("credentials");
    } catch (MalformedInputException e) {
      return "";
    }
  }

  /** Whether this request and another were both under way at one moment. */
  public boolean overlaps(RecordedRequest other) {
    return arrived < other.answered && other.arrived < answered;
  }

  /** Method, path, harmless query parameters and status, for assertions on whole conversations. */
  public String line() {
    StringBuilder text = new StringBuilder(method).append(' ').append(path);
    char separator = '?';
    for (String pair : rawQuery.isEmpty() ? List.<String>of() : List.of(rawQuery.split("&", -1))) {
      text.append(separator);
      text.append(SHOWN_PARAMETERS.contains(nameOf(pair)) ? pair : nameOf(pair) + "=…");
      separator = '&';
    }
    text.append(" → ");
    return status.isPresent()
        ? text.append(status.getAsInt()).toString()
        : text.append("no answer").toString();
  }

  @Override
  public String toString() {
    return "#" + number + " " + line();
  }
}
