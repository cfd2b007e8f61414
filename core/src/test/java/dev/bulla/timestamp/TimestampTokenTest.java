package dev.bulla.timestamp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateAuthority;
import dev.bulla.certificate.Mint;
import dev.bulla.certificate.Mint.Made;
import dev.bulla.certificate.ValidityPeriod;
import dev.bulla.der.DerWriter;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import dev.bulla.timestamp.TimestampRefusal.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TimestampTokenTest {

  private static final Bytes STAMPED = Bytes.utf8("signature");
  private static final Instant AT = Mint.FROM.plusSeconds(60);
  private static final String KEY_ID = "2.5.29.14";

  private final Made root = Mint.root("tsa root").make();
  private final Made issuing =
      root.authority("tsa issuing").extendedUsage(false, Mint.TIME_STAMPING).make();
  private final Made signer = stamping(issuing).make();
  private final TimestampAuthority authority = authority(ValidityPeriod.ALWAYS);

  private static Mint stamping(Made issuer) {
    return issuer
        .leaf()
        .without("2.5.29.17")
        .extendedUsage(true, Mint.TIME_STAMPING)
        .extension(KEY_ID, false, DerWriter.octets(new byte[] {1, 2, 3}));
  }

  private TimestampAuthority authority(ValidityPeriod validFor) {
    return TimestampAuthority.of(
        "https://tsa.example",
        List.of(signer.certificate(), issuing.certificate(), root.certificate()),
        validFor);
  }

  /** As a trusted root lists it that leaves the signer's certificate out. */
  private TimestampAuthority withoutLeaf() {
    return TimestampAuthority.of(
        "https://tsa.example",
        List.of(issuing.certificate(), root.certificate()),
        ValidityPeriod.ALWAYS);
  }

  @Test
  void aTokenProvesItsTime() throws Exception {
    assertThat(check(token(), authority))
        .isInstanceOfSatisfying(
            ProvenTime.class,
            proven -> {
              assertThat(proven.time()).isEqualTo(AT);
              assertThat(proven.authority()).isEqualTo(authority);
            });
  }

  @Test
  void certificatesMayComeAlong() throws Exception {
    TokenMint whole = token().with(signer.certificate(), issuing.certificate(), root.certificate());
    assertProven(check(whole, authority));
    assertProven(check(whole, withoutLeaf()));
    assertProven(
        check(
            whole,
            TimestampAuthority.of(
                "https://tsa.example", List.of(root.certificate()), ValidityPeriod.ALWAYS)));
  }

  @Test
  void theSignerMayBeNamedByItsKey() throws Exception {
    assertProven(check(token().byKeyId(), authority));
    assertProven(check(token().byKeyId().with(signer.certificate()), withoutLeaf()));
  }

  @Test
  void withoutTheSignersCertificateNobodyIsTrusted() throws Exception {
    assertRefused(check(token(), withoutLeaf()), Reason.UNTRUSTED_AUTHORITY);
    assertRefused(check(token()), Reason.UNTRUSTED_AUTHORITY);
  }

  @Test
  void anotherAuthoritysTokenIsNotTrusted() throws Exception {
    Made otherRoot = Mint.root("tsa root").make();
    Made other = stamping(otherRoot).make();
    TokenMint token = TokenMint.by(other, STAMPED);
    assertRefused(check(token, authority), Reason.UNTRUSTED_AUTHORITY);
    assertRefused(
        check(token.with(other.certificate(), otherRoot.certificate()), authority, withoutLeaf()),
        Reason.UNTRUSTED_AUTHORITY);
  }

  /** CVE-2026-39984: the certificate that is checked has to be the one that signed. */
  @Test
  void aGenuineCertificateBesideAForeignSignatureProvesNothing() throws Exception {
    Made attacker = stamping(Mint.root("attacker").make()).make();
    TokenMint disguised = TokenMint.by(attacker, STAMPED).named(signer.certificate());
    byte[] genuine =
        DerWriter.sequence(
            DerWriter.octets(Digest.sha256(signer.certificate().der()).bytes().toByteArray()));
    for (Certificate[] along :
        new Certificate[][] {
          {},
          {signer.certificate()},
          {attacker.certificate(), signer.certificate()},
          {signer.certificate(), attacker.certificate()}
        }) {
      assertRefused(check(disguised.with(along), authority), Reason.SIGNATURE_MISMATCH);
      assertRefused(
          check(
              TokenMint.by(attacker, STAMPED)
                  .named(signer.certificate())
                  .ess("1.2.840.113549.1.9.16.2.47", genuine)
                  .with(along),
              authority,
              withoutLeaf()),
          Reason.SIGNATURE_MISMATCH);
    }
  }

  @Test
  void twoCertificatesOfOneNameAreNobodys() throws Exception {
    // the serial number is the same for all that are minted
    Made twin = stamping(issuing).make();
    TokenMint token = token().with(twin.certificate(), signer.certificate());
    assertRefused(check(token, withoutLeaf()), Reason.UNTRUSTED_AUTHORITY);
    assertRefused(check(token, authority), Reason.UNTRUSTED_AUTHORITY);
    assertRefused(check(token().with(twin.certificate()), authority), Reason.UNTRUSTED_AUTHORITY);
  }

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void theImprintIsByOneOfThreeHashes(HashAlgorithm hash) throws Exception {
    int number = hash.ordinal() + 1;
    byte[] digest = Digest.of(hash, STAMPED).bytes().toByteArray();
    assertProven(
        check(
            token().imprint(TokenMint.algorithm("2.16.840.1.101.3.4.2." + number), digest),
            authority));
  }

  @Test
  void anImprintWithSha1OrOfOtherBytesProvesNothing() throws Exception {
    assertRefused(
        check(token().imprint(TokenMint.algorithm(TokenMint.SHA1), new byte[20]), authority),
        Reason.UNSUPPORTED_ALGORITHM);
    assertRefused(
        TimestampToken.parse(token().answer()).verify(Bytes.utf8("other"), List.of(authority)),
        Reason.WRONG_IMPRINT);
    byte[] digest = Digest.sha256(STAMPED).bytes().toByteArray();
    assertRefused(
        check(token().imprint(TokenMint.SHA256, java.util.Arrays.copyOf(digest, 31)), authority),
        Reason.WRONG_IMPRINT);
  }

  @Test
  void bothEndsOfTheAuthoritysTimeBelongToIt() throws Exception {
    assertProven(check(token(), authority(new ValidityPeriod(Optional.of(AT), Optional.of(AT)))));
    assertRefused(
        check(
            token(), authority(new ValidityPeriod(Optional.of(AT.plusNanos(1)), Optional.empty()))),
        Reason.OUTSIDE_VALIDITY);
    assertRefused(
        check(
            token(),
            authority(new ValidityPeriod(Optional.empty(), Optional.of(AT.minusNanos(1))))),
        Reason.OUTSIDE_VALIDITY);
  }

  @Test
  void theCertificatesHaveToBeValidThen() throws Exception {
    assertProven(check(token().at(Mint.FROM), authority));
    assertProven(check(token().at(Mint.TO), authority));
    assertRefused(check(token().at(Mint.FROM.minusSeconds(1)), authority), Reason.OUTSIDE_VALIDITY);
    assertRefused(check(token().at(Mint.TO.plusSeconds(1)), authority), Reason.OUTSIDE_VALIDITY);
  }

  @Test
  void theSignersCertificateIsForTimestampsAlone() throws Exception {
    for (Mint unfit :
        List.of(
            stamping(issuing).extendedUsage(false, Mint.TIME_STAMPING),
            stamping(issuing).extendedUsage(true, Mint.TIME_STAMPING, Mint.CODE_SIGNING),
            stamping(issuing).without("2.5.29.37"),
            stamping(issuing).constraints(DerWriter.element(1, new byte[] {-1})))) {
      Made made = unfit.make();
      TimestampAuthority known =
          new TimestampAuthority(
              "https://tsa.example",
              Optional.of(made.certificate()),
              new CertificateAuthority(
                  List.of(issuing.certificate(), root.certificate()), ValidityPeriod.ALWAYS));
      assertRefused(check(TokenMint.by(made, STAMPED), known), Reason.WRONG_USAGE);
    }
  }

  @Test
  void onlyWhatIsSignedCounts() throws Exception {
    assertRefused(check(token().damagedDigest(), authority), Reason.SIGNATURE_MISMATCH);
    assertRefused(
        check(token().contentType("1.2.840.113549.1.7.1"), authority), Reason.SIGNATURE_MISMATCH);
    byte[] other = DerWriter.sequence(DerWriter.octets(new byte[32]));
    assertRefused(
        check(token().ess("1.2.840.113549.1.9.16.2.47", other), authority),
        Reason.SIGNATURE_MISMATCH);
    assertRefused(check(token().ess("1.2.3.4", other), authority), Reason.SIGNATURE_MISMATCH);
  }

  @Test
  void weakAlgorithmsDoNotCount() throws Exception {
    byte[] id = DerWriter.sequence(DerWriter.octets(new byte[20]));
    assertRefused(
        check(token().ess("1.2.840.113549.1.9.16.2.12", id), authority),
        Reason.UNSUPPORTED_ALGORITHM);
    assertRefused(
        check(token().digestAlgorithm(TokenMint.algorithm(TokenMint.SHA1)), authority),
        Reason.UNSUPPORTED_ALGORITHM);
    assertRefused(
        check(token().signatureAlgorithm(TokenMint.algorithm("1.2.840.10045.4.1")), authority),
        Reason.UNSUPPORTED_ALGORITHM);
  }

  @Test
  void theFirstAuthorityThatMadeItCounts() throws Exception {
    TimestampAuthority over =
        authority(new ValidityPeriod(Optional.empty(), Optional.of(Mint.FROM)));
    assertThat(check(token(), over, authority))
        .isInstanceOfSatisfying(
            ProvenTime.class, proven -> assertThat(proven.authority()).isEqualTo(authority));
  }

  @Test
  void readsPastWhatNobodyAsksFor() throws Exception {
    byte[] accuracy = DerWriter.sequence(DerWriter.integer(1));
    byte[] ordering = DerWriter.element(1, new byte[] {-1});
    byte[] nonce = DerWriter.element(2, new byte[] {-1});
    byte[] tsa = DerWriter.element(0xa0, DerWriter.nothing());
    byte[] extension = DerWriter.sequence(DerWriter.oid("1.2.3"), DerWriter.octets(new byte[0]));
    assertProven(
        check(
            token()
                .infoTail(
                    Bytes.concat(
                            Bytes.of(accuracy),
                            Bytes.of(ordering),
                            Bytes.of(nonce),
                            Bytes.of(tsa),
                            Bytes.of(DerWriter.element(0xa1, extension)))
                        .toByteArray()),
            authority));
    byte[] critical =
        DerWriter.sequence(DerWriter.oid("1.2.3"), ordering, DerWriter.octets(new byte[0]));
    assertMalformed(token().infoTail(DerWriter.element(0xa1, critical)).answer());
  }

  @Test
  void refusesAnswersThatAreNoTimestamps() {
    assertMalformed(token().status(2).answer());
    assertMalformed(token().twoSigners().answer());
    assertMalformed(token().twoDigests().answer());
    assertMalformed(Bytes.owning(new byte[Limits.MAX_TIMESTAMP + 1]));
    assertMalformed(Bytes.EMPTY);
    assertMalformed(Bytes.owning(DerWriter.sequence(DerWriter.sequence(DerWriter.integer(0)))));
    Certificate[] many = new Certificate[Limits.MAX_BUNDLE_PROOFS + 1];
    java.util.Arrays.fill(many, signer.certificate());
    assertMalformed(token().with(many).answer());
  }

  @Test
  void changesThatWereGrantedCount() throws Exception {
    assertProven(check(token().status(1), authority));
  }

  /** Damage outside the certificates that come along is refused or seen. */
  @Test
  void damageProvesNothing() throws Exception {
    byte[] sound = token().answer().toByteArray();
    Random random = new Random(20241102);
    int read = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = sound.clone();
      int at = random.nextInt(damaged.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Optional<TimestampCheck> check = checkIfReadable(Bytes.of(damaged));
      read += check.isPresent() ? 1 : 0;
      if (check.orElse(null) instanceof ProvenTime proven) {
        // a version number or a list of hashes, which say nothing
        assertThat(proven.time()).isEqualTo(AT);
      }
    }
    assertThat(read).isPositive();
    for (int length = 0; length < sound.length; length++) {
      assertMalformed(Bytes.of(sound, 0, length));
    }
  }

  private Optional<TimestampCheck> checkIfReadable(Bytes answer) {
    try {
      return Optional.of(TimestampToken.parse(answer).verify(STAMPED, List.of(authority)));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private TokenMint token() {
    return TokenMint.by(signer, STAMPED);
  }

  private static TimestampCheck check(TokenMint token, TimestampAuthority... authorities)
      throws MalformedInputException {
    return TimestampToken.parse(token.answer()).verify(STAMPED, List.of(authorities));
  }

  private static void assertProven(TimestampCheck check) {
    assertThat(check).isInstanceOf(ProvenTime.class);
  }

  private static void assertRefused(TimestampCheck check, Reason reason) {
    assertThat(check)
        .isInstanceOfSatisfying(
            TimestampRefusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  private static void assertMalformed(Bytes answer) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> TimestampToken.parse(answer));
  }
}
