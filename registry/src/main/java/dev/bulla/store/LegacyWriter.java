package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FanOut;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Adds to signature objects: read, append, write, read again. */
final class LegacyWriter {

  /** How often we start over when somebody else's write replaced ours. */
  private static final int MAX_ROUNDS = 20;

  private final RegistryClient client;
  private final StoreOptions options;

  LegacyWriter(RegistryClient client, StoreOptions options) {
    this.client = client;
    this.options = options;
  }

  boolean add(
      DigestReference image,
      Bytes payload,
      Map<String, String> annotations,
      Predicate<String> sameSigner)
      throws BullaException {
    return add(image, payload, annotations, sameSigner, null);
  }

  boolean add(
      DigestReference image,
      Bytes payload,
      Map<String, String> annotations,
      Predicate<String> sameSigner,
      @Nullable String created)
      throws BullaException {
    String tag = EvidenceTags.signatures(options.tagPrefix(), image.digest());
    return append(
        options.repositoryFor(image.repository()),
        tag,
        payload,
        SignatureObject.layer(payload, annotations),
        sameSigner,
        created);
  }

  /** Adds an attestation to the image's {@code .att} object; equal ones are not looked for. */
  void addAttestation(DigestReference image, Bytes envelope, Map<String, String> annotations)
      throws BullaException {
    append(
        options.repositoryFor(image.repository()),
        EvidenceTags.attestations(options.tagPrefix(), image.digest()),
        envelope,
        SignatureObject.attestation(envelope, annotations),
        stored -> false,
        null);
  }

  private boolean append(
      Repository repository,
      String tag,
      Bytes payload,
      Descriptor layer,
      Predicate<String> sameSigner,
      @Nullable String created)
      throws BullaException {
    LostAnswers lost = new LostAnswers();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<SignatureObject> existing = read(repository, tag);
      if (existing.isPresent() && isDuplicate(existing.get(), layer, sameSigner)) {
        return round > 0;
      }
      SignatureObject next =
          existing.orElse(SignatureObject.empty(options.flavour())).append(layer);
      if (created != null) {
        next = next.createdAt(created);
      }
      Bytes config = next.config();
      Bytes manifest = next.manifest().toJson();
      FanOut.limit(2)
          .map(
              config.isEmpty() ? List.of(payload) : List.of(payload, config),
              blob -> {
                client.putBlob(repository, blob);
                return blob;
              });
      try {
        client.putManifest(
            repository, tag, next.manifest().mediaType().orElse(MediaType.OCI_MANIFEST), manifest);
      } catch (RegistryException e) {
        lost.accept(e);
      }
      Optional<FetchedManifest> readBack = client.getManifest(repository, tag);
      if (readBack.isPresent()
          && (readBack.get().body().equals(manifest)
              || Manifest.parse(readBack.get().body()).layers().contains(layer))) {
        return true;
      }
      // another writer's object took the place of ours, or ours did not arrive: take what is there
    }
    throw new RegistryException(
        RegistryException.Kind.BAD_RESPONSE,
        "the signature was written to "
            + repository.tag(tag)
            + " "
            + MAX_ROUNDS
            + " times and did not stay there");
  }

  private Optional<SignatureObject> read(Repository repository, String tag) throws BullaException {
    Optional<FetchedManifest> fetched = client.getManifest(repository, tag);
    if (fetched.isEmpty()) {
      return Optional.empty();
    }
    // anything else at this tag is an error here: what cannot be read is not written over
    Manifest manifest = Manifest.parse(fetched.get().body());
    Bytes config =
        manifest.config().mediaType().isImageConfig()
            ? client.getBlob(repository, manifest.config().digest(), Limits.MAX_MANIFEST)
            : Bytes.EMPTY;
    return Optional.of(new SignatureObject(manifest, config));
  }

  /** Same payload, same annotations but for the signature, and a signature by the same signer. */
  private static boolean isDuplicate(
      SignatureObject object, Descriptor layer, Predicate<String> sameSigner) {
    for (Descriptor existing : object.manifest().layers()) {
      if (existing.digest().equals(layer.digest())
          && existing.mediaType().equals(layer.mediaType())
          && withoutSignature(existing).equals(withoutSignature(layer))) {
        String signature = existing.annotations().get(LegacySignature.SIGNATURE_ANNOTATION);
        if (signature != null && !signature.isEmpty() && sameSigner.test(signature)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Map<String, String> withoutSignature(Descriptor layer) {
    Map<String, String> others = new TreeMap<>(layer.annotations());
    others.remove(LegacySignature.SIGNATURE_ANNOTATION);
    return others;
  }
}
