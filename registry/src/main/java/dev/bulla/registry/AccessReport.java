package dev.bulla.registry;

import dev.bulla.error.RegistryException;
import java.util.Optional;

/**
 * What came of asking a registry whether we may come in. Holds no secret.
 *
 * @param origin scheme, host and port that answered; empty when nobody did
 * @param asked what the registry wants to be shown
 * @param tokenService host of the service that the registry names for tokens; empty when it names
 *     none
 * @param credentialsShown whether our credentials were shown to anybody
 * @param refusal why we may not come in; empty when we may
 */
public record AccessReport(
    String origin,
    Asked asked,
    String tokenService,
    boolean credentialsShown,
    Optional<RegistryException> refusal) {

  /** What a registry wants to be shown. */
  public enum Asked {
    /** It lets in whoever comes, or has not answered. */
    NOTHING,
    /** A name and a password with every request. */
    PASSWORD,
    /** A token from its token service. */
    TOKEN
  }
}
