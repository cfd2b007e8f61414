package dev.bulla.keys.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck;
import dev.bulla.key.Signer;
import dev.bulla.keys.KeyContext;
import dev.bulla.keys.KeyReference;
import dev.bulla.keys.PasswordSource;
import dev.bulla.keys.Signers;
import dev.bulla.keys.VerificationKeys;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class KmsSignerTest {

  private static final Bytes MESSAGE = Bytes.utf8("what is signed");

  private final InMemoryKmsKey key = new InMemoryKmsKey();
  private final KeyContext context =
      KeyContext.filesIn(Path.of("no-such-folder"))
          .withProviders(KmsProviders.of(List.of(new InMemoryKmsProvider())));

  @Test
  void signsWithTheNewestVersion() throws Exception {
    try (KmsSigner signer = KmsSigner.open(key)) {
      assertThat(signer.publicKey()).isEqualTo(key.versions().get(0).publicKey());
      assertThat(
              signer.publicKey().check(MESSAGE, signer.sign(MESSAGE), SignatureAlgorithm.ED25519))
          .isInstanceOf(SignatureCheck.Matched.class);
    }
    assertThat(key.closed).isTrue();
  }

  @Test
  void handsOutNoSignatureThatDoesNotVerify() throws Exception {
    key.signsWithAnother = true;
    try (KmsSigner signer = KmsSigner.open(key)) {
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(() -> signer.sign(MESSAGE))
          .withMessageContaining("does not verify")
          .matches(e -> e.problem() == Problem.BAD_ANSWER);
    }
  }

  @Test
  void aDigestHasTheLengthOfItsAlgorithm() {
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      SigningInput input = SigningInput.of(algorithm, MESSAGE);
      boolean pure = algorithm == SignatureAlgorithm.ED25519;
      assertThat(input.isDigest()).isEqualTo(!pure);
      assertThat(input.bytes().size())
          .isEqualTo(pure ? MESSAGE.size() : input.hash().lengthBytes());
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new SigningInput(SignatureAlgorithm.ECDSA_P384_SHA384, Bytes.of(new byte[32])));
  }

  @Test
  void referencesOpenThroughTheProviders() throws Exception {
    PasswordSource never =
        new PasswordSource() {
          @Override
          public dev.bulla.key.Password forExistingKey() {
            throw new AssertionError("a key in a service has no password");
          }

          @Override
          public dev.bulla.key.Password forNewKey() {
            throw new AssertionError("a key in a service has no password");
          }
        };
    try (Signer signer = Signers.open("inmemory://k", never, context)) {
      assertThat(signer.publicKey().type()).isEqualTo(KeyType.ED25519);
    }
    assertThat(VerificationKeys.loadAll(KeyReference.parse("inmemory://k"), context)).hasSize(2);
    assertThat(VerificationKeys.load("inmemory://k", context).type()).isEqualTo(KeyType.ED25519);
  }

  @Test
  void aServiceThatCannotBeAskedLeavesTheQuestionOpen() {
    KmsFailures failures = new KmsFailures("Some KMS", "k\u001b[2J");

    assertThat(failures.unreachable("https://h", "refused", null).code().name())
        .isEqualTo("UNDECIDED");
    assertThat(failures.throttled(null).code().name()).isEqualTo("UNDECIDED");
    assertThat(failures.notPermitted("kms:Sign", null))
        .hasMessage("Some KMS key k\\u{1b}[2J: not permitted: kms:Sign")
        .matches(e -> e.code().name().equals("KEY"))
        .matches(e -> e.in("reading key").problem() == Problem.NOT_PERMITTED);
  }

  /** What keeps whole pairs has no {@code --kms}. */
  @Test
  void theAdviceFitsWhatIsAskedFor() {
    assertThat(new KmsFailures("Some KMS", "k").notFound("none").hint().orElseThrow())
        .contains("`bulla generate-key-pair --kms`");
    KmsFailures stored = new KmsFailures("Cluster", "k", KmsFailures.Subject.STORED_KEYS);
    assertThat(stored.notFound("none").hint().orElseThrow())
        .contains("`bulla generate-key-pair`")
        .doesNotContain("--kms");
    KmsFailures login = new KmsFailures("Cloud", "h", KmsFailures.Subject.REGISTRY);
    assertThat(login.notFound("none").hint()).isEmpty();
    assertThat(login.notPermitted("registry:Read", null))
        .hasMessage("Cloud registry h: not permitted: registry:Read");
  }
}
