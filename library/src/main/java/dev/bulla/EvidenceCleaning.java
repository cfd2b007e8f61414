package dev.bulla;

import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.LegacySignature;
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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes what is kept beside an image, and nothing else: neither the image, nor referrers that are
 * no evidence, nor an object that has a further name. Works, as cosign does, in the image's own
 * repository and on tags without a prefix.
 */
public final class EvidenceCleaning {

  /** What to remove. */
  public enum Removal {
    /** Signature objects under tags of every generation. */
    SIGNATURES,
    /** The object with attestations under its tag. */
    ATTESTATIONS,
    /** The bill of materials under its tag. */
    SBOMS,
    /** Bundles, and objects of the older format that are attached as referrers. */
    REFERRERS
  }

  /** Hears what happens to each object. */
  public interface Listener {

    /** An object is gone. */
    default void removed(Reference object) {}

    /** An object is still there, or may be. The others are removed all the same. */
    default void failed(Reference object, BullaException why) {}
  }

  private static final String COSIGN = "application/vnd.dev.cosign.artifact.";
  private static final int PARALLEL = 6;

  private final RegistryClient client;
  private final EvidenceStore store;

  EvidenceCleaning(RegistryClient client) {
    this.client = client;
    this.store = new EvidenceStore(client, StoreOptions.defaults());
  }

  /** The evidence that is attached to an image as referrers. */
  public List<Descriptor> referrers(DigestReference image) throws BullaException {
    List<Descriptor> all = store.referrers(image);
    if (all.size() > Limits.MAX_REFERRERS) {
      throw new MalformedInputException(
          "referrers", "more than " + Limits.MAX_REFERRERS + " of them");
    }
    List<Optional<Descriptor>> evidence =
        client
            .atOnce(PARALLEL)
            .map(
                all,
                referrer ->
                    isEvidence(image.repository(), referrer)
                        ? Optional.of(referrer)
                        : Optional.empty());
    return evidence.stream().flatMap(Optional::stream).toList();
  }

  private boolean isEvidence(Repository repository, Descriptor referrer) throws BullaException {
    if (!referrer.mediaType().isImageManifest()) {
      return false;
    }
    Optional<FetchedManifest> fetched =
        client.getManifest(repository, referrer.digest().toString());
    if (fetched.isEmpty()) {
      return true; // listed and not there: what is left of evidence that was removed halfway
    }
    Manifest manifest = Manifest.parse(fetched.get().body());
    if (ReferrerKind.bundle(manifest).isPresent()) {
      return true;
    }
    String type = manifest.artifactType().orElse(manifest.config().mediaType().value());
    return type.startsWith(COSIGN) || type.equals("application/vnd.in-toto+json");
  }

  /**
   * Removes evidence of an image. One that cannot be removed does not keep the others.
   *
   * @param listener told of each object
   * @return the worst that happened, when not all could be removed
   * @throws BullaException when it cannot be found out what there is
   */
  public Optional<BullaException> clean(
      DigestReference image, Set<Removal> types, Listener listener) throws BullaException {
    Repository repository = image.repository();
    Digest digest = image.digest();
    Work work = new Work(listener);
    if (types.contains(Removal.SIGNATURES)) {
      work.shared(repository, EvidenceTags.signatures("", digest));
      work.tag(repository, EvidenceTags.v01Signatures(digest));
      if (holdsSignatures(repository, EvidenceTags.referrers(digest))) {
        work.tag(repository, EvidenceTags.referrers(digest));
      }
    }
    if (types.contains(Removal.ATTESTATIONS)) {
      work.shared(repository, EvidenceTags.attestations("", digest));
    }
    if (types.contains(Removal.SBOMS)) {
      work.tag(repository, EvidenceTags.sbom("", digest));
    }
    if (types.contains(Removal.REFERRERS)) {
      List<Descriptor> referrers = referrers(image);
      // off the list first: a listed referrer that is gone would make every verification undecided
      work.unlist(repository, digest, referrers);
      for (Descriptor referrer : referrers) {
        work.manifest(repository, referrer.digest());
      }
    }
    return Optional.ofNullable(work.worst);
  }

  private boolean holdsSignatures(Repository repository, String tag) throws BullaException {
    Optional<FetchedManifest> fetched = client.getManifest(repository, tag);
    if (fetched.isEmpty() || !fetched.get().descriptor().mediaType().isImageManifest()) {
      return false;
    }
    for (Descriptor layer : Manifest.parse(fetched.get().body()).layers()) {
      if (layer.annotations().containsKey(LegacySignature.SIGNATURE_ANNOTATION)
          || layer.annotations().containsKey(LegacySignature.V01_SIGNATURE_ANNOTATION)) {
        return true;
      }
    }
    return false;
  }

  /** One run over the objects of an image. */
  private final class Work {

    private final Listener listener;
    private @Nullable BullaException worst;

    Work(Listener listener) {
      this.listener = listener;
    }

    private void note(Reference object, BullaException why) {
      worst = worst == null ? why : worst;
      listener.failed(object, why);
    }

    /**
     * A tag that several writers add to: with its shards, and with the journal from which another
     * writer would bring everything back.
     */
    void shared(Repository repository, String tag) {
      try {
        for (String beside : client.tagsAfter(repository, tag, "-")) {
          if (EvidenceTags.isJournalOf(tag, beside)) {
            new TagRemoval(client).remove(repository, beside);
          } else if (EvidenceTagName.parse(beside, "").isPresent()) {
            tag(repository, beside);
          }
        }
      } catch (RegistryException e) {
        if (e.kind() != RegistryException.Kind.NOT_FOUND) {
          note(repository.tag(tag), e);
        }
      } catch (BullaException e) {
        note(repository.tag(tag), e);
      }
      tag(repository, tag);
    }

    void tag(Repository repository, String tag) {
      Reference object = repository.tag(tag);
      try {
        if (new TagRemoval(client).remove(repository, tag)) {
          listener.removed(object);
        }
      } catch (BullaException e) {
        note(object, e);
      }
    }

    void manifest(Repository repository, Digest digest) {
      Reference object = repository.at(digest);
      try {
        client.deleteManifest(repository, digest.toString());
        listener.removed(object);
      } catch (RegistryException e) {
        if (e.kind() != RegistryException.Kind.NOT_FOUND || stillThere(object)) {
          note(object, TagRemoval.isUnsupported(e) ? TagRemoval.noDeletion(object, e) : e);
        } else {
          listener.removed(object); // gone with its entry in the list
        }
      }
    }

    private boolean stillThere(Reference object) {
      try {
        return client.headManifest(object).isPresent();
      } catch (RegistryException e) {
        return true;
      }
    }

    void unlist(Repository repository, Digest subject, List<Descriptor> referrers)
        throws BullaException {
      Set<Digest> gone = new HashSet<>();
      referrers.forEach(referrer -> gone.add(referrer.digest()));
      store.unlistReferrers(repository, subject, gone);
    }
  }
}
