package dev.bulla;

import dev.bulla.OrphanPlan.Removal;
import dev.bulla.OrphanPlan.Rewrite;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceStore;
import dev.bulla.store.StoreOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Carries out a plan, one step at a time; each asks first whether its reason still holds. */
public final class OrphanRemoval {

  private final RegistryClient client;
  private final EvidenceStore store;
  private final OrphanedEvidence orphans;
  private final List<Repository> imagesIn;

  OrphanRemoval(RegistryClient client, OrphanedEvidence orphans, List<Repository> imagesIn) {
    this.client = client;
    this.store = new EvidenceStore(client, StoreOptions.defaults());
    this.orphans = orphans;
    this.imagesIn = List.copyOf(imagesIn);
  }

  /**
   * Deletes one thing.
   *
   * @return whether it was deleted; not, when the image is there again, or the tag names something
   *     else by now
   */
  public boolean remove(Repository repository, Removal removal) throws BullaException {
    if (!orphans.isGone(repository, imagesIn, removal.root())) {
      return false;
    }
    if (removal.tag().isEmpty()) {
      delete(repository, removal.digest().toString());
      return true;
    }
    String tag = removal.tag().get();
    Optional<Descriptor> now = client.headManifest(repository.tag(tag));
    if (now.isPresent() && !now.get().digest().equals(removal.digest())) {
      return false;
    }
    if (removal.untagOnly()) {
      delete(repository, tag);
      return true;
    }
    delete(repository, removal.digest().toString());
    if (client.headManifest(repository.tag(tag)).isPresent()) {
      delete(repository, tag); // where a tag outlives its manifest
    }
    return true;
  }

  /** What is gone already need not be deleted. */
  private void delete(Repository repository, String tagOrDigest) throws RegistryException {
    try {
      client.deleteManifest(repository, tagOrDigest);
    } catch (RegistryException e) {
      if (e.kind() != RegistryException.Kind.NOT_FOUND) {
        throw e;
      }
    }
  }

  /**
   * Takes entries that lead nowhere out of a list, and nothing else.
   *
   * @return whether the list was changed
   */
  public boolean rewrite(Repository repository, Rewrite rewrite) throws BullaException {
    Optional<FetchedManifest> list = client.getManifest(repository, rewrite.tag());
    if (list.isEmpty() || !list.get().descriptor().mediaType().equals(MediaType.OCI_INDEX)) {
      return false;
    }
    Set<Digest> dead = new HashSet<>();
    for (Descriptor entry : ImageIndex.parse(list.get().body()).manifests()) {
      Digest digest = entry.digest();
      if (rewrite.dead().contains(digest) && orphans.isGone(repository, List.of(), digest)) {
        dead.add(digest);
      }
    }
    return !dead.isEmpty() && store.unlistReferrers(repository, rewrite.tag(), dead);
  }
}
