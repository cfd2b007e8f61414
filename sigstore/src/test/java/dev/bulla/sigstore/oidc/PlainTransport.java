package dev.bulla.sigstore.oidc;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.sigstore.http.NoAnswerException;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceHeader;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceTransport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The JDK's client, for servers of the same process; counts what is asked. */
final class PlainTransport implements ServiceTransport {

  private final HttpClient http =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1)
          .build();

  private final List<String> asked = new ArrayList<>();

  ServiceCaller caller() {
    return ServiceCaller.of(this, Duration.ofSeconds(30));
  }

  /** Every request, as it may be shown. */
  synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  @Override
  public ServiceAnswer exchange(ServiceRequest request, Duration timeout)
      throws NoAnswerException, InterruptedException {
    synchronized (this) {
      asked.add(request.toString());
    }
    HttpRequest.Builder wire =
        HttpRequest.newBuilder(URI.create(request.url().text()))
            .timeout(timeout)
            .method(
                request.method(),
                request
                    .body()
                    .map(body -> HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                    .orElse(HttpRequest.BodyPublishers.noBody()));
    for (ServiceHeader header : request.headers()) {
      wire.header(header.name(), header.value());
    }
    try {
      HttpResponse<byte[]> answer =
          http.send(wire.build(), HttpResponse.BodyHandlers.ofByteArray());
      List<ServiceHeader> headers = new ArrayList<>();
      answer
          .headers()
          .map()
          .forEach((name, values) ->
              values.forEach(value -> headers.add(new ServiceHeader(name, value))));
      return new ServiceAnswer(answer.statusCode(), headers, Bytes.owning(answer.body()));
    } catch (IOException e) {
      throw new NoAnswerException(Kind.UNREACHABLE, "no connection", true, e);
    }
  }
}
