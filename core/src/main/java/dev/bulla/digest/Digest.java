package dev.bulla.digest;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.BullaBug;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A content digest such as {@code sha256:<64 hex>}. Only algorithms we can check are constructible,
 * and only in the one spelling.
 *
 * <p>Source: OCI image-spec 1.1, descriptor.md, "Digests".
 *
 * @param hex lower-case hexadecimal of the algorithm's length
 */
public record Digest(HashAlgorithm algorithm, String hex) implements Comparable<Digest> {

  public Digest {
    if (!HexText.isLowerHex(hex, algorithm.lengthBytes())) {
      throw new IllegalArgumentException(
          "not lower-case hex of " + algorithm.lengthBytes() + " bytes: " + Quoted.text(hex));
    }
  }

  /** The digest that a text spells. */
  public static Digest parse(String text) throws MalformedInputException {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new MalformedInputException("digest", "no algorithm in " + Quoted.text(text));
    }
    HashAlgorithm algorithm =
        HashAlgorithm.named(text.substring(0, colon))
            .orElseThrow(() ->
                new MalformedInputException(
                    "digest", "unsupported algorithm in " + Quoted.text(text)));
    String hex = text.substring(colon + 1);
    if (!HexText.isLowerHex(hex, algorithm.lengthBytes())) {
      throw new MalformedInputException(
          "digest",
          "expected "
              + 2 * algorithm.lengthBytes()
              + " lower-case hexadecimal characters in "
              + Quoted.text(text));
    }
    return new Digest(algorithm, hex);
  }

  public static Digest sha256(Bytes content) {
    return of(HashAlgorithm.SHA256, content);
  }

  /** The digest of some content. */
  public static Digest of(HashAlgorithm algorithm, Bytes content) {
    MessageDigest digest = algorithm.newDigest();
    content.feed(digest);
    return ofFinished(algorithm, digest);
  }

  static Digest ofFinished(HashAlgorithm algorithm, MessageDigest digest) {
    return new Digest(algorithm, HexText.encode(Bytes.owning(digest.digest())));
  }

  /** The raw hash value. */
  public Bytes bytes() {
    try {
      return HexText.decode(hex, "digest");
    } catch (MalformedInputException e) {
      throw new BullaBug("a digest holds only hexadecimal", e);
    }
  }

  /** Whether this is the digest of that content. */
  public boolean matches(Bytes content) {
    return of(algorithm, content).equals(this);
  }

  @Override
  public int compareTo(Digest other) {
    return toString().compareTo(other.toString());
  }

  // by hand: a record's own would be made at run time, by the first image of every process

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Digest that && algorithm == that.algorithm && hex.equals(that.hex);
  }

  @Override
  public int hashCode() {
    return hex.hashCode();
  }

  /** As it stands in manifests and references: {@code sha256:<hex>}. */
  @Override
  public String toString() {
    return algorithm.ociName() + ":" + hex;
  }
}
