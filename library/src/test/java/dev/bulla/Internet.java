package dev.bulla;

import dev.bulla.error.BullaException;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.Origin;
import dev.bulla.registry.transport.ResponseReader;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.registry.transport.TransportException;
import dev.bulla.registry.transport.TransportRequest;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.io.IOException;
import java.util.Map;

/**
 * Carries requests for hosts with names of their own to servers of this machine, and nothing
 * anywhere else.
 */
final class Internet implements HttpTransport {

  private final SocketTransport wire = SocketTransport.create(TlsOptions.DEFAULT);
  private final Map<String, EmbeddedRegistry> hosts;

  /**
   * @param hosts what answers at {@code https://<name>}
   */
  Internet(Map<String, EmbeddedRegistry> hosts) {
    this.hosts = Map.copyOf(hosts);
  }

  @Override
  public <T> T exchange(TransportRequest request, ResponseReader<T> reader)
      throws IOException, BullaException, InterruptedException {
    Origin origin = request.url().origin();
    EmbeddedRegistry there = hosts.get(origin.host());
    if (there == null || !origin.isHttps()) {
      throw new TransportException(
          TransportException.Kind.NO_CONNECTION, "nobody at " + origin, null);
    }
    return wire.exchange(
        new TransportRequest(
            request.method(),
            HttpUrl.parse("http://" + there.host() + request.url().pathAndQuery()),
            request.headers(),
            request.body(),
            request.timeout()),
        reader);
  }

  @Override
  public Thread.Builder threads() {
    return wire.threads();
  }

  @Override
  public void close() {
    wire.close();
  }
}
