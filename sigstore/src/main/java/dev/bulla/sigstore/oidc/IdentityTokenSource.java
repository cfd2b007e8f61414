package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;

/** Where identity tokens come from. */
@FunctionalInterface
public interface IdentityTokenSource {

  /**
   * A token that can be used now. May ask a service, or the user.
   *
   * @throws BullaException when there is none: the message says what was tried
   */
  IdentityToken get() throws BullaException;
}
