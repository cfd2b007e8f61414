package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import java.util.Optional;

/** A machine's own identity, which it has from whoever runs it. */
interface AmbientProvider {

  /** As {@code --oidc-provider} has it. */
  String name();

  /** Whether the machine looks like one of this kind. Asks nobody. */
  boolean isHere() throws BullaException;

  /** What would have to be there, as a sentence's end. */
  String sign();

  /**
   * A token.
   *
   * @param audience whom it is to be for
   * @return nothing when this machine turns out to have no identity
   */
  Optional<IdentityToken> token(String audience) throws BullaException;
}
