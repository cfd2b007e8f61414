package dev.bulla.registry.auth;

import dev.bulla.error.ConfigurationException;
import dev.bulla.fuzz.Check;
import dev.bulla.oci.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@link CredentialFile} and {@link StoredCredentials}: a file gives a registry its own credentials
 * and nobody else's, and shows none of them.
 */
public final class CredentialFileTarget {

  private static final List<Repository> REPOSITORIES =
      List.of(
          new Repository("registry.test", "acme/app"),
          new Repository("registry.test:5000", "app"),
          new Repository(Repository.DOCKER_HUB, "library/alpine"));

  private static final Path HOME = home();
  private static final Path FILE = HOME.resolve(".docker").resolve("config.json");

  private CredentialFileTarget() {}

  private static Path home() {
    try {
      Path home = Files.createTempDirectory("bulla-fuzz-");
      Files.createDirectory(home.resolve(".docker"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(home)));
      return home;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path home) {
    try {
      Files.deleteIfExists(FILE);
      Files.deleteIfExists(FILE.getParent());
      Files.deleteIfExists(home);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static boolean accepts(byte[] input) throws IOException {
    Files.write(FILE, input);
    CredentialFile file;
    try {
      file = CredentialFile.load(FILE).orElseThrow();
    } catch (ConfigurationException e) {
      Check.refusal(e);
      return false;
    }
    for (CredentialFile.Entry entry : file.entries()) {
      Check.that(
          List.of("Basic[…]", "IdentityToken[…]", "RegistryToken[…]")
              .contains(entry.credentials().toString()),
          "credentials do not show themselves");
      ServerKey key = entry.key();
      Check.equal(key.host(), ServerKey.canonicalHost(key.host()), "one spelling of a host");
    }
    // no folder to look for helper programs in
    StoredCredentials stored =
        StoredCredentials.in(new RegistryEnvironment(Map.of("PATH", ""), HOME));
    for (Repository repository : REPOSITORIES) {
      fits(file, repository, stored);
    }
    return !file.entries().isEmpty();
  }

  private static void fits(CredentialFile file, Repository repository, StoredCredentials stored) {
    Optional<Credentials> entry = file.entryFor(repository);
    entry.ifPresent(found ->
        Check.that(
            file.entries().stream()
                .anyMatch(e -> e.credentials().equals(found) && e.key().covers(repository)),
            "the credentials are kept for that registry"));
    Repository elsewhere = new Repository("elsewhere." + repository.registry(), repository.path());
    file.entries().stream()
        .filter(e -> e.key().covers(repository))
        .forEach(e -> Check.that(!e.key().covers(elsewhere), "and for no other"));
    try {
      CredentialAnswer answer = stored.find(repository);
      Check.that(file.helperFor(repository).isEmpty(), "a helper that is not there is missed");
      Check.equal(entry.orElse(Credentials.ANONYMOUS), answer.credentials(), "what is found");
    } catch (ConfigurationException e) {
      Check.refusal(e);
      Check.that(file.helperFor(repository).isPresent(), "only a helper is missed");
    }
  }
}
