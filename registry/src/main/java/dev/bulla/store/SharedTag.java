package dev.bulla.store;

import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * One tag that several writers write to, on a registry that lets the last write win. Each writer
 * first publishes its entries under tags of their own, the journals; then it writes the shared
 * object with everything it knows of; then it lists the journals, and writes again while one is
 * missing from what it wrote. So whoever writes last has seen everybody's journal, and who finds
 * its entry written by somebody else need not write at all. Why that is enough, and where it is
 * not, stands in docs/adr/0009.
 */
final class SharedTag {

  /** How often we write before we give up. */
  static final int MAX_WRITES = 20;

  private final RegistryClient client;
  private final Repository repository;
  private final String tag;
  private final SharedKind kind;
  private final Contention contention;
  private final Journals journals;

  SharedTag(
      RegistryClient client,
      Repository repository,
      String tag,
      SharedKind kind,
      Contention contention,
      InstantSource clock) {
    this.client = client;
    this.repository = repository;
    this.tag = tag;
    this.kind = kind;
    this.contention = contention;
    this.journals = new Journals(client, repository, tag, kind, clock);
  }

  /**
   * Reads the object.
   *
   * @throws BullaException when it is there and cannot be read: it is never written over
   */
  TagState read() throws BullaException {
    return state(client.getManifest(repository, tag));
  }

  /** The object, as it was fetched; without entries when there is nothing. */
  TagState state(Optional<FetchedManifest> fetched) throws BullaException {
    if (fetched.isEmpty()) {
      return new TagState(kind.none(), fetched);
    }
    Optional<SharedObject> known = contention.find(repository, tag, kind.variant(), fetched.get());
    if (known.isPresent()) {
      return new TagState(known.get(), fetched);
    }
    TagState state = new TagState(kind.read(fetched.get()), fetched);
    contention.keep(repository, tag, kind.variant(), state);
    return state;
  }

  /**
   * Makes a change.
   *
   * @param first what is behind the tag, in which there is something to change
   */
  void write(TagState first, SharedChange change) throws BullaException {
    boolean expected = contention.isLikely(repository, tag);
    SharedRound round =
        new SharedRound(client, repository, tag, kind, this, journals, first, change);
    round.publish(!expected);
    boolean settled = expected && round.isSettled(true);
    for (int number = 1; !settled && number <= MAX_WRITES; number++) {
      long start = System.nanoTime();
      boolean refused = round.isRefused(expected || number > 1);
      if (refused && number > 1) {
        // as long as a write takes here: those who collide are as far apart as their requests
        client.pauseUpTo(Duration.ofNanos(System.nanoTime() - start));
      }
      settled =
          refused
              ? round.isSettledWithoutUs()
              : round.isSettled(first.fetched().isPresent() || number > 1);
      if (round.cannotMove()) {
        if (change.entries().isEmpty()) {
          throw round.refusal(); // what is to go cannot go elsewhere
        }
        new NumberedShards(client, repository, tag, kind).add(change, round.refusal());
        return;
      }
    }
    contention.note(repository, tag, round.metOthers());
    if (settled) {
      return;
    }
    throw new RegistryException(
        RegistryException.Kind.BAD_RESPONSE,
        "written to "
            + repository.tag(tag)
            + " "
            + MAX_WRITES
            + " times, and it did not stay there");
  }
}
