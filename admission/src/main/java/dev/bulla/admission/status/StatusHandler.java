package dev.bulla.admission.status;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.bulla.admission.http.HttpHandler;
import dev.bulla.admission.http.HttpRequest;
import dev.bulla.admission.http.HttpResponse;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.proxy.IpLiteral;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Answers whoever looks at the status: read-only, and only under a name that cannot be somebody
 * else's, so that no web page of another host can read it through a name that it makes point here.
 */
final class StatusHandler implements HttpHandler {

  private final Supplier<Status> status;
  private final Set<String> hosts;
  private final String style;
  private final Map<String, String> headers;

  /**
   * @param hosts names that the page is served under, beside addresses and {@code localhost}
   */
  StatusHandler(Supplier<Status> status, Set<String> hosts, String style) {
    this.status = status;
    this.hosts = hosts.stream().map(h -> h.toLowerCase(Locale.ROOT)).collect(toUnmodifiableSet());
    this.style = style;
    this.headers = headers(style);
  }

  private static Map<String, String> headers(String style) {
    Map<String, String> headers = new HashMap<>();
    headers.put(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'sha256-"
            + Base64Text.encode(Digest.sha256(Bytes.utf8(style)).bytes())
            + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    headers.put("Cache-Control", "no-store");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("X-Frame-Options", "DENY");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    headers.put("Cross-Origin-Opener-Policy", "same-origin");
    return headers;
  }

  @Override
  public HttpResponse handle(HttpRequest request) {
    return secured(answer(request));
  }

  private HttpResponse secured(HttpResponse response) {
    Map<String, String> all = new HashMap<>(response.headers());
    all.putAll(headers);
    return new HttpResponse(response.status(), response.contentType(), response.body(), all);
  }

  private HttpResponse answer(HttpRequest request) {
    if (!isOurs(request.header("host"))) {
      return HttpResponse.text(
          403, "the status is shown under an address, localhost, or a name of --status-host");
    }
    boolean page = request.path().equals("/");
    if (!page && !request.path().equals("/status.json")) {
      return HttpResponse.text(404, "not found");
    }
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return new HttpResponse(
          405,
          "text/plain; charset=utf-8",
          Bytes.utf8("the status can only be read\n"),
          Map.of("Allow", "GET, HEAD"));
    }
    if (page) {
      int refresh = request.parameter("refresh").equals(Optional.of("10")) ? 10 : 0;
      return HttpResponse.of(
          200,
          "text/html; charset=utf-8",
          Bytes.utf8(StatusPage.write(status.get(), style, refresh)));
    }
    return HttpResponse.of(200, "application/json", StatusJson.write(status.get()));
  }

  /** An address is nobody's name. */
  private boolean isOurs(Optional<String> header) {
    String named = header.orElse("").toLowerCase(Locale.ROOT);
    int port = named.lastIndexOf(':');
    String name = port > named.lastIndexOf(']') ? named.substring(0, port) : named;
    return name.equals("localhost") || hosts.contains(name) || IpLiteral.of(name).isPresent();
  }
}
