package dev.bulla.registry.transport;

import java.time.Duration;

/**
 * One request.
 *
 * @param method in capitals
 * @param headers without {@code Host}, {@code Content-Length}, {@code Connection} and {@code
 *     Transfer-Encoding}, which the transport sets
 * @param timeout for the whole exchange, from the name look-up to the last byte that the reader
 *     takes
 */
public record TransportRequest(
    String method, HttpUrl url, Headers headers, RequestBody body, Duration timeout) {

  @Override
  public String toString() {
    return method + " " + url.origin() + url.path();
  }
}
