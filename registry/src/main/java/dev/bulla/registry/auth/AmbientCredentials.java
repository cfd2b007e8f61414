package dev.bulla.registry.auth;

import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.LookedAt.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stored credentials first, then those that come with the machine: an exchange of its cloud
 * identity, for registries of that cloud and for no other ({@code --k8s-keychain}).
 */
public final class AmbientCredentials implements CredentialSource {

  private static final Duration KEPT_FOR = Duration.ofMinutes(5);
  private static final Duration EXCHANGE_LIMIT = Duration.ofSeconds(30);

  /** Credentials are renewed this long before they end: they have to last for a request. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  /** Finds who knows the credentials of a cloud, once a host of that cloud wants some. */
  @FunctionalInterface
  public interface Lookup {

    /**
     * The provider of a cloud's credentials, where one is installed.
     *
     * @throws ConfigurationException when it is, and cannot be loaded
     */
    Optional<CloudCredentialProvider> find(CloudRegistry.Cloud cloud) throws ConfigurationException;
  }

  /**
   * What a cloud answered.
   *
   * @param until as {@link System#nanoTime()} counts
   */
  private record Kept(CredentialAnswer answer, long until) {}

  private final CredentialSource stored;
  private final RegistryEnvironment environment;
  private final Lookup providers;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Kept> kept = new HashMap<>();

  private AmbientCredentials(
      CredentialSource stored, RegistryEnvironment environment, Lookup providers) {
    this.stored = stored;
    this.environment = environment;
    this.providers = providers;
  }

  /** With the providers on the class path. */
  public static AmbientCredentials in(RegistryEnvironment environment) {
    return in(environment, AmbientCredentials::onClassPath);
  }

  /** With providers that are found elsewhere. */
  public static AmbientCredentials in(RegistryEnvironment environment, Lookup providers) {
    return new AmbientCredentials(StoredCredentials.in(environment), environment, providers);
  }

  @Override
  public CredentialAnswer find(Repository repository) throws ConfigurationException {
    CredentialAnswer answer = stored.find(repository);
    Optional<CloudRegistry> registry = CloudRegistry.of(repository.registry());
    return answer.isAnonymous() && registry.isPresent() ? ofCloud(registry.get()) : answer;
  }

  private CredentialAnswer ofCloud(CloudRegistry registry) throws ConfigurationException {
    lock.lock();
    try {
      Kept known = kept.get(registry.host());
      if (known == null || System.nanoTime() - known.until() >= 0) {
        known = exchange(registry);
        kept.put(registry.host(), known);
      }
      return known.answer();
    } finally {
      lock.unlock();
    }
  }

  private Kept exchange(CloudRegistry registry) throws ConfigurationException {
    Optional<CloudCredentialProvider> provider = providers.find(registry.cloud());
    if (provider.isEmpty()) {
      return kept(new CredentialAnswer(Credentials.ANONYMOUS, notInstalled(registry)), KEPT_FOR);
    }
    Optional<CloudLogin> login = provider.get().logIn(registry, environment, EXCHANGE_LIMIT);
    if (login.isEmpty()) {
      return kept(
          new CredentialAnswer(
              Credentials.ANONYMOUS, "this machine has no identity for " + registry.cloud()),
          KEPT_FOR);
    }
    Duration left = Duration.between(Instant.now(), login.get().ends()).minus(MARGIN);
    return kept(
        new CredentialAnswer(login.get().credentials(), place(registry)),
        left.compareTo(KEPT_FOR) < 0 ? left : KEPT_FOR);
  }

  private static Kept kept(CredentialAnswer answer, Duration time) {
    return new Kept(answer, System.nanoTime() + (time.isNegative() ? 0 : time.toNanos()));
  }

  private static Optional<CloudCredentialProvider> onClassPath(CloudRegistry.Cloud cloud) {
    for (CloudCredentialProvider provider : ServiceLoader.load(CloudCredentialProvider.class)) {
      if (provider.cloud() == cloud) {
        return Optional.of(provider);
      }
    }
    return Optional.empty();
  }

  private static String place(CloudRegistry registry) {
    return "this machine's identity, exchanged with " + registry.cloud();
  }

  private static String notInstalled(CloudRegistry registry) {
    return "no provider of credentials for " + registry.cloud() + " is installed";
  }

  @Override
  public List<LookedAt> explain(Repository repository) {
    List<LookedAt> trail = new ArrayList<>(stored.explain(repository));
    for (LookedAt looked : trail) {
      if (looked.finding() == Finding.FOUND || looked.finding() == Finding.FAILED) {
        return trail;
      }
    }
    Optional<CloudRegistry> registry = CloudRegistry.of(repository.registry());
    if (registry.isEmpty()) {
      trail.add(
          new LookedAt(
              "this machine's cloud identity", Finding.NOT_ASKED, "the host is no cloud's"));
      return trail;
    }
    try {
      CredentialAnswer answer = ofCloud(registry.get());
      trail.add(
          answer.isAnonymous()
              ? new LookedAt(place(registry.get()), Finding.NOTHING, answer.source())
              : new LookedAt(answer.source(), Finding.FOUND, answer.credentials().kind()));
    } catch (ConfigurationException e) {
      trail.add(new LookedAt(place(registry.get()), Finding.FAILED, e.message()));
    }
    return trail;
  }
}
