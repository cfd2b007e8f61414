package dev.bulla.digest;

import dev.bulla.error.Quoted;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A stream that refuses to end unless its content has the expected digest. Every way of reading
 * goes through the hash; there is no skipping and no mark.
 */
public final class DigestingInputStream extends FilterInputStream {

  /** The content is not what its digest says. */
  public static final class WrongDigestException extends IOException {
    private static final long serialVersionUID = 1L;

    WrongDigestException(Digest expected, Digest found) {
      super("content has digest " + found + ", expected " + Quoted.plain(expected.toString()));
    }
  }

  private final Digest expected;
  private final MessageDigest hash;
  private @Nullable Digest found;

  public DigestingInputStream(InputStream in, Digest expected) {
    super(in);
    this.expected = expected;
    this.hash = expected.algorithm().newDigest();
  }

  @Override
  public int read() throws IOException {
    int b = in.read();
    if (b < 0) {
      check();
    } else {
      hash.update((byte) b);
    }
    return b;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = in.read(buffer, offset, length);
    if (n < 0) {
      check();
    } else {
      hash.update(buffer, offset, n);
    }
    return n;
  }

  /** Reads and hashes what it skips. */
  @Override
  public long skip(long n) throws IOException {
    byte[] sink = new byte[4096];
    long skipped = 0;
    while (skipped < n) {
      int read = read(sink, 0, (int) Math.min(sink.length, n - skipped));
      if (read < 0) {
        break;
      }
      skipped += read;
    }
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void mark(int readLimit) {
    // hashing cannot go back
  }

  @Override
  public void reset() throws IOException {
    throw new IOException("mark is not supported");
  }

  private void check() throws WrongDigestException {
    // asked only once: a digest object that was asked starts over
    if (found == null) {
      found = Digest.ofFinished(expected.algorithm(), hash);
    }
    if (!found.equals(expected)) {
      throw new WrongDigestException(expected, found);
    }
  }
}
