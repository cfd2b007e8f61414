package dev.bulla.kms.azure;

import java.util.Optional;

/**
 * Which token is wanted.
 *
 * @param resource what it is for, {@code https://vault.azure.net}: no slash at the end
 * @param tenant the directory that has to give it, where that is known
 */
record TokenRequest(String resource, Optional<String> tenant) {

  /** The resource as the second version of the protocol spells it. */
  String scope() {
    return resource + "/.default";
  }
}
