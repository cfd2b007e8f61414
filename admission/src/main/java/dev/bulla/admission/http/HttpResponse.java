package dev.bulla.admission.http;

import dev.bulla.bytes.Bytes;
import java.util.Map;

/**
 * What is answered.
 *
 * @param contentType empty for none
 * @param headers more of them; names and values are our own, never a client's
 */
public record HttpResponse(
    int status, String contentType, Bytes body, Map<String, String> headers) {

  public HttpResponse {
    headers = Map.copyOf(headers);
  }

  /** A status and nothing else. */
  public static HttpResponse empty(int status) {
    return new HttpResponse(status, "", Bytes.EMPTY, Map.of());
  }

  /** A sentence for whoever reads it. */
  public static HttpResponse text(int status, String text) {
    return new HttpResponse(status, "text/plain; charset=utf-8", Bytes.utf8(text + "\n"), Map.of());
  }

  /** There is no room now; a later try may succeed. */
  public static HttpResponse busy(String text) {
    HttpResponse plain = text(503, text);
    return new HttpResponse(503, plain.contentType(), plain.body(), Map.of("Retry-After", "1"));
  }

  public static HttpResponse of(int status, String contentType, Bytes body) {
    return new HttpResponse(status, contentType, body, Map.of());
  }

  /**
   * The answer as it goes over the line.
   *
   * @param last whether the connection ends with it
   * @param headOnly whether the client asked for everything but the body
   */
  Bytes onTheLine(boolean last, boolean headOnly) {
    StringBuilder head = new StringBuilder(160);
    head.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    if (!contentType.isEmpty()) {
      head.append("Content-Type: ").append(contentType).append("\r\n");
    }
    head.append("Content-Length: ").append(body.size()).append("\r\n");
    head.append("X-Content-Type-Options: nosniff\r\n");
    for (Map.Entry<String, String> header : headers.entrySet()) {
      head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
    }
    if (last) {
      head.append("Connection: close\r\n");
    }
    Bytes whole = Bytes.utf8(head.append("\r\n").toString());
    return headOnly ? whole : Bytes.concat(whole, body);
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 413 -> "Content Too Large";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 503 -> "Service Unavailable";
      case 505 -> "HTTP Version Not Supported";
      default -> "Status";
    };
  }
}
