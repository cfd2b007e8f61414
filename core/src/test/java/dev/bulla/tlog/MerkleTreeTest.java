package dev.bulla.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.json.GoFields;
import dev.bulla.vectors.Vectors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MerkleTreeTest {

  private static final long SEED = 6962;

  @Test
  void provesTheLeavesOfTheWellKnownTree() throws Exception {
    for (GoFields vector : Vectors.cases("derived/merkle-inclusion.json")) {
      List<Bytes> path = new ArrayList<>();
      for (String hash : vector.strings("proof_hex")) {
        path.add(HexText.decode(hash, "proof"));
      }
      Bytes leaf = MerkleTree.leafHash(HexText.decode(vector.requiredString("leaf_hex"), "leaf"));
      Bytes root = HexText.decode(vector.requiredString("root_hex"), "root");
      long size = vector.requiredInt64("size");
      long index = vector.requiredInt64("index");

      assertThat(MerkleTree.includes(root, size, index, leaf, path)).isTrue();
      assertThat(MerkleTree.includes(leaf, size, index, root, path))
          .isEqualTo(size == 1 && root.equals(leaf));
    }
  }

  @Test
  void aProofHoldsForItsOwnLeafAndPlaceOnly() {
    Random random = new Random(SEED);
    for (int size = 1; size <= 40; size++) {
      List<Bytes> leaves = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        leaves.add(MerkleTree.leafHash(Bytes.utf8("leaf " + i)));
      }
      Bytes root = TestLog.root(leaves);
      for (int index = 0; index < size; index++) {
        List<Bytes> path = TestLog.path(index, leaves);
        Bytes leaf = leaves.get(index);

        assertThat(MerkleTree.includes(root, size, index, leaf, path)).isTrue();
        int other = random.nextInt(size);
        assertThat(MerkleTree.includes(root, size, other, leaf, path)).isEqualTo(other == index);
        assertThat(MerkleTree.includes(root, size, index, leaves.get(other), path))
            .isEqualTo(other == index);
        assertThat(MerkleTree.includes(leaf, size, index, leaf, path)).isEqualTo(size == 1);
        if (!path.isEmpty()) {
          List<Bytes> changed = new ArrayList<>(path);
          changed.set(random.nextInt(path.size()), MerkleTree.leafHash(Bytes.utf8("foreign")));
          assertThat(MerkleTree.includes(root, size, index, leaf, changed)).isFalse();
          assertThat(MerkleTree.includes(root, size, index, leaf, path.subList(0, path.size() - 1)))
              .isFalse();
        }
        List<Bytes> longer = new ArrayList<>(path);
        longer.add(root);
        assertThat(MerkleTree.includes(root, size, index, leaf, longer)).isFalse();
      }
    }
  }

  @Test
  void impossiblePlacesAndSizesProveNothing() {
    Bytes leaf = MerkleTree.leafHash(Bytes.EMPTY);
    long[] odd = {Long.MIN_VALUE, -1, 0, 1, 2, 1L << 40, Long.MAX_VALUE};
    int proven = 0;
    for (long size : odd) {
      for (long index : odd) {
        for (int length : new int[] {0, 1, 40, 63, 64}) {
          if (MerkleTree.includes(leaf, size, index, leaf, Collections.nCopies(length, leaf))) {
            proven++;
            assertThat(size).isEqualTo(1);
            assertThat(index).isZero();
          }
        }
      }
    }
    assertThat(proven).isEqualTo(1);
  }

  /** Else an inner node could pass for a leaf of other bytes. */
  @Test
  void hashesOfAnotherLengthProveNothing() {
    Bytes leaf = MerkleTree.leafHash(Bytes.EMPTY);
    Bytes root =
        dev.bulla.digest.Digest.sha256(Bytes.concat(Bytes.of((byte) 1), leaf, Bytes.utf8("short")))
            .bytes();

    assertThat(MerkleTree.includes(root, 2, 0, leaf, List.of(Bytes.utf8("short")))).isFalse();
  }
}
