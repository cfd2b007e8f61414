package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.layout.LayoutTransport;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.PutResult;
import dev.bulla.registry.RegistryClient;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The journals beside one shared tag. */
final class Journals {

  private static final int MAX_TAG = 128;

  /**
   * Older ones are left alone: their writers have long finished, and what is missing from the
   * object by then was taken out on purpose.
   */
  static final Duration YOUNG = Duration.ofMinutes(15);

  private static final int MAX_LISTINGS = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final int MAX_JOURNALS = 2000;
  static final int MAX_SIZE = 128 << 10;

  private final RegistryClient client;
  private final Repository repository;
  private final String tag;
  private final SharedKind kind;
  private final InstantSource clock;

  Journals(
      RegistryClient client,
      Repository repository,
      String tag,
      SharedKind kind,
      InstantSource clock) {
    this.client = client;
    this.repository = repository;
    this.tag = tag;
    this.kind = kind;
    this.clock = clock;
  }

  /**
   * The keys of all journals.
   *
   * @param own the keys of those that were published before; a list without them is out of date
   * @return empty when there is no list that proves anything
   */
  Optional<Set<String>> list(Set<String> own) throws RegistryException {
    Duration pause = FIRST_PAUSE;
    for (int i = 1; ; i++) {
      Optional<Set<String>> keys = listOnce();
      if (keys.isEmpty() || keys.get().containsAll(own)) {
        return keys;
      }
      if (i == MAX_LISTINGS) {
        return Optional.empty();
      }
      client.pauseUpTo(pause);
      pause = pause.multipliedBy(2);
    }
  }

  private Optional<Set<String>> listOnce() {
    List<String> tags;
    try {
      tags = client.tagsAfter(repository, tag, EvidenceTags.JOURNAL);
    } catch (RegistryException e) {
      // some registries list nothing, or not for everybody; reading back is what remains
      return Optional.empty();
    }
    Set<String> keys = new HashSet<>();
    for (String candidate : tags) {
      if (EvidenceTags.isJournalOf(tag, candidate)) {
        keys.add(candidate.substring(tag.length() + EvidenceTags.JOURNAL.length()));
      }
    }
    return keys.size() > MAX_JOURNALS ? Optional.empty() : Optional.of(keys);
  }

  /** The entry of a journal; empty when it is old or unreadable. */
  Optional<Descriptor> entry(String key) throws BullaException {
    Optional<FetchedManifest> fetched;
    try {
      fetched = client.getManifest(repository, EvidenceTags.journal(tag, key), MAX_SIZE);
    } catch (RegistryException e) {
      return Optional.empty(); // its writer can still see to it
    }
    if (fetched.isEmpty()) {
      return Optional.empty();
    }
    try {
      Optional<SharedKind.Journal> journal = kind.journal(fetched.get());
      if (journal.isEmpty()
          || !kind.key(journal.get().entry()).equals(key)
          || !isYoung(journal.get().created())) {
        return Optional.empty();
      }
      Descriptor entry = journal.get().entry();
      boolean there =
          !journal.get().isPromise()
              || client.headManifest(repository.at(entry.digest())).isPresent();
      return there ? Optional.of(entry) : Optional.empty();
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private boolean isYoung(String created) {
    try {
      Duration age = Duration.between(Instant.parse(created), clock.instant());
      return age.abs().compareTo(YOUNG) <= 0;
    } catch (DateTimeException e) {
      return false;
    }
  }

  /**
   * Publishes a journal.
   *
   * @return empty when the registry takes no such tag, which is no reason to fail
   */
  static Optional<PutResult> publish(
      RegistryClient client,
      Repository repository,
      String journalTag,
      MediaType type,
      Bytes manifest)
      throws RegistryException {
    // a folder is what its owner hands on, and not where strangers meet
    if (journalTag.length() > MAX_TAG || LayoutTransport.isFolder(repository)) {
      return Optional.empty();
    }
    try {
      return Optional.of(client.publishManifest(repository, journalTag, type, manifest));
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.CLIENT_ERROR
          || e.kind() == RegistryException.Kind.DENIED) {
        // a registry with a rule for tags, or for what it stores: the object itself may be allowed
        return Optional.empty();
      }
      throw e;
    }
  }
}
