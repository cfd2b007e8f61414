package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.PutResult;
import dev.bulla.registry.RegistryClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Attaches bundles as referrers, and has them listed where the registry keeps no list. */
final class ReferrerWriter {

  private static final Bytes EMPTY_CONFIG = Bytes.utf8("{}");

  private final RegistryClient client;
  private final StoreOptions options;
  private final ReferrerLists lists;
  private final ReferrerConfirmation confirmation;

  /** Repositories in which the empty configuration is known to be. */
  private final Set<Repository> withEmptyConfig = ConcurrentHashMap.newKeySet();

  ReferrerWriter(RegistryClient client, StoreOptions options, ReferrerLists lists) {
    this.client = client;
    this.options = options;
    this.lists = lists;
    this.confirmation = new ReferrerConfirmation(client);
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
    boolean needsList = client.ignoresSubjects(repository) || client.lacksReferrers(repository);
    if (needsList && manifest.annotations().containsKey(SignatureObjects.CREATED)) {
      Optional<PutResult> published = lists.publish(repository, image, entry, json);
      if (published.isPresent()) {
        if (!published.get().subjectAcknowledged() || !isListed(repository, image, entry, json)) {
          lists.add(repository, image, List.of(entry), true);
        }
        return digest;
      }
    }
    PutResult put = client.putManifest(repository, digest.toString(), MediaType.OCI_MANIFEST, json);
    if (manifest.config().digest().equals(Digest.sha256(EMPTY_CONFIG))) {
      withEmptyConfig.add(repository);
    }
    if (!put.subjectAcknowledged()) {
      lists.add(repository, image, List.of(entry), false);
      client.noteIgnoresSubjects(repository);
    } else if (!isListed(repository, image, entry, json)) {
      lists.add(repository, image, List.of(entry), false);
    }
    return digest;
  }

  /**
   * Whether the registry lists what it acknowledged. Where that cannot be found out, its word
   * counts: the manifest is there, and saying otherwise would have it made again.
   */
  private boolean isListed(Repository repository, Digest image, Descriptor entry, Bytes json)
      throws BullaException {
    try {
      return confirmation.unlisted(repository, image, List.of(entry), digest -> json).isEmpty();
    } catch (RegistryException e) {
      return true;
    }
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
}
