package dev.bulla.keys.kms;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.Password;
import java.util.function.Consumer;

/**
 * One key pair in a place that keeps it. Failures are worded by {@link KmsFailures} and hold no
 * secret.
 */
public interface StoredKeys extends AutoCloseable {

  /** An encrypted private key file. */
  Bytes privateKey() throws KeyException;

  /** The password of the private key. The caller closes it. */
  Password password() throws KeyException;

  /** The public key in PEM. */
  Bytes publicKey() throws KeyException;

  /**
   * Stores a pair. What is there already is not replaced.
   *
   * @param done takes what was achieved, one line for people each
   */
  void store(Bytes privateKey, Password password, Bytes publicKey, Consumer<String> done)
      throws KeyException;

  /** Gives up connections and forgets credentials. */
  @Override
  void close();
}
