package dev.bulla.admission.verify;

import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.config.ValidatorConfig.RegistryLogin;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.transport.TlsOptions;
import java.time.Duration;
import java.time.Instant;

/**
 * How one validator reaches registries: its authorities, its login, connections that are kept. Now
 * and then it starts anew, so that renewed secrets are read and what was learned about hosts that
 * nobody uses any more is forgotten.
 */
final class RegistryConnection implements AutoCloseable {

  private static final Duration LIFE = Duration.ofMinutes(10);

  /** A client while somebody uses it. */
  final class Lease implements AutoCloseable {
    private final RegistryClient client;
    private int users;
    private boolean retired;

    private Lease(RegistryClient client) {
      this.client = client;
    }

    /** With one deadline for all that is asked. */
    RegistryClient client(Duration within) {
      return client.within(within);
    }

    @Override
    public void close() {
      synchronized (RegistryConnection.this) {
        users--;
        closeIfUnused();
      }
    }

    private void closeIfUnused() {
      if (retired && users == 0) {
        client.close();
      }
    }
  }

  private final ValidatorConfig.Cosign validator;
  private final Surroundings surroundings;
  private CredentialSource credentials;
  private Lease current;
  private Instant since;

  private RegistryConnection(
      ValidatorConfig.Cosign validator, Surroundings surroundings, CredentialSource credentials) {
    this.validator = validator;
    this.surroundings = surroundings;
    this.credentials = credentials;
    this.current = new Lease(client(validator, surroundings, credentials));
    this.since = surroundings.options().clock().instant();
  }

  /**
   * The connection of a validator. Reads its secret; asks nobody.
   *
   * @throws ConfigurationException when the secret cannot be read
   */
  static RegistryConnection of(ValidatorConfig.Cosign validator, Surroundings surroundings)
      throws ConfigurationException {
    return new RegistryConnection(validator, surroundings, credentials(validator, surroundings));
  }

  private static CredentialSource credentials(
      ValidatorConfig.Cosign validator, Surroundings surroundings) throws ConfigurationException {
    if (validator.login().isEmpty()) {
      return surroundings.stored();
    }
    RegistryLogin login = validator.login().get();
    if (!(login instanceof RegistryLogin.Secret secret)) {
      return surroundings.ambient();
    }
    try {
      return new Secrets(surroundings.options().secretsDir().orElse(Secrets.DEFAULT))
          .read(secret.name());
    } catch (ConfigurationException e) {
      throw e.in("validator " + Quoted.plain(validator.name()));
    }
  }

  private static RegistryClient client(
      ValidatorConfig.Cosign validator, Surroundings surroundings, CredentialSource credentials) {
    VerifierOptions options = surroundings.options();
    TlsOptions.Builder tls = surroundings.tls();
    validator
        .certificate()
        .ifPresent(pem ->
            tls.trustAlso(Bytes.utf8(pem), "cert of validator " + Quoted.plain(validator.name())));
    RegistryClient.Builder client =
        RegistryClient.builder(surroundings.guardedTransport(tls.build()))
            .userAgent(Surroundings.USER_AGENT)
            .credentials(credentials);
    options.httpRegistries().forEach(client::insecureAllowHttp);
    return client.build();
  }

  /** The client to use now; to be closed after use. */
  synchronized Lease lease() {
    Instant now = surroundings.options().clock().instant();
    if (Duration.between(since, now).compareTo(LIFE) >= 0) {
      renew(now);
    }
    current.users++;
    return current;
  }

  private void renew(Instant now) {
    since = now;
    try {
      credentials = credentials(validator, surroundings);
    } catch (ConfigurationException e) {
      surroundings.options().notices().accept(e.message() + "; what was read before is used");
    }
    retire();
    current = new Lease(client(validator, surroundings, credentials));
  }

  private void retire() {
    current.retired = true;
    current.closeIfUnused();
  }

  @Override
  public synchronized void close() {
    retire();
  }
}
