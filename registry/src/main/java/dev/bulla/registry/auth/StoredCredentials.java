package dev.bulla.registry.auth;

import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.Repository;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The credentials that {@code docker login}, {@code podman login} and their helper programs keep.
 * Looked for in this order, the first that knows the registry wins:
 *
 * <ol>
 *   <li>{@code $DOCKER_CONFIG/config.json}, else {@code ~/.docker/config.json}
 *   <li>{@code $REGISTRY_AUTH_FILE}
 *   <li>{@code $XDG_RUNTIME_DIR/containers/auth.json}
 *   <li>{@code $XDG_CONFIG_HOME/containers/auth.json}, else {@code ~/.config/containers/auth.json}
 * </ol>
 *
 * <p>Within a file: the server's helper ({@code credHelpers}, else {@code credsStore}), then its
 * entry. What was read is kept for five minutes, since helpers are slow and tokens in files are
 * renewed.
 */
public final class StoredCredentials implements CredentialSource {

  private static final Duration KEPT_FOR = Duration.ofMinutes(5);
  private static final Duration HELPER_TIMEOUT = Duration.ofSeconds(30);

  private final RegistryEnvironment environment;
  private final Duration helperTimeout;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable List<CredentialFile> files;
  private final Map<String, Optional<Credentials>> helperAnswers = new HashMap<>();
  private long readAt;

  private StoredCredentials(RegistryEnvironment environment, Duration helperTimeout) {
    this.environment = environment;
    this.helperTimeout = helperTimeout;
  }

  public static StoredCredentials in(RegistryEnvironment environment) {
    return new StoredCredentials(environment, HELPER_TIMEOUT);
  }

  static StoredCredentials in(RegistryEnvironment environment, Duration helperTimeout) {
    return new StoredCredentials(environment, helperTimeout);
  }

  @Override
  public CredentialAnswer find(Repository repository) throws ConfigurationException {
    lock.lock();
    try {
      return findLocked(repository);
    } finally {
      lock.unlock();
    }
  }

  private CredentialAnswer findLocked(Repository repository) throws ConfigurationException {
    for (CredentialFile file : files()) {
      Optional<String> helper = file.helperFor(repository);
      if (helper.isPresent()) {
        Optional<Credentials> found = ask(helper.get(), ServerKey.helperArgument(repository));
        if (found.isPresent()) {
          return new CredentialAnswer(
              found.get(), "helper docker-credential-" + helper.get() + " named in " + file.path());
        }
      }
      Optional<Credentials> entry = file.entryFor(repository);
      if (entry.isPresent()) {
        return new CredentialAnswer(entry.get(), file.path().toString());
      }
    }
    return CredentialAnswer.NONE;
  }

  private Optional<Credentials> ask(String helper, String server) throws ConfigurationException {
    String key = helper + " " + server;
    Optional<Credentials> known = helperAnswers.get(key);
    if (known == null) {
      known = new CredentialHelper(environment, helper, helperTimeout).get(server);
      helperAnswers.put(key, known);
    }
    return known;
  }

  private List<CredentialFile> files() throws ConfigurationException {
    long now = System.nanoTime();
    if (files == null || now - readAt > KEPT_FOR.toNanos()) {
      List<CredentialFile> found = new ArrayList<>();
      for (Path path : candidates()) {
        Optional<CredentialFile> file = CredentialFile.load(path);
        if (file.isPresent()) {
          found.add(file.get());
        }
      }
      helperAnswers.clear();
      files = found;
      readAt = now;
    }
    return files;
  }

  private List<Path> candidates() {
    List<Path> paths = new ArrayList<>();
    paths.add(
        environment
            .variable("DOCKER_CONFIG")
            .map(Path::of)
            .orElse(environment.home().resolve(".docker"))
            .resolve("config.json"));
    environment.variable("REGISTRY_AUTH_FILE").map(Path::of).ifPresent(paths::add);
    environment
        .variable("XDG_RUNTIME_DIR")
        .map(folder -> Path.of(folder, "containers", "auth.json"))
        .ifPresent(paths::add);
    paths.add(
        environment
            .variable("XDG_CONFIG_HOME")
            .map(Path::of)
            .orElse(environment.home().resolve(".config"))
            .resolve("containers")
            .resolve("auth.json"));
    return paths;
  }
}
