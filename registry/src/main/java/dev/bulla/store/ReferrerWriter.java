package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.PutResult;
import dev.bulla.registry.RegistryClient;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Attaches bundles as referrers, and keeps the referrers tag where the registry keeps no list. */
final class ReferrerWriter {

  private static final int MAX_ROUNDS = 20;
  private static final Bytes EMPTY_CONFIG = Bytes.utf8("{}");

  private final RegistryClient client;
  private final StoreOptions options;
  private final Turns turns;
  private final Contention contention;
  private final InstantSource clock;

  /** Repositories in which the empty configuration is known to be. */
  private final Set<Repository> withEmptyConfig = ConcurrentHashMap.newKeySet();

  /** Registries that took a referrer and did not say that they list it. */
  private final Set<String> withoutList = ConcurrentHashMap.newKeySet();

  ReferrerWriter(
      RegistryClient client,
      StoreOptions options,
      Turns turns,
      Contention contention,
      InstantSource clock) {
    this.client = client;
    this.options = options;
    this.turns = turns;
    this.contention = contention;
    this.clock = clock;
  }

  /**
   * Attaches a bundle.
   *
   * @param subject the image's type and size, where they are known
   */
  Digest add(
      DigestReference image,
      Optional<Descriptor> subject,
      Bytes bundle,
      String predicateType,
      String created)
      throws BullaException {
    Repository repository = options.repositoryFor(image.repository());
    Descriptor described = upload(repository, image, subject, List.of(EMPTY_CONFIG, bundle));
    return attach(
        repository,
        image.digest(),
        carrying(manifest(described, bundle, predicateType, created), described, bundle),
        MediaType.SIGSTORE_BUNDLE.value());
  }

  /**
   * Attaches any manifest that names the image as its subject.
   *
   * @param type what the list calls it
   * @param blobs the manifest's config and layers
   */
  Digest add(DigestReference image, Manifest manifest, String type, List<Bytes> blobs)
      throws BullaException {
    Repository repository = options.repositoryFor(image.repository());
    upload(repository, image, manifest.subject(), blobs);
    return attach(repository, image.digest(), manifest, type);
  }

  private Digest attach(Repository repository, Digest image, Manifest manifest, String type)
      throws BullaException {
    Bytes json = manifest.toJson();
    Digest digest = Digest.sha256(json);
    Descriptor entry = ReferrerIndexes.entry(manifest, json).withArtifactType(type);
    if (withoutList.contains(repository.registry()) || client.lacksReferrers(repository)) {
      Optional<PutResult> published = publish(repository, image, entry, json);
      if (published.isPresent()) {
        if (!published.get().subjectAcknowledged()) {
          listPublished(repository, image, new Listing(repository, entry, json, true));
        }
        return digest;
      }
    }
    PutResult put = client.putManifest(repository, digest.toString(), MediaType.OCI_MANIFEST, json);
    if (manifest.config().digest().equals(Digest.sha256(EMPTY_CONFIG))) {
      withEmptyConfig.add(repository);
    }
    if (!put.subjectAcknowledged()) {
      listPublished(repository, image, new Listing(repository, entry, json, false));
      withoutList.add(repository.registry());
    }
    return digest;
  }

  /** The manifest that holds a bundle, member for member as cosign writes it. */
  static Manifest manifest(Descriptor subject, Bytes bundle, String predicateType, String created) {
    return BundleManifest.of(
        subject,
        bundle,
        Map.of(
            "dev.sigstore.bundle.content", "dsse-envelope",
            "dev.sigstore.bundle.predicateType", predicateType,
            "org.opencontainers.image.created", created));
  }

  /** The same manifest, with the bundle among its annotations where that is possible. */
  private static Manifest carrying(Manifest manifest, Descriptor subject, Bytes bundle) {
    return BundleManifest.of(
        subject, bundle, BundleManifest.carrying(bundle, subject, manifest.annotations()));
  }

  /**
   * The image's description, and then the blobs: for an image that is not there nothing is sent.
   */
  private Descriptor upload(
      Repository repository, DigestReference image, Optional<Descriptor> subject, List<Bytes> blobs)
      throws BullaException {
    Descriptor described = subject.isPresent() ? subject.get() : client.requireHead(image);
    client
        .atOnce(2)
        .map(
            blobs,
            blob -> {
              if (!isCommon(repository, blob)) {
                client.putBlob(repository, blob);
              }
              return blob;
            });
    return described;
  }

  /**
   * The same two bytes are in every repository that ever held a bundle: asking costs less than
   * sending them.
   */
  private boolean isCommon(Repository repository, Bytes blob) throws RegistryException {
    return blob.equals(EMPTY_CONFIG)
        && (withEmptyConfig.contains(repository)
            || client.hasBlob(repository, Digest.sha256(blob)));
  }

  /** Under the tag of its journal instead of by its digest; empty when that tag is not taken. */
  private Optional<PutResult> publish(
      Repository repository, Digest subject, Descriptor entry, Bytes json)
      throws RegistryException {
    String tag = EvidenceTags.referrers(subject);
    String key = new ReferrerIndexes(tag).key(entry);
    return Journals.publish(
        client, repository, EvidenceTags.journal(tag, key), MediaType.OCI_MANIFEST, json);
  }

  private void listPublished(Repository repository, Digest subject, Listing listing)
      throws BullaException {
    String tag = EvidenceTags.referrers(subject);
    ReferrerIndexes indexes = new ReferrerIndexes(repository.tag(tag).toString());
    SharedTag shared = new SharedTag(client, repository, tag, indexes, contention, clock);
    turns.take(
        repository,
        tag,
        () -> {
          TagState first = shared.read();
          if (!first.holds(listing)) {
            shared.write(first, listing);
          }
          return first;
        });
  }

  /** Adds entries to the referrers tag, and takes none away. */
  void listUnderTag(Repository repository, Digest subject, List<Descriptor> wanted)
      throws RegistryException, MalformedInputException {
    String tag = EvidenceTags.referrers(subject);
    LostAnswers lost = new LostAnswers();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<FetchedManifest> existing = client.getManifest(repository, tag);
      if (existing.isPresent()
          && !existing.get().descriptor().mediaType().equals(MediaType.OCI_INDEX)) {
        throw new MalformedInputException(
            "referrers tag",
            repository.tag(tag)
                + " holds something that is no index of referrers; it was not written over");
      }
      ImageIndex index =
          existing.isPresent()
              ? ImageIndex.parse(existing.get().body())
              : new ImageIndex(List.of());
      List<Descriptor> entries = new ArrayList<>(index.manifests());
      for (Descriptor entry : wanted) {
        if (!contains(entries, entry.digest())) {
          entries.add(
              BundleManifest.listed(entry, existing.map(found -> found.body().size()).orElse(0)));
        }
      }
      if (entries.size() == index.manifests().size()) {
        return;
      }
      if (entries.size() > Limits.MAX_REFERRERS) {
        throw new MalformedInputException(
            "referrers tag", "more than " + Limits.MAX_REFERRERS + " referrers");
      }
      entries.sort(Comparator.comparing(Descriptor::digest));
      try {
        client.putManifest(
            repository, tag, MediaType.OCI_INDEX, index.withManifests(entries).toJson());
      } catch (RegistryException e) {
        lost.accept(e);
      }
      // the next round reads back and, if another writer was faster, starts from what that one left
    }
    throw new RegistryException(
        RegistryException.Kind.BAD_RESPONSE,
        "the referrer was listed under "
            + repository.tag(tag)
            + " "
            + MAX_ROUNDS
            + " times and did not stay there");
  }

  /**
   * Takes entries off the referrers tag. An empty list stays there: between looking and deleting,
   * somebody may have added to it.
   */
  void unlist(Repository repository, Digest subject, Set<Digest> unwanted)
      throws RegistryException, MalformedInputException {
    String tag = EvidenceTags.referrers(subject);
    LostAnswers lost = new LostAnswers();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<FetchedManifest> existing = client.getManifest(repository, tag);
      if (existing.isEmpty()
          || !existing.get().descriptor().mediaType().equals(MediaType.OCI_INDEX)) {
        return;
      }
      ImageIndex index = ImageIndex.parse(existing.get().body());
      List<Descriptor> kept = new ArrayList<>(index.manifests());
      if (!kept.removeIf(entry -> unwanted.contains(entry.digest()))) {
        return;
      }
      try {
        client.putManifest(
            repository, tag, MediaType.OCI_INDEX, index.withManifests(kept).toJson());
      } catch (RegistryException e) {
        lost.accept(e);
      }
    }
    throw new RegistryException(
        RegistryException.Kind.BAD_RESPONSE,
        "entries were taken off "
            + repository.tag(tag)
            + " "
            + MAX_ROUNDS
            + " times and did not stay away");
  }

  private static boolean contains(List<Descriptor> descriptors, Digest digest) {
    for (Descriptor descriptor : descriptors) {
      if (descriptor.digest().equals(digest)) {
        return true;
      }
    }
    return false;
  }

  /** An entry that is to be listed. */
  private final class Listing implements SharedChange {

    private final Repository repository;
    private final Descriptor entry;
    private final Bytes json;
    private final boolean published;

    /**
     * @param published whether it is in its journal already; otherwise it is there by its digest
     */
    Listing(Repository repository, Descriptor entry, Bytes json, boolean published) {
      this.repository = repository;
      this.entry = entry;
      this.json = json;
      this.published = published;
    }

    @Override
    public List<Descriptor> entries() {
      return List.of(entry);
    }

    @Override
    public boolean publish(Descriptor same, String journalTag) throws BullaException {
      return published
          || Journals.publish(client, repository, journalTag, MediaType.OCI_MANIFEST, json)
              .isPresent();
    }

    @Override
    public boolean isSame(Descriptor same, Descriptor other) {
      return other.digest().equals(entry.digest());
    }
  }
}
