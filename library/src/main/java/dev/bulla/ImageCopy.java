package dev.bulla;

import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.oci.TagReference;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceStore;
import dev.bulla.store.StoreOptions;
import java.util.List;
import java.util.Optional;

/**
 * Brings an image, everything it consists of, and what is kept beside any of that, to another
 * place. What is there already is left alone; so a copy that broke off is finished by repeating it.
 * Evidence comes first, the image after it, and the target's tag last: whoever pulls by tag finds
 * all or nothing.
 */
public final class ImageCopy {

  private static final int PARALLEL = 4;

  private final RegistryClient client;
  private final StoreOptions options;

  ImageCopy(RegistryClient client, StoreOptions options) {
    this.client = client;
    this.options = options;
  }

  /**
   * Copies an image. Evidence is read where the store's options say, and written beside the target.
   *
   * @param target a tag, or the digest of what is copied
   * @return what is at the target now
   * @throws ConfigurationException when the target's tag names another image and is not to be moved
   */
  public DigestReference copy(
      Reference source, Reference target, CopyRequest request, Progress progress)
      throws BullaException {
    return copy(
        source,
        new Place(
            source.repository(), options.repositoryFor(source.repository()), options.tagPrefix()),
        target,
        new Place(target.repository(), target.repository(), options.tagPrefix()),
        request,
        request.force(),
        progress);
  }

  DigestReference copy(
      Reference source,
      Place from,
      Reference target,
      Place to,
      CopyRequest request,
      boolean replacesSboms,
      Progress progress)
      throws BullaException {
    Descriptor root = root(source, request.platform());
    if (target instanceof DigestReference named && !named.digest().equals(root.digest())) {
      throw new ConfigurationException(
          "the target " + target + " names another digest than the source, " + root.digest());
    }
    // asked before anything is done, and again at the end
    refuseToMove(target, root.digest(), request);
    List<SigningTarget> entities = new IndexWalk(client).from(from.images().at(root.digest()));
    EvidenceTransfer evidence =
        new EvidenceTransfer(
            client,
            new EvidenceStore(client, StoreOptions.defaults()),
            from,
            to,
            request,
            replacesSboms,
            progress);
    client
        .atOnce(PARALLEL)
        .map(
            entities,
            entity -> {
              evidence.moveOf(entity.image().digest());
              return entity;
            });
    new ManifestTransfer(client, from.images(), to.images(), progress).move(root.digest());
    if (request.tagged() && target instanceof TagReference tag) {
      tag(from, root.digest(), tag, request, progress);
    }
    return to.images().at(root.digest());
  }

  private Descriptor root(Reference source, Optional<String> platform) throws BullaException {
    FetchedManifest fetched = client.requireManifest(source.repository(), source.tagOrDigest());
    return platform.isEmpty() ? fetched.descriptor() : PlatformImage.in(fetched, platform.get());
  }

  private void refuseToMove(Reference target, Digest digest, CopyRequest request)
      throws BullaException {
    if (request.tagged() && !request.force() && target instanceof TagReference) {
      Optional<Descriptor> there = client.headManifest(target);
      if (there.isPresent() && !there.get().digest().equals(digest)) {
        throw EvidenceTransfer.alreadyExists(target);
      }
    }
  }

  private void tag(
      Place from, Digest digest, TagReference target, CopyRequest request, Progress progress)
      throws BullaException {
    Optional<Descriptor> there = client.headManifest(target);
    if (there.isPresent() && there.get().digest().equals(digest)) {
      return;
    }
    refuseToMove(target, digest, request);
    progress.copying(from.images().at(digest), target);
    FetchedManifest manifest = client.requireManifest(from.images(), digest.toString());
    RegistryException lost = null;
    try {
      client.putManifest(
          target.repository(), target.tag(), ManifestTransfer.type(manifest), manifest.body());
    } catch (RegistryException e) {
      lost = e; // it may have happened: look
    }
    Optional<Descriptor> arrived = client.headManifest(target);
    if (arrived.isEmpty() || !arrived.get().digest().equals(digest)) {
      throw lost != null
          ? lost
          : new RegistryException(
              RegistryException.Kind.BAD_RESPONSE,
              target + " was set to " + digest + " and names something else");
    }
  }
}
