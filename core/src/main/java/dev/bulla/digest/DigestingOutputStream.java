package dev.bulla.digest;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

/** A stream that counts and hashes what passes through it. */
public final class DigestingOutputStream extends FilterOutputStream {

  private final HashAlgorithm algorithm;
  private final MessageDigest hash;
  private long count;

  public DigestingOutputStream(OutputStream out, HashAlgorithm algorithm) {
    super(out);
    this.algorithm = algorithm;
    this.hash = algorithm.newDigest();
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    hash.update((byte) b);
    count++;
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    out.write(buffer, offset, length);
    hash.update(buffer, offset, length);
    count += length;
  }

  /** How many bytes have passed. */
  public long count() {
    return count;
  }

  /** The digest of everything that passed. To be asked once, at the end. */
  public Digest finish() {
    return Digest.ofFinished(algorithm, hash);
  }
}
