package dev.bulla.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.key.KeyType;
import dev.bulla.key.Pem;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.Limits;
import dev.bulla.tlog.LoggedSignature.Enveloped;
import dev.bulla.tlog.LoggedSignature.LegacyEnvelope;
import dev.bulla.tlog.LoggedSignature.LegacyPayload;
import dev.bulla.tlog.LoggedSignature.Message;
import dev.bulla.tlog.LoggedSignature.Signed;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Comparisons of log entries that nothing else would miss; see docs/mutation.md. */
final class LogComparisonsTest {

  private static final VerificationKey ALICE = TestLog.newSigner(KeyType.EC_P256).publicKey();
  private static final Bytes SIGNATURE = Bytes.utf8("a signature");
  private static final Bytes CONTENT = Bytes.utf8("what was signed");
  private static final TestLog V1 = TestLog.v1("rekor.example.com");
  private static final TestLog V2 = TestLog.v2("log.example.com", KeyType.ED25519);

  private static LoggedSignature claim(Signed signed) {
    return new LoggedSignature(SIGNATURE, ALICE, Optional.empty(), signed);
  }

  private static final Message MESSAGE =
      new Message(HashAlgorithm.SHA256, Digest.sha256(CONTENT).bytes());

  private static LogEntry v1(Bytes body, String kind, String version) {
    return V1.enter(body, kind, version);
  }

  private static LogEntry v1(LoggedSignature claim, String kind, String version) {
    return v1(TestLog.body(claim, kind, version), kind, version);
  }

  private static LogEntry edited(LogEntry entry, String text, String other) {
    return v1(replaced(entry.canonicalizedBody(), text, other), entry.kind(), entry.version());
  }

  private static Bytes replaced(Bytes json, String text, String other) {
    try {
      String found = json.toUtf8String("body");
      assertThat(found).contains(text);
      return Bytes.utf8(found.replace(text, other));
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private static LoggedEntry verify(LoggedSignature claim, LogEntry entry)
      throws NotProvenException, MalformedInputException {
    return LogCheck.verify(List.of(entry), List.of(V1.trusted(), V2.trusted()), claim).get(0);
  }

  private static void assertRefused(ReasonCode reason, LoggedSignature claim, LogEntry entry) {
    NotProvenException refusal =
        catchThrowableOfType(NotProvenException.class, () -> verify(claim, entry));
    assertThat(refusal).as("a refusal").isNotNull();
    assertThat(refusal.reason()).as(refusal.detail()).isEqualTo(reason);
  }

  private static void assertMalformed(LogEntry entry, String why) {
    assertThatThrownBy(() -> verify(claim(MESSAGE), entry))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(why);
  }

  // ---- what an entry is of

  static Stream<Signed> everything() {
    return Stream.of(
        MESSAGE,
        new Enveloped(CONTENT, Bytes.utf8("DSSEv1")),
        new LegacyPayload(CONTENT),
        new LegacyEnvelope(CONTENT));
  }

  /** For whoever sent a signature to a log: no root is at hand, so only the content is compared. */
  @ParameterizedTest
  @MethodSource("everything")
  void theContentOfAnEntryIsComparedWithoutTheLog(Signed signed) throws Exception {
    LoggedSignature own = claim(signed);
    LoggedSignature other =
        new LoggedSignature(Bytes.utf8("another"), ALICE, Optional.empty(), signed);
    for (TestLog log : List.of(V1, V2)) {
      LogEntry entry = log.enter(own);
      LogCheck.checkContent(entry, own);
      assertThat(verify(own, entry).logId()).isEqualTo(log.trusted().id());
      if (!(signed instanceof LegacyEnvelope) || log.equals(V2)) {
        assertThatThrownBy(() -> LogCheck.checkContent(entry, other))
            .isInstanceOf(NotProvenException.class);
      }
    }
  }

  /** The hashes agree, so that only the kind tells them apart. */
  @Test
  void aKindOfEntryIsForItsOwnKindOfSignature() throws Exception {
    LogEntry rekord = v1(claim(new LegacyPayload(CONTENT)), "rekord", "0.0.1");
    assertThat(verify(claim(new LegacyPayload(CONTENT)), rekord).time()).isPresent();
    assertRefused(ReasonCode.WRONG_LOG_ENTRY, claim(MESSAGE), rekord);

    LogEntry dsse = v1(claim(new Enveloped(CONTENT, Bytes.EMPTY)), "dsse", "0.0.1");
    for (Signed bare : List.of(MESSAGE, new LegacyPayload(CONTENT))) {
      assertRefused(ReasonCode.WRONG_LOG_ENTRY, claim(bare), dsse);
    }
    LogEntry hashed = v1(claim(MESSAGE), "hashedrekord", "0.0.1");
    for (Signed enveloped :
        List.of(new Enveloped(CONTENT, Bytes.EMPTY), new LegacyEnvelope(CONTENT))) {
      assertRefused(ReasonCode.WRONG_ENVELOPE, claim(enveloped), hashed);
    }
  }

  /** Which holds no signature, so nothing says that it is of this one. */
  @Test
  void anEntryWithoutSignatureIsOfNoEnvelopeInABundle() {
    LogEntry entry = v1(claim(new LegacyEnvelope(CONTENT)), "intoto", "0.0.1");
    String hash = "\"hash\":{";
    Bytes withPayload =
        replaced(
            entry.canonicalizedBody(),
            hash,
            "\"payloadHash\":{\"algorithm\":\"sha256\",\"value\":\""
                + Digest.sha256(CONTENT).hex()
                + "\"},"
                + hash);
    LoggedSignature claim = claim(new Enveloped(CONTENT, Bytes.EMPTY));

    assertRefused(ReasonCode.WRONG_ENVELOPE, claim, v1(withPayload, "intoto", "0.0.1"));
    assertRefused(ReasonCode.WRONG_ENVELOPE, claim, entry);
  }

  @Test
  void aHashOfAnEnvelopeThatIsMissingOrOfAnotherNameIsNone() {
    LoggedSignature bundled = claim(new Enveloped(CONTENT, Bytes.EMPTY));
    LoggedSignature legacy = claim(new LegacyEnvelope(CONTENT));
    LogEntry ofBundled = v1(bundled, "intoto", "0.0.2");
    LogEntry ofLegacy = v1(legacy, "intoto", "0.0.2");

    for (String name : List.of("\"payloadHash\"", "\"hash\"")) {
      LogEntry entry = name.equals("\"hash\"") ? ofLegacy : ofBundled;
      LoggedSignature claim = name.equals("\"hash\"") ? legacy : bundled;
      assertRefused(ReasonCode.WRONG_ENVELOPE, claim, edited(entry, name, "\"unknown\""));
    }
    LogEntry otherName = edited(v1(bundled, "dsse", "0.0.1"), "\"sha256\"", "\"sha512\"");
    assertRefused(ReasonCode.WRONG_ENVELOPE, bundled, otherName);
  }

  /** Bytes under the wrong label are not what the label says. */
  @Test
  void aCertificateUnderTheLabelOfAKeyIsNotTheCertificate() throws Exception {
    Bytes certificate = Bytes.utf8("a certificate");
    LoggedSignature certified =
        new LoggedSignature(SIGNATURE, ALICE, Optional.of(certificate), MESSAGE);
    LogEntry right = v1(certified, "hashedrekord", "0.0.1");
    String pem = Base64Text.encode(new Pem("CERTIFICATE", certificate).print());
    String asKey = Base64Text.encode(new Pem("PUBLIC KEY", certificate).print());

    assertThat(verify(certified, right).time()).isPresent();
    assertRefused(ReasonCode.WRONG_LOG_ENTRY, certified, edited(right, pem, asKey));
  }

  // ---- how an entry reads

  @Test
  void theAnnouncedVersionHasToBeTheOneOfTheBody() {
    LoggedSignature claim = claim(MESSAGE);
    Bytes body = TestLog.body(claim, "hashedrekord", "0.0.1");

    assertMalformed(v1(body, "hashedrekord", "0.0.9"), "announced as");
  }

  @Test
  void onlyAHashedrekordOfItsSecondVersionIsOfRekorV2() {
    String spec = "\"spec\":{\"hashedRekordV002\":{}}}";
    assertMalformed(
        v1(Bytes.utf8("{\"apiVersion\":\"0.0.2\",\"kind\":\"dsse\"," + spec), "dsse", "0.0.2"),
        "withdrawn");
    assertMalformed(
        v1(
            Bytes.utf8("{\"apiVersion\":\"0.0.1\",\"kind\":\"hashedrekord\"," + spec),
            "hashedrekord",
            "0.0.1"),
        "signature");
    assertMalformed(
        v1(
            Bytes.utf8("{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\",\"spec\":{}}"),
            "hashedrekord",
            "0.0.2"),
        "unsupported kind");
  }

  @Test
  void aRekordIsOfAnX509Key() {
    LogEntry rekord = v1(claim(new LegacyPayload(CONTENT)), "rekord", "0.0.1");
    assertMalformed(edited(rekord, "\"x509\"", "\"pgp\""), "expected x509");
    assertMalformed(edited(rekord, "\"format\"", "\"other\""), "expected x509");
  }

  @Test
  void anEntryHasSignaturesButNotAnyNumber() throws Exception {
    LoggedSignature claim = claim(new Enveloped(CONTENT, Bytes.EMPTY));
    for (String kind : List.of("dsse 0.0.1", "intoto 0.0.2")) {
      String name = kind.substring(0, kind.indexOf(' '));
      String version = kind.substring(kind.indexOf(' ') + 1);
      LogEntry entry = v1(claim, name, version);
      String body = entry.canonicalizedBody().toUtf8String("body");
      int from = body.indexOf("\"signatures\":[") + "\"signatures\":[".length();
      String one = body.substring(from, body.indexOf(']', from));
      int most = Limits.MAX_BUNDLE_PROOFS;

      assertMalformed(edited(entry, one, ""), "signatures");
      String many = String.join(",", Collections.nCopies(most, one));
      assertThat(verify(claim, edited(entry, one, many)).time()).isPresent();
      assertMalformed(edited(entry, one, many + "," + one), "signatures");
    }
  }

  // ---- what the log says

  @Test
  void thePromiseIsWithinTheNumbersThatEveryoneReadsAlike() throws Exception {
    LogEntry entry = V1.enter(claim(MESSAGE));
    long lastSecond = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    for (long time : new long[] {1, lastSecond}) {
      assertThat(promised(entry, entry.logIndex(), time)).isEqualTo(Instant.ofEpochSecond(time));
    }
    for (long index : new long[] {0, 1L << 53}) {
      assertThat(promised(entry, index, 1)).isEqualTo(Instant.ofEpochSecond(1));
    }
    for (long time : new long[] {0, -1, lastSecond + 1, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> promised(entry, entry.logIndex(), time))
          .isInstanceOf(NotProvenException.class)
          .hasMessageContaining("out of range");
    }
    for (long index : new long[] {-1, (1L << 53) + 1}) {
      assertThatThrownBy(() -> promised(entry, index, 1))
          .isInstanceOf(NotProvenException.class)
          .hasMessageContaining("out of range");
    }
  }

  /** What a promise that the log really made is worth. */
  private static Instant promised(LogEntry entry, long index, long time) throws NotProvenException {
    LogEntry changed =
        new LogEntry(
            index,
            entry.logId(),
            entry.kind(),
            entry.version(),
            time,
            Optional.empty(),
            entry.inclusionProof(),
            entry.canonicalizedBody());
    Bytes promise = V1.promised(changed).inclusionPromise().orElseThrow();
    return EntryPromise.verify(changed, promise, V1.trusted());
  }

  /** As Go fills a map: of two logs with one identifier, the later counts. */
  @Test
  void ofTwoLogsWithOneIdentifierTheLaterCounts() throws Exception {
    LoggedSignature claim = claim(MESSAGE);
    LogEntry entry = V1.enter(claim);
    TransparencyLog own = V1.trusted();
    TransparencyLog stranger =
        new TransparencyLog(own.name(), own.id(), ALICE, own.start(), own.end());

    assertThat(LogCheck.verify(List.of(entry), List.of(stranger, own), claim)).hasSize(1);
    assertThatThrownBy(() -> LogCheck.verify(List.of(entry), List.of(own, stranger), claim))
        .isInstanceOf(NotProvenException.class);
  }

  @Test
  void aLogOnABiggerCurveMaySignWithTheSmallerHash() throws Exception {
    try (PrivateKey key = PrivateKey.generate(KeyType.EC_P384, new SecureRandom())) {
      for (SignatureAlgorithm algorithm :
          List.of(SignatureAlgorithm.ECDSA_P384_SHA256, SignatureAlgorithm.ECDSA_P384_SHA384)) {
        Signer signer = key.toSigner(algorithm);
        TransparencyLog log =
            new TransparencyLog(
                "", Bytes.EMPTY, signer.publicKey(), Instant.EPOCH, Optional.empty());
        assertThat(log.signed(CONTENT, signer.sign(CONTENT))).isTrue();
        assertThat(log.signed(CONTENT, signer.sign(SIGNATURE))).isFalse();
      }
    }
  }
}
