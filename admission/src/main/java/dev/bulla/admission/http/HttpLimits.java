package dev.bulla.admission.http;

import java.time.Duration;

/**
 * How much a client gets.
 *
 * @param maxHead request line and headers together, in bytes
 * @param maxConnections at the same time; when there are more, the one that has been idle longest
 *     is closed
 * @param bodies bytes of bodies that are held at the same time, over all connections: many clients
 *     that each send the largest body still leave memory for others
 * @param head how long the TLS handshake may take, and how long a head once it has begun
 * @param body how long a body may take
 * @param answer how long the client may take to read the answer
 * @param idle how long a connection is kept without a request
 */
public record HttpLimits(
    int maxHead,
    int maxConnections,
    int bodies,
    Duration head,
    Duration body,
    Duration answer,
    Duration idle) {

  /** The API server keeps its connections 90 seconds; it should be the one who closes them. */
  public static final HttpLimits DEFAULT =
      new HttpLimits(
          16 << 10,
          2000,
          64 << 20,
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(120));
}
