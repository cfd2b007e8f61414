package dev.bulla.sigstore.oidc;

import java.io.IOException;

/** Opens pages for the user. */
@FunctionalInterface
public interface Browser {

  /**
   * Opens a page and returns at once.
   *
   * @param url {@code https}, or {@code http} of this machine
   * @throws IOException when no browser can be started; the message says why
   */
  void open(String url) throws IOException;
}
