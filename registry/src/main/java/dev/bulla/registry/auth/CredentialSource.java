package dev.bulla.registry.auth;

import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.LookedAt.Finding;
import java.util.List;

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

  /**
   * Every place that {@link #find} looks at for this repository, in its order, and what came of it.
   * Asks the same helpers. At most one has {@link Finding#FOUND}.
   */
  default List<LookedAt> explain(Repository repository) {
    try {
      CredentialAnswer answer = find(repository);
      return List.of(
          new LookedAt(
              answer.source(),
              answer.isAnonymous() ? Finding.NOTHING : Finding.FOUND,
              answer.isAnonymous() ? "" : answer.credentials().kind()));
    } catch (ConfigurationException e) {
      return List.of(new LookedAt("credentials", Finding.FAILED, e.message()));
    }
  }

  /** The same credentials for every registry that asks, as given on a command line. */
  static CredentialSource always(Credentials credentials, String source) {
    CredentialAnswer answer = new CredentialAnswer(credentials, source);
    return repository -> answer;
  }
}
