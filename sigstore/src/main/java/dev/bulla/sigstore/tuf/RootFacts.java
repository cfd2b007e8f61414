package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import java.time.Instant;

/**
 * What a person may want to know of a root.
 *
 * @param expires when it stops to be valid; its successors may still be fetched from then on
 * @param keys how many keys may sign its successor
 * @param threshold how many of them have to
 */
public record RootFacts(long version, Instant expires, int keys, long threshold) {

  /**
   * Reads a root that enough of its own keys signed, whether it has expired or not.
   *
   * @throws TufException when it is none, or was not signed
   */
  public static RootFacts read(Bytes file) throws TufException {
    Root root = Root.read(file);
    return new RootFacts(
        root.version(),
        root.metadata().expires(),
        root.root().keyIds().size(),
        root.root().threshold());
  }
}
