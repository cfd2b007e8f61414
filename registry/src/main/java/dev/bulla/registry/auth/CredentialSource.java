package dev.bulla.registry.auth;

import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.Repository;

/**
 * Knows credentials for registries. Asked only once a registry demands some. Safe for use by many
 * threads at once.
 */
@FunctionalInterface
public interface CredentialSource {

  /** Knows none. */
  CredentialSource ANONYMOUS = repository -> CredentialAnswer.NONE;

  /**
   * The credentials for a repository.
   *
   * @throws ConfigurationException when they are kept somewhere that cannot be read: going on
   *     without them could make private things look absent
   */
  CredentialAnswer find(Repository repository) throws ConfigurationException;

  /** The same credentials for every registry that asks, as given on a command line. */
  static CredentialSource always(Credentials credentials, String source) {
    CredentialAnswer answer = new CredentialAnswer(credentials, source);
    return repository -> answer;
  }
}
