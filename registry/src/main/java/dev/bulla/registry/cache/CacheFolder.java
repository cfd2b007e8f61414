package dev.bulla.registry.cache;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A folder of our own that others may not write to. Reads and writes whole small files in it; what
 * goes wrong is "not there" when reading and "not kept" when writing. Thread-safe, also against
 * other processes that use the same folder.
 */
final class CacheFolder {

  /** How files begin that are being written. */
  static final String TEMPORARY = ".tmp-";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private static final Duration FRESH = Duration.ofHours(1);

  private final Path root;
  private final boolean posix =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  private final AtomicInteger counter = new AtomicInteger();
  private volatile @Nullable Boolean safe;
  private volatile boolean unwritable;

  CacheFolder(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  /** A file's content; empty when there is none that may be read. */
  Optional<Bytes> read(Path file, long maxBytes) {
    if (!isSafe()) {
      return Optional.empty();
    }
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile() || attributes.size() > maxBytes) {
        return Optional.empty();
      }
      try (InputStream in =
          Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of(LimitedInput.readAll(in, maxBytes, "cache"));
      }
    } catch (IOException
        | MalformedInputException
        | SecurityException
        | UnsupportedOperationException e) {
      return Optional.empty(); // as if it were not there; the registry is asked
    }
  }

  /** Whether the content now stands in that file, whole: readers see all of it or nothing. */
  boolean write(Path file, Bytes content) {
    if (unwritable || !prepare()) {
      return false;
    }
    Path parent = file.getParent();
    if (parent == null) {
      return false;
    }
    Path temporary =
        parent.resolve(
            TEMPORARY
                + ProcessHandle.current().pid()
                + "-"
                + Long.toHexString(System.nanoTime())
                + "-"
                + counter.incrementAndGet());
    try {
      Files.createDirectories(parent, ownerOnly("rwx------"));
      try (OutputStream out =
          Files.newOutputStream(
              temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        out.write(content.toByteArray());
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return true;
    } catch (IOException | SecurityException | UnsupportedOperationException e) {
      // full, read-only, deleted under our hands: this run keeps nothing more
      unwritable = true;
      delete(temporary);
      return false;
    }
  }

  /** Notes that a file was of use, for the day when some have to go. */
  void touch(Path file) {
    if (unwritable) {
      return;
    }
    try {
      Instant now = Instant.now();
      Instant last = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
      if (last.isBefore(now.minus(FRESH))) {
        Files.setLastModifiedTime(file, FileTime.from(now));
      }
    } catch (IOException | SecurityException e) {
      unwritable = true;
    }
  }

  void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException | SecurityException e) {
      // it stays, and is not believed
    }
  }

  /** Makes the folder if need be. Another thread or process may do so at the same moment. */
  private synchronized boolean prepare() {
    if (isSafe()) {
      return true;
    }
    try {
      if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(root, ownerOnly("rwx------"));
      }
      safe = null;
      return isSafe();
    } catch (IOException | SecurityException | UnsupportedOperationException e) {
      unwritable = true;
      return false;
    }
  }

  private FileAttribute<?>[] ownerOnly(String mode) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * Whether the folder is there, is a folder itself and no link to one, is ours, and lets nobody
   * else in. Found out once.
   */
  boolean isSafe() {
    Boolean known = safe;
    return known == null ? findOutIfSafe() : known;
  }

  private synchronized boolean findOutIfSafe() {
    Boolean known = safe;
    if (known == null) {
      known = looksSafe();
      safe = known;
    }
    return known;
  }

  private boolean looksSafe() {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(root, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isDirectory()) {
        return false;
      }
      return !posix
          || (OWNER_ONLY.containsAll(Files.getPosixFilePermissions(root, LinkOption.NOFOLLOW_LINKS))
              && isOurs());
    } catch (IOException | SecurityException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** As far as the system tells who we are. */
  private boolean isOurs() throws IOException {
    Path self = Path.of("/proc/self");
    return !Files.exists(self)
        || Files.getOwner(root, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(self));
  }
}
