package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A blob to upload. It is read once per attempt, from where the attempt starts, and need not fit
 * into memory.
 *
 * @param size bytes
 */
public record BlobContent(Digest digest, long size, Source source) {

  /** Opens the content. */
  @FunctionalInterface
  public interface Source {

    /**
     * The content from some byte on.
     *
     * @param offset of the first byte wanted, at most the size
     */
    InputStream open(long offset) throws IOException;
  }

  public BlobContent {
    if (size < 0) {
      throw new IllegalArgumentException("negative size");
    }
  }

  /** Content that is in memory. */
  public static BlobContent of(Bytes content) {
    return new BlobContent(
        Digest.sha256(content), content.size(), offset -> skipped(content, offset));
  }

  private static InputStream skipped(Bytes content, long offset) throws IOException {
    InputStream in = content.newInputStream();
    in.skipNBytes(offset);
    return in;
  }

  /**
   * Content of a file, which has to stay as it is until it has been uploaded; a registry takes
   * nothing whose digest is another.
   */
  public static BlobContent of(Digest digest, long size, Path file) {
    return new BlobContent(digest, size, offset -> from(file, offset));
  }

  private static InputStream from(Path file, long offset) throws IOException {
    SeekableByteChannel channel = Files.newByteChannel(file);
    try {
      channel.position(offset);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return Channels.newInputStream(channel);
  }
}
