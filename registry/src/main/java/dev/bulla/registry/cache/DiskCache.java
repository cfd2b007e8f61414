package dev.bulla.registry.cache;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Content by digest and remembered absences, in a folder that only its owner may enter.
 *
 * <p>Content is kept by the place it came from, so that what one repository let somebody read is
 * not shown for another, and is hashed again whenever it is read: a file that was damaged, cut or
 * exchanged is as good as none. Absences hold for 24 hours and only ever save a question that is
 * asked after all before anything negative is said.
 *
 * <p>Never fails: a folder that cannot be made, read or written to, or that belongs to somebody
 * else, is an empty cache. Safe for many threads and processes, and to delete at any moment.
 */
public final class DiskCache implements AutoCloseable {

  /** Larger content is not kept, in bytes: signatures are small, and layers are none. */
  public static final int MAX_ENTRY = 1 << 20;

  /**
   * What smaller manifests save by not being sent again is less than keeping them costs, in bytes.
   */
  public static final int MIN_TAGGED = 4 << 10;

  /** How much is kept, in bytes, give or take what a day brings. */
  public static final long MAX_TOTAL = 256L << 20;

  /** How long an absence is remembered. */
  public static final Duration ABSENCE = Duration.ofHours(24);

  private static final Duration BETWEEN_PRUNINGS = Duration.ofDays(1);
  private static final int MAX_NOTE = 1 << 10;
  private static final String NO_REFERRERS = "no referrers";
  private static final String TAGGED = "tagged";

  private final CacheFolder folder;
  private final Path contents;
  private final Path hosts;
  private final Path pruned;
  private final long maxTotal;
  private final InstantSource clock;
  private final AtomicLong written = new AtomicLong();

  DiskCache(Path root, long maxTotal, InstantSource clock) {
    this.folder = new CacheFolder(root);
    this.contents = root.resolve("content");
    this.hosts = root.resolve("hosts");
    this.pruned = root.resolve("pruned");
    this.maxTotal = maxTotal;
    this.clock = clock;
  }

  /**
   * A cache in a folder, which is made when something is to be kept.
   *
   * @param root used for nothing else
   */
  public static DiskCache in(Path root) {
    return new DiskCache(root, MAX_TOTAL, InstantSource.system());
  }

  /**
   * Content with that digest.
   *
   * @param place where it came from
   * @param maxBytes larger content is as good as none
   */
  public Optional<Bytes> content(String place, Digest digest, long maxBytes) {
    Path file = file(place, digest);
    Optional<Bytes> found = folder.read(file, Math.min(maxBytes, MAX_ENTRY));
    if (found.isEmpty()) {
      return found;
    }
    if (!digest.matches(found.get())) {
      folder.delete(file);
      return Optional.empty();
    }
    folder.touch(file);
    return found;
  }

  /** Keeps content, if it is not too large and the folder takes it. */
  public void keep(String place, Digest digest, Bytes content) {
    if (content.size() > MAX_ENTRY || !digest.matches(content)) {
      return;
    }
    if (folder.write(file(place, digest), content)
        && written.addAndGet(content.size()) > maxTotal / 8) {
      prune();
    }
  }

  private Path file(String place, Digest digest) {
    return contents.resolve(name(place)).resolve(digest.algorithm().ociName() + "-" + digest.hex());
  }

  /** Foreign text never becomes a file's name. */
  private static String name(String text) {
    return Digest.sha256(Bytes.utf8(text)).hex().substring(0, 32);
  }

  /**
   * What a tag named when somebody last kept it. Never an answer by itself: the tag may have moved.
   */
  public Optional<KeptTag> tagged(String place, String tag) {
    Path file = tagFile(place, tag);
    Optional<Bytes> note = folder.read(file, MAX_NOTE);
    if (note.isEmpty()) {
      return Optional.empty();
    }
    try {
      List<String> lines = note.get().toUtf8String("cache").lines().toList();
      if (lines.size() != 6
          || !lines.subList(0, 3).equals(List.of(TAGGED, place, tag))
          || lines.get(3).isEmpty()) {
        return Optional.empty();
      }
      Digest digest = Digest.parse(lines.get(5));
      Optional<Bytes> content = content(place, digest, MAX_ENTRY);
      if (content.isEmpty()) {
        return Optional.empty();
      }
      folder.touch(file);
      return Optional.of(new KeptTag(lines.get(3), lines.get(4), digest, content.get()));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  /** Keeps what a tag names now, where that is worth it. */
  public void keepTagged(String place, String tag, KeptTag kept) {
    if (kept.content().size() < MIN_TAGGED || kept.content().size() > MAX_ENTRY) {
      return;
    }
    String note =
        String.join("\n", TAGGED, place, tag, kept.etag(), kept.mediaType(), "" + kept.digest());
    if (note.length() < MAX_NOTE && note.lines().count() == 6) {
      keep(place, kept.digest(), kept.content());
      folder.write(tagFile(place, tag), Bytes.utf8(note + "\n"));
    }
  }

  private Path tagFile(String place, String tag) {
    return contents.resolve(name(place)).resolve("tag-" + name(tag));
  }

  /** Whether that host was found, less than a day ago, to keep no lists of referrers. */
  public boolean lacksReferrers(String origin) {
    Optional<Bytes> note = folder.read(hosts.resolve(name(origin)), MAX_NOTE);
    if (note.isEmpty()) {
      return false;
    }
    try {
      List<String> lines = note.get().toUtf8String("cache").lines().toList();
      if (lines.size() != 3 || !lines.get(0).equals(NO_REFERRERS) || !lines.get(1).equals(origin)) {
        return false;
      }
      Instant noted = Instant.parse(lines.get(2));
      Instant now = clock.instant();
      return !noted.isAfter(now) && noted.plus(ABSENCE).isAfter(now);
    } catch (MalformedInputException | DateTimeException e) {
      return false;
    }
  }

  /** Remembers that a host keeps no lists of referrers. */
  public void noteNoReferrers(String origin) {
    String note = NO_REFERRERS + "\n" + origin + "\n" + clock.instant() + "\n";
    if (note.length() <= MAX_NOTE) {
      folder.write(hosts.resolve(name(origin)), Bytes.utf8(note));
    }
  }

  /** Forgets it. */
  public void noteReferrers(String origin) {
    if (folder.isSafe()) {
      folder.delete(hosts.resolve(name(origin)));
    }
  }

  /** Makes room where that has not been done for a day. Nothing has to be closed. */
  @Override
  public void close() {
    if (written.get() > 0 && isDue()) {
      prune();
    }
  }

  private boolean isDue() {
    Optional<Bytes> note = folder.read(pruned, MAX_NOTE);
    if (note.isEmpty()) {
      return true;
    }
    try {
      Instant last = Instant.parse(note.get().toUtf8String("cache").strip());
      Instant now = clock.instant();
      return last.isAfter(now) || last.plus(BETWEEN_PRUNINGS).isBefore(now);
    } catch (MalformedInputException | DateTimeException e) {
      return true;
    }
  }

  private void prune() {
    written.set(0);
    Instant now = clock.instant();
    new CachePruning(folder).prune(contents, maxTotal, now);
    folder.write(pruned, Bytes.utf8(now + "\n"));
  }
}
