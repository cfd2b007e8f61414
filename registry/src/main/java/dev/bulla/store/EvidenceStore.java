package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.evidence.Candidate;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The evidence kept in a registry for its images: found in every place where any version of cosign
 * put it, and added without taking anything away.
 *
 * <p>Thread-safe. Sources: cosign's tag scheme ({@code sha256-….sig}), distribution-spec 1.1
 * "Listing Referrers" and "Referrers Tag Schema".
 */
public final class EvidenceStore {

  private final StoreOptions options;
  private final EvidenceReader reader;
  private final LegacyWriter legacyWriter;
  private final ReferrerLists lists;
  private final ReferrerWriter referrerWriter;
  private final ReferrerConfirmation confirmation;
  private final TagMerger tagMerger;

  public EvidenceStore(RegistryClient client, StoreOptions options) {
    this(client, options, InstantSource.system());
  }

  /**
   * @param clock by which a writer tells entries of others that are being added right now from
   *     those that were taken out long ago
   */
  public EvidenceStore(RegistryClient client, StoreOptions options, InstantSource clock) {
    Turns turns = new Turns();
    Contention contention = new Contention();
    this.options = options;
    this.reader = new EvidenceReader(client, options);
    this.legacyWriter = new LegacyWriter(client, options, turns, contention, clock);
    this.lists = new ReferrerLists(client, turns, contention, clock);
    this.referrerWriter = new ReferrerWriter(client, options, lists);
    this.confirmation = new ReferrerConfirmation(client);
    this.tagMerger = new TagMerger(client, options, turns, contention, clock);
  }

  /** The repository in which evidence of that image is kept. */
  public Repository repositoryFor(DigestReference image) {
    return options.repositoryFor(image.repository());
  }

  /**
   * Looks where today's writers put evidence: referrers, the referrers tag, and the {@code .sig}
   * tag, all at once.
   *
   * @param expectedPayloads payloads that are likely to have been signed; a layer that holds one of
   *     them is not fetched, since its digest already says what it is
   * @return everything that may be a signature, with what could not be read among it; empty only
   *     when every place answered that it has nothing
   * @throws BullaException only when interrupted
   */
  public List<Candidate> look(DigestReference image, List<Bytes> expectedPayloads)
      throws BullaException {
    return reader.look(image, expectedPayloads);
  }

  /**
   * As {@link #look}, and then in the numbered tags beside those that were there, for who wants all
   * of it: where tags cannot be moved, further evidence lies there.
   */
  public List<Candidate> lookAlsoBeside(DigestReference image) throws BullaException {
    return reader.lookAlsoBeside(image);
  }

  /**
   * A search that asks the likely places first, for who is satisfied with enough.
   *
   * @param expectedPayloads as in {@link #look}
   */
  public EvidenceSearch search(DigestReference image, List<Bytes> expectedPayloads) {
    return reader.search(image, expectedPayloads);
  }

  /** Looks where only old writers put evidence; asked for when {@link #look} does not suffice. */
  public List<Candidate> lookInOldPlaces(DigestReference image, List<Bytes> expectedPayloads)
      throws BullaException {
    return reader.lookInOldPlaces(image, expectedPayloads);
  }

  /**
   * Adds a legacy signature to the image's signature object.
   *
   * @param payload the bytes that were signed
   * @param annotations of the new layer, the signature among them
   * @param sameSigner whether a stored signature over the same payload was made by the same signer;
   *     then nothing is added
   * @return whether something was added
   * @throws BullaException when the existing object cannot be read: it is never written over
   */
  public boolean addLegacySignature(
      DigestReference image,
      Bytes payload,
      Map<String, String> annotations,
      Predicate<String> sameSigner)
      throws BullaException {
    return legacyWriter.add(image, payload, annotations, sameSigner);
  }

  /**
   * Adds a legacy signature with a creation time in the object's configuration.
   *
   * @param created RFC 3339
   */
  public boolean addLegacySignature(
      DigestReference image,
      Bytes payload,
      Map<String, String> annotations,
      Predicate<String> sameSigner,
      String created)
      throws BullaException {
    return legacyWriter.add(image, payload, annotations, sameSigner, created);
  }

  /**
   * Attaches a bundle to a manifest as its referrer, and lists it under the referrers tag where the
   * registry keeps no list.
   *
   * @param subject the manifest as its registry describes it
   * @param predicateType for the list; nobody believes it
   * @param created RFC 3339, seconds
   * @return the digest of the manifest that holds the bundle
   */
  public Digest addBundle(
      DigestReference image, Descriptor subject, Bytes bundle, String predicateType, String created)
      throws BullaException {
    return referrerWriter.add(image, Optional.of(subject), bundle, predicateType, created);
  }

  /**
   * As the other form, for an image whose type and size are not known: the registry is asked for
   * them while the bundle is uploaded.
   */
  public Digest addBundle(DigestReference image, Bytes bundle, String predicateType, String created)
      throws BullaException {
    return referrerWriter.add(image, Optional.empty(), bundle, predicateType, created);
  }

  /**
   * Adds an attestation in the legacy format, whether or not an equal one is there.
   *
   * @param envelope the DSSE envelope as JSON
   * @param annotations of the new layer
   * @throws BullaException when the existing object cannot be read: it is never written over
   */
  public void addLegacyAttestation(
      DigestReference image, Bytes envelope, Map<String, String> annotations)
      throws BullaException {
    legacyWriter.addAttestation(image, envelope, annotations);
  }

  /**
   * Attaches any manifest that names the image as its subject, and lists it under the referrers tag
   * where the registry keeps no list.
   *
   * @param artifactType what the list calls it
   * @param blobs the manifest's config and layers
   * @return the manifest's digest
   */
  public Digest addReferrer(
      DigestReference image, Manifest manifest, String artifactType, List<Bytes> blobs)
      throws BullaException {
    return referrerWriter.add(image, manifest, artifactType, blobs);
  }

  /**
   * Every referrer of an image, wherever it is listed, without fetching it.
   *
   * @throws BullaException when a list could not be read, or an entry of one
   */
  public List<Descriptor> referrers(DigestReference image) throws BullaException {
    return reader.referrers(image);
  }

  /**
   * Brings an object of the tag scheme to a tag: as it is when the tag is free, else by adding to
   * the object there what it does not hold yet. Its blobs have to be there already.
   *
   * @param object a manifest whose layers are signatures or attestations
   * @return whether something was written
   * @throws BullaException when the existing object cannot be read: it is never written over
   */
  public boolean merge(Repository repository, String tag, FetchedManifest object)
      throws BullaException {
    return tagMerger.merge(repository, tag, object);
  }

  /**
   * Lists manifests as referrers of another one under its tag, for registries that keep no list.
   *
   * @param referrers as they are to be listed
   */
  public void addToReferrersTag(Repository repository, Digest subject, List<Descriptor> referrers)
      throws BullaException {
    lists.add(repository, subject, referrers, false);
  }

  /** Where a manifest that was pushed is read again. */
  public interface PushedManifests {
    Bytes body(Digest digest) throws BullaException;
  }

  /**
   * Sees to it that the registry lists referrers whose subject it acknowledged, by pushing those
   * again that its list lacks.
   *
   * @return the digests of those that it does not list even so
   */
  public Set<Digest> confirmReferrers(
      Repository repository, Digest subject, List<Descriptor> acknowledged, PushedManifests pushed)
      throws BullaException {
    return confirmation.unlisted(repository, subject, acknowledged, pushed);
  }

  /**
   * As {@link #referrers}, with entries that cannot be read among the result.
   *
   * @throws BullaException when a list could not be read
   */
  public ReferrerListing listReferrers(DigestReference image) throws BullaException {
    return reader.listing(image);
  }

  /**
   * Takes manifests off the list of referrers under a tag, where there is such a list, and leaves
   * all others on it.
   */
  public void unlistReferrers(Repository repository, Digest subject, Set<Digest> referrers)
      throws BullaException {
    unlistReferrers(repository, EvidenceTags.referrers(subject), referrers);
  }

  /**
   * As the other form, for a list under any tag.
   *
   * @return whether something was taken off
   */
  public boolean unlistReferrers(Repository repository, String tag, Set<Digest> referrers)
      throws BullaException {
    return lists.remove(repository, tag, referrers);
  }
}
