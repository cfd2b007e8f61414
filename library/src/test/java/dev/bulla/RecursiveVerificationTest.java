package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.BullaException;
import dev.bulla.error.ErrorCode;
import dev.bulla.error.MalformedInputException;
import dev.bulla.oci.DigestReference;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** An index that lists an image and an index of two more. */
class RecursiveVerificationTest {

  private static final SampleImage LEAF_A = SampleImage.image("linux", "amd64", "recursive");
  private static final SampleImage LEAF_B = SampleImage.image("linux", "arm64", "recursive");
  private static final SampleImage LEAF_C = SampleImage.image("linux", "s390x", "recursive");
  private static final SampleImage INNER = SampleImage.index(LEAF_B, LEAF_C);
  private static final SampleImage ROOT = SampleImage.index(LEAF_A, INNER);

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
    ROOT.pushTo(bench.app, "index");
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private static SampleImage named(char name) {
    return switch (name) {
      case 'R' -> ROOT;
      case 'I' -> INNER;
      case 'A' -> LEAF_A;
      case 'B' -> LEAF_B;
      default -> LEAF_C;
    };
  }

  private DigestReference at(SampleImage image) throws MalformedInputException {
    return bench.repository("app").at(image.digest());
  }

  private void sign(String names) throws BullaException {
    for (int i = 0; i < names.length(); i++) {
      Bench.sign(bench.bulla, at(named(names.charAt(i))), Bench.legacy(Bench.ALICE), false);
    }
  }

  private RecursiveVerdict verify(Recursion recursion) throws BullaException {
    return bench.bulla.verify(bench.reference("app:index"), Bench.policy(Bench.ALICE), recursion);
  }

  /** Which of the manifests are signed, and what is said under each recursion; . is satisfied. */
  @ParameterizedTest
  @CsvSource({
    // signed, ANY, INDEX, LEAVES, ALL: the letters of those that lack something
    "RIABC, ., ., ., .",
    "R, ., ., ABC, IABC",
    "RIAB, ., ., C, C",
    "ABC, ., R, ., RI",
    "AI, ., R, BC, RBC",
    "I, A, R, ABC, RABC",
    "AB, C, R, C, RIC",
    "A, BC, R, BC, RIBC",
    "'', ABC, R, ABC, RIABC",
  })
  void eachRecursionWantsItsOwn(String signed, String any, String index, String leaves, String all)
      throws Exception {
    sign(signed);

    assertLacking(Recursion.ANY, any);
    assertLacking(Recursion.INDEX, index);
    assertLacking(Recursion.LEAVES, leaves);
    assertLacking(Recursion.ALL, all);
  }

  private void assertLacking(Recursion recursion, String letters) throws BullaException {
    RecursiveVerdict verdict = verify(recursion);
    List<DigestReference> lacking =
        verdict.manifests().stream()
            .filter(one -> one.failure().isPresent())
            .map(RecursiveVerdict.Checked::image)
            .toList();
    List<DigestReference> expected = new java.util.ArrayList<>();
    for (char letter : letters.replace(".", "").toCharArray()) {
      expected.add(bench.repository("app").at(named(letter).digest()));
    }
    assertThat(lacking)
        .as("%s", recursion)
        .extracting(DigestReference::digest)
        .containsExactlyInAnyOrderElementsOf(
            expected.stream().map(DigestReference::digest).toList());
    assertThat(verdict.isSatisfied()).isEqualTo(letters.equals("."));
    if (verdict.isSatisfied()) {
      assertThat(verdict.orThrow()).isNotEmpty();
    } else {
      assertThatThrownBy(verdict::orThrow)
          .extracting(e -> ((BullaException) e).code())
          .isEqualTo(ErrorCode.NO_SIGNATURE);
    }
  }

  @Test
  void theOneThatLacksASignatureIsNamed() throws Exception {
    sign("RIAB");

    assertThat(verify(Recursion.ALL).worst().orElseThrow().message())
        .isEqualTo(at(LEAF_C) + " (linux/s390x): no signatures found");
  }

  /** A signed image must not vouch for one that somebody put beside it. */
  @Test
  void aSignedImageDoesNotSpeakForItsNeighbours() throws Exception {
    sign("A");
    SampleImage forged = SampleImage.index(LEAF_A, SampleImage.image("malware"));
    forged.pushTo(bench.app, "index");

    assertThat(verify(Recursion.ANY).isSatisfied()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Recursion.class)
  void anImageIsItself(Recursion recursion) throws Exception {
    RecursiveVerdict unsigned =
        bench.bulla.verify(at(LEAF_A), Bench.policy(Bench.ALICE), recursion);
    assertThat(unsigned.isSatisfied()).isFalse();

    sign("A");
    assertThat(bench.bulla.verify(at(LEAF_A), Bench.policy(Bench.ALICE), recursion).orThrow())
        .hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Recursion.class,
      names = {"ANY", "LEAVES"})
  void anIndexOfNothingIsNotVerified(Recursion recursion) throws Exception {
    SampleImage.index().pushTo(bench.app, "index");

    assertThat(verify(recursion).isSatisfied()).isFalse();
  }

  @Test
  void anIndexThatCouldNotBeLookedAtLeavesItsImagesUndecided() throws Exception {
    sign("A");
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().path(".*" + INNER.digest().hex() + "\\.sig"))
        .does(Effects.status(403));

    assertThat(verify(Recursion.ANY).worst().map(BullaException::code))
        .contains(ErrorCode.UNDECIDED);
  }

  @Test
  void anEntryThatIsNotThereIsNamed() throws Exception {
    sign("RIABC");
    bench.app.deleteManifest(LEAF_B.digest());
    bench.app.untag("sha256-" + LEAF_B.digest().hex() + ".sig");

    BullaException worst = verify(Recursion.LEAVES).worst().orElseThrow();
    assertThat(worst.code()).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(worst.message()).startsWith(at(LEAF_B) + " (linux/arm64): ");
  }

  @Test
  void anImageThatIsListedTwiceIsLookedAtOnce() throws Exception {
    SampleImage.index(LEAF_A, SampleImage.index(LEAF_A, LEAF_B)).pushTo(bench.app, "index");
    sign("AB");

    assertThat(verify(Recursion.LEAVES).manifests()).hasSize(2);
  }

  @Test
  void indexesAreFollowedToALimit() throws Exception {
    SampleImage deep = LEAF_A;
    for (int i = 0; i < 10; i++) {
      deep = SampleImage.index(deep);
    }
    deep.pushTo(bench.app, "index");

    assertThatThrownBy(() -> verify(Recursion.ALL))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("nested deeper than 8 levels");
  }

  @Test
  void aSignedIndexIsAskedForAlone() throws Exception {
    sign("R");
    bench.registry.log().clear();

    verify(Recursion.ANY).orThrow();

    assertThat(bench.registry.log().count()).isLessThanOrEqualTo(4);
  }
}
