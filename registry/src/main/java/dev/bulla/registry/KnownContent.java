package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.oci.Repository;
import dev.bulla.registry.cache.DiskCache;
import dev.bulla.registry.cache.KeptTag;
import dev.bulla.registry.transport.Headers;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The disk cache, for those whom the registry lets in: content of a repository is taken from it
 * only after the registry has shown this client something in that repository, with the credentials
 * it has now. What others were shown on this machine, with other credentials or long ago, is no
 * leave to read.
 */
final class KnownContent {

  private final @Nullable DiskCache disk;
  private final Set<Repository> letInto = ConcurrentHashMap.newKeySet();

  KnownContent(@Nullable DiskCache disk) {
    this.disk = disk;
  }

  /** Notes that the registry has shown something in the repository. */
  void noteAccess(Repository repository) {
    if (disk != null) {
      letInto.add(repository);
    }
  }

  Optional<Bytes> find(Repository repository, Digest digest, long maxBytes) {
    return disk == null || !letInto.contains(repository)
        ? Optional.empty()
        : disk.content(repository.toString(), digest, maxBytes);
  }

  void keep(Repository repository, Digest digest, Bytes content) {
    if (disk != null) {
      noteAccess(repository);
      disk.keep(repository.toString(), digest, content);
    }
  }

  /**
   * What a tag named when it was last read, to ask the registry whether it still does: its saying
   * so is the leave to use it.
   */
  Optional<KeptTag> tagged(Repository repository, String tag) {
    return disk == null
        ? Optional.empty()
        : disk.tagged(repository.toString(), tag)
            .filter(kept -> PutCondition.isStrong(kept.etag()))
            .filter(kept -> Headers.isFieldValue(kept.mediaType()));
  }

  void keepTagged(Repository repository, String tag, FetchedManifest fetched) {
    if (disk != null && fetched.etag().isPresent() && PutCondition.isStrong(fetched.etag().get())) {
      disk.keepTagged(
          repository.toString(),
          tag,
          new KeptTag(
              fetched.etag().get(),
              fetched.descriptor().mediaType().toString(),
              fetched.descriptor().digest(),
              fetched.body()));
    }
  }

  void close() {
    if (disk != null) {
      disk.close();
    }
  }
}
