package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The catalog in small files, each written beside its place and moved into it, so that a process
 * that dies leaves every file old or new. (A machine that loses power may lose the last changes:
 * nothing is forced to the disk.)
 *
 * <pre>
 * bulla-registry                          the version of this layout
 * lock                                    held while a process serves the directory
 * content/…                               see {@link FileStore}
 * repositories/&lt;hash of name&gt;/name
 *                            /tags/&lt;hash of tag&gt;        tag, digest
 *                            /manifests/&lt;digest&gt;       media type, subject
 *                            /blobs/&lt;digest&gt;
 * </pre>
 *
 * <p>Repository names and tags stand inside files only. As file names they are hashed: no name can
 * leave the directory, collide with another on a file system without case, or be a device.
 */
final class FileJournal implements Journal, AutoCloseable {

  private static final String VERSION = "1\n";
  private static final int MAX_FILE = 4 << 10;

  private final Path root;
  private final FileChannel lockFile;
  private final AtomicLong temporaries = new AtomicLong();

  private FileJournal(Path root, FileChannel lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  /**
   * Opens a directory, which must be empty, missing, or one of these.
   *
   * @throws IOException also when another process serves it
   */
  static FileJournal open(Path directory) throws IOException {
    Path marker = directory.resolve("bulla-registry");
    Files.createDirectories(directory);
    if (!Files.exists(marker)) {
      try (DirectoryStream<Path> present = Files.newDirectoryStream(directory)) {
        if (present.iterator().hasNext()) {
          throw new IOException(directory + " is neither empty nor a registry directory of bulla");
        }
      }
      Files.writeString(marker, VERSION, StandardOpenOption.CREATE_NEW);
    } else if (!text(marker).equals(VERSION)) {
      throw new IOException(directory + " was written by another version of bulla");
    }
    FileChannel lockFile =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (tryLock(lockFile) == null) {
      lockFile.close();
      throw new IOException(directory + " is already being served");
    }
    return new FileJournal(directory, lockFile);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // by this very process
    }
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }

  @Override
  public void load(Function<String, RepositoryState> repositories) throws IOException {
    Path all = root.resolve("repositories");
    if (!Files.isDirectory(all)) {
      return;
    }
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(all)) {
      for (Path folder : folders) {
        Path name = folder.resolve("name");
        if (Files.exists(name)) {
          load(folder, repositories.apply(repositoryName(name)));
        }
      }
    }
  }

  private static String repositoryName(Path file) throws IOException {
    String name = text(file).strip();
    if (!Names.isRepository(name)) {
      throw new IOException(file + " holds no repository name");
    }
    return name;
  }

  private static void load(Path folder, RepositoryState state) throws IOException {
    for (Path file : files(folder.resolve("manifests"))) {
      List<String> lines = text(file).lines().toList();
      Digest digest = digest(file, fileName(file).replace('-', ':'));
      String subject = lines.size() > 2 ? lines.get(2) : "";
      state.keepManifest(
          digest,
          new Catalog.Entry(
              line(file, lines, 0),
              number(file, line(file, lines, 1)),
              subject.isEmpty() ? null : digest(file, subject)));
    }
    for (Path file : files(folder.resolve("blobs"))) {
      state.keepBlob(digest(file, fileName(file).replace('-', ':')));
    }
    for (Path file : files(folder.resolve("tags"))) {
      List<String> lines = text(file).lines().toList();
      String tag = line(file, lines, 0);
      if (!Names.isTag(tag)) {
        throw new IOException(file + " holds no tag");
      }
      state.setTag(tag, digest(file, line(file, lines, 1)));
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var listing = Files.list(folder)) {
      return listing.filter(f -> !fileName(f).startsWith(".")).toList();
    }
  }

  private static String fileName(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static String line(Path file, List<String> lines, int index) throws IOException {
    if (lines.size() <= index) {
      throw new IOException(file + " is cut short");
    }
    return lines.get(index);
  }

  private static long number(Path file, String text) throws IOException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException(file + " holds no size", e);
    }
  }

  private static Digest digest(Path file, String text) throws IOException {
    try {
      return Digest.parse(text);
    } catch (MalformedInputException e) {
      throw new IOException(file + ": " + e.message(), e);
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return LimitedInput.readAll(in, MAX_FILE, file.toString()).toUtf8String(file.toString());
    } catch (MalformedInputException e) {
      throw new IOException(e.message(), e);
    }
  }

  private Path folder(String repository) throws IOException {
    Path folder = root.resolve("repositories").resolve(hashed(repository));
    if (!Files.exists(folder.resolve("name"))) {
      Files.createDirectories(folder);
      write(folder, "name", repository + "\n");
    }
    return folder;
  }

  private static String hashed(String name) {
    return Digest.sha256(Bytes.utf8(name)).hex();
  }

  private static String fileName(Digest digest) {
    return digest.algorithm().ociName() + "-" + digest.hex();
  }

  private void write(Path folder, String name, String text) throws IOException {
    Files.createDirectories(folder);
    Path temporary = folder.resolve(".new-" + temporaries.incrementAndGet());
    Files.writeString(temporary, text);
    DurableFiles.publish(temporary, folder.resolve(name));
  }

  @Override
  public void manifestKept(String repository, Digest digest, Catalog.Entry entry)
      throws IOException {
    Digest subject = entry.subject();
    write(
        folder(repository).resolve("manifests"),
        fileName(digest),
        entry.mediaType() + "\n" + entry.size() + "\n" + (subject == null ? "" : subject + "\n"));
  }

  @Override
  public void manifestRemoved(String repository, Digest digest) throws IOException {
    Files.deleteIfExists(folder(repository).resolve("manifests").resolve(fileName(digest)));
  }

  @Override
  public void tagSet(String repository, String tag, Digest digest) throws IOException {
    write(folder(repository).resolve("tags"), hashed(tag), tag + "\n" + digest + "\n");
  }

  @Override
  public void tagRemoved(String repository, String tag) throws IOException {
    Files.deleteIfExists(folder(repository).resolve("tags").resolve(hashed(tag)));
  }

  @Override
  public void blobKept(String repository, Digest digest) throws IOException {
    Path links = folder(repository).resolve("blobs");
    if (!Files.exists(links.resolve(fileName(digest)))) {
      write(links, fileName(digest), "");
    }
  }

  @Override
  public void blobRemoved(String repository, Digest digest) throws IOException {
    Files.deleteIfExists(folder(repository).resolve("blobs").resolve(fileName(digest)));
  }
}
