package dev.bulla.keys.kms;

import dev.bulla.error.KeyException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Requests to a service that keeps whole key pairs: reading is repeated where it was throttled or
 * met a failing server; writing is not.
 */
public final class ServiceHttp implements AutoCloseable {

  private final KmsHttp http;
  private final KmsFailures failures;

  /**
   * A client for one service.
   *
   * @param timeout for one request and its answer
   */
  public ServiceHttp(SSLContext tls, KmsProxies proxies, Duration timeout, KmsFailures failures) {
    this.http = KmsHttp.create(timeout, tls, Optional.of(proxies));
    this.failures = failures;
  }

  /** Sends what changes nothing, up to four times. */
  public KmsHttp.Answer read(HttpRequest.Builder request) throws KeyException {
    return direct(request, http.ask(request, failures, address(request), ServiceHttp::shown));
  }

  /** Sends what changes something, once. */
  public KmsHttp.Answer write(HttpRequest.Builder request) throws KeyException {
    return direct(request, http.askOnce(request, failures, address(request), ServiceHttp::shown));
  }

  private KmsHttp.Answer direct(HttpRequest.Builder request, KmsHttp.Answer answer)
      throws KeyException {
    if (answer.status() / 100 != 3) {
      return answer;
    }
    throw failures.misconfigured(
        address(request) + " answers HTTP " + answer.status() + ", which leads elsewhere",
        "redirects are not followed; name the host that they lead to",
        null);
  }

  private static String shown(KmsHttp.Answer answer) {
    return "HTTP " + answer.status();
  }

  private static String address(HttpRequest.Builder request) {
    URI url = request.copy().build().uri();
    return url.getScheme() + "://" + url.getRawAuthority();
  }

  @Override
  public void close() {
    http.close();
  }
}
