package dev.bulla.registry.transport;

import java.io.IOException;

/**
 * An {@link AddressRule} says no. The cause of what a transport throws then, so that it is told
 * from settings that cannot be used.
 */
public final class RefusedAddressException extends IOException {

  private static final long serialVersionUID = 1L;

  RefusedAddressException(String message) {
    super(message);
  }
}
