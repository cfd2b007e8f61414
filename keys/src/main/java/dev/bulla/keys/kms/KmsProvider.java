package dev.bulla.keys.kms;

import dev.bulla.error.KeyException;
import java.util.Set;

/**
 * A key management service, by the URI schemes of its keys. Found through {@link
 * java.util.ServiceLoader}: implementations are public, have a public constructor without
 * parameters, and load nothing of the service's own libraries before {@link #open}.
 */
public interface KmsProvider {

  /** The schemes of the references it opens, in lower case and without {@code ://}. Constant. */
  Set<String> schemes();

  /** The service's name for people: {@code AWS KMS}. */
  String name();

  /**
   * The key that a reference names. Settings are read and checked; the service is not asked yet.
   *
   * @param reference the whole text, from the scheme on
   * @throws KeyException when the text is no reference of this service, or a setting is missing
   */
  KmsKey open(String reference, KmsContext context) throws KeyException;
}
