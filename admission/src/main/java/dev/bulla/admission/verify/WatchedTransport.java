package dev.bulla.admission.verify;

import dev.bulla.error.BullaException;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.Origin;
import dev.bulla.registry.transport.ResponseReader;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TransportException;
import dev.bulla.registry.transport.TransportRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sockets, used from virtual threads, which an interrupt takes out of every exchange; whoever
 * listens is told of each.
 */
record WatchedTransport(SocketTransport sockets, RegistryListener listener)
    implements HttpTransport {

  /** The beginning of an answer. */
  private record Head(String code, Duration took) {}

  @Override
  public <T> T exchange(TransportRequest request, ResponseReader<T> reader)
      throws IOException, BullaException, InterruptedException {
    Origin server = request.url().origin();
    long start = System.nanoTime();
    AtomicReference<@Nullable Head> head = new AtomicReference<>();
    String failure = "cancelled";
    listener.begun(server);
    try {
      T read =
          sockets.exchange(
              request,
              response -> {
                head.set(new Head(Integer.toString(response.status()), since(start)));
                return reader.read(response);
              });
      return read;
    } catch (TransportException e) {
      failure = code(e.kind());
      head.set(null); // an answer that breaks off is none
      throw e;
    } catch (BullaException e) {
      failure = "refused";
      throw e;
    } catch (IOException e) {
      failure = "broken";
      throw e;
    } finally {
      Head begun = head.get();
      if (begun == null) {
        listener.ended(server, failure, since(start));
      } else {
        listener.ended(server, begun.code(), begun.took());
      }
    }
  }

  private static String code(TransportException.Kind kind) {
    return switch (kind) {
      case NO_CONNECTION, PROXY -> "unreachable";
      case CONNECT_TIMEOUT, TIMEOUT -> "timeout";
      case NOT_TLS, TLS -> "tls";
      case BROKEN, NOT_HTTP, CUT -> "broken";
    };
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Override
  public void prepare(Origin origin, Duration timeout) {
    sockets.prepare(origin, timeout);
  }

  @Override
  public boolean usesProxy(Origin server) {
    return sockets.usesProxy(server);
  }

  @Override
  public Thread.Builder threads() {
    return Thread.ofVirtual();
  }

  @Override
  public void close() {
    sockets.close();
  }
}
