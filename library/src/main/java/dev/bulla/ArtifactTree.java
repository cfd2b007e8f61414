package dev.bulla;

import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceStore;
import dev.bulla.store.EvidenceTags;
import dev.bulla.store.ReferrerListing;
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

  /**
   * An image and what is kept beside it.
   *
   * @param missing what a list of referrers names and the registry does not have, or nobody can
   *     read
   */
  public record Tree(DigestReference image, List<Branch> branches, List<Unreadable> missing) {
    public Tree {
      branches = List.copyOf(branches);
      missing = List.copyOf(missing);
    }
  }

  /**
   * As {@link #of}, with the image that the reference means, and what is missing.
   *
   * @throws RegistryException when a place could not be looked at
   */
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
            new Tagged(Kind.ATTESTATIONS, EvidenceTags.attestations(prefix, image.digest()), true),
            new Tagged(Kind.SIGNATURES, EvidenceTags.signatures(prefix, image.digest()), true),
            new Tagged(Kind.SIGNATURES, EvidenceTags.v01Signatures(image.digest()), false),
            new Tagged(Kind.SBOMS, EvidenceTags.sbom(prefix, image.digest()), false));
    List<Branch> branches = new ArrayList<>();
    client.atOnce(tags.size()).map(tags, tag -> tag(repository, tag)).forEach(branches::addAll);
    List<Unreadable> missing = new ArrayList<>();
    if (withReferrers) {
      ReferrerListing listing = store.listReferrers(image);
      missing.addAll(listing.unreadable());
      List<Descriptor> shown =
          listing.entries().subList(0, Math.min(listing.entries().size(), Limits.MAX_REFERRERS));
      for (Found found : client.atOnce(PARALLEL).map(shown, entry -> referrer(repository, entry))) {
        found.branch().ifPresent(branches::add);
        found.missing().ifPresent(missing::add);
      }
      if (shown.size() < listing.entries().size()) {
        missing.add(
            new Unreadable(
                new Origin(repository + " referrers of " + image.digest(), 0),
                new MalformedInputException(
                    "referrers", "only the first " + shown.size() + " are shown")));
      }
    }
    return new Tree(image, branches, missing);
  }

  /** A branch, or what is missing instead, or neither. */
  private record Found(Optional<Branch> branch, Optional<Unreadable> missing) {

    static final Found NOTHING = new Found(Optional.empty(), Optional.empty());

    static Found missing(String place, BullaException why) {
      return new Found(Optional.empty(), Optional.of(new Unreadable(new Origin(place, 0), why)));
    }
  }

  /** A tag that may be there. */
  private record Tagged(Kind kind, String tag, boolean sharded) {}

  /** The object under a tag, and those that lie beside it where it cannot be moved. */
  private List<Branch> tag(Repository repository, Tagged tagged) throws BullaException {
    List<Branch> branches = new ArrayList<>();
    String name = tagged.tag();
    for (int number = 2; number <= Limits.MAX_REFERRERS; number++) {
      Optional<FetchedManifest> fetched = client.getManifest(repository, name);
      if (fetched.isEmpty()) {
        break;
      }
      branches.add(
          branch(
              tagged.kind(),
              "",
              repository.tag(name).toString(),
              fetched.get(),
              Manifest.parse(fetched.get().body())));
      if (!tagged.sharded()) {
        break;
      }
      name = EvidenceTags.shard(tagged.tag(), number);
    }
    return branches;
  }

  private Found referrer(Repository repository, Descriptor referrer) throws BullaException {
    if (!referrer.mediaType().isImageManifest()) {
      return Found.NOTHING;
    }
    String place = repository.at(referrer.digest()).toString();
    Optional<FetchedManifest> fetched =
        client.getManifest(repository, referrer.digest().toString());
    if (fetched.isEmpty()) {
      return Found.missing(
          place,
          new RegistryException(
              RegistryException.Kind.NOT_FOUND, "listed as a referrer and not there"));
    }
    Manifest manifest;
    try {
      manifest = Manifest.parse(fetched.get().body());
    } catch (MalformedInputException e) {
      return Found.missing(place, e);
    }
    String label = label(manifest);
    return label.isEmpty()
        ? Found.NOTHING
        : new Found(
            Optional.of(branch(Kind.REFERRER, label, place, fetched.get(), manifest)),
            Optional.empty());
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
