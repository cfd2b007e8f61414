package dev.bulla.admission.http;

import java.time.Duration;

/**
 * How much a client gets.
 *
 * @param maxHead request line and headers together, in bytes
 * @param maxConnections at the same time; when there are more, one of the peer that has most is
 *     closed: the one that has waited for its client longest
 * @param maxOfPeer connections of one address, of IPv6 one network; the API server comes from few
 * @param maxHandshakes TLS handshakes at the same time
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
    int maxOfPeer,
    int maxHandshakes,
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
          1500,
          256,
          64 << 20,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(120));

  /** Of the room for bodies, what one peer may hold: others find a quarter. */
  int bodiesOfPeer() {
    return bodies / 4 * 3;
  }

  /** {@link #DEFAULT}, with no more room for bodies than a fifth of so much memory. */
  public static HttpLimits in(long heap) {
    return DEFAULT.withBodies(Math.clamp(heap / 5, 16 << 20, DEFAULT.bodies()));
  }

  /** These limits with other bounds on connections. */
  public HttpLimits withConnections(int most, int ofPeer, int handshakes) {
    return new HttpLimits(maxHead, most, ofPeer, handshakes, bodies, head, body, answer, idle);
  }

  /** These limits with other room for bodies, in bytes. */
  public HttpLimits withBodies(int bytes) {
    return new HttpLimits(
        maxHead, maxConnections, maxOfPeer, maxHandshakes, bytes, head, body, answer, idle);
  }

  /** These limits with other times, in the order of the parameters above. */
  HttpLimits withTimes(Duration newHead, Duration newBody, Duration newAnswer, Duration newIdle) {
    return new HttpLimits(
        maxHead,
        maxConnections,
        maxOfPeer,
        maxHandshakes,
        bodies,
        newHead,
        newBody,
        newAnswer,
        newIdle);
  }
}
