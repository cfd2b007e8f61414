package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.PutResult;
import dev.bulla.registry.RegistryClient;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keeps the lists of referrers under tags, where the registry keeps none. */
final class ReferrerLists {

  private final RegistryClient client;
  private final Turns turns;
  private final Contention contention;
  private final InstantSource clock;

  ReferrerLists(RegistryClient client, Turns turns, Contention contention, InstantSource clock) {
    this.client = client;
    this.turns = turns;
    this.contention = contention;
    this.clock = clock;
  }

  /**
   * Stores a referrer under the tag of its journal, instead of by its digest. It has to say when it
   * was made, else it is no journal to others.
   *
   * @return empty when that tag is not taken
   */
  Optional<PutResult> publish(Repository repository, Digest subject, Descriptor entry, Bytes json)
      throws RegistryException {
    String tag = EvidenceTags.referrers(subject);
    String key = new ReferrerIndexes(tag).key(entry);
    return Journals.publish(
        client, repository, EvidenceTags.journal(tag, key), MediaType.OCI_MANIFEST, json);
  }

  /**
   * Adds entries, and takes none away.
   *
   * @param published whether they are in their journals already
   */
  void add(Repository repository, Digest subject, List<Descriptor> entries, boolean published)
      throws BullaException {
    String tag = EvidenceTags.referrers(subject);
    SharedTag shared = shared(repository, tag);
    turns.take(
        repository,
        tag,
        () -> {
          TagState first = shared.read();
          List<Descriptor> missing = new ArrayList<>();
          for (Descriptor entry : entries) {
            if (!first.holds(new Addition(repository, List.of(entry), published))) {
              missing.add(entry);
            }
          }
          if (!missing.isEmpty()) {
            shared.write(first, new Addition(repository, missing, published));
          }
          return first;
        });
  }

  /**
   * Takes entries off a list. An empty list stays there: between looking and deleting, somebody may
   * have added to it.
   *
   * @return whether there was something to take off
   */
  boolean remove(Repository repository, String tag, Set<Digest> unwanted) throws BullaException {
    SharedTag shared = shared(repository, tag);
    Removal removal = new Removal(unwanted);
    return turns.take(
        repository,
        tag,
        () -> {
          Optional<FetchedManifest> existing = client.getManifest(repository, tag);
          if (existing.isEmpty()
              || !existing.get().descriptor().mediaType().equals(MediaType.OCI_INDEX)) {
            return false;
          }
          TagState first = shared.state(existing);
          if (first.holds(removal)) {
            return false;
          }
          shared.write(first, removal);
          return true;
        });
  }

  private SharedTag shared(Repository repository, String tag) {
    ReferrerIndexes indexes = new ReferrerIndexes(repository.tag(tag).toString());
    return new SharedTag(client, repository, tag, indexes, contention, clock);
  }

  /** Entries that are to be listed. */
  private final class Addition implements SharedChange {

    private final Repository repository;
    private final List<Descriptor> entries;
    private final boolean published;

    Addition(Repository repository, List<Descriptor> entries, boolean published) {
      this.repository = repository;
      this.entries = entries;
      this.published = published;
    }

    @Override
    public List<Descriptor> entries() {
      return entries;
    }

    /** Not the referrer itself, which may be an old one, from elsewhere. */
    @Override
    public boolean publish(Descriptor entry, String journalTag) throws BullaException {
      if (published) {
        return true;
      }
      String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
      Bytes journal = ReferrerIndexes.journalOf(entry, now).toJson();
      return journal.size() <= Journals.MAX_SIZE
          && Journals.publish(client, repository, journalTag, MediaType.OCI_INDEX, journal)
              .isPresent();
    }

    @Override
    public boolean isSame(Descriptor entry, Descriptor other) {
      return other.digest().equals(entry.digest());
    }
  }

  /** Entries that are to go. */
  private record Removal(Set<Digest> unwanted) implements SharedChange {

    @Override
    public List<Descriptor> entries() {
      return List.of();
    }

    @Override
    public boolean publish(Descriptor entry, String journalTag) {
      throw new AssertionError(journalTag);
    }

    @Override
    public boolean isSame(Descriptor entry, Descriptor other) {
      return false;
    }

    @Override
    public boolean removes(Descriptor other) {
      return unwanted.contains(other.digest());
    }
  }
}
