package dev.bulla.testkit.registry;

import dev.bulla.digest.Digest;
import java.util.List;
import java.util.Optional;

/** What a reader sees of the manifests of a repository. */
interface RepositoryView {

  /** What a tag points to. */
  Optional<Digest> tag(String tag);

  /** Every tag, in the order of its bytes. */
  List<String> tags();

  Optional<Catalog.Entry> manifest(Digest digest);

  /** The manifests whose subject is the given digest, in the order of their digests. */
  List<Digest> referrers(Digest subject);
}
