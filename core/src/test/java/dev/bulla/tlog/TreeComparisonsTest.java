package dev.bulla.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.key.KeyType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Comparisons of trees and checkpoints that nothing else would miss; see docs/mutation.md. */
final class TreeComparisonsTest {

  private static final Bytes CONTENT = Bytes.utf8("what was signed");
  private static final Bytes ROOT = MerkleTree.leafHash(Bytes.EMPTY);
  private static final TestLog V1 = TestLog.v1("rekor.example.com");
  private static final TestLog V2 = TestLog.v2("log.example.com", KeyType.ED25519);

  // ---- trees

  @Test
  void aTreeIsItsSizeAndItsRoot() throws Exception {
    SignedTree tree = SignedTree.ofRekorV1(V1.checkpoint(7, ROOT), V1.trusted());

    assertThat(tree.is(7, ROOT)).isTrue();
    assertThat(tree.is(8, ROOT)).isFalse();
    assertThat(tree.is(7, Digest.sha256(ROOT).bytes())).isFalse();
  }

  /** A good signature under the name of another key is not what the log wrote. */
  @Test
  void aRekorV1LogSignsUnderItsOwnKeysName() throws Exception {
    String good = V1.checkpoint(7, ROOT);
    String signed = good.substring(0, good.indexOf("\n\n") + 1);
    Bytes signature = V1.sign(Bytes.utf8(signed));
    TransparencyLog log = V1.trusted();
    String own = signed + "\n" + TestLog.line("rekor.example.com", log.keyHint(), signature);
    String other = signed + "\n" + TestLog.line("rekor.example.com", Bytes.utf8("abcd"), signature);

    assertThat(SignedTree.ofRekorV1(own, log).is(7, ROOT)).isTrue();
    assertThatThrownBy(() -> SignedTree.ofRekorV1(other, log))
        .isInstanceOf(NotProvenException.class)
        .hasMessageContaining("another key than the log's");
  }

  /** A signature line is the log's by both name and key; any other is a witness's. */
  @Test
  void linesThatShareOnlyNameOrKeyWithTheLogAreOfWitnesses() throws Exception {
    TransparencyLog log = V2.trusted();
    String good = V2.checkpoint(7, ROOT);
    int end = good.indexOf("\n\n") + 2;
    String own = good.substring(end);
    for (String witness :
        List.of(
            TestLog.line("log.example.com", Bytes.utf8("abcd"), Bytes.utf8("a signature")),
            TestLog.line("w.example.com", log.noteKeyHint(), Bytes.utf8("a signature")))) {
      assertThat(SignedTree.ofNote(good.substring(0, end) + witness + own, log).is(7, ROOT))
          .isTrue();
    }
  }

  private static Bytes node(Bytes left, Bytes right) {
    return Digest.sha256(Bytes.concat(Bytes.of((byte) 1), left, right)).bytes();
  }

  /** Roots made to fit, so that only the numbers are wrong. */
  @Test
  void aPathOfTheWrongLengthOrPlaceLeadsNowhereEvenToItsOwnRoot() {
    Bytes beside = Digest.sha256(CONTENT).bytes();
    // an inner node's hash for the root of a tree of one leaf; a leaf beyond the end
    assertThat(MerkleTree.includes(node(beside, ROOT), 1, 0, ROOT, List.of(beside))).isFalse();
    assertThat(MerkleTree.includes(node(ROOT, beside), 1, 0, ROOT, List.of(beside))).isFalse();
    assertThat(MerkleTree.includes(node(beside, ROOT), 1, 1, ROOT, List.of(beside))).isFalse();
    assertThat(MerkleTree.includes(ROOT, 2, 0, ROOT, List.of())).isFalse();
    assertThat(MerkleTree.includes(node(ROOT, beside), 2, 0, ROOT, List.of(beside))).isTrue();

    Bytes root = ROOT;
    List<Bytes> path = new ArrayList<>();
    for (int level = 0; level < 128; level++) {
      path.add(beside);
      root = node(beside, root);
    }
    assertThat(MerkleTree.includes(root, 1, -1, ROOT, path)).isFalse();
  }

  // ---- checkpoints

  private static final String LINE = "\u2014 log AAAAAAA=\n";

  private static Checkpoint checkpoint(String size) throws MalformedInputException {
    return Checkpoint.parse("log\n" + size + "\nAAAA\n\n" + LINE);
  }

  /** Else what a terminal shows as the log's name is not what was compared. */
  @Test
  void noControlCharacterIsInACheckpoint() {
    for (String control : List.of("\0", "\t", "\r", "\u001b", "\u001f", "\u007f")) {
      assertThatThrownBy(() -> Checkpoint.parse("lo" + control + "g\n1\nAAAA\n\n" + LINE))
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining("a control character");
    }
  }

  @Test
  void sizesAreDecimalNumbers() throws Exception {
    for (String size : List.of("0", "9", "90", "999999999999999999")) {
      assertThat(checkpoint(size).size()).isEqualTo(Long.parseLong(size));
    }
    for (String bad : List.of("", "00", "1/", "1:", "/", ":", "1000000000000000000", "+1", "1 ")) {
      assertThatThrownBy(() -> checkpoint(bad))
          .as(bad)
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining("tree size: not a decimal number");
    }
  }

  @Test
  void theLinesOfACheckpointAreThere() throws Exception {
    for (String text : List.of("log\n\n" + LINE, "log\n1\n\n" + LINE, "\n\n" + LINE)) {
      assertThatThrownBy(() -> Checkpoint.parse(text))
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining("expected the lines origin, tree size, root hash");
    }
    assertThatThrownBy(() -> Checkpoint.parse("log\n1\nAAAA\n" + LINE))
        .hasMessageContaining("no empty line before the signatures");
    for (String line : List.of("\u2014  AAAAAAA=\n", "\u2014 logAAAAAAA=\n", "xx log AAAAAAA=\n")) {
      assertThatThrownBy(() -> Checkpoint.parse("log\n1\nAAAA\n\n" + line))
          .as(line)
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining("a signature line without a name");
    }
    assertThat(Checkpoint.parse("log\n1\nAAAA\n\n" + LINE.repeat(100)).signatures()).hasSize(100);
    String longest = "o".repeat((1 << 20) - "\n1\nAAAA\n\n".length() - LINE.length());
    assertThat(Checkpoint.parse(longest + "\n1\nAAAA\n\n" + LINE).origin()).isEqualTo(longest);
    assertThatThrownBy(() -> Checkpoint.parse(longest + "o\n1\nAAAA\n\n" + LINE))
        .hasMessageContaining("longer than");
  }
}
