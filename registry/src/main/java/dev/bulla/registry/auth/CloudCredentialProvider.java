package dev.bulla.registry.auth;

import dev.bulla.error.ConfigurationException;
import dev.bulla.registry.auth.CloudRegistry.Cloud;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Exchanges what a machine is in a cloud for credentials of that cloud's registry. Found by {@link
 * java.util.ServiceLoader}, in a module of its own, and asked only for registries that {@link
 * CloudRegistry#of} knows to be that cloud's, and only when the user wants it.
 */
public interface CloudCredentialProvider {

  /** The cloud whose registries it knows credentials for. */
  Cloud cloud();

  /**
   * Credentials for a registry.
   *
   * @param environment where the cloud's own variables and files are
   * @param limit how long it may take
   * @return empty when this machine has no identity in the cloud
   * @throws ConfigurationException when it has one, and the exchange failed
   */
  Optional<Credentials> exchange(
      CloudRegistry registry, RegistryEnvironment environment, Duration limit)
      throws ConfigurationException;

  /**
   * As {@link #exchange}, with the time at which the credentials end. Overridden where the cloud
   * tells it.
   */
  default Optional<CloudLogin> logIn(
      CloudRegistry registry, RegistryEnvironment environment, Duration limit)
      throws ConfigurationException {
    return exchange(registry, environment, limit)
        .map(credentials -> new CloudLogin(credentials, Instant.MAX));
  }
}
