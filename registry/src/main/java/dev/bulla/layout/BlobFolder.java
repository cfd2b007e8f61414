package dev.bulla.layout;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.DigestingOutputStream;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * {@code blobs/<algorithm>/<hex>} below a folder. A path is made of a digest and nothing else; a
 * link is never followed, neither in place of a blob nor of a folder above it.
 */
final class BlobFolder {

  private static final int MAX_FILES = 100_000;

  private final Path root;

  BlobFolder(Path root) {
    this.root = root;
  }

  private Path folder(Digest digest) {
    return root.resolve("blobs").resolve(digest.algorithm().ociName());
  }

  private Path path(Digest digest) {
    return folder(digest).resolve(digest.hex());
  }

  /** The size of a blob; empty when there is none. */
  Optional<Long> size(Digest digest) throws IOException {
    requireFolders(digest);
    Path path = path(digest);
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileSystemException(path.toString(), null, "not a regular file");
    }
    return Optional.of(Files.size(path));
  }

  private void requireFolders(Digest digest) throws IOException {
    for (Path folder : List.of(root.resolve("blobs"), folder(digest))) {
      if (Files.isSymbolicLink(folder)) {
        throw new FileSystemException(folder.toString(), null, "a link instead of a folder");
      }
    }
  }

  /** The content from some byte on, unchecked. */
  InputStream open(Digest digest, long offset) throws IOException {
    requireFolders(digest);
    SeekableByteChannel channel =
        Files.newByteChannel(path(digest), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try {
      channel.position(offset);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return Channels.newInputStream(channel);
  }

  /** The content of a small blob, unchecked. */
  Bytes read(Digest digest, long limit) throws IOException, MalformedInputException {
    try (InputStream in = open(digest, 0)) {
      return LimitedInput.readAll(in, limit, path(digest).toString());
    }
  }

  /** Whether a blob is there and has its digest. */
  boolean holds(Digest digest) throws IOException {
    if (size(digest).isEmpty()) {
      return false;
    }
    DigestingOutputStream hash =
        new DigestingOutputStream(OutputStream.nullOutputStream(), digest.algorithm());
    try (InputStream in = open(digest, 0)) {
      copy(in, hash, Long.MAX_VALUE);
    }
    return hash.finish().equals(digest);
  }

  /**
   * Keeps content under its digest: written beside, checked, then moved into place, so that what
   * has a name is whole.
   *
   * @param size bytes that are expected; a stream that goes on is not read further
   * @return whether the content had the digest; if not, nothing is kept
   */
  boolean put(Digest digest, InputStream content, long size) throws IOException {
    requireFolders(digest);
    Files.createDirectories(folder(digest));
    // outside blobs/: other readers take everything in there for content
    Path part = root.resolve(".bulla-" + UUID.randomUUID() + ".part");
    try {
      boolean right;
      try (DigestingOutputStream out =
          new DigestingOutputStream(
              Files.newOutputStream(part, StandardOpenOption.CREATE_NEW), digest.algorithm())) {
        copy(content, out, size);
        right = out.finish().equals(digest);
      }
      if (right) {
        Files.move(
            part,
            path(digest),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
      return right;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void copy(InputStream in, OutputStream out, long limit) throws IOException {
    byte[] buffer = new byte[64 << 10];
    long left = limit;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      left -= n;
      if (left < 0) {
        throw new IOException("more content than announced");
      }
      out.write(buffer, 0, n);
    }
  }

  /**
   * The digests of all blobs up to a size, sorted.
   *
   * @throws IOException also when there are too many to look at
   */
  List<Digest> upTo(long size) throws IOException, MalformedInputException {
    List<Digest> found = new ArrayList<>();
    for (String algorithm : List.of("sha256", "sha384", "sha512")) {
      Path folder = root.resolve("blobs").resolve(algorithm);
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      int files = 0;
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
        for (Path entry : entries) {
          if (++files > MAX_FILES) {
            throw new MalformedInputException(
                "OCI layout", "more than " + MAX_FILES + " blobs in " + algorithm);
          }
          Optional<Digest> digest = digest(algorithm + ":" + entry.getFileName());
          if (digest.isPresent()
              && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)
              && Files.size(entry) <= size) {
            found.add(digest.get());
          }
        }
      }
    }
    found.sort(Digest::compareTo);
    return found;
  }

  private static Optional<Digest> digest(String text) {
    try {
      return Optional.of(Digest.parse(text));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }
}
