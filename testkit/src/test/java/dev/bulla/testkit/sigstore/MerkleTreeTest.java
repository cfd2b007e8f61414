package dev.bulla.testkit.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against the reference tree that the certificate transparency projects share. */
final class MerkleTreeTest {

  private static final List<String> LEAVES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static MerkleTree reference() throws MalformedInputException {
    MerkleTree tree = new MerkleTree();
    for (String leaf : LEAVES) {
      tree.append(HexText.decode(leaf, "leaf"));
    }
    return tree;
  }

  private static List<String> hex(List<Bytes> hashes) {
    return hashes.stream().map(HexText::encode).toList();
  }

  @Test
  void rootsAreThoseOfTheReferenceTree() throws Exception {
    MerkleTree tree = reference();
    assertThat(HexText.encode(tree.root(0)))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(HexText.encode(tree.root(1)))
        .isEqualTo("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    assertThat(HexText.encode(tree.root(3)))
        .isEqualTo("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    assertThat(HexText.encode(tree.root(8)))
        .isEqualTo("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
  }

  @Test
  void pathsAreThoseOfTheReferenceTree() throws Exception {
    MerkleTree tree = reference();
    assertThat(hex(tree.inclusion(0, 8)))
        .containsExactly(
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4");
    assertThat(hex(tree.inclusion(2, 3)))
        .containsExactly("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    assertThat(hex(tree.consistency(1, 8)))
        .containsExactly(
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4");
    assertThat(hex(tree.consistency(2, 5)))
        .containsExactly(
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
    assertThat(tree.consistency(8, 8)).isEmpty();
  }
}
