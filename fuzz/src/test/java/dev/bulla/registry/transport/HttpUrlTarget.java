package dev.bulla.registry.transport;

import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;
import dev.bulla.fuzz.Input;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * {@link HttpUrl}: everybody who reads the text that we print goes to the place that we checked.
 */
public final class HttpUrlTarget {

  private static final HttpUrl BASE = base();

  private HttpUrlTarget() {}

  private static HttpUrl base() {
    try {
      return HttpUrl.parse("https://registry.test:5000/v2/app/blobs/uploads/1?state=a");
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  public static boolean accepts(byte[] input) throws MalformedInputException {
    String text = Input.text(input);
    Optional<HttpUrl> parsed = parse(text);
    Optional<HttpUrl> resolved = resolve(text);
    parsed.ifPresent(
        url -> Check.equal(Optional.of(url), resolved, "an absolute reference is itself"));
    if (resolved.isEmpty()) {
      return false;
    }
    check(resolved.get());
    return true;
  }

  private static void check(HttpUrl url) throws MalformedInputException {
    String printed = url.toString();
    Check.equal(url, HttpUrl.parse(printed), "what is printed reads back");
    Check.that(
        printed.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '\\' && c != '#'),
        "it can stand in a request line");
    Origin origin = url.origin();
    Check.equal(origin.host().toLowerCase(Locale.ROOT), origin.host(), "hosts are lower case");
    Check.that(origin.port() >= 1 && origin.port() <= 65535, "port");
    Check.that(url.pathAndQuery().startsWith("/"), "a path starts at the root");

    // the transport over the JDK's client hands it the text
    URI uri = URI.create(printed);
    Check.that(uri.getRawUserInfo() == null, "no user information");
    Check.equal(origin.scheme(), uri.getScheme(), "the scheme that the JDK sees");
    if (uri.getHost() != null) {
      Check.equal(origin.host(), uri.getHost(), "the host that the JDK sees");
      Check.equal(
          origin.port(),
          uri.getPort() < 0 ? Origin.defaultPort(origin.scheme()) : uri.getPort(),
          "the port that the JDK sees");
    }
    Check.equal(url.path(), uri.getRawPath(), "the path that the JDK sees");
    Check.equal(
        url.query(), uri.getRawQuery() == null ? "" : uri.getRawQuery(), "the query it sees");
  }

  private static Optional<HttpUrl> parse(String text) {
    try {
      return Optional.of(HttpUrl.parse(text));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return Optional.empty();
    }
  }

  private static Optional<HttpUrl> resolve(String text) {
    try {
      return Optional.of(BASE.resolve(text));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return Optional.empty();
    }
  }
}
