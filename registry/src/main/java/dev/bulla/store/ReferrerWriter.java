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
import dev.bulla.registry.FanOut;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.PutResult;
import dev.bulla.registry.RegistryClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Attaches bundles as referrers, and keeps the referrers tag where the registry keeps no list. */
final class ReferrerWriter {

  private static final int MAX_ROUNDS = 20;
  private static final Bytes EMPTY_CONFIG = Bytes.utf8("{}");

  private final RegistryClient client;
  private final StoreOptions options;

  ReferrerWriter(RegistryClient client, StoreOptions options) {
    this.client = client;
    this.options = options;
  }

  Digest add(
      DigestReference image, Descriptor subject, Bytes bundle, String predicateType, String created)
      throws BullaException {
    return add(
        image,
        carrying(manifest(subject, bundle, predicateType, created), subject, bundle),
        MediaType.SIGSTORE_BUNDLE.value(),
        List.of(EMPTY_CONFIG, bundle));
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
    Bytes json = manifest.toJson();
    Digest digest = Digest.sha256(json);
    upload(repository, blobs);
    PutResult put = client.putManifest(repository, digest.toString(), MediaType.OCI_MANIFEST, json);
    if (!put.subjectAcknowledged()) {
      listUnderTag(
          repository,
          image.digest(),
          List.of(
              new Descriptor(MediaType.OCI_MANIFEST, json.size(), digest)
                  .withAnnotations(manifest.annotations())
                  .withArtifactType(type)));
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

  private void upload(Repository repository, List<Bytes> blobs) throws BullaException {
    FanOut.limit(2)
        .map(
            blobs,
            blob -> {
              if (!isCommon(repository, blob)) {
                client.putBlob(repository, blob);
              }
              return blob;
            });
  }

  /**
   * The same two bytes are in every repository that ever held a bundle: asking costs less than
   * sending them.
   */
  private boolean isCommon(Repository repository, Bytes blob) throws RegistryException {
    return blob.equals(EMPTY_CONFIG) && client.hasBlob(repository, Digest.sha256(blob));
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

  private static boolean contains(List<Descriptor> descriptors, Digest digest) {
    for (Descriptor descriptor : descriptors) {
      if (descriptor.digest().equals(digest)) {
        return true;
      }
    }
    return false;
  }
}
