package dev.bulla.store;

import dev.bulla.error.BullaException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Unites an object of the tag scheme with what a tag holds. */
final class TagMerger {

  private final RegistryClient client;
  private final StoreOptions options;
  private final Turns turns;
  private final Contention contention;
  private final InstantSource clock;

  TagMerger(
      RegistryClient client,
      StoreOptions options,
      Turns turns,
      Contention contention,
      InstantSource clock) {
    this.client = client;
    this.options = options;
    this.turns = turns;
    this.contention = contention;
    this.clock = clock;
  }

  boolean merge(Repository repository, String tag, FetchedManifest object) throws BullaException {
    SignatureObjects objects = new SignatureObjects(client, repository, options.flavour(), null);
    SharedTag shared = new SharedTag(client, repository, tag, objects, contention, clock);
    return turns.take(
        repository,
        tag,
        () -> {
          TagState first = shared.read();
          if (first.fetched().isEmpty() && Manifest.parse(object.body()).layers().isEmpty()) {
            client.putManifest(repository, tag, object.descriptor().mediaType(), object.body());
            return true;
          }
          List<Descriptor> missing = missing(first, object);
          if (missing.isEmpty()) {
            return false;
          }
          shared.write(first, new Merge(objects, object, missing));
          return true;
        });
  }

  private static List<Descriptor> missing(TagState first, FetchedManifest object)
      throws BullaException {
    List<Descriptor> missing = new ArrayList<>();
    for (Descriptor layer : Manifest.parse(object.body()).layers()) {
      if (!first.object().entries().contains(layer) && !missing.contains(layer)) {
        missing.add(layer);
      }
    }
    return missing;
  }

  /** Layers of an object, which is taken as it is where nothing is behind the tag. */
  private final class Merge implements SharedChange {

    private final SignatureObjects objects;
    private final FetchedManifest object;
    private final List<Descriptor> layers;

    Merge(SignatureObjects objects, FetchedManifest object, List<Descriptor> layers) {
      this.objects = objects;
      this.object = object;
      this.layers = layers;
    }

    @Override
    public List<Descriptor> entries() {
      return layers;
    }

    @Override
    public SharedObject start(SharedKind kind) throws BullaException {
      return kind.read(object);
    }

    @Override
    public boolean publish(Descriptor entry, String journalTag) throws BullaException {
      return objects.publishJournal(journalTag, entry, clock.instant());
    }

    @Override
    public boolean isSame(Descriptor entry, Descriptor other) {
      return false;
    }
  }
}
