package dev.bulla.admission.cache;

import dev.bulla.bytes.Bytes;
import java.time.Duration;
import java.util.Optional;

/**
 * A place that several processes remember things in. Nobody has to trust it: what it returns may be
 * anything. Safe for use by many threads at once.
 */
public interface SharedCache extends AutoCloseable {

  /**
   * What is kept under a key; empty also when it could not be asked.
   *
   * @param within how long that may take
   */
  Optional<Bytes> get(String key, Duration within);

  /**
   * Keeps something, if that can be done. Returns when it is done or has failed.
   *
   * @param life after which it is to be forgotten
   */
  void put(String key, Bytes value, Duration life);

  @Override
  void close();
}
