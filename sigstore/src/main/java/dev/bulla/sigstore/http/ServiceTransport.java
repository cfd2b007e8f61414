package dev.bulla.sigstore.http;

import dev.bulla.error.BullaException;
import java.time.Duration;

/**
 * Carries one request to a service and its answer back. Safe for use by many threads at once.
 *
 * <p>Promises of every implementation: the timeout covers everything, also a service that drips; a
 * body that ends early is a failure; no redirect is followed, no challenge answered, no cookie
 * kept; a request is not repeated once the service may have seen it.
 */
@FunctionalInterface
public interface ServiceTransport {

  /**
   * Sends a request.
   *
   * @param timeout for the whole exchange
   * @return whatever the service says, refusals and redirects too
   * @throws NoAnswerException when nothing usable came
   * @throws dev.bulla.error.MalformedInputException when the body is larger than the request
   *     allows, after one byte more than that
   * @throws BullaException when settings of the connection are of no use
   * @throws InterruptedException when the calling thread was interrupted
   */
  ServiceAnswer exchange(ServiceRequest request, Duration timeout)
      throws NoAnswerException, BullaException, InterruptedException;
}
