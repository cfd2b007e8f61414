package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.BullaBug;
import dev.bulla.testkit.http.WireBody;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Content in memory, with a limit on all of it together. */
final class MemoryStore implements ContentStore {

  private final Map<Digest, Bytes> contents = new ConcurrentHashMap<>();
  private final AtomicLong used = new AtomicLong();
  private final long capacity;

  MemoryStore(long capacity) {
    this.capacity = capacity;
  }

  @Override
  public OptionalLong size(Digest digest) {
    Bytes content = contents.get(digest);
    return content == null ? OptionalLong.empty() : OptionalLong.of(content.size());
  }

  private Bytes known(Digest digest) throws IOException {
    Bytes content = contents.get(digest);
    if (content == null) {
      throw new IOException("no content " + digest);
    }
    return content;
  }

  @Override
  public WireBody body(Digest digest, long from, long length) throws IOException {
    Bytes content = known(digest);
    return WireBody.of(
        length == content.size()
            ? content
            : content.slice(Math.toIntExact(from), Math.toIntExact(from + length)));
  }

  @Override
  public Bytes read(Digest digest, long limit) throws IOException, ContentTooLarge {
    Bytes content = known(digest);
    if (content.size() > limit) {
      throw new ContentTooLarge(limit);
    }
    return content;
  }

  @Override
  public void put(Digest digest, Bytes content) throws ContentTooLarge {
    reserve(content.size());
    keep(digest, content);
  }

  @Override
  public void delete(Digest digest) {
    Bytes gone = contents.remove(digest);
    if (gone != null) {
      used.addAndGet(-gone.size());
    }
  }

  private void reserve(long bytes) throws ContentTooLarge {
    if (used.addAndGet(bytes) > capacity) {
      used.addAndGet(-bytes);
      throw new ContentTooLarge(capacity);
    }
  }

  /** Keeps content whose bytes are reserved. */
  private void keep(Digest digest, Bytes content) {
    Bytes before = contents.put(digest, content);
    if (before != null) {
      used.addAndGet(-before.size());
    }
  }

  @Override
  public Upload begin() {
    return new MemoryUpload();
  }

  private final class MemoryUpload implements Upload {

    private byte[] buffer = new byte[8 << 10];
    private int filled;
    private boolean over;

    @Override
    public long size() {
      return filled;
    }

    @Override
    public void append(InputStream in, long limit) throws IOException, ContentTooLarge {
      if (over) {
        throw new BullaBug("upload is over");
      }
      while (true) {
        if (filled == buffer.length) {
          buffer = Arrays.copyOf(buffer, Math.toIntExact(Math.min(2L * filled, (1L << 31) - 16)));
        }
        int n = in.read(buffer, filled, buffer.length - filled);
        if (n < 0) {
          return;
        }
        if ((long) filled + n > limit) {
          throw new ContentTooLarge(limit);
        }
        reserve(n);
        filled += n;
      }
    }

    @Override
    public Digest digest(HashAlgorithm algorithm) {
      return Digest.of(algorithm, Bytes.of(buffer, 0, filled));
    }

    @Override
    public void commit(Digest digest) {
      over = true;
      keep(digest, Bytes.of(buffer, 0, filled));
      buffer = new byte[0];
    }

    @Override
    public void discard() {
      if (!over) {
        over = true;
        used.addAndGet(-filled);
        buffer = new byte[0];
        filled = 0;
      }
    }
  }
}
