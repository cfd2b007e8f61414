package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signature objects behind a tag: one layer for each entry. */
final class SignatureObjects implements SharedKind {

  static final String CREATED = "org.opencontainers.image.created";

  private static final String JOURNAL_TYPE = "application/vnd.dev.bulla.journal.v1+json";

  private final RegistryClient client;
  private final Repository repository;
  private final SignatureObject.Flavour flavour;
  private final @Nullable String created;

  /**
   * @param flavour of an object that is not there yet
   * @param created what an object that is written says about its time, or {@code null} for nothing
   */
  SignatureObjects(
      RegistryClient client,
      Repository repository,
      SignatureObject.Flavour flavour,
      @Nullable String created) {
    this.client = client;
    this.repository = repository;
    this.flavour = flavour;
    this.created = created;
  }

  /**
   * @param fetched what was read, which stays as it is while nothing is added
   */
  private record Stored(
      SignatureObject object, @Nullable String created, Optional<FetchedManifest> fetched)
      implements SharedObject {

    @Override
    public List<Descriptor> entries() {
      return object.manifest().layers();
    }

    @Override
    public SharedObject plus(List<Descriptor> more) throws MalformedInputException {
      SignatureObject longer = object.append(more);
      return new Stored(
          created == null ? longer : longer.createdAt(created), created, Optional.empty());
    }

    @Override
    public SharedObject only(List<Descriptor> kept) {
      throw new UnsupportedOperationException("signatures go with the whole object");
    }

    @Override
    public MediaType mediaType() {
      return fetched.isPresent()
          ? fetched.get().descriptor().mediaType()
          : object.manifest().mediaType().orElse(MediaType.OCI_MANIFEST);
    }

    @Override
    public Bytes manifest() {
      return fetched.isPresent() ? fetched.get().body() : object.manifest().toJson();
    }

    @Override
    public Bytes config() {
      return fetched.isPresent() ? Bytes.EMPTY : object.config();
    }
  }

  @Override
  public SharedObject none() {
    return new Stored(SignatureObject.empty(flavour), created, Optional.empty());
  }

  @Override
  public SharedObject read(FetchedManifest fetched) throws BullaException {
    // anything else at this tag is an error here: what cannot be read is not written over
    Manifest manifest = Manifest.parse(fetched.body());
    return new Stored(
        new SignatureObject(manifest, config(manifest)), created, Optional.of(fetched));
  }

  private Bytes config(Manifest manifest) throws BullaException {
    if (!manifest.config().mediaType().isImageConfig()) {
      return Bytes.EMPTY;
    }
    Bytes usual = SignatureObject.usualConfig(manifest);
    return manifest.config().digest().matches(usual)
        ? usual
        : client.getBlob(repository, manifest.config().digest(), Limits.MAX_MANIFEST);
  }

  @Override
  public String variant() {
    return created == null ? "" : created;
  }

  /** Signatures over equal payloads differ in their annotations. */
  @Override
  public Object identity(Descriptor layer) {
    return layer;
  }

  @Override
  public String key(Descriptor layer) {
    return Digest.sha256(
            Bytes.utf8(
                layer.mediaType().value() + " " + layer.digest() + " " + layer.annotations()))
        .hex()
        .substring(0, 16);
  }

  /**
   * Publishes the journal of a layer.
   *
   * @return whether the registry took it
   */
  boolean publishJournal(String journalTag, Descriptor layer, Instant now)
      throws RegistryException {
    Manifest journal = journalOf(layer, now.truncatedTo(ChronoUnit.SECONDS).toString());
    MediaType type = journal.mediaType().orElse(MediaType.OCI_MANIFEST);
    return Journals.publish(client, repository, journalTag, type, journal.toJson()).isPresent();
  }

  /** An object with nothing but one layer, which is its own configuration too: no further blob. */
  private Manifest journalOf(Descriptor layer, String now) {
    boolean oci = flavour == SignatureObject.Flavour.OCI;
    return new Manifest(
        Optional.of(oci ? MediaType.OCI_MANIFEST : MediaType.DOCKER_MANIFEST),
        new Descriptor(layer.mediaType(), layer.size(), layer.digest()),
        List.of(layer),
        Map.of(CREATED, now),
        Optional.empty(),
        oci ? Optional.of(JOURNAL_TYPE) : Optional.empty());
  }

  @Override
  public Optional<Journal> journal(FetchedManifest fetched) throws MalformedInputException {
    Manifest manifest = Manifest.parse(fetched.body());
    return manifest.layers().size() == 1
        ? Optional.of(
            new Journal(
                manifest.layers().get(0), manifest.annotations().getOrDefault(CREATED, ""), false))
        : Optional.empty();
  }
}
