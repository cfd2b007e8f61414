package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * A growing Merkle tree (RFC 6962 §2.1), written as the definition says it: recursive, and slow for
 * many leaves. Its users lock.
 */
final class MerkleTree {

  private static final Bytes LEAF = Bytes.of((byte) 0);
  private static final Bytes NODE = Bytes.of((byte) 1);

  private final List<Bytes> leaves = new ArrayList<>();

  static Bytes leafHash(Bytes content) {
    return PemText.sha256(LEAF, content);
  }

  /** Appends a leaf and returns its index. */
  long append(Bytes content) {
    leaves.add(leafHash(content));
    return leaves.size() - 1L;
  }

  int size() {
    return leaves.size();
  }

  List<Bytes> leafHashes() {
    return List.copyOf(leaves);
  }

  /** The root of the first {@code size} leaves. */
  Bytes root(int size) {
    return root(leaves.subList(0, size));
  }

  private static Bytes root(List<Bytes> part) {
    if (part.isEmpty()) {
      return PemText.sha256();
    }
    if (part.size() == 1) {
      return part.get(0);
    }
    int left = split(part.size());
    return PemText.sha256(NODE, root(part.subList(0, left)), root(part.subList(left, part.size())));
  }

  /** The roots of whole runs of 256 leaves, 256 times that, and so on up to the level. */
  static List<Bytes> level(List<Bytes> leafHashes, int level) {
    List<Bytes> below = leafHashes;
    for (int i = 0; i < level; i++) {
      List<Bytes> above = new ArrayList<>();
      for (int at = 0; at + 256 <= below.size(); at += 256) {
        above.add(root(below.subList(at, at + 256)));
      }
      below = above;
    }
    return below;
  }

  /** The largest power of two below the size. */
  private static int split(int size) {
    return Integer.highestOneBit(size - 1);
  }

  /** The audit path of a leaf among the first {@code size}. */
  List<Bytes> inclusion(int index, int size) {
    List<Bytes> path = new ArrayList<>();
    inclusion(index, leaves.subList(0, size), path);
    return path;
  }

  private static void inclusion(int index, List<Bytes> part, List<Bytes> path) {
    if (part.size() == 1) {
      return;
    }
    int left = split(part.size());
    if (index < left) {
      inclusion(index, part.subList(0, left), path);
      path.add(root(part.subList(left, part.size())));
    } else {
      inclusion(index - left, part.subList(left, part.size()), path);
      path.add(root(part.subList(0, left)));
    }
  }

  /** The proof that the first {@code from} leaves are the front of the first {@code to}. */
  List<Bytes> consistency(int from, int to) {
    List<Bytes> path = new ArrayList<>();
    if (from > 0) {
      consistency(from, leaves.subList(0, to), true, path);
    }
    return path;
  }

  private static void consistency(int from, List<Bytes> part, boolean whole, List<Bytes> path) {
    if (from == part.size()) {
      if (!whole) {
        path.add(root(part));
      }
      return;
    }
    int left = split(part.size());
    if (from <= left) {
      consistency(from, part.subList(0, left), whole, path);
      path.add(root(part.subList(left, part.size())));
    } else {
      consistency(from - left, part.subList(left, part.size()), false, path);
      path.add(root(part.subList(0, left)));
    }
  }
}
