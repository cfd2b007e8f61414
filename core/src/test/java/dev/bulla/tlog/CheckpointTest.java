package dev.bulla.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.json.GoFields;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import dev.bulla.vectors.Vectors;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckpointTest {

  private static final long SEED = 20;
  private static final Bytes ROOT = MerkleTree.leafHash(Bytes.EMPTY);

  private static TransparencyLog publicGood() throws MalformedInputException {
    VerificationKey key =
        VerificationKey.ofSpki(
            Base64Text.decode(
                GoFields.of(Vectors.object("derived/set-canonical.json"), "vector")
                    .requiredString("log_public_key_der_base64"),
                "key"));
    return new TransparencyLog(
        "rekor.sigstore.dev", key.fingerprint(), key, Instant.EPOCH, Optional.empty());
  }

  private static NotProvenException refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable check) {
    NotProvenException refusal = catchThrowableOfType(NotProvenException.class, check);
    assertThat(refusal).isNotNull();
    return refusal;
  }

  @Test
  void readsAndChecksOneFromTheField() throws Exception {
    String text = Vectors.text("checkpoints/valid.txt");

    Checkpoint checkpoint = Checkpoint.parse(text);
    assertThat(checkpoint.origin()).isEqualTo("rekor.sigstore.dev - 2605736670972794746");
    assertThat(checkpoint.size()).isEqualTo(37_795_272);
    assertThat(Base64Text.encode(checkpoint.rootHash()))
        .isEqualTo("60ll7idWI1jYRZzxc+jKflYoW+4jWxgZaGR15ASsWt4=");
    assertThat(SignedTree.ofRekorV1(text, publicGood()).is(37_795_272, checkpoint.rootHash()))
        .isTrue();
  }

  @Test
  void readsOneWithAnUngenuineSecondSignatureAndRefusesIt() throws Exception {
    String text = Vectors.text("checkpoints/valid_multi_sig.txt");

    assertThat(Checkpoint.parse(text).signatures()).hasSize(2);
    assertThat(refused(() -> SignedTree.ofRekorV1(text, publicGood())).reason())
        .isEqualTo(ReasonCode.WRONG_CHECKPOINT);
  }

  @Test
  void refusesTheDamagedOnes() throws Exception {
    List<String> damaged =
        Vectors.names("checkpoints").stream().filter(name -> name.startsWith("error_")).toList();
    assertThat(damaged).hasSize(4);
    for (String name : damaged) {
      String text = Vectors.text("checkpoints/" + name);
      assertThatThrownBy(() -> Checkpoint.parse(text))
          .as(name)
          .isInstanceOf(MalformedInputException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n",
        "log\n1\nAAAA\n\n",
        "\n1\nAAAA\n\n\u2014 log AAAAAAA=\n",
        "log\n01\nAAAA\n\n\u2014 log AAAAAAA=\n",
        "log\n-1\nAAAA\n\n\u2014 log AAAAAAA=\n",
        "log\n9999999999999999999\nAAAA\n\n\u2014 log AAAAAAA=\n",
        "log\n1\nA-AA\n\n\u2014 log AAAAAAA=\n",
        "log\n1\nAAAA\n\n- log AAAAAAA=\n",
        "log\n1\nAAAA\n\n\u2014 AAAAAAA=\n",
        "log\n1\nAAAA\n\n\u2014 log AAAAAA==\n",
        "log\n1\nAAAA\n\n\u2014 log AAAAAAA=",
        "log\n1\nAAAA\r\n\n\u2014 log AAAAAAA=\n",
        "log\u007f\n1\nAAAA\n\n\u2014 log AAAAAAA=\n"
      })
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> Checkpoint.parse(text)).isInstanceOf(MalformedInputException.class);
  }

  @Test
  void signaturesAndLengthAreBounded() {
    String text = "log\n1\nAAAA\n\n";
    String line = "\u2014 log AAAAAAA=\n";
    assertThatThrownBy(() -> Checkpoint.parse(text + line.repeat(101)))
        .hasMessageContaining("more than 100 signatures");
    assertThatThrownBy(() -> Checkpoint.parse("x".repeat(2 << 20)))
        .hasMessageContaining("longer than");
  }

  @Test
  void whateverTheTextOnlyMalformedComesOut() throws Exception {
    String text = Vectors.text("checkpoints/valid_multi_sig.txt");
    Random random = new Random(SEED);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      StringBuilder changed = new StringBuilder(text);
      for (int n = random.nextInt(3); n >= 0; n--) {
        changed.setCharAt(
            random.nextInt(changed.length()), "\n \u2014=-A9\u0000".charAt(random.nextInt(8)));
      }
      try {
        Checkpoint.parse(changed.toString());
      } catch (MalformedInputException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(100, 2999);
  }

  @Test
  void keyIdentifiersAreThoseOfRealLogs() throws Exception {
    for (GoFields vector : Vectors.cases("derived/log-key-ids.json")) {
      VerificationKey key =
          VerificationKey.ofSpki(
              Base64Text.decode(vector.requiredString("spki_der_base64"), "key"));
      TransparencyLog log =
          new TransparencyLog(
              vector.requiredString("origin"), Bytes.EMPTY, key, Instant.EPOCH, Optional.empty());
      assertThat(HexText.encode(log.noteKeyId())).isEqualTo(vector.requiredString("full_id_hex"));
      assertThat(HexText.encode(log.noteKeyHint()))
          .isEqualTo(vector.requiredString("key_hint_hex"));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "EC_P384", "ED25519", "RSA_2048"})
  void logsSignNotesWithEveryKindOfKey(KeyType type) throws Exception {
    TestLog log = TestLog.v2("log.example.com", type);

    assertThat(SignedTree.ofNote(log.checkpoint(7, ROOT), log.trusted()).is(7, ROOT)).isTrue();
  }

  @Test
  void aNoteNeedsTheLogsOwnSignatureAndNameOnly() throws Exception {
    TestLog log = TestLog.v2("log.example.com", KeyType.ED25519);
    String text = "log.example.com\n7\n" + Base64Text.encode(ROOT) + "\n";
    String own = log.signed(text).substring(text.length() + 1);
    String witness = TestLog.line("w.example.com", Bytes.utf8("abcd"), Bytes.utf8("signature"));
    String forged = TestLog.line("log.example.com", log.trusted().noteKeyHint(), ROOT);

    assertThat(SignedTree.ofNote(text + "\n" + witness + own, log.trusted()).is(7, ROOT)).isTrue();
    assertThat(SignedTree.ofNote(text + "\n" + own + witness, log.trusted()).is(7, ROOT)).isTrue();
    for (String bad :
        List.of(
            text + "\n" + witness,
            text + "\n" + forged + own,
            text.replace("7", "8") + "\n" + own,
            log.signed(text.replace("log.", "other.")),
            text)) {
      assertThat(refused(() -> SignedTree.ofNote(bad, log.trusted())).reason())
          .as(bad)
          .isEqualTo(ReasonCode.WRONG_NOTE);
    }
    TransparencyLog nameless =
        new TransparencyLog(
            "", log.trusted().id(), log.trusted().key(), Instant.EPOCH, Optional.empty());
    assertThat(refused(() -> SignedTree.ofNote(log.signed("\n7\nAAAA\n"), nameless)).reason())
        .isEqualTo(ReasonCode.WRONG_NOTE);
  }

  @Test
  void aRekorV1CheckpointMayHaveNobodyElsesSignature() throws Exception {
    TestLog log = TestLog.v1("rekor.example.com");
    String good = log.checkpoint(7, ROOT);
    String other = TestLog.v1("rekor.example.com").checkpoint(7, ROOT);

    assertThat(SignedTree.ofRekorV1(good, log.trusted()).is(7, ROOT)).isTrue();
    for (String bad :
        List.of(
            good + TestLog.line("w.example.com", Bytes.utf8("abcd"), Bytes.utf8("signature")),
            good + TestLog.line("rekor.example.com", log.trusted().keyHint(), ROOT),
            good.replace("\n7\n", "\n8\n"),
            other,
            "no checkpoint")) {
      assertThat(refused(() -> SignedTree.ofRekorV1(bad, log.trusted())).reason())
          .as(bad)
          .isEqualTo(ReasonCode.WRONG_CHECKPOINT);
    }
  }
}
