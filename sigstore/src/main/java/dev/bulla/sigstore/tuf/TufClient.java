package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.sigstore.tuf.TufException.Reason;
import java.time.Instant;
import java.util.Optional;

/**
 * Follows a repository: from a root that the user has to the metadata that is current (TUF
 * specification §5). What it returns was verified whole; where a step fails nothing is returned,
 * and what earlier runs kept stays.
 */
public final class TufClient {

  // in bytes; generous for what Sigstore's repositories hold
  static final int MAX_ROOT = 512 << 10;
  static final int MAX_TIMESTAMP = 16 << 10;
  static final int MAX_SNAPSHOT = 2 << 20;
  static final int MAX_TARGETS = 5 << 20;

  /** Roots that are followed in one run: a repository without end does not keep us busy. */
  private static final int MAX_ROTATIONS = 256;

  private static final String ROOT = "root.json";
  private static final String TIMESTAMP = "timestamp.json";
  private static final String SNAPSHOT = "snapshot.json";
  private static final String TARGETS = "targets.json";

  private final TufSource source;
  private final TufStore store;
  private final Bytes firstRoot;

  /**
   * A client of one repository.
   *
   * @param store of this repository alone
   * @param firstRoot the root that the user trusts; it may have expired, its successors must not
   */
  public TufClient(TufSource source, TufStore store, Bytes firstRoot) {
    this.source = source;
    this.store = store;
    this.firstRoot = firstRoot;
  }

  /**
   * Brings the metadata up to date.
   *
   * @param now what expiry is measured by, one time for all
   */
  public TufTargets refresh(Instant now) throws TufException {
    Root root = followRoots();
    root.metadata().checkFresh(now);
    Metadata timestamp = timestamp(root, now);
    Listed snapshotEntry = entry(timestamp, SNAPSHOT, MAX_SNAPSHOT);
    Metadata snapshot = snapshot(root, snapshotEntry, now);
    Listed targetsEntry = entry(snapshot, TARGETS, MAX_TARGETS);
    SnapshotFiles files = new SnapshotFiles(source, store, snapshot, root.consistent(), now);
    Metadata targets =
        files.metadata("targets", TARGETS, targetsEntry, root.keys(), root.targets());
    return new TufTargets(files, targets);
  }

  /**
   * The metadata that earlier runs kept, without asking anybody. It is verified as if it came now,
   * expiry included, so it serves as long as the repository meant it to.
   *
   * @throws TufException with {@link Reason#MISSING} when not all of it is there
   */
  public TufTargets kept(Instant now) throws TufException {
    return new TufClient(this::keptFile, store, firstRoot).refresh(now);
  }

  /** A repository that holds what is kept: no newer root, and that timestamp. */
  private Optional<Bytes> keptFile(String path, int limit) throws TufException {
    if (path.endsWith("." + ROOT)) {
      return Optional.empty();
    }
    Optional<Bytes> timestamp = path.equals(TIMESTAMP) ? store.read(path, limit) : Optional.empty();
    if (timestamp.isEmpty()) {
      throw new TufException(Reason.MISSING, "nothing that would do is kept");
    }
    return timestamp;
  }

  /** §5.3: each root is signed by the keys of the one before, and by its own. */
  private Root followRoots() throws TufException {
    Root root = start();
    for (int i = 0; i < MAX_ROTATIONS; i++) {
      Optional<Bytes> file = source.fetch((root.version() + 1) + "." + ROOT, MAX_ROOT);
      if (file.isEmpty()) {
        return root;
      }
      Root next = Root.read(file.get());
      root.keys().check(next.metadata(), root.root());
      if (next.version() != root.version() + 1) {
        throw new TufException(
            Reason.WRONG_VERSION,
            "root of version "
                + next.version()
                + " stands in the place of "
                + (root.version() + 1));
      }
      if (root.speaksOtherwise(next)) {
        // §5.3.11: a stolen key may have made versions that no honest one reaches
        store.delete(TIMESTAMP);
        store.delete(SNAPSHOT);
      }
      store.write(ROOT, next.metadata().file());
      root = next;
    }
    throw new TufException(Reason.WRONG_VERSION, "more than " + MAX_ROTATIONS + " new roots");
  }

  /** The root that was kept, if it follows the user's and is whole; else the user's. */
  private Root start() throws TufException {
    Root first = Root.read(firstRoot);
    Optional<Bytes> kept = store.read(ROOT, MAX_ROOT);
    if (kept.isPresent()) {
      try {
        Root known = Root.read(kept.get());
        if (known.version() > first.version()) {
          return known;
        }
      } catch (TufException e) {
        // fetched again, from the user's root on
        store.delete(ROOT);
      }
    }
    return first;
  }

  /** §5.4: never older than what was seen, in itself and in what it lists. */
  private Metadata timestamp(Root root, Instant now) throws TufException {
    Optional<Metadata> kept = kept(TIMESTAMP, MAX_TIMESTAMP, "timestamp", root, root.timestamp());
    Metadata fresh = Metadata.read(required(TIMESTAMP, MAX_TIMESTAMP), "timestamp");
    root.keys().check(fresh, root.timestamp());
    if (kept.isPresent()) {
      notOlder("timestamp", fresh.version(), kept.get().version());
      notOlder(
          "snapshot",
          entry(fresh, SNAPSHOT, MAX_SNAPSHOT).version(),
          entry(kept.get(), SNAPSHOT, MAX_SNAPSHOT).version());
      if (fresh.version() == kept.get().version()) {
        // §5.4.3.1: of one version there is one, and it is the one that was seen
        kept.get().checkFresh(now);
        return kept.get();
      }
    }
    fresh.checkFresh(now);
    store.write(TIMESTAMP, fresh.file());
    return fresh;
  }

  /** §5.5: what is listed, and no file that it lists is older than it was. */
  private Metadata snapshot(Root root, Listed entry, Instant now) throws TufException {
    Optional<Metadata> kept = kept(SNAPSHOT, MAX_SNAPSHOT, "snapshot", root, root.snapshot());
    if (kept.isPresent()
        && kept.get().version() == entry.version()
        && entry.matches(kept.get().file())) {
      kept.get().checkFresh(now);
      return kept.get();
    }
    String path = (root.consistent() ? entry.version() + "." : "") + SNAPSHOT;
    Bytes file = required(path, entry.length());
    entry.check("snapshot", file);
    Metadata fresh = Metadata.read(file, "snapshot");
    root.keys().check(fresh, root.snapshot());
    exactly("snapshot", fresh.version(), entry.version());
    if (kept.isPresent()) {
      noneOlder(fresh, kept.get());
    }
    fresh.checkFresh(now);
    store.write(SNAPSHOT, file);
    return fresh;
  }

  private static void noneOlder(Metadata fresh, Metadata kept) throws TufException {
    try {
      JsonObject now = TufJson.object(fresh.signed(), "meta");
      for (JsonObject.Member before : TufJson.object(kept.signed(), "meta").members()) {
        if (now.get(before.name()).isEmpty()) {
          throw new TufException(Reason.WRONG_VERSION, "snapshot no longer lists what it listed");
        }
        notOlder(
            "targets",
            TufJson.positive(TufJson.object(now, before.name()), "version"),
            TufJson.positive(TufJson.object(before.value()), "version"));
      }
    } catch (MalformedInputException e) {
      throw new TufException(Reason.MALFORMED, "snapshot: " + e.message(), e);
    }
  }

  /** Metadata of an earlier run, if the present keys signed it. Its time may be over. */
  private Optional<Metadata> kept(String name, int limit, String type, Root root, Keys.Role role) {
    Optional<Bytes> file = store.read(name, limit);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      Metadata metadata = Metadata.read(file.get(), type);
      root.keys().check(metadata, role);
      return Optional.of(metadata);
    } catch (TufException e) {
      return Optional.empty();
    }
  }

  static Listed entry(Metadata listing, String name, int limit) throws TufException {
    try {
      JsonObject meta = TufJson.object(listing.signed(), "meta");
      return Listed.metadata(TufJson.object(meta, name), limit);
    } catch (MalformedInputException e) {
      throw new TufException(Reason.MALFORMED, listing.type() + ": " + e.message(), e);
    }
  }

  private Bytes required(String path, int limit) throws TufException {
    return source
        .fetch(path, limit)
        .orElseThrow(() -> new TufException(Reason.MISSING, "the repository has no " + path));
  }

  private static void notOlder(String what, long version, long seen) throws TufException {
    if (version < seen) {
      throw new TufException(
          Reason.WRONG_VERSION, what + " of version " + version + ", but " + seen + " was seen");
    }
  }

  static void exactly(String what, long version, long listed) throws TufException {
    if (version != listed) {
      throw new TufException(
          Reason.WRONG_VERSION, what + " of version " + version + ", but " + listed + " is listed");
    }
  }
}
