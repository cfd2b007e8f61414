package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One change under way at a shared tag: the steps of {@link SharedTag}, and what they know. */
final class SharedRound {

  /** How often we let somebody else go first before we write ourselves. */
  private static final int MAX_WAITS = 3;

  /** How many times as long as one look such a wait may be: to fetch, upload and write. */
  private static final int WAIT = 8;

  /** How often we wait for what the registry took to show; in all up to 18 s. */
  private static final int MAX_WAITS_TO_SHOW = 8;

  private static final Duration FIRST_WAIT_TO_SHOW = Duration.ofMillis(200);
  private static final Duration LAST_WAIT_TO_SHOW = Duration.ofMillis(3200);

  private static final int PARALLEL = 10;

  private final SharedChange change;
  private final KnownEntries known;
  private final RegistryClient client;
  private final Repository repository;
  private final String tag;
  private final SharedKind kind;
  private final SharedTag shared;
  private final Journals journals;
  private final SharedWrites writes;
  private final Set<String> ownKeys = new HashSet<>();
  private boolean journaled;
  private boolean metOthers;
  private boolean cannotMove;
  private int waitsToShow;

  private TagState base;
  private SharedObject next;

  /** What we wrote last, if it is not known that it did not happen. */
  private Bytes lastWritten = Bytes.EMPTY;

  private SharedObject written;

  private boolean unanswered;

  SharedRound(
      RegistryClient client,
      Repository repository,
      String tag,
      SharedKind kind,
      SharedTag shared,
      Journals journals,
      TagState first,
      SharedChange change)
      throws BullaException {
    this.client = client;
    this.repository = repository;
    this.tag = tag;
    this.kind = kind;
    this.shared = shared;
    this.journals = journals;
    this.writes = new SharedWrites(client, repository, tag);
    this.change = change;
    this.known = new KnownEntries(kind, change);
    this.base = first;
    known.addAll(first.object().entries());
    known.addAll(change.entries());
    for (Descriptor entry : change.entries()) {
      ownKeys.add(kind.key(entry));
    }
    this.next = known.merged(base);
    this.written = next;
  }

  /** Publishes the journals; beside that, what the first write needs. */
  void publish(boolean withConfig) throws BullaException {
    List<Optional<Descriptor>> uploads = new ArrayList<>();
    for (Descriptor entry : change.entries()) {
      uploads.add(Optional.of(entry));
    }
    if (withConfig && !next.config().isEmpty()) {
      uploads.add(Optional.empty());
    }
    journaled = !client.atOnce(PARALLEL).map(uploads, this::upload).contains(false);
  }

  private boolean upload(Optional<Descriptor> entry) throws BullaException {
    if (entry.isPresent()) {
      return change.publish(entry.get(), EvidenceTags.journal(tag, kind.key(entry.get())));
    }
    client.putBlob(repository, next.config());
    return true;
  }

  /** Whether somebody else is, or was, at work at this tag. */
  boolean metOthers() {
    return metOthers;
  }

  /** Whether the registry refuses to write to this tag what it would write elsewhere. */
  boolean cannotMove() {
    return cannotMove;
  }

  /** The last refusal. */
  RegistryException refusal() {
    return writes.refusal();
  }

  /** Writes once. If it is not refused, it may have happened. */
  boolean isRefused(boolean withConfig) throws BullaException {
    if (withConfig && !next.config().isEmpty()) {
      client.putBlob(repository, next.config());
    }
    Bytes manifest = next.manifest();
    SharedWrites.Outcome outcome = writes.put(base, next, manifest);
    lastWritten = outcome == SharedWrites.Outcome.REFUSED ? Bytes.EMPTY : manifest;
    written = next;
    unanswered = outcome == SharedWrites.Outcome.UNKNOWN;
    return outcome == SharedWrites.Outcome.REFUSED;
  }

  /** After a refusal: whether somebody else has done it. If not, what to do is ready. */
  boolean isSettledWithoutUs() throws BullaException {
    TagState now = readAgain();
    if (now.version().equals(base.version())) {
      if (writes.dropCondition(now)) {
        return false;
      }
      // with ours in place, what is left was for others, who write it elsewhere themselves
      cannotMove = !now.holds(change);
      return !cannotMove;
    }
    metOthers = true;
    startFrom(now);
    return now.holds(change);
  }

  /**
   * Whether nothing is left to do. If not, everything is ready for the next write; and if others
   * have something to write too, one of us goes first and the rest waits for it to write for all.
   *
   * @param reads whether to look at the object at once, since others may be at work that keep no
   *     journal, or that wrote our entry
   */
  @SuppressWarnings("ReferenceEquality") // who changes nothing keeps the object that was read
  boolean isSettled(boolean reads) throws BullaException {
    boolean reading = reads || unanswered;
    int waits = 0;
    while (true) {
      long start = System.nanoTime();
      Look look = look(reading);
      if (look.settled) {
        return true;
      }
      reading = true;
      if (isFromBefore(look.now) && waitsToShow < MAX_WAITS_TO_SHOW) {
        client.pauseUpTo(timeToShow(waitsToShow++));
        continue;
      }
      metOthers |= !look.missing.isEmpty() || !lastWritten.isEmpty();
      if (waits++ == MAX_WAITS || isOurTurn(look.missing)) {
        startFrom(look.now);
        fetch(known.missing(look.missing, next));
        next = known.merged(base);
        return next == base.object();
      }
      client.pauseUpTo(Duration.ofNanos(WAIT * (System.nanoTime() - start)));
    }
  }

  /**
   * Whether the registry shows what was there before we wrote, although it took what we wrote: many
   * show late, and to write again would only make it later.
   */
  private boolean isFromBefore(TagState now) {
    return !lastWritten.isEmpty()
        && !unanswered
        && now.version().equals(base.version())
        && !now.isManifest(lastWritten);
  }

  private static Duration timeToShow(int waits) {
    Duration time = FIRST_WAIT_TO_SHOW;
    for (int i = 0; i < waits && time.compareTo(LAST_WAIT_TO_SHOW) < 0; i++) {
      time = time.multipliedBy(2);
    }
    return time;
  }

  /** Whose key is the first: all who look see the same. It is about speed only. */
  private boolean isOurTurn(Set<String> missing) {
    return missing.isEmpty() || ownKeys.contains(Collections.min(missing));
  }

  private Look look(boolean reads) throws BullaException {
    Seen seen = see(reads);
    TagState now = seen.now;
    if (now == null) {
      if (seen.listed.isPresent() && known.missing(seen.listed.get(), next).isEmpty()) {
        return new Look(true, base, Set.of());
      }
      now = readAgain();
    }
    boolean inPlace = !lastWritten.isEmpty() && now.isManifest(lastWritten);
    Set<String> missing =
        seen.listed.isPresent() ? known.missing(seen.listed.get(), now.object()) : Set.of();
    // if ours is there and we did not write it last, somebody wrote it after we had published,
    // and so looks after us at everybody's journal
    return new Look(inPlace ? missing.isEmpty() : now.holds(change), now, missing);
  }

  /**
   * What is the matter at one time.
   *
   * @param missing the keys of journals whose entries are not behind the tag
   */
  private record Look(boolean settled, TagState now, Set<String> missing) {}

  private static final class Seen {
    private Optional<Set<String>> listed = Optional.empty();
    private @Nullable TagState now;
  }

  private Seen see(boolean reads) throws BullaException {
    Seen seen = new Seen();
    List<Boolean> questions = new ArrayList<>();
    if (journaled) {
      questions.add(true);
    }
    if (reads) {
      questions.add(false);
    }
    client
        .atOnce(2)
        .map(
            questions,
            list -> {
              if (list) {
                seen.listed = journals.list(ownKeys);
              } else {
                seen.now = readAgain();
              }
              return list;
            });
    return seen;
  }

  /** What is behind the tag now; not parsed again when we know it. */
  private TagState readAgain() throws BullaException {
    Optional<FetchedManifest> fetched = client.getManifest(repository, tag);
    if (fetched.isPresent()) {
      Bytes body = fetched.get().body();
      if (!lastWritten.isEmpty() && body.equals(lastWritten)) {
        return new TagState(written, fetched);
      }
      if (base.isManifest(body)) {
        return new TagState(base.object(), fetched);
      }
    }
    return shared.state(fetched);
  }

  private void fetch(Set<String> keys) throws BullaException {
    List<String> wanted = List.copyOf(keys);
    List<Optional<Descriptor>> entries = client.atOnce(PARALLEL).map(wanted, journals::entry);
    for (int i = 0; i < wanted.size(); i++) {
      Optional<Descriptor> found = entries.get(i);
      Optional<Descriptor> same = found.isPresent() ? sameAs(found.get()) : Optional.empty();
      if (found.isPresent() && same.isEmpty() && !change.removes(found.get())) {
        known.add(found.get());
        continue;
      }
      known.passOver(wanted.get(i));
      if (same.isPresent()) {
        // left by a run of ours that did not come to its end; others must not take it for another
        change.publish(same.get(), EvidenceTags.journal(tag, wanted.get(i)));
      }
    }
  }

  private Optional<Descriptor> sameAs(Descriptor found) {
    for (Descriptor entry : change.entries()) {
      if (change.isSame(entry, found)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  private void startFrom(TagState now) throws BullaException {
    known.addAll(now.object().entries());
    base = now;
    next = known.merged(base);
  }
}
