package dev.bulla.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Mint.Made;
import dev.bulla.certificate.SctRefusal.Reason;
import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.Limits;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Each comparison that reading and judging the promises of logs consists of, by an input that only
 * it decides; see docs/mutation.md.
 */
final class SctComparisonsTest {

  private static final Instant AT = Mint.FROM.plusSeconds(5);
  private static final byte[] NONE = {};
  private static final String ECDSA = "SHA256withECDSA";
  // the first byte of the time, after the version and the id
  private static final int TIME = 33;
  // of a promise without extensions: the number of the kind of signature
  private static final int SCHEME = 44;

  private final Made root = Mint.root("root").make();
  private final KeyPair leafKeys = Mint.newKeys("secp256r1");
  private final KeyPair first = Mint.newKeys("secp256r1");
  private final KeyPair second = Mint.newKeys("secp256r1");

  // ---- which count

  @Test
  void thoseInsideCountBeforeThoseBeside() throws Exception {
    Made with = made(promise(first));
    Made without = leaf().make();
    List<SignedCertificateTimestamp> beside = List.of(parse(Promise.detached(with, second, AT)));
    List<SignedCertificateTimestamp> besideOther =
        List.of(parse(Promise.detached(without, second, AT)));
    List<CertificateLog> logs = List.of(log(first), log(second));

    assertThat(SctCheck.of(path(with), List.of(), logs).logs()).containsExactly(log(first).id());
    assertThat(SctCheck.of(path(with), beside, logs).logs()).containsExactly(log(first).id());
    assertThat(SctCheck.of(path(without), besideOther, logs).logs())
        .containsExactly(log(second).id());
    assertRefused(
        SctCheck.of(path(without), List.of(), logs),
        Reason.NO_TIMESTAMP,
        "the certificate carries none");
  }

  @Test
  void aCertificateCarriesThemOrDoesNot() throws Exception {
    assertThat(SctCheck.areEmbedded(made(promise(first)).certificate())).isTrue();
    assertThat(SctCheck.areEmbedded(leaf().make().certificate())).isFalse();
  }

  @Test
  void aLogMayBeTrustedForSeveralPeriods() throws Exception {
    CertificatePath path = path(made(promise(first)));
    CertificateLog before = log(first, null, AT.minusMillis(1));
    CertificateLog after = log(first, AT.plusMillis(1), null);
    CertificateLog during = log(first, AT, AT);

    for (List<CertificateLog> logs :
        List.of(List.of(before, during, after), List.of(during, before), List.of(after, during))) {
      SctCheck check = SctCheck.embedded(path, logs);
      assertThat(check.logs()).containsExactly(during.id());
      assertThat(check.refusals()).isEmpty();
    }
    assertRefused(
        SctCheck.embedded(path, List.of(before, after)),
        Reason.OUTSIDE_LOG_VALIDITY,
        "made at " + AT + ", outside its log's time");
  }

  /** The number has to be that of the log's key, also where the key would take the signature. */
  @Test
  void aPromiseIsOfTheKindOfItsLogsKey() throws Exception {
    KeyPair rsa = Mint.newKeys("2048");
    byte[] ofRsa = Promise.of(root, leaf(), rsa, AT, NONE, "SHA256withRSA");
    byte[] renamed = ofRsa.clone();
    renamed[SCHEME] = 3;

    assertThat(SctCheck.embedded(path(made(ofRsa)), List.of(log(rsa))).distinctLogs()).isOne();
    assertRefused(
        SctCheck.embedded(path(made(renamed)), List.of(log(rsa))),
        Reason.UNSUPPORTED_ALGORITHM,
        "hash 4 and signature 3 with a key of type " + log(rsa).key().type().description());

    KeyPair ed = Mint.newKeys("Ed25519");
    byte[] ofEd = Promise.of(root, leaf(), ed, AT, NONE, "Ed25519");
    ofEd[SCHEME - 1] = 4;
    for (byte scheme : new byte[] {1, 3, 7}) {
      ofEd[SCHEME] = scheme;
      assertThat(SctCheck.embedded(path(made(ofEd)), List.of(log(ed))).refusals())
          .extracting(SctRefusal::reason)
          .containsExactly(Reason.UNSUPPORTED_ALGORITHM);
    }
  }

  // ---- reading

  @Test
  void nothingFollowsAList() throws Exception {
    byte[] extension = Promise.list(promise(first));
    byte[] list = DerReader.of(extension, "test").bytes(DerReader.OCTET_STRING);

    assertThat(SctCheck.embedded(path(carrying(extension)), List.of(log(first))).distinctLogs())
        .isOne();
    assertMalformed(
        DerParts.joined(extension, DerWriter.nothing()), "unexpected bytes after the last element");
    assertMalformed(
        DerWriter.octets(DerParts.joined(list, new byte[1])), "unexpected bytes at its end");
  }

  @Test
  void aListHasOneToThirtyTwo() throws Exception {
    byte[][] most = new byte[Limits.MAX_BUNDLE_PROOFS][];
    Arrays.fill(most, promise(first));
    SctCheck check = SctCheck.embedded(path(made(most)), List.of());

    assertThat(check.refusals())
        .isEqualTo(
            Collections.nCopies(
                Limits.MAX_BUNDLE_PROOFS,
                new SctRefusal(Reason.UNKNOWN_LOG, "from a log that is not trusted")));
    byte[][] more = Arrays.copyOf(most, most.length + 1);
    more[most.length] = most[0];
    assertMalformed(Promise.list(more), "more than 32 in one list");
    assertMalformed(Promise.list(), "ends too early");
  }

  /** Numbers of eight bytes are signed here; none before 1970 is meant. */
  @Test
  void timeBeginsIn1970() throws Exception {
    byte[] promise = promise(first);
    Arrays.fill(promise, TIME, TIME + 8, (byte) 0);

    assertThat(parse(promise).time()).isEqualTo(Instant.EPOCH);
    promise[TIME] = 0x7f;
    assertThat(parse(promise).millis()).isEqualTo(0x7fL << 56);
    for (int tooLarge : new int[] {0x80, 0xff}) {
      promise[TIME] = (byte) tooLarge;
      assertThatThrownBy(() -> parse(promise))
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining("unusable time");
    }
  }

  @Test
  void anAnswerHasATimeAndTheIdOfALog() throws Exception {
    assertThat(json(32, "0", 0).time()).isEqualTo(Instant.EPOCH);
    assertThat(json(32, "9223372036854775807", 0).millis()).isEqualTo(Long.MAX_VALUE);
    assertNoAnswer(32, "-1", 0, "unusable time");
    assertNoAnswer(32, "null", 0, "unusable time");
    assertNoAnswer(31, "5", 0, "id: not that of a log");
    assertNoAnswer(33, "5", 0, "id: not that of a log");
    assertNoAnswer(31, "-1", 0, "unusable time");
    assertNoAnswer(31, "0", 0, "id: not that of a log");
  }

  /** They are signed behind a length of two bytes. */
  @Test
  void extensionsOfAnAnswerAreAsLongAsTheyMayBeSigned() throws Exception {
    assertThat(json(32, "5", 0xffff).extensions().size()).isEqualTo(0xffff);
    assertNoAnswer(32, "5", 0x10000, "extensions: too long");
  }

  private static SignedCertificateTimestamp json(int idBytes, String time, int extensionBytes)
      throws MalformedInputException {
    return SignedCertificateTimestamp.parseJson(
        Bytes.utf8(
            "{\"sct_version\":0,\"id\":\""
                + Base64Text.encode(Bytes.of(new byte[idBytes]))
                + "\",\"timestamp\":"
                + time
                + ",\"extensions\":\""
                + Base64Text.encode(Bytes.of(new byte[extensionBytes]))
                + "\",\"signature\":\"BAMAAQA=\"}"));
  }

  private static void assertNoAnswer(int idBytes, String time, int extensionBytes, String why) {
    assertThatThrownBy(() -> json(idBytes, time, extensionBytes))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(why);
  }

  private static SignedCertificateTimestamp parse(byte[] promise) throws MalformedInputException {
    return SignedCertificateTimestamp.parse(Bytes.of(promise));
  }

  private Mint leaf() {
    // one key for all, so that leaves made apart have the same body
    return root.leaf().keys(leafKeys);
  }

  private byte[] promise(KeyPair log) {
    return Promise.of(root, leaf(), log, AT, NONE, ECDSA);
  }

  private Made made(byte[]... promises) {
    return carrying(Promise.list(promises));
  }

  private Made carrying(byte[] extension) {
    return leaf().extension(Promise.EXTENSION, false, extension).make();
  }

  private void assertMalformed(byte[] extension, String why) {
    CertificatePath path = path(carrying(extension));
    assertThatThrownBy(() -> SctCheck.embedded(path, List.of(log(first))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(why);
  }

  private CertificatePath path(Made leaf) {
    return (CertificatePath)
        CertificateChain.verify(
            leaf.certificate(),
            List.of(),
            List.of(root.asTrusted()),
            AT,
            CertificateUsage.CODE_SIGNING);
  }

  private static CertificateLog log(KeyPair keys) throws MalformedInputException {
    return log(keys, ValidityPeriod.ALWAYS);
  }

  private static CertificateLog log(KeyPair keys, Instant from, Instant to)
      throws MalformedInputException {
    return log(keys, new ValidityPeriod(Optional.ofNullable(from), Optional.ofNullable(to)));
  }

  private static CertificateLog log(KeyPair keys, ValidityPeriod validFor)
      throws MalformedInputException {
    return CertificateLog.of(
        VerificationKey.ofSpki(Bytes.of(keys.getPublic().getEncoded())), validFor);
  }

  private static void assertRefused(SctCheck check, Reason reason, String detail) {
    assertThat(check.distinctLogs()).isZero();
    assertThat(check.refusals()).containsExactly(new SctRefusal(reason, detail));
  }
}
