package dev.bulla.registry.auth;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonParser;
import dev.bulla.oci.Repository;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Credentials that somebody handed over, each for its own registry, or for a part of it. Names of
 * registries are compared whole, and paths by their segments, also those of URLs; the longest that
 * fits wins. No program is run.
 */
public final class GivenCredentials implements CredentialSource {

  private final CredentialFile file;

  private GivenCredentials(CredentialFile file) {
    this.file = file;
  }

  /**
   * The entries of a {@code config.json} of docker, or an {@code auth.json} of podman. What they
   * say about helper programs is passed over.
   *
   * @param source where it came from, for messages
   */
  public static GivenCredentials ofDockerConfig(Bytes json, String source)
      throws MalformedInputException {
    CredentialFile file =
        CredentialFile.parse(
            Path.of(source), JsonParser.parseObject(json, source), ServerKey::parseWithNamespace);
    return new GivenCredentials(
        new CredentialFile(file.path(), file.entries(), List.of(), Optional.empty()));
  }

  /**
   * One user of one registry.
   *
   * @param registry {@code host}, {@code host/path}, or as docker writes it
   * @param source where they came from, for messages
   */
  public static GivenCredentials ofUser(
      String registry, String username, String password, String source) {
    CredentialFile.Entry entry =
        new CredentialFile.Entry(
            ServerKey.parseWithNamespace(registry), CredentialFile.ofUser(username, password));
    return new GivenCredentials(
        new CredentialFile(Path.of(source), List.of(entry), List.of(), Optional.empty()));
  }

  @Override
  public CredentialAnswer find(Repository repository) {
    return file.entryFor(repository)
        .map(found -> new CredentialAnswer(found, file.path().toString()))
        .orElse(CredentialAnswer.NONE);
  }

  /** Shows no secret. */
  @Override
  public String toString() {
    return "GivenCredentials[" + file.path() + "]";
  }
}
