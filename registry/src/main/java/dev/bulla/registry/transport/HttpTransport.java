package dev.bulla.registry.transport;

import dev.bulla.error.BullaException;
import java.io.IOException;
import java.time.Duration;

/**
 * Carries one request to a server and its response back. Safe for use by many threads at once.
 *
 * <p>Promises of every implementation: the deadline covers everything, also a server that drips; a
 * body that ends early is an error, never a short success; no redirect is followed, no challenge
 * answered, no cookie kept, no content coding undone; a request is repeated only when the server
 * cannot have seen it, or when it is a {@code GET} or {@code HEAD} on a connection that had been
 * idle.
 */
public interface HttpTransport extends AutoCloseable {

  /**
   * Sends a request and hands the response to the reader, on any thread. The response is released
   * when the reader returns.
   *
   * @throws TransportException when no usable answer came
   * @throws IOException what the reader or the body's source threw
   * @throws BullaException what the reader threw
   * @throws InterruptedException when the calling thread was interrupted; the exchange is abandoned
   */
  <T> T exchange(TransportRequest request, ResponseReader<T> reader)
      throws IOException, BullaException, InterruptedException;

  /**
   * A hint that a request to this place is about to be made. May connect ahead, without credentials
   * and without saying anything; returns at once and never fails.
   */
  default void prepare(Origin origin, Duration timeout) {}

  /** Whether requests to a server go through a proxy, which then looks up the server's name. */
  default boolean usesProxy(Origin server) {
    return false;
  }

  /**
   * What the threads are made with that carry several exchanges side by side. Virtual ones suit a
   * program that lives long, and an interrupt takes them out of every exchange.
   */
  Thread.Builder threads();

  /** Gives up all connections. An exchange under way fails. */
  @Override
  void close();
}
