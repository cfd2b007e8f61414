package dev.bulla.testkit.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateAuthority;
import dev.bulla.certificate.CertificateChain;
import dev.bulla.certificate.CertificateIdentity;
import dev.bulla.certificate.CertificateLog;
import dev.bulla.certificate.CertificatePath;
import dev.bulla.certificate.CertificateUsage;
import dev.bulla.certificate.ChainCheck;
import dev.bulla.certificate.ChainRefusal;
import dev.bulla.certificate.SctCheck;
import dev.bulla.certificate.SctRefusal;
import dev.bulla.certificate.ValidityPeriod;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import dev.bulla.timestamp.ProvenTime;
import dev.bulla.timestamp.TimestampAuthority;
import dev.bulla.timestamp.TimestampRefusal;
import dev.bulla.timestamp.TimestampToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is minted here, read by the code that decides: two sources of one format agree. */
class JudgedByCoreTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Bytes SIGNATURE = Bytes.utf8("signature");
  private static final String ISSUER = "https://issuer.example";

  private final VirtualSigstore sigstore = VirtualSigstore.at(NOW);
  private final VirtualKey key = VirtualKey.create(KeyType.EC_P256);

  private ChainCheck check(Certificate leaf) throws MalformedInputException {
    return CertificateChain.verify(
        leaf,
        List.of(),
        List.of(
            new CertificateAuthority(
                certificates(sigstore.fulcio().chain()), ValidityPeriod.ALWAYS)),
        NOW,
        CertificateUsage.CODE_SIGNING);
  }

  private Certificate leaf(UnaryOperator<LeafBuilder> change) throws MalformedInputException {
    LeafBuilder builder =
        sigstore
            .fulcio()
            .leaf(key.spki(), NOW)
            .identity(VirtualIdentity.email("a@example.com", ISSUER))
            .logged(sigstore.ctLog());
    return Certificate.parse(change.apply(builder).issue().der());
  }

  private SctCheck promises(Certificate leaf) throws MalformedInputException {
    return SctCheck.embedded(
        (CertificatePath) check(leaf),
        List.of(
            CertificateLog.of(
                VerificationKey.ofSpki(sigstore.ctLog().key().spki()), ValidityPeriod.ALWAYS)));
  }

  @Test
  void aLeafHoldsAndItsLogPromisedToListIt() throws Exception {
    Certificate leaf = leaf(builder -> builder);
    assertThat(check(leaf)).isInstanceOf(CertificatePath.class);
    assertThat(promises(leaf).distinctLogs()).isEqualTo(1);
    CertificateIdentity identity = CertificateIdentity.of(leaf);
    assertThat(identity.issuer()).contains(ISSUER);
    assertThat(identity.name().orElseThrow().value()).isEqualTo("a@example.com");
  }

  @Test
  void aPromiseWithExtensionsCounts() throws Exception {
    Bytes index =
        Bytes.of((byte) 0, (byte) 0, (byte) 5, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 7);
    assertThat(promises(leaf(builder -> builder.sctExtensions(index))).distinctLogs()).isEqualTo(1);
  }

  @Test
  void eachDefectIsRefusedForItsReason() throws Exception {
    assertRefused(leaf(LeafBuilder::asAuthority), ChainRefusal.Reason.AUTHORITY_AS_LEAF);
    assertRefused(
        leaf(LeafBuilder::unknownCriticalExtension),
        ChainRefusal.Reason.UNKNOWN_CRITICAL_EXTENSION);
    assertRefused(
        leaf(builder -> builder.purposes("1.3.6.1.5.5.7.3.1")), ChainRefusal.Reason.WRONG_USAGE);
    assertRefused(
        leaf(builder -> builder.validity(NOW.plusSeconds(1), NOW.plusSeconds(2))),
        ChainRefusal.Reason.NOT_YET_VALID);
    assertRefused(
        leaf(builder -> builder.validity(NOW.minusSeconds(2), NOW.minusSeconds(1))),
        ChainRefusal.Reason.EXPIRED);
    assertRefused(
        leaf(builder -> builder.signedBy(VirtualKey.create(KeyType.EC_P256))),
        ChainRefusal.Reason.SIGNATURE_MISMATCH);
    assertThat(promises(leaf(LeafBuilder::notLogged)).refusals())
        .extracting(SctRefusal::reason)
        .containsExactly(SctRefusal.Reason.NO_TIMESTAMP);
    assertThat(promises(leaf(LeafBuilder::brokenSct)).distinctLogs()).isZero();
  }

  private void assertRefused(Certificate leaf, ChainRefusal.Reason reason)
      throws MalformedInputException {
    assertThat(check(leaf))
        .isInstanceOfSatisfying(
            ChainRefusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTimestampProvesItsTime(boolean along) throws Exception {
    VirtualTsa.Query query = VirtualTsa.Query.of(SIGNATURE);
    TimestampToken token =
        TimestampToken.parse(sigstore.tsa().stamp(along ? query.withCertificates() : query, NOW));
    assertThat(token.verify(SIGNATURE, List.of(authority(sigstore.tsa()))))
        .isInstanceOfSatisfying(
            ProvenTime.class, proven -> assertThat(proven.time()).isEqualTo(NOW));
    VirtualTsa other = VirtualSigstore.at(NOW).tsa();
    assertThat(token.verify(SIGNATURE, List.of(authority(other))))
        .isInstanceOf(TimestampRefusal.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"EC_P256", "EC_P384", "EC_P521", "RSA_2048"})
  void everyKindOfKeyStamps(KeyType type) throws Exception {
    VirtualTsa tsa = VirtualTsa.create("tsa", type, NOW.minusSeconds(60), NOW.plusSeconds(600));
    TimestampToken token = TimestampToken.parse(tsa.stamp(SIGNATURE, NOW));
    assertThat(token.verify(SIGNATURE, List.of(authority(tsa)))).isInstanceOf(ProvenTime.class);
  }

  private static TimestampAuthority authority(VirtualTsa tsa) throws MalformedInputException {
    List<Certificate> chain = new ArrayList<>();
    chain.add(Certificate.parse(tsa.certificate().der()));
    chain.addAll(certificates(tsa.authority().chain()));
    return TimestampAuthority.of("https://tsa.example", chain, ValidityPeriod.ALWAYS);
  }

  private static List<Certificate> certificates(List<Bytes> chain) throws MalformedInputException {
    List<Certificate> all = new ArrayList<>();
    for (Bytes der : chain) {
      all.add(Certificate.parse(der));
    }
    return all;
  }
}
