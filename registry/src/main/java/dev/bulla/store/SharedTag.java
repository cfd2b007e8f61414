package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.PutCondition;
import dev.bulla.registry.PutResult;
import dev.bulla.registry.RegistryClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One tag that several writers add to, on a registry that lets the last write win. Each writer
 * first publishes its entry under a tag of its own, the journal; then it writes the shared object
 * with everything it knows of; then it lists the journals, and writes again while one is missing
 * from what it wrote. So whoever writes last has seen everybody's journal. Why that is enough, and
 * where it is not, stands in docs/adr/0009.
 */
final class SharedTag {

  /** How often we start over when somebody else's write replaced ours. */
  static final int MAX_ROUNDS = 20;

  private static final int PARALLEL = 10;

  private final RegistryClient client;
  private final Repository repository;
  private final String tag;
  private final SharedKind kind;
  private final Journals journals;

  SharedTag(
      RegistryClient client,
      Repository repository,
      String tag,
      SharedKind kind,
      InstantSource clock) {
    this.client = client;
    this.repository = repository;
    this.tag = tag;
    this.kind = kind;
    this.journals = new Journals(client, repository, tag, kind, clock);
  }

  /** What one writer adds. */
  interface Addition {

    Descriptor entry();

    /**
     * Uploads what the entry points to, and publishes the entry.
     *
     * @param journalTag where nobody else publishes
     * @return whether it is published; not where the registry takes no such tag
     */
    boolean publish(String journalTag) throws BullaException;

    /** Whether an entry makes this one needless: the same, by the same signer. */
    boolean isSame(Descriptor other);
  }

  /** What is behind the tag at one time. */
  record State(SharedObject object, Optional<FetchedManifest> fetched) {

    Optional<Digest> version() {
      return fetched.map(manifest -> manifest.descriptor().digest());
    }

    PutCondition unchanged() {
      return fetched.isPresent() ? PutCondition.still(fetched.get()) : PutCondition.absent();
    }

    boolean holds(Addition mine) {
      for (Descriptor entry : object.entries()) {
        if (entry.equals(mine.entry()) || mine.isSame(entry)) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * Reads the object.
   *
   * @throws BullaException when it is there and cannot be read: it is never written over
   */
  State read() throws BullaException {
    return state(client.getManifest(repository, tag));
  }

  private State state(Optional<FetchedManifest> fetched) throws BullaException {
    return new State(fetched.isPresent() ? kind.read(fetched.get()) : kind.none(), fetched);
  }

  /** What came of one write. */
  private enum Written {
    STORED,
    /** No answer: it may have happened. */
    UNKNOWN,
    REFUSED
  }

  /**
   * Adds an entry.
   *
   * @param first what is behind the tag, which does not hold the entry
   */
  void add(State first, Addition mine) throws BullaException {
    Round round = new Round(first, mine);
    round.publish();
    for (int number = 1; number <= MAX_ROUNDS; number++) {
      long start = System.nanoTime();
      if (number > 1) {
        round.uploadConfig();
      }
      if (round.write() && round.isSettled()) {
        return;
      }
      if (round.cannotMove) {
        new NumberedShards(client, repository, tag, kind).add(mine, round.refusal());
        return;
      }
      if (number > 1) {
        // as long as a round takes here: those who collide are as far apart as their requests
        client.pauseUpTo(Duration.ofNanos(System.nanoTime() - start));
      }
    }
    throw new RegistryException(
        RegistryException.Kind.BAD_RESPONSE,
        "written to "
            + repository.tag(tag)
            + " "
            + MAX_ROUNDS
            + " times, and it did not stay there");
  }

  /** One addition under way. */
  private final class Round {

    private final Addition mine;
    private final String ownKey;

    /** Every entry that was ever seen behind the tag or in a journal, and ours. */
    private final Map<Object, Descriptor> seen = new LinkedHashMap<>();

    /** The names in journals of what was seen. */
    private final Map<Object, String> keys = new HashMap<>();

    /** Journals that need no more attention: too old, unreadable, or what we add ourselves. */
    private final Set<String> passedOver = new HashSet<>();

    private final LostAnswers lost = new LostAnswers();

    /** Whether writers that keep no journal may be at work: then the object is read back too. */
    private final boolean readsBack;

    private State base;
    private SharedObject next;
    private Bytes nextBytes;
    private Digest nextDigest;
    private boolean journaled;
    private boolean conditional = true;
    private boolean cannotMove;
    private @Nullable RegistryException refusal;

    Round(State first, Addition mine) throws MalformedInputException {
      this.mine = mine;
      this.base = first;
      this.ownKey = kind.key(mine.entry());
      this.readsBack = first.fetched().isPresent();
      remember(first);
      seen.put(kind.identity(mine.entry()), mine.entry());
      this.next = merged();
      this.nextBytes = next.manifest();
      this.nextDigest = Digest.sha256(nextBytes);
    }

    /** What is behind the tag now; not parsed again when it is what we wrote. */
    private State readAgain() throws BullaException {
      Optional<FetchedManifest> fetched = client.getManifest(repository, tag);
      return fetched.isPresent() && fetched.get().body().equals(nextBytes)
          ? new State(next, fetched)
          : state(fetched);
    }

    RegistryException refusal() {
      return java.util.Objects.requireNonNull(refusal);
    }

    private void remember(State state) {
      for (Descriptor entry : state.object().entries()) {
        seen.putIfAbsent(kind.identity(entry), entry);
      }
    }

    /** What is behind the tag, with everything that is missing from it. */
    private SharedObject merged() throws MalformedInputException {
      Map<Object, Descriptor> missing = new LinkedHashMap<>(seen);
      for (Descriptor entry : base.object().entries()) {
        missing.remove(kind.identity(entry));
      }
      return missing.isEmpty() ? base.object() : base.object().plus(List.copyOf(missing.values()));
    }

    void publish() throws BullaException {
      client
          .atOnce(2)
          .map(
              List.of(true, false),
              own -> {
                if (own) {
                  journaled = mine.publish(EvidenceTags.journal(tag, ownKey));
                } else {
                  uploadConfig();
                }
                return own;
              });
    }

    void uploadConfig() throws BullaException {
      if (!next.config().isEmpty()) {
        client.putBlob(repository, next.config());
      }
    }

    /** Whether what we wrote is, or was, behind the tag. */
    boolean write() throws BullaException {
      switch (put()) {
        case STORED -> {
          return true;
        }
        case UNKNOWN -> {
          State now = readAgain();
          if (now.version().equals(Optional.of(nextDigest))) {
            return true;
          }
          startFrom(now);
        }
        case REFUSED -> {
          State now = read();
          if (!now.version().equals(base.version())) {
            startFrom(now);
          } else if (conditional) {
            // refused although nothing had changed: no honest condition, or no tag that moves
            conditional = false;
          } else {
            cannotMove = true;
          }
        }
      }
      return false;
    }

    private Written put() throws RegistryException {
      try {
        client.putManifest(
            repository,
            tag,
            next.mediaType(),
            nextBytes,
            conditional ? base.unchanged() : PutCondition.none());
        return Written.STORED;
      } catch (RegistryException e) {
        if (isRefusal(e) && (base.fetched().isPresent() || isUnmet(e))) {
          refusal = e;
          return Written.REFUSED;
        }
        lost.accept(e);
        return Written.UNKNOWN;
      }
    }

    /** Registries do not agree on how to say that a tag cannot be moved, or not any more. */
    private boolean isRefusal(RegistryException e) {
      return switch (e.status().orElse(0)) {
        case 400, 403, 405, 409, 412 -> true;
        default -> false;
      };
    }

    private boolean isUnmet(RegistryException e) {
      return conditional && e.status().orElse(0) == 412;
    }

    /** Whether nothing is left to do. If not, everything is ready for the next write. */
    @SuppressWarnings("ReferenceEquality") // who adds nothing keeps the object that was read
    boolean isSettled() throws BullaException {
      Optional<Set<String>> listed;
      State now = null;
      if (readsBack) {
        List<Object> both =
            client
                .atOnce(2)
                .map(List.of(true, false), list -> list ? journals.list(own()) : readAgain());
        listed = castList(both.get(0));
        now = (State) both.get(1);
      } else {
        listed = journals.list(own());
      }
      Set<String> unknown = unknown(listed);
      boolean inPlace = now == null || now.version().equals(Optional.of(nextDigest));
      if (listed.isPresent() && unknown.isEmpty() && inPlace) {
        return true;
      }
      if (now == null) {
        now = readAgain();
      }
      boolean overwritten = !now.version().equals(Optional.of(nextDigest));
      if ((overwritten || listed.isEmpty()) && now.holds(mine)) {
        // somebody wrote after us, and so looks after us at everybody's journal
        return true;
      }
      fetch(unknown);
      startFrom(now);
      return next == base.object();
    }

    private Optional<String> own() {
      return journaled ? Optional.of(ownKey) : Optional.empty();
    }

    @SuppressWarnings("unchecked")
    private static Optional<Set<String>> castList(Object listed) {
      return (Optional<Set<String>>) listed;
    }

    /** The journals of entries that we did not write. */
    private Set<String> unknown(Optional<Set<String>> listed) {
      if (listed.isEmpty()) {
        return Set.of();
      }
      Set<String> unknown = new HashSet<>(listed.get());
      unknown.removeAll(passedOver);
      for (Descriptor entry : next.entries()) {
        unknown.remove(keys.computeIfAbsent(kind.identity(entry), same -> kind.key(entry)));
      }
      return unknown;
    }

    private void fetch(Set<String> keys) throws BullaException {
      List<String> wanted = new ArrayList<>(keys);
      List<Optional<Descriptor>> entries = client.atOnce(PARALLEL).map(wanted, journals::entry);
      for (int i = 0; i < wanted.size(); i++) {
        Optional<Descriptor> entry = entries.get(i);
        if (entry.isPresent() && !mine.isSame(entry.get())) {
          seen.putIfAbsent(kind.identity(entry.get()), entry.get());
          continue;
        }
        passedOver.add(wanted.get(i));
        if (entry.isPresent()) {
          // left by a run of ours that did not come to its end; others must not take it for another
          mine.publish(EvidenceTags.journal(tag, wanted.get(i)));
        }
      }
    }

    private void startFrom(State now) throws MalformedInputException {
      remember(now);
      base = now;
      next = merged();
      nextBytes = next.manifest();
      nextDigest = Digest.sha256(nextBytes);
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
    if (journalTag.length() > Journals.MAX_TAG) {
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
