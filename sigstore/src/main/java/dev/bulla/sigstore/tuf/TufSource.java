package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import java.util.Optional;

/** Where a repository's files come from. */
@FunctionalInterface
public interface TufSource {

  /**
   * A file of the repository.
   *
   * @param path relative, of percent-encoded segments; no segment is empty, {@code .} or {@code ..}
   * @param limit the most bytes that are taken; a longer file is a failure, and is found to be one
   *     after so many bytes
   * @return empty when the repository does not have it
   * @throws TufException when that cannot be told
   */
  Optional<Bytes> fetch(String path, int limit) throws TufException;
}
