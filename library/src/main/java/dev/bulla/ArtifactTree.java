package dev.bulla;

import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceStore;
import dev.bulla.store.EvidenceTags;
import dev.bulla.store.StoreOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lists what is kept beside an image: by tag, and as referrers. */
public final class ArtifactTree {

  private final RegistryClient client;
  private final EvidenceStore store;
  private final StoreOptions options;

  ArtifactTree(RegistryClient client, EvidenceStore store, StoreOptions options) {
    this.client = client;
    this.store = store;
    this.options = options;
  }

  /** What kind of artifact hangs on a branch. */
  public enum Kind {
    ATTESTATIONS,
    SIGNATURES,
    SBOMS,
    REFERRER
  }

  /**
   * One object beside the image.
   *
   * @param label for a referrer its artifact type or predicate type, as its manifest claims; empty
   *     otherwise
   * @param location the tag's full name, or the referrer's digest reference
   * @param layers digests of what it holds
   */
  public record Branch(Kind kind, String label, String location, List<Digest> layers) {
    public Branch {
      layers = List.copyOf(layers);
    }
  }

  /**
   * All branches: attestations, signatures and SBOMs by tag, then referrers in the order of their
   * list.
   *
   * @param withReferrers whether to list referrers
   */
  public List<Branch> of(Reference reference, boolean withReferrers) throws BullaException {
    ImageResolver resolver = new ImageResolver(client);
    DigestReference image = resolver.resolve(reference);
    if (reference instanceof DigestReference) {
      resolver.describe(image); // a digest that is not there is an error, not a bare tree
    }
    Repository repository = store.repositoryFor(image);
    String prefix = options.tagPrefix();
    List<Branch> branches = new ArrayList<>();
    tag(branches, Kind.ATTESTATIONS, repository, EvidenceTags.attestations(prefix, image.digest()));
    tag(branches, Kind.SIGNATURES, repository, EvidenceTags.signatures(prefix, image.digest()));
    tag(branches, Kind.SIGNATURES, repository, EvidenceTags.v01Signatures(image.digest()));
    tag(branches, Kind.SBOMS, repository, EvidenceTags.sbom(prefix, image.digest()));
    if (withReferrers) {
      List<Descriptor> referrers = store.referrers(image);
      for (Descriptor referrer :
          referrers.subList(0, Math.min(referrers.size(), Limits.MAX_REFERRERS))) {
        referrer(branches, repository, referrer);
      }
    }
    return branches;
  }

  private void tag(List<Branch> branches, Kind kind, Repository repository, String tag)
      throws BullaException {
    Optional<FetchedManifest> fetched = client.getManifest(repository, tag);
    if (fetched.isPresent()) {
      Manifest manifest = Manifest.parse(fetched.get().body());
      branches.add(
          new Branch(
              kind,
              "",
              repository.tag(tag).toString(),
              manifest.layers().stream().map(Descriptor::digest).toList()));
    }
  }

  private void referrer(List<Branch> branches, Repository repository, Descriptor referrer)
      throws BullaException {
    if (!referrer.mediaType().isImageManifest()) {
      return;
    }
    Optional<FetchedManifest> fetched =
        client.getManifest(repository, referrer.digest().toString());
    if (fetched.isEmpty()) {
      return;
    }
    Manifest manifest = Manifest.parse(fetched.get().body());
    String predicate = manifest.annotations().get("dev.sigstore.bundle.predicateType");
    String label = predicate != null ? predicate : manifest.artifactType().orElse("");
    if (!label.isEmpty()) {
      branches.add(
          new Branch(
              Kind.REFERRER,
              label,
              repository.at(referrer.digest()).toString(),
              manifest.layers().stream().map(Descriptor::digest).toList()));
    }
  }
}
