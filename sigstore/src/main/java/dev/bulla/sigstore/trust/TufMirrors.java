package dev.bulla.sigstore.trust;

import dev.bulla.error.ConfigurationException;
import dev.bulla.sigstore.tuf.TufSource;

/** Opens mirrors of TUF repositories. No request is made before a file is fetched. */
@FunctionalInterface
public interface TufMirrors {

  /**
   * The repository at an address.
   *
   * @throws ConfigurationException when it is no address that we can fetch from
   */
  TufSource open(String mirror) throws ConfigurationException;
}
