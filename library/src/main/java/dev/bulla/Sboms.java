package dev.bulla;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Platform;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.oci.TagReference;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceStore;
import dev.bulla.store.EvidenceTags;
import dev.bulla.store.StoreOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * SBOMs kept beside an image as they are: under the {@code .sbom} tag, or as a referrer. Nothing
 * about them is signed.
 */
public final class Sboms {

  /** The artifact type of an SBOM that is attached as a referrer. */
  public static final String ARTIFACT_TYPE = "application/vnd.dev.cosign.artifact.sbom.v1+json";

  private static final int PARALLEL = 8;

  private final RegistryClient client;
  private final EvidenceStore store;
  private final StoreOptions options;

  Sboms(RegistryClient client, EvidenceStore store, StoreOptions options) {
    this.client = client;
    this.store = store;
    this.options = options;
  }

  /** What was found. */
  public sealed interface Answer {}

  /** An SBOM as stored. */
  public record Sbom(MediaType mediaType, Bytes content) implements Answer {}

  /**
   * There is none.
   *
   * @param isIndex whether the reference is an index, whose images may have one each
   * @param platforms of those images, as far as the index says
   */
  public record Missing(boolean isIndex, List<String> platforms) implements Answer {
    public Missing {
      platforms = List.copyOf(platforms);
    }
  }

  /** The tag under which the SBOM of an image is kept. */
  public TagReference tagOf(DigestReference image) {
    return store.repositoryFor(image).tag(EvidenceTags.sbom(options.tagPrefix(), image.digest()));
  }

  /** Keeps an SBOM under the image's tag, in place of one that is there. */
  public void attach(DigestReference image, Bytes content, MediaType mediaType)
      throws BullaException {
    Repository repository = store.repositoryFor(image);
    Bytes config = SignatureObject.configOf(List.of(Digest.sha256(content)));
    Manifest manifest =
        new Manifest(
            MediaType.OCI_MANIFEST,
            describe(MediaType.OCI_CONFIG, config),
            List.of(describe(mediaType, content)));
    new FileUpload(client)
        .write(repository, tagOf(image).tag(), manifest, List.of(content, config));
  }

  /**
   * Attaches an SBOM as a referrer, beside others.
   *
   * @return the name of what was attached
   */
  public DigestReference attachAsReferrer(DigestReference image, Bytes content, MediaType mediaType)
      throws BullaException {
    Bytes config = SignatureObject.configOf(List.of(Digest.sha256(content)));
    // cosign accepts a subject that is not there; a list that nobody asks for helps nobody
    Descriptor subject = new ImageResolver(client).describe(image);
    Manifest manifest =
        new Manifest(
            Optional.of(MediaType.OCI_MANIFEST),
            describe(new MediaType(ARTIFACT_TYPE), config),
            List.of(describe(mediaType, content)),
            Map.of(),
            Optional.of(new Descriptor(subject.mediaType(), subject.size(), subject.digest())),
            Optional.empty());
    Digest digest = store.addReferrer(image, manifest, ARTIFACT_TYPE, List.of(content, config));
    return store.repositoryFor(image).at(digest);
  }

  /**
   * The SBOM of an image: of several referrers the last, else what the tag holds.
   *
   * @param platform the image of an index to look at; the reference itself when empty
   * @throws ConfigurationException in cosign's words when the platform cannot be found
   */
  public Answer of(Reference reference, String platform) throws BullaException {
    DigestReference image =
        platform.isEmpty()
            ? new ImageResolver(client).resolve(reference)
            : new PlatformImage(client).of(reference, platform);
    Repository repository = store.repositoryFor(image);
    Optional<Manifest> found = lastReferrer(image, repository);
    if (found.isEmpty()) {
      Optional<FetchedManifest> tagged = client.getManifest(repository, tagOf(image).tag());
      if (tagged.isPresent()) {
        found = Optional.of(Manifest.parse(tagged.get().body()));
      }
    }
    if (found.isEmpty()) {
      return missing(image);
    }
    return read(repository, found.get());
  }

  private Optional<Manifest> lastReferrer(DigestReference image, Repository repository)
      throws BullaException {
    List<Descriptor> manifests = new ArrayList<>();
    for (Descriptor referrer : store.referrers(image)) {
      if (referrer.mediaType().isImageManifest()) {
        manifests.add(referrer);
      }
    }
    if (manifests.size() > Limits.MAX_REFERRERS) {
      throw new MalformedInputException(
          "referrers", "more than " + Limits.MAX_REFERRERS + " of them");
    }
    // the lists' own words on artifact types are not reliable, so each manifest is read
    List<Optional<Manifest>> looked =
        client.atOnce(PARALLEL).map(manifests, referrer -> manifest(repository, referrer));
    Optional<Manifest> last = Optional.empty();
    for (Optional<Manifest> manifest : looked) {
      if (manifest.isPresent()) {
        last = manifest;
      }
    }
    return last;
  }

  private Optional<Manifest> manifest(Repository repository, Descriptor referrer)
      throws BullaException {
    Optional<FetchedManifest> fetched =
        client.getManifest(repository, referrer.digest().toString());
    if (fetched.isEmpty()) {
      return Optional.empty(); // listed and gone
    }
    Manifest manifest = Manifest.parse(fetched.get().body());
    String type = manifest.artifactType().orElse(manifest.config().mediaType().value());
    return type.equals(ARTIFACT_TYPE) ? Optional.of(manifest) : Optional.empty();
  }

  private Missing missing(DigestReference image) throws BullaException {
    FetchedManifest fetched = client.requireManifest(image.repository(), image.digest().toString());
    List<String> platforms = new ArrayList<>();
    boolean isIndex = fetched.descriptor().mediaType().isIndex();
    if (isIndex) {
      for (Descriptor entry : ImageIndex.parse(fetched.body()).manifests()) {
        Platform.of(entry).map(Platform::toString).ifPresent(platforms::add);
      }
    }
    return new Missing(isIndex, platforms);
  }

  private Sbom read(Repository repository, Manifest manifest) throws BullaException {
    if (manifest.layers().size() != 1) {
      throw new MalformedInputException(
          "SBOM", "expected exactly one layer, found " + manifest.layers().size());
    }
    Descriptor layer = manifest.layers().get(0);
    if (layer.size() > options.maxPayload()) {
      throw new RegistryException(
          RegistryException.Kind.TOO_LARGE,
          "SBOM: size of layer ("
              + layer.size()
              + ") exceeded the limit ("
              + options.maxPayload()
              + ")");
    }
    return new Sbom(layer.mediaType(), client.getBlob(repository, layer.digest(), layer.size()));
  }

  private static Descriptor describe(MediaType type, Bytes content) {
    return new Descriptor(type, content.size(), Digest.sha256(content));
  }
}
