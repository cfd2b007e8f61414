package dev.bulla;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.limits.LimitedInput;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.RequestBody;
import dev.bulla.registry.transport.TransportException;
import dev.bulla.registry.transport.TransportRequest;
import dev.bulla.sigstore.http.NoAnswerException;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceHeader;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sigstore's services over the same HTTP as registries: TLS options, proxies and deadlines are
 * those of the transport. Safe for use by many threads at once.
 */
public final class ServiceConnections implements ServiceTransport {

  private final HttpTransport transport;
  private final String userAgent;

  /**
   * Over a transport, which the caller closes.
   *
   * @param userAgent what services are told that we are
   */
  public ServiceConnections(HttpTransport transport, String userAgent) {
    this.transport = transport;
    this.userAgent = userAgent;
  }

  @Override
  public ServiceAnswer exchange(ServiceRequest request, Duration timeout)
      throws NoAnswerException, BullaException, InterruptedException {
    Headers.Builder headers = Headers.builder().add("User-Agent", userAgent);
    for (ServiceHeader header : request.headers()) {
      headers.add(header.name(), header.value());
    }
    TransportRequest wire =
        new TransportRequest(
            request.method(),
            url(request),
            headers.build(),
            request.body().map(RequestBody::of).orElse(RequestBody.NONE),
            timeout);
    try {
      return transport.exchange(
          wire,
          response ->
              new ServiceAnswer(
                  response.status(),
                  headers(response.headers()),
                  LimitedInput.readAll(response.body(), request.maxAnswer(), "body")));
    } catch (TransportException e) {
      throw new NoAnswerException(kind(e.kind()), e.message(), e.nothingSent(), e);
    } catch (IOException e) {
      throw new NoAnswerException(Kind.UNREACHABLE, "the connection broke", false, e);
    }
  }

  private static HttpUrl url(ServiceRequest request) throws ConfigurationException {
    try {
      return HttpUrl.parse(request.url().text());
    } catch (MalformedInputException e) {
      throw new ConfigurationException(e.message(), e);
    }
  }

  private static List<ServiceHeader> headers(Headers fields) {
    List<ServiceHeader> headers = new ArrayList<>();
    for (Headers.Field field : fields.fields()) {
      headers.add(new ServiceHeader(field.name(), field.value()));
    }
    return headers;
  }

  private static Kind kind(TransportException.Kind kind) {
    return switch (kind) {
      case NO_CONNECTION, PROXY, BROKEN, CUT -> Kind.UNREACHABLE;
      case CONNECT_TIMEOUT, TIMEOUT -> Kind.TIMEOUT;
      case TLS, NOT_TLS -> Kind.TLS;
      case NOT_HTTP -> Kind.BAD_ANSWER;
    };
  }
}
