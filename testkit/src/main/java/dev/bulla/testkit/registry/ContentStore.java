package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.testkit.http.WireBody;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/**
 * Content by digest, for all repositories together. Safe for many threads. What a digest names is
 * never read by the store: it keeps what it is given, so that tests can make it lie.
 */
interface ContentStore {

  /** The size of the content; empty when there is none. */
  OptionalLong size(Digest digest);

  /** Part of the content, for an answer; the digest must be known. */
  WireBody body(Digest digest, long from, long length) throws IOException;

  /**
   * The whole content.
   *
   * @throws ContentTooLarge when it is larger than the limit
   */
  Bytes read(Digest digest, long limit) throws IOException, ContentTooLarge;

  /** Keeps content under a digest, replacing what was there. */
  void put(Digest digest, Bytes content) throws IOException, ContentTooLarge;

  void delete(Digest digest) throws IOException;

  Upload begin() throws IOException;

  /** Content that is arriving. For one thread at a time. */
  interface Upload {

    long size();

    /**
     * Appends everything that can be read. What arrived before a failure stays.
     *
     * @param limit of the whole upload, in bytes
     */
    void append(InputStream in, long limit) throws IOException, ContentTooLarge;

    /** The digest of what arrived so far. */
    Digest digest(HashAlgorithm algorithm) throws IOException;

    /** Hands the content over; nothing may follow. */
    void commit(Digest digest) throws IOException;

    /** Forgets the content. */
    void discard();
  }

  /** A limit on stored content was reached. */
  final class ContentTooLarge extends Exception {

    private static final long serialVersionUID = 1L;

    private final long limit;

    ContentTooLarge(long limit) {
      super("content of more than " + limit + " bytes");
      this.limit = limit;
    }

    long limit() {
      return limit;
    }
  }
}
