package dev.bulla.store;

import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.PutCondition;
import dev.bulla.registry.RegistryClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Further objects beside one whose tag cannot be moved: {@code <tag>-2}, {@code <tag>-3} and so on,
 * without a gap. Each is written once, by whoever comes first; so nothing is ever lost there.
 */
final class NumberedShards {

  static final int MAX = 100;

  private final RegistryClient client;
  private final Repository repository;
  private final String tag;
  private final SharedKind kind;

  NumberedShards(RegistryClient client, Repository repository, String tag, SharedKind kind) {
    this.client = client;
    this.repository = repository;
    this.tag = tag;
    this.kind = kind;
  }

  /**
   * Writes entries to the first free number.
   *
   * @param refusal why it could not be written to the tag itself; thrown when a free number is
   *     refused as well
   */
  void add(SharedChange mine, RegistryException refusal) throws BullaException {
    SharedObject object = kind.none().plus(mine.entries());
    boolean uploaded = object.config().isEmpty();
    LostAnswers lost = new LostAnswers();
    int number = 2;
    while (number <= MAX) {
      String shard = EvidenceTags.shard(tag, number);
      Optional<FetchedManifest> there = client.getManifest(repository, shard);
      if (there.isPresent()) {
        if (new TagState(kind.read(there.get()), there).holds(mine)) {
          return;
        }
        number++;
        continue;
      }
      if (!uploaded) {
        client.putBlob(repository, object.config());
        uploaded = true;
      }
      try {
        client.putManifest(
            repository, shard, object.mediaType(), object.manifest(), PutCondition.absent());
        return;
      } catch (RegistryException e) {
        if (e.status().isPresent() && client.getManifest(repository, shard).isEmpty()) {
          refusal.addSuppressed(e);
          throw refusal; // it is not the tag's doing
        }
        if (e.status().isEmpty()) {
          lost.accept(e);
        }
      }
    }
    throw refusal;
  }

  /** Everything under the numbers, in their order; the first that cannot be read is the last. */
  static List<EvidencePlaces.Answer> read(EvidencePlaces places, String tag) {
    List<EvidencePlaces.Answer> shards = new ArrayList<>();
    for (int number = 2; number <= MAX; number++) {
      EvidencePlaces.Answer answer = places.tag(EvidenceTags.shard(tag, number));
      if (answer instanceof EvidencePlaces.Answer.Nothing) {
        break;
      }
      shards.add(answer);
      if (answer instanceof EvidencePlaces.Answer.Lost) {
        break;
      }
    }
    return shards;
  }
}
