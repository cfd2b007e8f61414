package dev.bulla.admission.verify;

import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.config.ValidatorConfig.RegistryLogin;
import dev.bulla.admission.decide.PullLogin;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.TlsOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How one validator reaches registries: its authorities, its login, connections that are kept. Now
 * and then it starts anew, so that renewed secrets are read and what was learned about hosts that
 * nobody uses any more is forgotten.
 */
final class RegistryConnection implements AutoCloseable {

  private static final Duration LIFE = Duration.ofMinutes(10);

  /** Logins of pods whose tokens are kept; those that nobody used for the longest go first. */
  static final int MAX_LOGINS = 256;

  /** Sockets, which all share, and what each login has learned, which nobody shares. */
  private static final class Generation {
    private final HttpTransport transport;
    private final RegistryClient own;
    private final Map<String, RegistryClient> others = new LinkedHashMap<>(16, 0.75f, true);
    private int users;
    private boolean retired;

    Generation(HttpTransport transport, RegistryClient own) {
      this.transport = transport;
      this.own = own;
    }
  }

  /** A client while somebody uses it. */
  final class Lease implements AutoCloseable {
    private final Generation of;
    private final RegistryClient client;

    private Lease(Generation of, RegistryClient client) {
      this.of = of;
      this.client = client;
    }

    /** With one deadline for all that is asked. */
    RegistryClient client(Duration within) {
      return client.within(within);
    }

    @Override
    public void close() {
      synchronized (RegistryConnection.this) {
        of.users--;
        closeIfUnused(of);
      }
    }
  }

  private final ValidatorConfig.Cosign validator;
  private final Surroundings surroundings;
  private CredentialSource credentials;
  private Generation current;
  private Instant since;

  private RegistryConnection(
      ValidatorConfig.Cosign validator, Surroundings surroundings, CredentialSource credentials) {
    this.validator = validator;
    this.surroundings = surroundings;
    this.credentials = credentials;
    this.current = generation();
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
    if (validator.ownLogin().isEmpty()) {
      return surroundings.stored();
    }
    RegistryLogin login = validator.ownLogin().get();
    if (!(login instanceof RegistryLogin.Secret secret)) {
      return surroundings.ambient();
    }
    try {
      return new Secrets(surroundings.options().secretsDir().orElse(Secrets.DEFAULT))
          .read(secret.name());
    } catch (ConfigurationException e) {
      throw e.in(secret.where() + ": validator " + Quoted.plain(validator.name()));
    }
  }

  private Generation generation() {
    TlsOptions.Builder tls = surroundings.tls();
    validator
        .certificate()
        .ifPresent(pem ->
            tls.trustAlso(Bytes.utf8(pem), "cert of validator " + Quoted.plain(validator.name())));
    HttpTransport transport = surroundings.guardedTransport(tls.build());
    return new Generation(transport, client(transport, credentials));
  }

  private RegistryClient client(HttpTransport transport, CredentialSource source) {
    RegistryClient.Builder client =
        RegistryClient.builder(transport).userAgent(Surroundings.USER_AGENT).credentials(source);
    surroundings.options().httpRegistries().forEach(client::insecureAllowHttp);
    return client.build();
  }

  /**
   * The client to use now; to be closed after use.
   *
   * @param login as whom; nobody else ever gets the tokens that it is given
   */
  synchronized Lease lease(PullLogin login) {
    Instant now = surroundings.options().clock().instant();
    if (Duration.between(since, now).compareTo(LIFE) >= 0) {
      renew(now);
    }
    current.users++;
    return new Lease(current, login.isOwn() ? current.own : other(current, login));
  }

  private RegistryClient other(Generation of, PullLogin login) {
    RegistryClient client =
        of.others.computeIfAbsent(
            login.fingerprint(), unused -> client(of.transport, login.credentials()));
    if (of.others.size() > MAX_LOGINS) {
      of.others.remove(of.others.keySet().iterator().next());
    }
    return client;
  }

  private void renew(Instant now) {
    since = now;
    try {
      credentials = credentials(validator, surroundings);
    } catch (ConfigurationException e) {
      surroundings.options().notices().accept(e.message() + "; what was read before is used");
    }
    retire();
    current = generation();
  }

  private void retire() {
    current.retired = true;
    closeIfUnused(current);
  }

  /** Clients of other logins have nothing of their own to close. */
  private static void closeIfUnused(Generation generation) {
    if (generation.retired && generation.users == 0) {
      generation.own.close();
    }
  }

  @Override
  public synchronized void close() {
    retire();
  }
}
