package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import java.util.List;
import java.util.Optional;

/** Unites an object of the tag scheme with what a tag holds: read, add, write, read again. */
final class TagMerger {

  private static final int MAX_ROUNDS = 20;

  private final RegistryClient client;

  TagMerger(RegistryClient client) {
    this.client = client;
  }

  boolean merge(Repository repository, String tag, FetchedManifest object) throws BullaException {
    List<Descriptor> wanted = Manifest.parse(object.body()).layers();
    LostAnswers lost = new LostAnswers();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<FetchedManifest> existing = client.getManifest(repository, tag);
      if (existing.isPresent() && holds(existing.get(), object, wanted)) {
        return round > 0;
      }
      MediaType type = object.descriptor().mediaType();
      Bytes next = object.body();
      if (existing.isPresent()) {
        SignatureObject united = united(repository, existing.get(), wanted);
        if (!united.config().isEmpty()) {
          client.putBlob(repository, united.config());
        }
        type = existing.get().descriptor().mediaType();
        next = united.manifest().toJson();
      }
      try {
        client.putManifest(repository, tag, type, next);
      } catch (RegistryException e) {
        lost.accept(e);
      }
      // the next round reads back and, if another writer was faster, adds to what that one left
    }
    throw new RegistryException(
        RegistryException.Kind.BAD_RESPONSE,
        repository.tag(tag)
            + " was written "
            + MAX_ROUNDS
            + " times and what was written did not stay there");
  }

  private static boolean holds(
      FetchedManifest existing, FetchedManifest object, List<Descriptor> wanted)
      throws BullaException {
    return existing.descriptor().digest().equals(object.descriptor().digest())
        || (!wanted.isEmpty() && Manifest.parse(existing.body()).layers().containsAll(wanted));
  }

  private SignatureObject united(
      Repository repository, FetchedManifest existing, List<Descriptor> wanted)
      throws BullaException {
    Manifest manifest = Manifest.parse(existing.body());
    Bytes config =
        manifest.config().mediaType().isImageConfig()
            ? client.getBlob(repository, manifest.config().digest(), Limits.MAX_MANIFEST)
            : Bytes.EMPTY;
    SignatureObject united = new SignatureObject(manifest, config);
    for (Descriptor layer : wanted) {
      if (!united.manifest().layers().contains(layer)) {
        united = united.append(layer);
      }
    }
    return united;
  }
}
