package dev.bulla.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Mint.Made;
import dev.bulla.certificate.SctRefusal.Reason;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.Limits;
import dev.bulla.vectors.Vectors;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SctCheckTest {

  private static final Instant AT = Mint.FROM.plusSeconds(5);
  private static final byte[] NONE = {};
  private static final String ECDSA = "SHA256withECDSA";

  private final Made root = Mint.root("root").make();
  private final KeyPair first = Mint.newKeys("secp256r1");
  private final KeyPair second = Mint.newKeys("secp256r1");

  @Test
  void aRealPromiseCounts() throws Exception {
    SctCheck check = real("fulcio/certWithSct.pem", "2022-06-01T21:20:00Z", ctfe());
    assertThat(check.distinctLogs()).isEqualTo(1);
    assertThat(check.logs()).containsExactly(ctfe().id());
    assertThat(check.refusals()).isEmpty();
  }

  @Test
  void aRealCertificateWithoutOneHasNone() throws Exception {
    // its authority is the root itself
    assertReason(real("fulcio/cert.pem", "2022-04-15T18:20:00Z", ctfe()), Reason.NO_TIMESTAMP);
  }

  @Test
  void aRealPromiseOfAnotherLogIsNotKnown() throws Exception {
    assertReason(
        real("fulcio/cert-githuboidc.pem", "2023-02-06T19:50:00Z", ctfe()), Reason.UNKNOWN_LOG);
  }

  private static CertificateLog ctfe() throws MalformedInputException {
    return CertificateLog.of(Vectors.publicKey("fulcio/ctfe.pub"), ValidityPeriod.ALWAYS);
  }

  private static SctCheck real(String path, String at, CertificateLog log) throws Exception {
    CertificatePath held =
        (CertificatePath)
            CertificateChain.verify(
                Certificate.parsePem(Vectors.bytes(path), path).get(0),
                List.of(),
                List.of(
                    new CertificateAuthority(
                        Certificate.parsePem(Vectors.bytes("fulcio/fulcio.crt.pem"), "chain"),
                        ValidityPeriod.ALWAYS)),
                Instant.parse(at),
                CertificateUsage.CODE_SIGNING);
    return SctCheck.embedded(held, List.of(log));
  }

  @ParameterizedTest
  @CsvSource({
    "secp256r1, SHA256withECDSA",
    "secp384r1, SHA256withECDSA",
    "2048, SHA256withRSA",
  })
  void everyKindOfLogCounts(String kind, String algorithm) throws Exception {
    KeyPair log = Mint.newKeys(kind);
    assertThat(check(made(Promise.of(root, leaf(), log, AT, NONE, algorithm)), log).distinctLogs())
        .isEqualTo(1);
  }

  @Test
  void extensionsAreSignedToo() throws Exception {
    byte[] promise =
        Promise.of(root, leaf(), first, AT, new byte[] {0, 0, 5, 1, 2, 3, 4, 5}, ECDSA);
    assertThat(check(made(promise), first).distinctLogs()).isEqualTo(1);
    byte[] other = promise.clone();
    // the last byte of the extensions, which follow 41 bytes and their length
    other[41 + 2 + 7] ^= 1;
    assertReason(check(made(other), first), Reason.SIGNATURE_MISMATCH);
  }

  @Test
  void aLogCountsOnce() throws Exception {
    byte[] one = Promise.of(root, leaf(), first, AT, NONE, ECDSA);
    byte[] again = Promise.of(root, leaf(), first, AT.plusSeconds(1), NONE, ECDSA);
    byte[] other = Promise.of(root, leaf(), second, AT, NONE, ECDSA);
    assertThat(check(made(one, again, one), first).distinctLogs()).isEqualTo(1);
    assertThat(check(made(one, again, other), first, second).distinctLogs()).isEqualTo(2);
  }

  @Test
  void oneThatCountsSufficesBesideOthers() throws Exception {
    byte[] one = Promise.of(root, leaf(), first, AT, NONE, ECDSA);
    byte[] other = Promise.of(root, leaf(), second, AT, NONE, ECDSA);
    SctCheck check = check(made(other, one), first);
    assertThat(check.distinctLogs()).isEqualTo(1);
    assertThat(check.refusals()).extracting(SctRefusal::reason).containsExactly(Reason.UNKNOWN_LOG);
  }

  @Test
  void aLogCountsWhileItIsTrusted() throws Exception {
    byte[] promise = Promise.of(root, leaf(), first, AT, NONE, ECDSA);
    CertificatePath path = path(made(promise));
    for (ValidityPeriod inside :
        List.of(new ValidityPeriod(Optional.of(AT), Optional.of(AT)), ValidityPeriod.ALWAYS)) {
      assertThat(SctCheck.embedded(path, List.of(log(first, inside))).distinctLogs()).isEqualTo(1);
    }
    for (ValidityPeriod outside :
        List.of(
            new ValidityPeriod(Optional.of(AT.plusMillis(1)), Optional.empty()),
            new ValidityPeriod(Optional.empty(), Optional.of(AT.minusMillis(1))))) {
      assertReason(
          SctCheck.embedded(path, List.of(log(first, outside))), Reason.OUTSIDE_LOG_VALIDITY);
    }
  }

  @Test
  void aPromiseForAnotherCertificateOrIssuerDoesNotCount() throws Exception {
    byte[] other =
        Promise.of(
            root, leaf().names(true, Mint.uri("https://other.example")), first, AT, NONE, ECDSA);
    assertReason(check(made(other), first), Reason.SIGNATURE_MISMATCH);
    Made elsewhere = Mint.root("root").make();
    byte[] foreign = Promise.of(elsewhere, leaf(), first, AT, NONE, ECDSA);
    assertReason(check(made(foreign), first), Reason.SIGNATURE_MISMATCH);
  }

  @Test
  void aLogSignsWithSha256AndItsOwnKindOfKey() throws Exception {
    byte[] strong = Promise.of(root, leaf(), first, AT, NONE, "SHA512withECDSA");
    assertReason(check(made(strong), first), Reason.UNSUPPORTED_ALGORITHM);
    byte[] claimed = Promise.of(root, leaf(), first, AT, NONE, ECDSA);
    claimed[41 + 2 + 1] = 1;
    assertReason(check(made(claimed), first), Reason.UNSUPPORTED_ALGORITHM);
  }

  @Test
  void promisesBesideTheCertificateAreForAllOfIt() throws Exception {
    Made leaf = leaf().make();
    CertificatePath path = path(leaf);
    List<SignedCertificateTimestamp> promises =
        List.of(SignedCertificateTimestamp.parse(Bytes.of(Promise.detached(leaf, first, AT))));
    assertThat(SctCheck.detached(path, promises, List.of(log(first))).distinctLogs()).isEqualTo(1);
    List<SignedCertificateTimestamp> foreign =
        List.of(
            SignedCertificateTimestamp.parse(Bytes.of(Promise.detached(leaf().make(), first, AT))));
    assertReason(SctCheck.detached(path, foreign, List.of(log(first))), Reason.SIGNATURE_MISMATCH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"sct_version\":1,\"id\":\"$ID\",\"timestamp\":5,\"signature\":\"BAMAAQA=\"}",
        "{\"sct_version\":0,\"id\":\"AAAA\",\"timestamp\":5,\"signature\":\"BAMAAQA=\"}",
        "{\"sct_version\":0,\"id\":\"$ID\",\"signature\":\"BAMAAQA=\"}",
        "{\"sct_version\":0,\"id\":\"$ID\",\"timestamp\":-5,\"signature\":\"BAMAAQA=\"}",
        "{\"sct_version\":0,\"id\":\"$ID\",\"timestamp\":5,\"signature\":\"BAMAAgA=\"}",
        "{\"sct_version\":0,\"id\":\"$ID\",\"timestamp\":5,\"signature\":\"BAMAAQAA\"}"
      })
  void refusesAnswersOfALogThatAreNone(String json) throws Exception {
    String id = Base64Text.encode(Bytes.of(new byte[32]));
    String good = "{\"sct_version\":0,\"id\":\"$ID\",\"timestamp\":5,\"signature\":\"BAMAAQA=\"}";

    assertThat(SignedCertificateTimestamp.parseJson(Bytes.utf8(good.replace("$ID", id))).millis())
        .isEqualTo(5);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(
            () -> SignedCertificateTimestamp.parseJson(Bytes.utf8(json.replace("$ID", id))));
  }

  @Test
  void refusesListsThatAreNone() throws Exception {
    byte[] promise = Promise.of(root, leaf(), first, AT, NONE, ECDSA);
    byte[] version2 = promise.clone();
    version2[0] = 1;
    byte[] early = promise.clone();
    early[33] = (byte) 0x80;
    byte[][] many = new byte[Limits.MAX_BUNDLE_PROOFS + 1][];
    Arrays.fill(many, promise);
    for (byte[] list :
        List.of(
            Promise.list(),
            Promise.list(version2),
            Promise.list(early),
            Promise.list(many),
            Promise.list(Arrays.copyOf(promise, promise.length - 1)),
            Promise.list(Arrays.copyOf(promise, promise.length + 1)),
            new byte[] {4, 0},
            new byte[] {4, 3, 0, 0, 0},
            promise)) {
      CertificatePath path = path(leaf().extension(Promise.EXTENSION, false, list).make());
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> SctCheck.embedded(path, List.of(log(first))));
    }
  }

  private Mint leaf() {
    // one key for all, so that leaves made apart have the same body
    return root.leaf().keys(leafKeys);
  }

  private final KeyPair leafKeys = Mint.newKeys("secp256r1");

  private Made made(byte[]... promises) {
    return leaf().extension(Promise.EXTENSION, false, Promise.list(promises)).make();
  }

  private SctCheck check(Made leaf, KeyPair... logs) throws Exception {
    return SctCheck.embedded(path(leaf), Arrays.stream(logs).map(SctCheckTest::log).toList());
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

  private static CertificateLog log(KeyPair keys) {
    return log(keys, ValidityPeriod.ALWAYS);
  }

  private static CertificateLog log(KeyPair keys, ValidityPeriod validFor) {
    try {
      return CertificateLog.of(
          VerificationKey.ofSpki(Bytes.of(keys.getPublic().getEncoded())), validFor);
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertReason(SctCheck check, Reason reason) {
    assertThat(check.distinctLogs()).isZero();
    assertThat(check.refusals()).extracting(SctRefusal::reason).containsExactly(reason);
  }
}
