package dev.bulla.registry;

import dev.bulla.error.Quoted;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What of URLs and headers may be shown. By allow-list: whatever is new is secret. */
final class Redaction {

  private static final String HIDDEN = "REDACTED";
  private static final int MAX_URL = 2048;

  private Redaction() {}

  /**
   * The URL with the values of unknown query parameters hidden: redirects to storage carry
   * signatures there.
   */
  static String url(HttpUrl url) {
    String query = url.query();
    if (query.isEmpty()) {
      return Quoted.plain(url.origin() + url.path(), MAX_URL);
    }
    StringBuilder out = new StringBuilder();
    out.append(url.origin()).append(url.path()).append('?');
    int start = 0;
    while (start <= query.length()) {
      int ampersand = query.indexOf('&', start);
      int end = ampersand < 0 ? query.length() : ampersand;
      int equals = query.indexOf('=', start);
      if (start > 0) {
        out.append('&');
      }
      if (equals < 0 || equals > end) {
        out.append(isShown(query.substring(start, end)) ? query.substring(start, end) : HIDDEN);
      } else {
        String name = query.substring(start, equals);
        out.append(name).append('=');
        out.append(isShown(name) ? query.substring(equals + 1, end) : HIDDEN);
      }
      start = end + 1;
    }
    return Quoted.plain(out.toString(), MAX_URL);
  }

  private static boolean isShown(String parameter) {
    return switch (parameter) {
      case "scope", "service", "digest", "mount", "from", "n", "last", "artifactType" -> true;
      default -> false;
    };
  }

  /** Header lines for a log, two blanks in front. */
  static List<String> headers(Headers headers, HttpUrl base) {
    List<String> lines = new ArrayList<>();
    for (Headers.Field field : headers.fields()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      String shown =
          switch (name) {
            case "location" -> location(field.value(), base);
            case "accept",
                "accept-encoding",
                "content-encoding",
                "content-length",
                "content-range",
                "content-type",
                "date",
                "docker-content-digest",
                "docker-distribution-api-version",
                "docker-upload-uuid",
                "etag",
                "if-match",
                "if-none-match",
                "oci-filters-applied",
                "oci-subject",
                "range",
                "ratelimit-limit",
                "ratelimit-remaining",
                "retry-after",
                "server",
                "transfer-encoding",
                "user-agent",
                "warning",
                "www-authenticate" ->
                field.value();
            default -> "<redacted>";
          };
      lines.add("  " + field.name() + ": " + Quoted.plain(shown, MAX_URL));
    }
    return lines;
  }

  private static String location(String value, HttpUrl base) {
    try {
      return url(base.resolve(value));
    } catch (dev.bulla.error.MalformedInputException e) {
      return "<not a URL>";
    }
  }
}
