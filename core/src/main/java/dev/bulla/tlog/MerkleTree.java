package dev.bulla.tlog;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import java.security.MessageDigest;
import java.util.List;

/** The hash tree of a log. Source: RFC 6962 §2.1. */
public final class MerkleTree {

  private static final int HASH_BYTES = 32;

  private MerkleTree() {}

  /** The hash of an entry. */
  public static Bytes leafHash(Bytes entry) {
    MessageDigest digest = HashAlgorithm.SHA256.newDigest();
    digest.update((byte) 0);
    entry.feed(digest);
    return Bytes.owning(digest.digest());
  }

  private static Bytes node(Bytes left, Bytes right) {
    MessageDigest digest = HashAlgorithm.SHA256.newDigest();
    digest.update((byte) 1);
    left.feed(digest);
    right.feed(digest);
    return Bytes.owning(digest.digest());
  }

  /**
   * Whether the path proves that the leaf is at that place of the tree. Any numbers and bytes may
   * come in.
   *
   * @param index the leaf's, from 0
   * @param size leaves of the tree (count)
   * @param path the hashes beside the way up, lowest first
   */
  public static boolean includes(
      Bytes root, long size, long index, Bytes leafHash, List<Bytes> path) {
    if (index < 0 || index >= size) {
      return false;
    }
    // below that level the way up has a neighbour on either side, above it only on the left
    int inner = Long.SIZE - Long.numberOfLeadingZeros(index ^ (size - 1));
    int border = Long.bitCount(index >>> inner);
    if (path.size() != inner + border) {
      return false;
    }
    Bytes hash = leafHash;
    for (int level = 0; level < path.size(); level++) {
      Bytes beside = path.get(level);
      if (beside.size() != HASH_BYTES) {
        return false;
      }
      boolean onTheLeft = level < inner && (index >>> level & 1) == 0;
      hash = onTheLeft ? node(hash, beside) : node(beside, hash);
    }
    return hash.equals(root);
  }
}
