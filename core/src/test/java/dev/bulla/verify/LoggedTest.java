package dev.bulla.verify;

import static dev.bulla.verify.Verdicts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.key.KeyType;
import dev.bulla.tlog.LoggedSignature;
import dev.bulla.tlog.TestLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Signatures by a key that have to be in a transparency log. */
final class LoggedTest {

  private static final Party ALICE = Party.withKey(KeyType.EC_P256);
  private static final Party BOB = Party.withKey(KeyType.EC_P256);
  private static final Image IMAGE = Image.of("the image");
  private static final Image OTHER = Image.of("another image");
  private static final TestLog V1 = TestLog.v1("rekor.example.com");
  private static final TestLog V2 = TestLog.v2("log.example.com", KeyType.ED25519);
  private static final Policy POLICY =
      Policy.requiringKey(ALICE.key()).withTrustedRoot(Logged.root(V1, V2));

  private static List<Candidate> signaturesOf(Party party, Image image) {
    return List.of(
        Evidence.legacy(party, image), Evidence.dsse(party, image), Evidence.message(party, image));
  }

  /** Every kind of signature in every log that can have it; the older format has no proofs. */
  static Stream<Arguments> places() {
    List<Arguments> places = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      places.add(Arguments.of(i, V1));
      if (i > 0) {
        places.add(Arguments.of(i, V2));
      }
    }
    return places.stream();
  }

  @ParameterizedTest
  @MethodSource("places")
  void aLoggedSignatureCounts(int kind, TestLog log) {
    Candidate candidate = signaturesOf(ALICE, IMAGE).get(kind);

    assertThat(Verdicts.accepted(IMAGE.with(Logged.in(log, candidate, ALICE)), POLICY).signatures())
        .hasSize(1);
    assertRefused(IMAGE.with(candidate), POLICY, Outcome.REFUSED, ReasonCode.NO_LOG_ENTRY);
  }

  @ParameterizedTest
  @MethodSource("places")
  void theEntryOfAnotherSignatureDoesNot(int kind, TestLog log) {
    Candidate own = signaturesOf(ALICE, IMAGE).get(kind);
    ReasonCode reason = kind == 1 ? ReasonCode.WRONG_ENVELOPE : ReasonCode.WRONG_LOG_ENTRY;

    // another signature of the same, of another image, and by another signer
    assertRefusedWith(
        own, log.enter(Logged.claim(signaturesOf(ALICE, IMAGE).get(kind), ALICE)), reason);
    assertRefusedWith(
        own, log.enter(Logged.claim(signaturesOf(ALICE, OTHER).get(kind), ALICE)), reason);
    assertRefusedWith(
        own, log.enter(Logged.claim(signaturesOf(BOB, IMAGE).get(kind), BOB)), reason);
    assertRefusedWith(own, log.enter(Logged.claim(own, BOB)), reason);
  }

  private static void assertRefusedWith(Candidate candidate, LogEntry entry, ReasonCode reason) {
    assertRefused(IMAGE.with(Logged.with(candidate, entry)), POLICY, Outcome.REFUSED, reason);
  }

  @Test
  void aLogThatIsNotTrustedSaysNothing() {
    TestLog foreign = TestLog.v1("rekor.example.com");
    for (Candidate candidate : signaturesOf(ALICE, IMAGE)) {
      assertRefused(
          IMAGE.with(Logged.in(foreign, candidate, ALICE)),
          POLICY,
          Outcome.REFUSED,
          ReasonCode.UNKNOWN_LOG);
    }
  }

  /** GHSA-9vcr-p3rj-q5q6: entries were counted instead of logs. */
  @Test
  void aThresholdCountsLogsAndNotEntries() {
    Policy two = POLICY.withLogThreshold(2);
    Candidate candidate = Evidence.dsse(ALICE, IMAGE);
    LogEntry[] many = new LogEntry[30];
    for (int i = 0; i < many.length; i++) {
      many[i] = V1.enter(Logged.claim(candidate, ALICE));
    }

    assertRefused(
        IMAGE.with(Logged.with(candidate, many)), two, Outcome.REFUSED, ReasonCode.NO_LOG_ENTRY);
    assertThat(
            Verdicts.accepts(
                IMAGE.with(
                    Logged.with(candidate, many[0], V2.enter(Logged.claim(candidate, ALICE)))),
                two))
        .isTrue();
  }

  @Test
  void aRootIsNeededToCheckAnEntry() {
    for (Candidate candidate : signaturesOf(ALICE, IMAGE)) {
      assertRefused(
          IMAGE.with(Logged.in(V1, candidate, ALICE)),
          Policy.requiringKey(ALICE.key()),
          Outcome.UNDECIDED,
          ReasonCode.UNDECIDED);
    }
  }

  @Test
  void anEntryOfAnOlderFormatNeedsThePromise() {
    LegacySignature candidate = Evidence.legacy(ALICE, IMAGE);

    assertRefused(
        IMAGE.with(Logged.in(V2, candidate, ALICE)),
        POLICY,
        Outcome.MALFORMED,
        ReasonCode.NO_INCLUSION_PROOF);
  }

  @Test
  void aSignatureOfBareBytesNeedsItsDigestForTheLog() {
    BundleSignature whole = Evidence.message(ALICE, IMAGE);
    BundleSignature without = Evidence.edited(whole, messageDigest(whole), "\"messageDigest\":{}");

    assertRefused(
        IMAGE.with(Logged.with(without, V1.enter(Logged.claim(whole, ALICE)))),
        POLICY,
        Outcome.REFUSED,
        ReasonCode.WRONG_LOG_ENTRY);
  }

  private static String messageDigest(BundleSignature bundle) {
    try {
      String json = bundle.raw().toUtf8String("bundle");
      int from = json.indexOf("\"messageDigest\"");
      return json.substring(from, json.indexOf('}', from) + 1);
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void ignoringTheLogLooksAtNoEntry() {
    Policy ignoring = POLICY.insecurelyIgnoringLog();
    for (Candidate candidate : signaturesOf(ALICE, IMAGE)) {
      LogEntry wrong = V1.enter(Logged.claim(candidate, BOB));
      assertThat(Verdicts.accepts(IMAGE.with(Logged.with(candidate, wrong)), ignoring)).isTrue();
    }
  }

  // ---- asking a log

  private static Policy asking(LogLookup log) {
    return POLICY.withLogLookup(log);
  }

  private static LogEntry entryOf(Candidate candidate) {
    return V1.enter(Logged.claim(candidate, ALICE));
  }

  @Test
  void aSignatureOfTheOlderFormatIsLookedUp() {
    LegacySignature own = Evidence.legacy(ALICE, IMAGE);
    List<LoggedSignature> asked = new ArrayList<>();
    Policy policy =
        asking(claim -> {
          asked.add(claim);
          return List.of(V1.enter(claim));
        });

    assertThat(Verdicts.accepts(IMAGE.with(own), policy)).isTrue();
    assertThat(asked).containsExactly(Logged.claim(own, ALICE));
  }

  @Test
  void whatALogAnswersIsJudged() {
    LegacySignature own = Evidence.legacy(ALICE, IMAGE);
    LogEntry ofOther = entryOf(Evidence.legacy(ALICE, OTHER));
    LogEntry ofSameImage = entryOf(Evidence.legacy(ALICE, IMAGE));
    LogEntry unknown = TestLog.v1("other.example.com").enter(Logged.claim(own, ALICE));
    LogEntry unreadable = V1.enter(Bytes.utf8("{}"), "hashedrekord", "0.0.1");

    assertLookedUp(own, ReasonCode.NO_LOG_ENTRY);
    assertLookedUp(own, ReasonCode.WRONG_LOG_ENTRY, ofOther);
    assertLookedUp(own, ReasonCode.WRONG_LOG_ENTRY, ofSameImage);
    assertLookedUp(own, ReasonCode.UNKNOWN_LOG, unknown);
    for (List<LogEntry> both :
        List.of(List.of(unreadable, unknown), List.of(unknown, unreadable))) {
      assertRefused(
          IMAGE.with(own), asking(claim -> both), Outcome.UNDECIDED, ReasonCode.UNDECIDED);
    }
    // of several answers that prove nothing, the first says why
    assertLookedUp(own, ReasonCode.WRONG_LOG_ENTRY, ofOther, unknown);
    assertLookedUp(own, ReasonCode.UNKNOWN_LOG, unknown, ofOther);
    // what proves nothing takes nothing away
    LogEntry good = entryOf(own);
    for (LogEntry bad : List.of(ofOther, unknown, unreadable)) {
      assertThat(Verdicts.accepts(IMAGE.with(own), asking(claim -> List.of(bad, good)))).isTrue();
      assertThat(Verdicts.accepts(IMAGE.with(own), asking(claim -> List.of(good, bad)))).isTrue();
    }
  }

  private static void assertLookedUp(Candidate own, ReasonCode reason, LogEntry... found) {
    assertRefused(IMAGE.with(own), asking(claim -> List.of(found)), Outcome.REFUSED, reason);
  }

  @Test
  void aLogThatCannotBeAskedLeavesItUndecided() {
    Policy policy =
        asking(claim -> {
          throw new ConfigurationException("it is away");
        });

    assertRefused(
        IMAGE.with(Evidence.legacy(ALICE, IMAGE)), policy, Outcome.UNDECIDED, ReasonCode.UNDECIDED);
  }

  @Test
  void anAnswerThatNoRootIsThereForLeavesItUndecided() {
    LegacySignature own = Evidence.legacy(ALICE, IMAGE);
    LogEntry entry = entryOf(own);
    Policy rootless = Policy.requiringKey(ALICE.key()).withLogLookup(claim -> List.of(entry));

    assertRefused(IMAGE.with(own), rootless, Outcome.UNDECIDED, ReasonCode.UNDECIDED);
    assertRefused(
        IMAGE.with(own),
        Policy.requiringKey(ALICE.key()).withLogLookup(claim -> List.of()),
        Outcome.REFUSED,
        ReasonCode.NO_LOG_ENTRY);
  }

  @Test
  void manySignaturesWithoutEntryDoNotKeepALogBusy() {
    AtomicInteger asked = new AtomicInteger();
    Policy policy =
        asking(claim -> {
          asked.incrementAndGet();
          return List.of();
        });
    List<Candidate> many = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      many.add(Evidence.legacy(ALICE, IMAGE));
    }

    SignedImage image = IMAGE.with(many.toArray(Candidate[]::new));
    for (int verification = 1; verification <= 2; verification++) {
      VerificationException refused =
          catchThrowableOfType(VerificationException.class, () -> Verifier.verify(image, policy));
      assertThat(refused.outcome()).isEqualTo(Outcome.UNDECIDED);
      assertThat(asked).hasValue(32 * verification);
    }
  }

  @Test
  void noLogIsAskedAboutWhatBringsItsEntryOrIsNoneOfItsBusiness() {
    Policy policy =
        asking(claim -> {
          throw new AssertionError("asked");
        });
    Candidate own = Evidence.legacy(ALICE, IMAGE);

    assertThat(Verdicts.accepts(IMAGE.with(Logged.in(V1, own, ALICE)), policy)).isTrue();
    assertThat(Verdicts.accepts(IMAGE.with(own), policy.insecurelyIgnoringLog())).isTrue();
    assertRefused(
        IMAGE.with(Evidence.dsse(ALICE, IMAGE)), policy, Outcome.REFUSED, ReasonCode.NO_LOG_ENTRY);
    assertRefused(
        IMAGE.with(Evidence.legacy(BOB, IMAGE)),
        policy,
        Outcome.REFUSED,
        ReasonCode.SIGNATURE_MISMATCH);
  }
}
