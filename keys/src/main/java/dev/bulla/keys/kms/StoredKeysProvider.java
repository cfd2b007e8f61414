package dev.bulla.keys.kms;

import dev.bulla.error.KeyException;

/**
 * A place that keeps whole key pairs, the private key encrypted and its password beside it, and
 * hands them out: secrets of Kubernetes, variables of a Git host.
 */
public interface StoredKeysProvider extends SchemeProvider {

  /**
   * The key pair that a reference names. Settings are read and checked; the service is not asked
   * yet.
   *
   * @param reference the whole text, from the scheme on
   * @throws KeyException when the text is no reference of this service, or a setting is missing
   */
  StoredKeys open(String reference, KmsContext context) throws KeyException;
}
