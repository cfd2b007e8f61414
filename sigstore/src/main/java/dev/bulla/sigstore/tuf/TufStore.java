package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import java.util.Optional;

/**
 * Where verified files are kept between runs. Everything that is read is verified again; a file
 * that is missing or damaged is fetched again.
 */
public interface TufStore {

  /**
   * A file that was kept.
   *
   * @param name letters, digits, {@code .} and {@code -} only, made by the client
   */
  Optional<Bytes> read(String name, int limit);

  /**
   * Keeps a file, whole or not at all, in place of one that has the name. Where nothing can be kept
   * it does nothing: a home that cannot be written to is no reason to go without trust.
   */
  void write(String name, Bytes content);

  /** Forgets a file. */
  void delete(String name);
}
