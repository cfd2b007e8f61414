package dev.bulla;

import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FanOut;
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

  private static final int PARALLEL = 8;

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
   * @param digest of the object's manifest
   * @param layers digests of what it holds
   */
  public record Branch(
      Kind kind, String label, String location, Digest digest, List<Digest> layers) {
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
    return look(reference, withReferrers).branches();
  }

  /** An image and what is kept beside it. */
  public record Tree(DigestReference image, List<Branch> branches) {
    public Tree {
      branches = List.copyOf(branches);
    }
  }

  /** As {@link #of}, with the image that the reference means. */
  public Tree look(Reference reference, boolean withReferrers) throws BullaException {
    ImageResolver resolver = new ImageResolver(client);
    DigestReference image = resolver.resolve(reference);
    if (reference instanceof DigestReference) {
      resolver.describe(image); // a digest that is not there is an error, not a bare tree
    }
    Repository repository = store.repositoryFor(image);
    String prefix = options.tagPrefix();
    List<Tagged> tags =
        List.of(
            new Tagged(Kind.ATTESTATIONS, EvidenceTags.attestations(prefix, image.digest())),
            new Tagged(Kind.SIGNATURES, EvidenceTags.signatures(prefix, image.digest())),
            new Tagged(Kind.SIGNATURES, EvidenceTags.v01Signatures(image.digest())),
            new Tagged(Kind.SBOMS, EvidenceTags.sbom(prefix, image.digest())));
    List<Branch> branches = new ArrayList<>();
    FanOut.limit(tags.size())
        .map(tags, tag -> tag(repository, tag))
        .forEach(found -> found.ifPresent(branches::add));
    if (withReferrers) {
      List<Descriptor> referrers = store.referrers(image);
      FanOut.limit(PARALLEL)
          .map(
              referrers.subList(0, Math.min(referrers.size(), Limits.MAX_REFERRERS)),
              referrer -> referrer(repository, referrer))
          .forEach(found -> found.ifPresent(branches::add));
    }
    return new Tree(image, branches);
  }

  /** A tag that may be there. */
  private record Tagged(Kind kind, String tag) {}

  private Optional<Branch> tag(Repository repository, Tagged tagged) throws BullaException {
    Optional<FetchedManifest> fetched = client.getManifest(repository, tagged.tag());
    if (fetched.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        branch(
            tagged.kind(),
            "",
            repository.tag(tagged.tag()).toString(),
            fetched.get(),
            Manifest.parse(fetched.get().body())));
  }

  private Optional<Branch> referrer(Repository repository, Descriptor referrer)
      throws BullaException {
    if (!referrer.mediaType().isImageManifest()) {
      return Optional.empty();
    }
    Optional<FetchedManifest> fetched =
        client.getManifest(repository, referrer.digest().toString());
    if (fetched.isEmpty()) {
      return Optional.empty();
    }
    Manifest manifest = Manifest.parse(fetched.get().body());
    String label = label(manifest);
    return label.isEmpty()
        ? Optional.empty()
        : Optional.of(
            branch(
                Kind.REFERRER,
                label,
                repository.at(referrer.digest()).toString(),
                fetched.get(),
                manifest));
  }

  /** A manifest without an artifact type has that of its config (image-spec 1.1, manifest.md). */
  private static String label(Manifest manifest) {
    String predicate = manifest.annotations().get("dev.sigstore.bundle.predicateType");
    if (predicate != null) {
      return predicate;
    }
    return manifest
        .artifactType()
        .orElse(
            manifest.config().mediaType().equals(MediaType.OCI_EMPTY)
                ? ""
                : manifest.config().mediaType().value());
  }

  private static Branch branch(
      Kind kind, String label, String location, FetchedManifest fetched, Manifest manifest) {
    return new Branch(
        kind,
        label,
        location,
        fetched.descriptor().digest(),
        manifest.layers().stream().map(Descriptor::digest).toList());
  }
}
