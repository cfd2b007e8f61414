package dev.bulla.registry.auth;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.LookedAt.Finding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The credentials that {@code docker login}, {@code podman login} and their helper programs keep.
 * Looked for in this order, the first that knows the registry wins:
 *
 * <ol>
 *   <li>{@code $DOCKER_AUTH_CONFIG}, the text of a {@code config.json}, as docker and GitLab's
 *       runners read it
 *   <li>{@code $DOCKER_CONFIG/config.json}, else {@code ~/.docker/config.json}
 *   <li>{@code $REGISTRY_AUTH_FILE}
 *   <li>{@code $XDG_RUNTIME_DIR/containers/auth.json}
 *   <li>{@code $XDG_CONFIG_HOME/containers/auth.json}, else {@code ~/.config/containers/auth.json}
 * </ol>
 *
 * <p>Within a file: the server's helper ({@code credHelpers}, else {@code credsStore}), then its
 * entry. In the variable only entries count: it must not choose programs to run. What was read is
 * kept for five minutes, since helpers are slow and tokens in files are renewed.
 */
public final class StoredCredentials implements CredentialSource {

  private static final Duration KEPT_FOR = Duration.ofMinutes(5);
  private static final Duration HELPER_TIMEOUT = Duration.ofSeconds(30);
  private static final String VARIABLE = "DOCKER_AUTH_CONFIG";

  private final RegistryEnvironment environment;
  private final Duration helperTimeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Path, Optional<CredentialFile>> files = new HashMap<>();
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
    Search search = new Search(repository);
    lock.lock();
    try {
      CredentialAnswer answer = CredentialAnswer.NONE;
      for (Place place : places()) {
        if (answer.isAnonymous()) {
          answer = place.look(search);
        }
      }
      return answer;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<LookedAt> explain(Repository repository) {
    Search search = new Search(repository);
    lock.lock();
    try {
      boolean decided = false;
      for (Place place : places()) {
        if (decided) {
          search.trail.add(new LookedAt(place.name(), Finding.NOT_ASKED, ""));
        } else {
          try {
            decided = !place.look(search).isAnonymous();
          } catch (ConfigurationException e) {
            search.trail.add(new LookedAt(place.name(), Finding.FAILED, e.message()));
            decided = true;
          }
        }
      }
      return List.copyOf(search.trail);
    } finally {
      lock.unlock();
    }
  }

  /** One look through the places, and what came of it so far. */
  private static final class Search {
    final Repository repository;
    final List<LookedAt> trail = new ArrayList<>();

    Search(Repository repository) {
      this.repository = repository;
    }

    CredentialAnswer found(String place, Credentials credentials) {
      trail.add(new LookedAt(place, Finding.FOUND, credentials.kind()));
      return new CredentialAnswer(credentials, place);
    }

    CredentialAnswer nothing(String place, Finding finding) {
      trail.add(new LookedAt(place, finding, ""));
      return CredentialAnswer.NONE;
    }
  }

  /** Where credentials may be kept. */
  private interface Place {
    String name();

    CredentialAnswer look(Search search) throws ConfigurationException;
  }

  private List<Place> places() {
    forgetWhatIsOld();
    List<Place> places = new ArrayList<>();
    environment.variable(VARIABLE).ifPresent(text -> places.add(new InVariable(text)));
    places.add(new InFile(dockerConfig(environment)));
    environment
        .variable("REGISTRY_AUTH_FILE")
        .ifPresent(path -> places.add(new InFile(Path.of(path))));
    environment
        .variable("XDG_RUNTIME_DIR")
        .ifPresent(folder -> places.add(new InFile(Path.of(folder, "containers", "auth.json"))));
    places.add(
        new InFile(
            environment
                .variable("XDG_CONFIG_HOME")
                .map(Path::of)
                .orElse(environment.home().resolve(".config"))
                .resolve("containers")
                .resolve("auth.json")));
    return places;
  }

  /** Where docker keeps its configuration, whether or not it is there. */
  static Path dockerConfig(RegistryEnvironment environment) {
    return environment
        .variable("DOCKER_CONFIG")
        .map(Path::of)
        .orElse(environment.home().resolve(".docker"))
        .resolve("config.json");
  }

  private void forgetWhatIsOld() {
    long now = System.nanoTime();
    if (now - readAt > KEPT_FOR.toNanos()) {
      files.clear();
      helperAnswers.clear();
      readAt = now;
    }
  }

  private record InVariable(String text) implements Place {
    @Override
    public String name() {
      return "$" + VARIABLE;
    }

    @Override
    public CredentialAnswer look(Search search) throws ConfigurationException {
      CredentialFile file;
      try {
        file = CredentialFile.parse(Path.of(VARIABLE), Bytes.utf8(text));
      } catch (MalformedInputException e) {
        throw new ConfigurationException("cannot use the credentials in $" + e.message(), e);
      }
      Optional<Credentials> entry = file.entryFor(search.repository);
      return entry.isPresent()
          ? search.found(name(), entry.get())
          : search.nothing(name(), Finding.NOTHING);
    }

    /** Without the text, which holds secrets. */
    @Override
    public String toString() {
      return name();
    }
  }

  private final class InFile implements Place {
    private final Path path;

    InFile(Path path) {
      this.path = path;
    }

    @Override
    public String name() {
      return path.toString();
    }

    @Override
    public CredentialAnswer look(Search search) throws ConfigurationException {
      Optional<CredentialFile> file = file(path);
      if (file.isEmpty()) {
        return search.nothing(name(), Finding.ABSENT);
      }
      Optional<String> helper = file.get().helperFor(search.repository);
      if (helper.isPresent()) {
        String place = "helper docker-credential-" + helper.get() + " named in " + path;
        Optional<Credentials> found =
            ask(helper.get(), ServerKey.helperArgument(search.repository));
        if (found.isPresent()) {
          return search.found(place, found.get());
        }
        search.nothing(place, Finding.NOTHING);
      }
      Optional<Credentials> entry = file.get().entryFor(search.repository);
      return entry.isPresent()
          ? search.found(name(), entry.get())
          : search.nothing(name(), Finding.NOTHING);
    }
  }

  private Optional<CredentialFile> file(Path path) throws ConfigurationException {
    Optional<CredentialFile> known = files.get(path);
    if (known == null) {
      known = CredentialFile.load(path);
      files.put(path, known);
    }
    return known;
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
}
