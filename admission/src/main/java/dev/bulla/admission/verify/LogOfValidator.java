package dev.bulla.admission.verify;

import dev.bulla.ServiceConnections;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.error.MalformedInputException;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.verify.LogLookup;
import java.time.Instant;
import java.util.Optional;

/**
 * The transparency log that a validator's {@code host.rekor} names. It is reached as registries
 * are: the same addresses are refused, and the same listener is told.
 */
final class LogOfValidator implements AutoCloseable {

  private final HttpTransport transport;
  private final ServiceUrl url;
  private final Surroundings surroundings;

  private LogOfValidator(ServiceUrl url, Surroundings surroundings) {
    this.transport = surroundings.guardedTransport(surroundings.tls().build());
    this.url = url;
    this.surroundings = surroundings;
  }

  /** The log of a validator, if it names one. Asks nobody. */
  static Optional<LogOfValidator> of(ValidatorConfig.Cosign validator, Surroundings surroundings)
      throws MalformedInputException {
    Optional<String> address = validator.sigstore().rekor();
    return address.isEmpty()
        ? Optional.empty()
        : Optional.of(new LogOfValidator(ServiceUrl.parse(address.get()), surroundings));
  }

  /** For one look at one image. */
  LogLookup until(Instant deadline) {
    return new LogQuestions(
        new ServiceConnections(transport, Surroundings.USER_AGENT),
        url,
        surroundings.options().clock(),
        deadline);
  }

  @Override
  public void close() {
    transport.close();
  }
}
