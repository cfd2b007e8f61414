package dev.bulla.registry.auth;

import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.LookedAt.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stored credentials first, then those that come with the machine: an exchange of its cloud
 * identity, for registries of that cloud and for no other ({@code --k8s-keychain}).
 */
public final class AmbientCredentials implements CredentialSource {

  private static final Duration KEPT_FOR = Duration.ofMinutes(5);
  private static final Duration EXCHANGE_LIMIT = Duration.ofSeconds(30);

  private record Kept(CredentialAnswer answer, long at) {}

  private final CredentialSource stored;
  private final RegistryEnvironment environment;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Kept> kept = new HashMap<>();

  private AmbientCredentials(CredentialSource stored, RegistryEnvironment environment) {
    this.stored = stored;
    this.environment = environment;
  }

  public static AmbientCredentials in(RegistryEnvironment environment) {
    return new AmbientCredentials(StoredCredentials.in(environment), environment);
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
      if (known == null || System.nanoTime() - known.at() > KEPT_FOR.toNanos()) {
        known = new Kept(exchange(registry), System.nanoTime());
        kept.put(registry.host(), known);
      }
      return known.answer();
    } finally {
      lock.unlock();
    }
  }

  private CredentialAnswer exchange(CloudRegistry registry) throws ConfigurationException {
    CloudCredentialProvider provider = provider(registry);
    if (provider == null) {
      return new CredentialAnswer(Credentials.ANONYMOUS, notInstalled(registry));
    }
    Optional<Credentials> found = provider.exchange(registry, environment, EXCHANGE_LIMIT);
    return found.isPresent()
        ? new CredentialAnswer(found.get(), place(registry))
        : new CredentialAnswer(
            Credentials.ANONYMOUS, "this machine has no identity for " + registry.cloud());
  }

  private static @Nullable CloudCredentialProvider provider(CloudRegistry registry) {
    for (CloudCredentialProvider provider : ServiceLoader.load(CloudCredentialProvider.class)) {
      if (provider.cloud() == registry.cloud()) {
        return provider;
      }
    }
    return null;
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
