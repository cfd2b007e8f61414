package dev.bulla;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.VerificationException;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceStore;
import dev.bulla.store.StoreOptions;
import dev.bulla.verify.Policy;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Everything bulla does with images, over one registry client.
 *
 * <pre>{@code
 * Verified<VerifiedImage> image =
 *     bulla.verify(Reference.parse("registry.example.com/team/app:v1"),
 *         Policy.requiringKey(VerificationKey.parsePem(pem, "release key")).insecurelyIgnoringLog());
 * run(image.value().image()); // the digest that was verified, not the tag
 * }</pre>
 *
 * <p>Immutable and thread-safe. The registry client stays the caller's to close.
 */
public final class Bulla {

  private final RegistryClient client;
  private final StoreOptions storeOptions;
  private final EvidenceStore store;
  private final InstantSource clock;

  public Bulla(RegistryClient client) {
    this(client, StoreOptions.defaults(), InstantSource.system());
  }

  /**
   * @param clock for the creation times that are written; no verdict depends on it
   */
  public Bulla(RegistryClient client, StoreOptions storeOptions, InstantSource clock) {
    this.client = client;
    this.storeOptions = storeOptions;
    this.store = new EvidenceStore(client, storeOptions, clock);
    this.clock = clock;
  }

  /**
   * Resolves a tag to the digest that it names now; a digest stays as it is, without asking.
   *
   * @throws dev.bulla.error.RegistryException of kind {@code NOT_FOUND} when there is no such tag
   */
  public DigestReference resolve(Reference image) throws BullaException {
    return new ImageResolver(client).resolve(image);
  }

  /**
   * Verifies an image by everything that is kept beside it.
   *
   * @throws VerificationException when nothing found satisfies the policy
   * @throws dev.bulla.error.RegistryException when the reference cannot be resolved
   */
  public Verified<VerifiedImage> verify(Reference image, Policy policy) throws BullaException {
    return new ImageVerification(client, store).verify(image, policy);
  }

  /**
   * What each of several policies makes of an image, by one search for signatures.
   *
   * @param policies by names of the caller's choice
   * @param enough whether these policies are satisfied enough; then the search ends, and it says
   *     nothing certain about the others
   * @throws dev.bulla.error.RegistryException when the reference cannot be resolved
   * @throws IllegalArgumentException without a policy
   */
  public <K> ImageVerdicts<K> verifyEach(
      Reference image, Map<K, Policy> policies, Predicate<? super Set<K>> enough)
      throws BullaException {
    if (policies.isEmpty()) {
      throw new IllegalArgumentException("without a policy nothing is verified");
    }
    return new EachVerification(client, store).verify(image, policies, enough);
  }

  /**
   * Verifies an index together with what it lists. Ask {@link RecursiveVerdict#orThrow} before
   * anything is run.
   *
   * @param recursion what has to be signed
   * @throws dev.bulla.error.RegistryException when the index cannot be resolved or read
   */
  public RecursiveVerdict verify(Reference image, Policy policy, Recursion recursion)
      throws BullaException {
    return new RecursiveVerification(client, store).verify(image, policy, recursion);
  }

  /**
   * The manifests that signing an image means.
   *
   * @param recursive whether to go on to everything that an index lists
   * @return an index before its entries, each manifest once
   */
  public List<SigningTarget> targets(Reference image, boolean recursive) throws BullaException {
    return new ImageSigning(client, store, clock).targets(image, recursive);
  }

  /**
   * Makes the signatures of one manifest and keeps them to itself; {@link #store} brings them to
   * the registry. Asks the registry nothing.
   */
  public SignedManifest sign(SigningTarget target, SignRequest request, Progress progress)
      throws BullaException {
    return new ImageSigning(client, store, clock).sign(target, request, progress);
  }

  /**
   * Stores the signatures of one manifest beside it. An equal signature of the same signer in the
   * legacy format is not added again.
   */
  public void store(SignedManifest signed, SignRequest request, Progress progress)
      throws BullaException {
    new ImageSigning(client, store, clock).store(signed, request, progress);
  }

  /**
   * What of a request is there already: signatures of the same key over the same bytes. Reads as
   * {@link #verify} does, and writes nothing.
   *
   * @return for each format all signatures of the request, or none of them
   * @throws VerificationException undecided or malformed, when that could not be found out
   */
  public List<StoredSignature> alreadyStored(DigestReference image, SignRequest request)
      throws BullaException {
    return new OwnSignatures(client, storeOptions).alreadyThere(image, request);
  }

  /**
   * Reads back what {@link #store} stored, from the registry and not from a cache, and verifies it
   * with the signer's public key. Registries that show a write only after a while are asked again.
   *
   * @param within how long that may take
   * @throws VerificationException undecided, when not all of it could be read in time
   */
  public List<StoredSignature> confirm(SignedManifest signed, SignRequest request, Duration within)
      throws BullaException {
    Duration left = client.timeLeft();
    Duration bound = within.compareTo(left) < 0 ? within : left;
    return new OwnSignatures(client.withoutCache().within(bound), storeOptions)
        .readBack(signed, request, bound);
  }

  /**
   * The payload that a legacy signature of an image would cover.
   *
   * @param annotations as given to {@code -a}
   */
  public Bytes payload(Reference image, Map<String, String> annotations) throws BullaException {
    return ImageSigning.payload(resolve(image), annotations);
  }

  /** Adds signatures made elsewhere. */
  public SignatureAttachment attach() {
    return new SignatureAttachment(client, store, clock);
  }

  /** Everything that may be a signature of an image, unchecked. */
  public SignatureDownload download() {
    return new SignatureDownload(client, store);
  }

  /** Everything that may be an attestation of an image, unchecked. */
  public AttestationDownload attestations() {
    return new AttestationDownload(client, store, storeOptions);
  }

  /** SBOMs kept beside images, unchecked. */
  public Sboms sboms() {
    return new Sboms(client, store, storeOptions);
  }

  /** Files as images of their own. */
  public FileUpload upload() {
    return new FileUpload(client);
  }

  /** Evidence of images that are gone. */
  public OrphanedEvidence orphans() {
    return new OrphanedEvidence(client, storeOptions.tagPrefix());
  }

  /** What is kept beside an image. */
  public ArtifactTree tree() {
    return new ArtifactTree(client, store, storeOptions);
  }

  /** Copies an image with what is kept beside it. */
  public ImageCopy copy() {
    return new ImageCopy(client, storeOptions);
  }

  /** Images in folders. */
  public ImageSaving saving() {
    return new ImageSaving(client, storeOptions);
  }

  /** Removes what is kept beside an image. */
  public EvidenceCleaning cleaning() {
    return new EvidenceCleaning(client);
  }

  /** Where evidence is kept. */
  public EvidenceStore evidence() {
    return store;
  }
}
