package dev.bulla.admission.status;

import dev.bulla.admission.http.HttpLimits;
import dev.bulla.admission.http.HttpServer;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Shows a status board at an address of its own, in plain text. */
public final class StatusServer implements AutoCloseable {

  private static final int MAX_STYLE = 64 << 10;

  /** For people: far fewer than the webhook has clients. */
  private static final HttpLimits LIMITS =
      new HttpLimits(
          8 << 10,
          50,
          40,
          8,
          1 << 10,
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60));

  private final HttpServer server;

  private StatusServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Listens from now on.
   *
   * @param address port 0 means any that is free
   * @param hosts names that it may be asked under, beside addresses and {@code localhost}
   * @param failures told what goes wrong inside
   * @throws IOException when the address cannot be had
   */
  public static StatusServer start(
      InetSocketAddress address,
      Set<String> hosts,
      StatusBoard board,
      StatusBoard.Sources sources,
      Consumer<Throwable> failures)
      throws IOException {
    StatusHandler handler = new StatusHandler(() -> board.now(sources), hosts, style());
    return new StatusServer(
        HttpServer.start(
            new HttpServer.Options(address, Optional.empty(), false, LIMITS), handler, failures));
  }

  private static String style() throws IOException {
    try (InputStream in = StatusServer.class.getResourceAsStream("status.css")) {
      if (in == null) {
        throw new IOException("the style of the status page is missing");
      }
      return LimitedInput.readAll(in, MAX_STYLE, "style").toUtf8String("style");
    } catch (MalformedInputException e) {
      throw new IOException(e.message(), e);
    }
  }

  /** Where it listens, with the port that was chosen. */
  public InetSocketAddress address() {
    return server.address();
  }

  @Override
  public void close() {
    server.close(Duration.ZERO);
  }
}
