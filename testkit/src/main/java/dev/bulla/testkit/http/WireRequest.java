package dev.bulla.testkit.http;

import dev.bulla.bytes.Bytes;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One request as it arrived. Immutable but for the body, which is a stream that can be read once.
 *
 * <p>{@link #toString()} shows method and path only: the query and the headers may carry
 * credentials.
 */
public final class WireRequest {

  private final String method;
  private final String target;
  private final String path;
  private final String rawQuery;
  private final Map<String, List<String>> parameters;
  private final WireHeaders headers;
  private final InputStream body;
  private final boolean tls;

  private WireRequest(
      String method,
      String target,
      String path,
      String rawQuery,
      Map<String, List<String>> parameters,
      WireHeaders headers,
      InputStream body,
      boolean tls) {
    this.method = method;
    this.target = target;
    this.path = path;
    this.rawQuery = rawQuery;
    this.parameters = parameters;
    this.headers = headers;
    this.body = body;
    this.tls = tls;
  }

  /** A request that arrived; decodes path and query. */
  static WireRequest arrived(
      String method, String target, WireHeaders headers, InputStream body, boolean tls)
      throws BadRequest {
    String local = localPart(target);
    int question = local.indexOf('?');
    String rawPath = question < 0 ? local : local.substring(0, question);
    String rawQuery = question < 0 ? "" : local.substring(question + 1);
    return new WireRequest(
        method,
        target,
        decode(rawPath.replace("+", "%2B")),
        rawQuery,
        parse(rawQuery),
        headers,
        body,
        tls);
  }

  /** Clients of a proxy send the whole URL (RFC 9112 §3.2.2); what follows the authority counts. */
  private static String localPart(String target) throws BadRequest {
    if (target.startsWith("/")) {
      return target;
    }
    int scheme = target.indexOf("://");
    if (scheme < 0) {
      throw new BadRequest(400, "unsupported request target");
    }
    int slash = target.indexOf('/', scheme + 3);
    return slash < 0 ? "/" : target.substring(slash);
  }

  private static Map<String, List<String>> parse(String rawQuery) throws BadRequest {
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (String pair : rawQuery.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      found.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }
    return found;
  }

  private static String decode(String text) throws BadRequest {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadRequest(400, "malformed percent-encoding");
    }
  }

  /**
   * The name and value pairs of a query or of a form ({@code application/x-www-form-urlencoded}).
   */
  public static Map<String, List<String>> parseForm(String text) throws BadRequest {
    return parse(text);
  }

  public String method() {
    return method;
  }

  /** The request target as sent, query included. */
  public String target() {
    return target;
  }

  /** The path, percent-decoded once. */
  public String path() {
    return path;
  }

  /** The query as sent, without the question mark; empty when there is none. */
  public String rawQuery() {
    return rawQuery;
  }

  /** The first query parameter of that name. */
  public Optional<String> query(String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
  }

  /** Every query parameter of that name, in order. */
  public List<String> queryAll(String name) {
    return List.copyOf(parameters.getOrDefault(name, List.of()));
  }

  public WireHeaders headers() {
    return headers;
  }

  /**
   * The body, framing removed. Ends early with an {@link java.io.IOException} when the client goes
   * away.
   */
  public InputStream body() {
    return body;
  }

  /** The declared length of the body; empty for a chunked body, 0 for none. */
  public OptionalLong contentLength() {
    if (headers.has("Transfer-Encoding")) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(headers.first("Content-Length").map(Long::parseLong).orElse(0L));
  }

  /** Whether it came over TLS. */
  public boolean tls() {
    return tls;
  }

  /** The same request with a body that was read already. */
  public WireRequest withBody(Bytes content) {
    return new WireRequest(
        method, target, path, rawQuery, parameters, headers, content.newInputStream(), tls);
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
