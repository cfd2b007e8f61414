package dev.bulla.verify;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.intoto.Statement;
import java.util.Map;
import java.util.Optional;

/**
 * What signatures have to be of: an image or any other bytes, by digest and as far as they are at
 * hand.
 */
final class Artifact {

  private final String name;
  private final Digest digest;
  private final Optional<Bytes> content;
  private final boolean image;

  private Artifact(String name, Digest digest, Optional<Bytes> content, boolean image) {
    this.name = name;
    this.digest = digest;
    this.content = content;
    this.image = image;
  }

  static Artifact of(SignedImage image) {
    Digest digest = image.image().digest();
    return new Artifact(
        image.image().toString(), digest, image.manifest().filter(digest::matches), true);
  }

  static Artifact of(SignedBlob blob) {
    return new Artifact(blob.digest().toString(), blob.digest(), blob.content(), false);
  }

  String name() {
    return name;
  }

  Digest digest() {
    return digest;
  }

  /** The bytes, which have the digest. */
  Optional<Bytes> content() {
    return content;
  }

  boolean isImage() {
    return image;
  }

  /** The artifact's hash by that algorithm; empty when nobody can tell. */
  Optional<Bytes> hash(HashAlgorithm algorithm) {
    if (algorithm == digest.algorithm()) {
      return Optional.of(digest.bytes());
    }
    return content.map(bytes -> Digest.of(algorithm, bytes).bytes());
  }

  /** Whether the subject of a statement is this. Images go by their digest alone. */
  boolean is(Statement.Subject subject) {
    if (subject.is(digest)) {
      return true;
    }
    if (image || content.isEmpty()) {
      return false;
    }
    for (Map.Entry<String, String> one : subject.digests().entrySet()) {
      Optional<HashAlgorithm> algorithm = HashAlgorithm.named(one.getKey());
      if (algorithm.isPresent()
          && Digest.of(algorithm.get(), content.get()).hex().equals(one.getValue())) {
        return true;
      }
    }
    return false;
  }
}
