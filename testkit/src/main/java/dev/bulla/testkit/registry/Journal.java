package dev.bulla.testkit.registry;

import dev.bulla.digest.Digest;
import java.io.IOException;
import java.util.function.Function;

/**
 * Where changes of the catalog are kept, if anywhere. Called under the catalog's lock, before a
 * change takes effect.
 */
interface Journal {

  /** Replays everything that was kept. */
  void load(Function<String, RepositoryState> repositories) throws IOException;

  void manifestKept(String repository, Digest digest, Catalog.Entry entry) throws IOException;

  void manifestRemoved(String repository, Digest digest) throws IOException;

  void tagSet(String repository, String tag, Digest digest) throws IOException;

  void tagRemoved(String repository, String tag) throws IOException;

  void blobKept(String repository, Digest digest) throws IOException;

  void blobRemoved(String repository, Digest digest) throws IOException;

  /** Keeps nothing. */
  static Journal none() {
    return new Journal() {
      @Override
      public void load(Function<String, RepositoryState> repositories) {}

      @Override
      public void manifestKept(String repository, Digest digest, Catalog.Entry entry) {}

      @Override
      public void manifestRemoved(String repository, Digest digest) {}

      @Override
      public void tagSet(String repository, String tag, Digest digest) {}

      @Override
      public void tagRemoved(String repository, String tag) {}

      @Override
      public void blobKept(String repository, Digest digest) {}

      @Override
      public void blobRemoved(String repository, Digest digest) {}
    };
  }
}
