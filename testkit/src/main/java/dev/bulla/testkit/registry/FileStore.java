package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.WireBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Content in files: {@code content/<algorithm>/<two hex digits>/<hex>}. A file appears under its
 * name only when it is whole. Uploads that were under way when the process ended are forgotten.
 */
final class FileStore implements ContentStore {

  private static final int BUFFER = 64 << 10;

  private final Path contents;
  private final Path uploads;
  private final AtomicLong names = new AtomicLong();

  FileStore(Path directory) throws IOException {
    contents = Files.createDirectories(directory.resolve("content"));
    uploads = Files.createDirectories(directory.resolve("uploads"));
    try (DirectoryStream<Path> stale = Files.newDirectoryStream(uploads)) {
      for (Path file : stale) {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * A digest is lower-case hexadecimal of a known algorithm, so its parts are safe as names on
   * every file system.
   */
  private Path folder(Digest digest) {
    return contents.resolve(digest.algorithm().ociName()).resolve(digest.hex().substring(0, 2));
  }

  private Path file(Digest digest) {
    return folder(digest).resolve(digest.hex());
  }

  private Path temporary() {
    return uploads.resolve("upload-" + names.incrementAndGet());
  }

  @Override
  public OptionalLong size(Digest digest) {
    try {
      return OptionalLong.of(Files.size(file(digest)));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public WireBody body(Digest digest, long from, long length) {
    Path file = file(digest);
    return WireBody.ofLength(
        length,
        out -> {
          try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(from);
            byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1, length))];
            for (long left = length; left > 0; ) {
              int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
              if (n < 0) {
                return;
              }
              out.write(buffer, 0, n);
              left -= n;
            }
          }
        });
  }

  @Override
  public Bytes read(Digest digest, long limit) throws IOException, ContentTooLarge {
    try (InputStream in = Files.newInputStream(file(digest))) {
      return LimitedInput.readAll(in, limit, "content");
    } catch (MalformedInputException e) {
      throw new ContentTooLarge(limit);
    }
  }

  @Override
  public void put(Digest digest, Bytes content) throws IOException {
    Path file = temporary();
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      content.writeTo(out);
    }
    move(file, digest);
  }

  private void move(Path from, Digest digest) throws IOException {
    DurableFiles.publish(from, Files.createDirectories(folder(digest)).resolve(digest.hex()));
  }

  @Override
  public void delete(Digest digest) throws IOException {
    Files.deleteIfExists(file(digest));
  }

  @Override
  public Upload begin() throws IOException {
    return new FileUpload(temporary());
  }

  private final class FileUpload implements Upload {

    private final Path file;
    private final MessageDigest sha256 = HashAlgorithm.SHA256.newDigest();
    private long size;

    FileUpload(Path file) throws IOException {
      this.file = Files.createFile(file);
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public void append(InputStream in, long limit) throws IOException, ContentTooLarge {
      byte[] buffer = new byte[BUFFER];
      try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
        while (true) {
          int n = in.read(buffer);
          if (n < 0) {
            return;
          }
          if (size + n > limit) {
            throw new ContentTooLarge(limit);
          }
          out.write(buffer, 0, n);
          sha256.update(buffer, 0, n);
          size += n;
        }
      }
    }

    @Override
    public Digest digest(HashAlgorithm algorithm) throws IOException {
      if (algorithm == HashAlgorithm.SHA256) {
        try {
          MessageDigest soFar = (MessageDigest) sha256.clone();
          return finish(algorithm, soFar);
        } catch (CloneNotSupportedException e) {
          // read the file again, as for the other algorithms
        }
      }
      MessageDigest digest = algorithm.newDigest();
      byte[] buffer = new byte[BUFFER];
      try (InputStream in = Files.newInputStream(file)) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
        }
      }
      return finish(algorithm, digest);
    }

    private Digest finish(HashAlgorithm algorithm, MessageDigest digest) {
      return new Digest(algorithm, HexText.encode(Bytes.owning(digest.digest())));
    }

    @Override
    public void commit(Digest digest) throws IOException {
      move(file, digest);
    }

    @Override
    public void discard() {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // removed at the next start
      }
    }
  }
}
