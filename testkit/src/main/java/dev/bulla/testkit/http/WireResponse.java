package dev.bulla.testkit.http;

import dev.bulla.bytes.Bytes;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A response and the manner in which it is delivered. Immutable; {@link #toString()} shows no
 * values of headers.
 */
public final class WireResponse {

  private static final Map<Integer, String> REASONS =
      Map.ofEntries(
          Map.entry(200, "OK"),
          Map.entry(201, "Created"),
          Map.entry(202, "Accepted"),
          Map.entry(204, "No Content"),
          Map.entry(206, "Partial Content"),
          Map.entry(301, "Moved Permanently"),
          Map.entry(302, "Found"),
          Map.entry(303, "See Other"),
          Map.entry(304, "Not Modified"),
          Map.entry(307, "Temporary Redirect"),
          Map.entry(308, "Permanent Redirect"),
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(406, "Not Acceptable"),
          Map.entry(408, "Request Timeout"),
          Map.entry(409, "Conflict"),
          Map.entry(411, "Length Required"),
          Map.entry(412, "Precondition Failed"),
          Map.entry(413, "Content Too Large"),
          Map.entry(414, "URI Too Long"),
          Map.entry(415, "Unsupported Media Type"),
          Map.entry(416, "Range Not Satisfiable"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(431, "Request Header Fields Too Large"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(501, "Not Implemented"),
          Map.entry(502, "Bad Gateway"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"),
          Map.entry(505, "HTTP Version Not Supported"),
          Map.entry(507, "Insufficient Storage"));

  private final int status;
  private final WireHeaders headers;
  private final WireBody body;
  private final Delivery delivery;

  private WireResponse(int status, WireHeaders headers, WireBody body, Delivery delivery) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.delivery = delivery;
  }

  /** An empty response, delivered whole. */
  public static WireResponse of(int status) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("not a final HTTP status: " + status);
    }
    return new WireResponse(status, WireHeaders.EMPTY, WireBody.none(), Delivery.whole());
  }

  public int status() {
    return status;
  }

  /** The customary words for the status. */
  public String reason() {
    return REASONS.getOrDefault(status, "Status " + status);
  }

  public WireHeaders headers() {
    return headers;
  }

  public WireBody body() {
    return body;
  }

  public Delivery delivery() {
    return delivery;
  }

  public WireResponse withStatus(int other) {
    return new WireResponse(other, headers, body, delivery);
  }

  public WireResponse withHeaders(UnaryOperator<WireHeaders> change) {
    return new WireResponse(status, change.apply(headers), body, delivery);
  }

  /** One field of that name and no other. */
  public WireResponse with(String name, String value) {
    return withHeaders(h -> h.with(name, value));
  }

  public WireResponse withBody(WireBody other) {
    return new WireResponse(status, headers, other, delivery);
  }

  /** Text with its media type. */
  public WireResponse withText(String mediaType, String text) {
    return with("Content-Type", mediaType).withBody(WireBody.of(Bytes.utf8(text)));
  }

  public WireResponse deliveredBy(Delivery other) {
    return new WireResponse(status, headers, body, other);
  }

  @Override
  public String toString() {
    return status + " " + headers;
  }
}
