package dev.bulla.kms.azure;

import java.util.Optional;

/** Somebody who may have an identity in Azure. */
interface TokenSource {

  /**
   * A new token.
   *
   * @return empty when there is no such identity here, and others may be asked
   * @throws TokenException when there is one, and it is given no token
   */
  Optional<String> token(TokenRequest request) throws TokenException;
}
