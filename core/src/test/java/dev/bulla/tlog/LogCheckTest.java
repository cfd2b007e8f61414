package dev.bulla.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bundle.Bundle.InclusionProof;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Mint;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.json.GoFields;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import dev.bulla.tlog.LoggedSignature.Enveloped;
import dev.bulla.tlog.LoggedSignature.LegacyEnvelope;
import dev.bulla.tlog.LoggedSignature.LegacyPayload;
import dev.bulla.tlog.LoggedSignature.Message;
import dev.bulla.tlog.LoggedSignature.Signed;
import dev.bulla.vectors.Vectors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class LogCheckTest {

  private static final VerificationKey ALICE = TestLog.newSigner(KeyType.EC_P256).publicKey();
  private static final VerificationKey BOB = TestLog.newSigner(KeyType.EC_P256).publicKey();
  private static final Bytes CERTIFICATE = Bytes.utf8("a certificate, for all the log knows");
  private static final TestLog V1 = TestLog.v1("rekor.example.com");
  private static final TestLog V2 = TestLog.v2("log.example.com", KeyType.ED25519);
  private static final List<TransparencyLog> LOGS = List.of(V1.trusted(), V2.trusted());

  private static Signed message(String text) {
    return new Message(HashAlgorithm.SHA256, Digest.sha256(Bytes.utf8(text)).bytes());
  }

  private static Signed enveloped(String text) {
    return new Enveloped(Bytes.utf8(text), Bytes.utf8("DSSEv1 " + text));
  }

  private static LoggedSignature claim(Signed signed) {
    return new LoggedSignature(Bytes.utf8("a signature"), ALICE, Optional.empty(), signed);
  }

  /** Every kind of entry, with what it is of and the same of something else. */
  static Stream<Arguments> kinds() {
    List<Arguments> kinds = new ArrayList<>();
    for (String kind : List.of("hashedrekord 0.0.1", "hashedrekord 0.0.2")) {
      kinds.add(Arguments.of(kind, message("one"), message("other")));
    }
    for (String kind : List.of("dsse 0.0.1", "intoto 0.0.2", "hashedrekord 0.0.2")) {
      kinds.add(Arguments.of(kind, enveloped("one"), enveloped("other")));
    }
    for (String kind : List.of("hashedrekord 0.0.1", "rekord 0.0.1")) {
      kinds.add(
          Arguments.of(
              kind, new LegacyPayload(Bytes.utf8("1")), new LegacyPayload(Bytes.utf8("2"))));
    }
    for (String kind : List.of("dsse 0.0.1", "intoto 0.0.1", "intoto 0.0.2")) {
      kinds.add(
          Arguments.of(
              kind, new LegacyEnvelope(Bytes.utf8("1")), new LegacyEnvelope(Bytes.utf8("2"))));
    }
    return kinds.stream();
  }

  private static LogEntry enter(LoggedSignature claim, String kindAndVersion) {
    String kind = kindAndVersion.substring(0, kindAndVersion.indexOf(' '));
    String version = kindAndVersion.substring(kindAndVersion.indexOf(' ') + 1);
    return (kindAndVersion.equals("hashedrekord 0.0.2") ? V2 : V1).enter(claim, kind, version);
  }

  private static List<LoggedEntry> verify(LoggedSignature claim, LogEntry... entries)
      throws NotProvenException, MalformedInputException {
    return LogCheck.verify(List.of(entries), LOGS, claim);
  }

  private static void assertRefused(ReasonCode reason, LoggedSignature claim, LogEntry... entries) {
    NotProvenException refusal =
        catchThrowableOfType(NotProvenException.class, () -> verify(claim, entries));
    assertThat(refusal).as("a refusal").isNotNull();
    assertThat(refusal.reason()).as(refusal.detail()).isEqualTo(reason);
  }

  private static ReasonCode otherThing(Signed signed) {
    return signed instanceof Enveloped || signed instanceof LegacyEnvelope
        ? ReasonCode.WRONG_ENVELOPE
        : ReasonCode.WRONG_LOG_ENTRY;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anEntryOfExactlyTheSignatureCounts(String kind, Signed signed, Signed other)
      throws Exception {
    LoggedSignature claim = claim(signed);
    LogEntry entry = enter(claim, kind);

    LoggedEntry fact = verify(claim, entry).get(0);
    assertThat(fact.index()).isEqualTo(entry.logIndex());
    assertThat(fact.time())
        .isEqualTo(
            kind.equals("hashedrekord 0.0.2") ? Optional.empty() : Optional.of(TestLog.TIME));
  }

  /** Whoever has a key certified logs the certificate; others ask for the key. */
  @Test
  void anEntryOfTheKeysCertificateIsOfTheKey() throws Exception {
    Mint.Made made = Mint.root("certified").make();
    Signed signed = new LegacyPayload(Bytes.utf8("1"));
    LoggedSignature logged =
        new LoggedSignature(
            Bytes.utf8("a signature"), ALICE, Optional.of(made.certificate().der()), signed);
    LoggedSignature byKey =
        new LoggedSignature(
            logged.signature(), made.certificate().publicKey(), Optional.empty(), signed);
    LogEntry entry = enter(logged, "hashedrekord 0.0.1");

    assertThat(verify(byKey, entry)).hasSize(1);
    assertRefused(otherThing(signed), claim(signed), entry);
    assertRefused(
        otherThing(signed),
        new LoggedSignature(Bytes.utf8("another"), byKey.key(), Optional.empty(), signed),
        entry);
    for (Signed inBundle : List.of(message("1"), enveloped("1"))) {
      LoggedSignature bundled =
          new LoggedSignature(logged.signature(), ALICE, logged.certificate(), inBundle);
      assertRefused(
          otherThing(inBundle),
          new LoggedSignature(logged.signature(), byKey.key(), Optional.empty(), inBundle),
          enter(bundled, inBundle instanceof Enveloped ? "dsse 0.0.1" : "hashedrekord 0.0.1"));
    }
  }

  /** The class of mistakes of CVE-2022-23649, CVE-2026-22703 and TOB-SIGSTORE-12. */
  @ParameterizedTest
  @MethodSource("kinds")
  void anEntryOfAnythingElseDoesNot(String kind, Signed signed, Signed other) {
    LoggedSignature claim = claim(signed);
    LogEntry entry = enter(claim, kind);
    ReasonCode reason = otherThing(signed);

    if (!(signed instanceof LegacyEnvelope)) {
      // whose hash is over the signatures too
      assertRefused(
          reason,
          new LoggedSignature(Bytes.utf8("another"), ALICE, Optional.empty(), signed),
          entry);
    }
    assertRefused(
        reason, new LoggedSignature(claim.signature(), BOB, Optional.empty(), signed), entry);
    assertRefused(
        reason,
        new LoggedSignature(claim.signature(), ALICE, Optional.of(CERTIFICATE), signed),
        entry);
    assertRefused(reason, claim(other), entry);
    LoggedSignature certified =
        new LoggedSignature(claim.signature(), ALICE, Optional.of(CERTIFICATE), signed);
    assertRefused(reason, claim, enter(certified, kind));
    assertRefused(
        reason,
        new LoggedSignature(
            claim.signature(), ALICE, Optional.of(Bytes.utf8("another certificate")), signed),
        enter(certified, kind));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anEntryOfAnotherKindDoesNot(String kind, Signed signed, Signed other) {
    List<Signed> everything =
        List.of(
            message("one"),
            enveloped("one"),
            new LegacyPayload(Bytes.utf8("1")),
            new LegacyEnvelope(Bytes.utf8("1")));
    LogEntry entry = enter(claim(signed), kind);
    for (Signed one : everything) {
      if (!one.getClass().equals(signed.getClass())) {
        assertRefused(otherThing(one), claim(one), entry);
      }
    }
  }

  @Test
  void theHashHasToBeOfTheSameAlgorithm() {
    Bytes digest = Digest.sha256(Bytes.utf8("one")).bytes();
    LogEntry entry = enter(claim(new Message(HashAlgorithm.SHA256, digest)), "hashedrekord 0.0.1");

    assertRefused(
        ReasonCode.WRONG_LOG_ENTRY, claim(new Message(HashAlgorithm.SHA384, digest)), entry);
  }

  @Test
  void theAnnouncedKindHasToBeTheOneOfTheBody() {
    LoggedSignature claim = claim(message("one"));
    LogEntry entry = V1.enter(TestLog.body(claim, "hashedrekord", "0.0.1"), "rekord", "0.0.1");

    assertThatThrownBy(() -> verify(claim, entry))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("announced as");
  }

  @Test
  void kindsThatCannotBeEvidenceAreRefusedByName() {
    for (String kind : List.of("helm 0.0.1", "dsse 0.0.2", "rekord 0.0.2", "hashedrekord 0.0.3")) {
      int space = kind.indexOf(' ');
      Bytes body =
          Bytes.utf8(
              "{\"apiVersion\":\""
                  + kind.substring(space + 1)
                  + "\",\"kind\":\""
                  + kind.substring(0, space)
                  + "\",\"spec\":{}}");
      LogEntry entry = V1.enter(body, kind.substring(0, space), kind.substring(space + 1));
      assertThatThrownBy(() -> verify(claim(message("one")), entry))
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining(kind);
    }
  }

  @Test
  void aPromiseThatIsNotTheLogsIsRefused() {
    LoggedSignature claim = claim(message("one"));
    LogEntry entry = V1.enter(claim);
    LogEntry other = V1.enter(claim);

    assertRefused(
        ReasonCode.WRONG_LOG_PROMISE,
        claim,
        with(entry, other.inclusionPromise(), entry.inclusionProof()));
    assertRefused(
        ReasonCode.WRONG_LOG_PROMISE,
        claim,
        with(entry, Optional.of(Bytes.utf8("no signature")), entry.inclusionProof()));
    for (long time : new long[] {TestLog.TIME.getEpochSecond() + 1, 0, -1, Long.MAX_VALUE}) {
      assertRefused(ReasonCode.WRONG_LOG_PROMISE, claim, at(entry, time));
    }
  }

  @Test
  void integersThatCanonicalJsonCannotTellApartAreRefused() {
    LoggedSignature claim = claim(message("one"));
    LogEntry entry = V1.enter(claim);
    LogEntry huge =
        V1.promised(
            new LogEntry(
                (1L << 53) + 1,
                entry.logId(),
                entry.kind(),
                entry.version(),
                entry.integratedTime(),
                Optional.empty(),
                entry.inclusionProof(),
                entry.canonicalizedBody()));

    assertRefused(ReasonCode.WRONG_LOG_PROMISE, claim, huge);
  }

  @Test
  void aPromiseCountsWhileTheLogIsTrustedBothEndsIncluded() throws Exception {
    LoggedSignature claim = claim(message("one"));
    LogEntry entry = V1.enter(claim);
    Instant time = TestLog.TIME;

    assertThat(LogCheck.verify(List.of(entry), List.of(V1.trusted(time, Optional.of(time))), claim))
        .hasSize(1);
    for (TransparencyLog log :
        List.of(
            V1.trusted(time.plusSeconds(1), Optional.empty()),
            V1.trusted(Instant.EPOCH, Optional.of(time.minusSeconds(1))))) {
      assertThatThrownBy(() -> LogCheck.verify(List.of(entry), List.of(log), claim))
          .isInstanceOfSatisfying(
              NotProvenException.class,
              e -> assertThat(e.reason()).isEqualTo(ReasonCode.UNKNOWN_LOG));
    }
  }

  @Test
  void aProofOfAnotherPlaceOrTreeIsRefused() {
    for (String kind : List.of("hashedrekord 0.0.1", "hashedrekord 0.0.2")) {
      LoggedSignature claim = claim(message("one"));
      LogEntry entry = enter(claim, kind);
      InclusionProof proof = entry.inclusionProof().orElseThrow();
      List<Bytes> hashes = new ArrayList<>(proof.hashes());
      hashes.set(0, MerkleTree.leafHash(Bytes.utf8("foreign")));

      assertRefused(
          ReasonCode.WRONG_INCLUSION_PROOF,
          claim,
          with(
              entry,
              entry.inclusionPromise(),
              Optional.of(
                  new InclusionProof(
                      proof.logIndex(),
                      proof.rootHash(),
                      proof.treeSize(),
                      hashes,
                      proof.checkpoint()))));
    }
  }

  @Test
  void theCheckpointHasToBeOfTheProofsOwnTree() {
    LoggedSignature claim = claim(message("one"));
    LogEntry entry = V1.enter(claim);
    InclusionProof proof = entry.inclusionProof().orElseThrow();
    String later = V1.enter(claim).inclusionProof().orElseThrow().checkpoint();

    assertRefused(
        ReasonCode.WRONG_CHECKPOINT,
        claim,
        with(
            entry,
            entry.inclusionPromise(),
            Optional.of(
                new InclusionProof(
                    proof.logIndex(), proof.rootHash(), proof.treeSize(), proof.hashes(), later))));
  }

  @Test
  void anEntryWithoutProofAndPromiseIsRefused() throws Exception {
    LoggedSignature claim = claim(message("one"));
    LogEntry v1 = V1.enter(claim);
    LogEntry v2 = V2.enter(claim);

    assertRefused(
        ReasonCode.NO_INCLUSION_PROOF, claim, with(v1, Optional.empty(), Optional.empty()));
    assertRefused(
        ReasonCode.NO_INCLUSION_PROOF, claim, with(v2, Optional.empty(), Optional.empty()));
    assertThat(verify(claim, with(v1, v1.inclusionPromise(), Optional.empty()))).hasSize(1);
    assertThat(verify(claim, with(v1, Optional.empty(), v1.inclusionProof())).get(0).time())
        .as("only a promise proves a time")
        .isEmpty();
  }

  @Test
  void aRekorV2LogProvesNoTimeWhateverTheEntrySays() throws Exception {
    LoggedSignature claim = claim(message("one"));

    assertThat(verify(claim, at(V2.enter(claim), 1_700_000_000)).get(0).time()).isEmpty();
    assertRefused(
        ReasonCode.WRONG_LOG_PROMISE, claim, V2.promised(at(V2.enter(claim), 1_700_000_000)));
  }

  @Test
  void anEntryByAnUnknownLogSaysNothing() throws Exception {
    LoggedSignature claim = claim(message("one"));
    LogEntry foreign = TestLog.v1("rekor.example.com").enter(claim);

    assertRefused(ReasonCode.UNKNOWN_LOG, claim, foreign);
    assertThat(verify(claim, foreign, V1.enter(claim))).hasSize(1);
    assertRefused(ReasonCode.NO_LOG_ENTRY, claim);
  }

  @Test
  void oneWrongEntryOfATrustedLogSpoilsTheRightOne() {
    LoggedSignature claim = claim(message("one"));
    LogEntry right = V1.enter(claim);

    assertRefused(ReasonCode.WRONG_LOG_ENTRY, claim, right, V1.enter(claim(message("another"))));
    assertThatThrownBy(() -> verify(claim, right, right))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("twice");
  }

  @Test
  void theSignedBytesOfAPromiseAreThoseOfARealLog() throws Exception {
    GoFields vector = GoFields.of(Vectors.object("derived/set-canonical.json"), "vector");
    String canonical = vector.requiredString("canonical_utf8");
    GoFields payload =
        GoFields.of(
            dev.bulla.json.JsonParser.parseObject(Bytes.utf8(canonical), "payload"), "payload");
    VerificationKey key =
        VerificationKey.ofSpki(
            Base64Text.decode(vector.requiredString("log_public_key_der_base64"), "key"));
    TransparencyLog log =
        new TransparencyLog("", key.fingerprint(), key, Instant.EPOCH, Optional.empty());
    LogEntry entry =
        new LogEntry(
            payload.requiredInt64("logIndex"),
            key.fingerprint(),
            "hashedrekord",
            "0.0.1",
            payload.requiredInt64("integratedTime"),
            Optional.empty(),
            Optional.empty(),
            Base64Text.decode(payload.requiredString("body"), "body"));

    assertThat(EntryPromise.signedBytes(entry)).isEqualTo(Bytes.utf8(canonical));
    Bytes set = Base64Text.decode(vector.requiredString("set_base64"), "set");
    assertThat(EntryPromise.verify(entry, set, log)).isEqualTo("2024-05-30T15:18:17Z");
  }

  @Test
  void theBodyOfRekorV2IsThatOfARealLog() throws Exception {
    GoFields vector = GoFields.of(Vectors.object("derived/rekor-v2-hashedrekord.json"), "vector");
    GoFields request =
        vector.requiredFields("create_request").requiredFields("hashedRekordRequestV002");
    GoFields signature = request.requiredFields("signature");
    Bytes certificate =
        signature
            .requiredFields("verifier")
            .requiredFields("x509Certificate")
            .requiredBytes("rawBytes");
    LoggedSignature claim =
        new LoggedSignature(
            signature.requiredBytes("content"),
            ALICE,
            Optional.of(certificate),
            new Message(HashAlgorithm.SHA256, request.requiredBytes("digest")));

    Bytes body = RekorV2Body.of(claim);
    assertThat(body).isEqualTo(Bytes.utf8(vector.requiredString("canonical_body_utf8")));
    assertThat(dev.bulla.bytes.HexText.encode(MerkleTree.leafHash(body)))
        .isEqualTo(vector.requiredString("leaf_hash_hex"));
  }

  private static LogEntry with(
      LogEntry entry, Optional<Bytes> promise, Optional<InclusionProof> proof) {
    return new LogEntry(
        entry.logIndex(),
        entry.logId(),
        entry.kind(),
        entry.version(),
        entry.integratedTime(),
        promise,
        proof,
        entry.canonicalizedBody());
  }

  private static LogEntry at(LogEntry entry, long integratedTime) {
    return new LogEntry(
        entry.logIndex(),
        entry.logId(),
        entry.kind(),
        entry.version(),
        integratedTime,
        entry.inclusionPromise(),
        entry.inclusionProof(),
        entry.canonicalizedBody());
  }
}
