package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.key.KeyType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** By which digests the subject of a statement is the artifact. */
final class SubjectsTest {

  private static final Party ALICE = Party.ofType(KeyType.EC_P256);
  private static final Policy POLICY =
      Policy.requiringKey(ALICE.key()).insecurelyIgnoringLog().acceptingAnyPredicate();
  private static final Bytes FILE = Bytes.utf8("a file");
  private static final String SHA256 = Digest.sha256(FILE).hex();

  private static String ofFile(HashAlgorithm algorithm) {
    return Digest.of(algorithm, FILE).hex();
  }

  /** A statement about one subject with that digest. */
  private static Bytes statement(String algorithm, String hex) {
    return Bytes.utf8(
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\""
            + algorithm
            + "\":\""
            + hex
            + "\"}}],\"predicateType\":\""
            + Evidence.ATTESTATION
            + "\",\"predicate\":{}}");
  }

  private static String verdict(SignedBlob blob) {
    VerificationException no =
        catchThrowableOfType(VerificationException.class, () -> Verifier.verify(blob, POLICY));
    return no == null ? "accepted" : no.refusals().get(0).reason().name();
  }

  private static String file(String algorithm, String hex) {
    return verdict(SignedBlob.of(FILE, List.of(Evidence.dsse(ALICE, statement(algorithm, hex)))));
  }

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void aFileThatIsAtHandGoesByEveryHash(HashAlgorithm algorithm) {
    assertThat(file(algorithm.ociName(), ofFile(algorithm))).isEqualTo("accepted");
    String other = Digest.of(algorithm, Bytes.utf8("another file")).hex();
    assertThat(file(algorithm.ociName(), other)).isEqualTo(ReasonCode.WRONG_SUBJECT.name());
  }

  /** The right text under the wrong name is the digest of something else, or of nothing. */
  @Test
  void aDigestCountsUnderItsOwnNameOnly() {
    for (String name : List.of("sha512", "sha384", "md5", "gitCommit")) {
      assertThat(file(name, SHA256)).as(name).isEqualTo(ReasonCode.WRONG_SUBJECT.name());
    }
    assertThat(file("sha256", ofFile(HashAlgorithm.SHA512)))
        .isEqualTo(ReasonCode.WRONG_SUBJECT.name());
  }

  @Test
  void aFileOfWhichOnlyADigestIsKnownGoesByThatDigest() {
    Digest known = Digest.sha256(FILE);
    assertThat(
            verdict(
                SignedBlob.withDigest(
                    known, List.of(Evidence.dsse(ALICE, statement("sha256", known.hex()))))))
        .isEqualTo("accepted");
    String sha512 = ofFile(HashAlgorithm.SHA512);
    assertThat(
            verdict(
                SignedBlob.withDigest(
                    known, List.of(Evidence.dsse(ALICE, statement("sha512", sha512))))))
        .isEqualTo(ReasonCode.WRONG_SUBJECT.name());
  }

  /** Whoever may write manifests chooses their bytes, but an image is named by one digest. */
  @Test
  void anImageGoesByItsOwnDigestEvenWhenItsBytesAreAtHand() {
    Image image = new Image(FILE);
    String sha512 = ofFile(HashAlgorithm.SHA512);

    assertThat(
            Verdicts.accepts(image.with(Evidence.dsse(ALICE, statement("sha256", SHA256))), POLICY))
        .isTrue();
    Verdicts.assertRefused(
        image.with(Evidence.dsse(ALICE, statement("sha512", sha512))),
        POLICY,
        VerificationException.Outcome.REFUSED,
        ReasonCode.WRONG_SUBJECT);
  }
}
