package dev.bulla.sigstore;

import dev.bulla.error.ServiceException.Kind;
import dev.bulla.limits.LimitedInput;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.RequestBody;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.registry.transport.TransportException;
import dev.bulla.registry.transport.TransportRequest;
import dev.bulla.sigstore.http.NoAnswerException;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceHeader;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The virtual Sigstore over HTTP, and a caller that asks it over real sockets. */
public final class WireServices implements AutoCloseable {

  public final VirtualSigstoreServer server;
  private final HttpTransport transport = SocketTransport.create(TlsOptions.DEFAULT);

  /** One whose clock is the machine's. */
  public WireServices() throws IOException {
    server = VirtualSigstoreServer.start(VirtualSigstore.live());
  }

  public VirtualSigstore sigstore() {
    return server.sigstore();
  }

  public ServiceUrl url(Service service) throws Exception {
    return ServiceUrl.parse(server.url(service));
  }

  /** With ample time. */
  public ServiceCaller caller() {
    return caller(Duration.ofSeconds(60));
  }

  public ServiceCaller caller(Duration timeout) {
    return ServiceCaller.of(this::exchange, timeout);
  }

  private ServiceAnswer exchange(ServiceRequest request, Duration timeout)
      throws NoAnswerException, dev.bulla.error.BullaException, InterruptedException {
    Headers.Builder headers = Headers.builder();
    request.headers().forEach(h -> headers.add(h.name(), h.value()));
    try {
      return transport.exchange(
          new TransportRequest(
              request.method(),
              HttpUrl.parse(request.url().text()),
              headers.build(),
              request.body().map(RequestBody::of).orElse(RequestBody.NONE),
              timeout),
          response -> {
            List<ServiceHeader> fields = new ArrayList<>();
            response
                .headers()
                .fields()
                .forEach(f -> fields.add(new ServiceHeader(f.name(), f.value())));
            return new ServiceAnswer(
                response.status(),
                fields,
                LimitedInput.readAll(response.body(), request.maxAnswer(), "body"));
          });
    } catch (TransportException e) {
      throw new NoAnswerException(Kind.UNREACHABLE, e.message(), e.nothingSent(), e);
    } catch (IOException e) {
      throw new NoAnswerException(Kind.UNREACHABLE, "broken", false, e);
    }
  }

  @Override
  public void close() {
    transport.close();
    server.close();
  }
}
