package dev.bulla.registry.transport;

import dev.bulla.bytes.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** What a request sends. The length is always known before the first byte. */
public final class RequestBody {

  /** Opens the content; called once per attempt. */
  @FunctionalInterface
  public interface Source {
    InputStream open() throws IOException;
  }

  /** No body, and no header that announces one. */
  public static final RequestBody NONE = new RequestBody(-1, InputStream::nullInputStream);

  private final long length;
  private final Source source;

  private RequestBody(long length, Source source) {
    this.length = length;
    this.source = source;
  }

  /** A body held in memory; empty content is announced as such. */
  public static RequestBody of(Bytes content) {
    return new RequestBody(content.size(), content::newInputStream);
  }

  /**
   * A body read while it is sent.
   *
   * @param length bytes; the source has to deliver exactly as many
   */
  public static RequestBody streaming(long length, Source source) {
    if (length < 0) {
      throw new IllegalArgumentException("negative length");
    }
    return new RequestBody(length, source);
  }

  /** Bytes; empty when there is no body. */
  public Optional<Long> length() {
    return length < 0 ? Optional.empty() : Optional.of(length);
  }

  long lengthOrZero() {
    return Math.max(length, 0);
  }

  /** The content from its first byte. */
  public InputStream open() throws IOException {
    return source.open();
  }
}
