package dev.bulla.keys.kms;

import dev.bulla.error.KeyException;

/** A key management service: its keys sign where they are and never leave it. */
public interface KmsProvider extends SchemeProvider {

  /**
   * The key that a reference names. Settings are read and checked; the service is not asked yet.
   *
   * @param reference the whole text, from the scheme on
   * @throws KeyException when the text is no reference of this service, or a setting is missing
   */
  KmsKey open(String reference, KmsContext context) throws KeyException;
}
