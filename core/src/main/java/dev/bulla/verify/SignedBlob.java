package dev.bulla.verify;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.evidence.Candidate;
import java.util.List;
import java.util.Optional;

/** A file, or anything else that is no image, with what claims to be its signatures. */
public final class SignedBlob {

  private final Digest digest;
  private final Optional<Bytes> content;
  private final List<Candidate> candidates;

  private SignedBlob(Digest digest, Optional<Bytes> content, List<Candidate> candidates) {
    this.digest = digest;
    this.content = content;
    this.candidates = List.copyOf(candidates);
  }

  /** Bytes that are at hand. */
  public static SignedBlob of(Bytes content, List<Candidate> candidates) {
    return new SignedBlob(Digest.sha256(content), Optional.of(content), candidates);
  }

  /** Bytes of which only the digest is known. */
  public static SignedBlob withDigest(Digest digest, List<Candidate> candidates) {
    return new SignedBlob(digest, Optional.empty(), candidates);
  }

  public Digest digest() {
    return digest;
  }

  Optional<Bytes> content() {
    return content;
  }

  List<Candidate> candidates() {
    return candidates;
  }
}
