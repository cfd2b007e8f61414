package dev.bulla.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.certificate.ChainRefusal.Reason;
import dev.bulla.certificate.Mint.Made;
import dev.bulla.vectors.Vectors;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateChainTest {

  private static final Instant AT = Mint.FROM.plus(Duration.ofHours(1));

  private final Made root = Mint.root("root").make();
  private final Made issuing = root.authority("issuing").make();
  private final CertificateAuthority trusted = issuing.asTrusted(root);

  @Test
  void aLeafLeadsToItsAnchorByTheAuthoritysOwnIntermediate() {
    Made leaf = issuing.leaf().make();
    ChainCheck check = check(leaf, trusted);
    assertThat(check)
        .isInstanceOfSatisfying(
            CertificatePath.class,
            path -> {
              assertThat(path.leaf()).isEqualTo(leaf.certificate());
              assertThat(path.issuer()).isEqualTo(issuing.certificate());
              assertThat(path.certificates()).hasSize(3).endsWith(root.certificate());
              assertThat(path.at()).isEqualTo(AT);
              assertThat(path.authority()).isEqualTo(trusted);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "secp256r1, SHA256withECDSA",
    "secp384r1, SHA384withECDSA",
    "secp521r1, SHA512withECDSA",
    "2048, SHA256withRSA",
    "Ed25519, Ed25519"
  })
  void everyKindOfKeyMayIssue(String kind, String algorithm) {
    Made authority = Mint.root("root", Mint.newKeys(kind)).signedBy(algorithm).make();
    Made leaf = authority.leaf().signedBy(algorithm).make();
    assertThat(check(leaf, authority.asTrusted())).isInstanceOf(CertificatePath.class);
  }

  @Test
  void bothEndsOfAValidityBelongToIt() {
    Made leaf = issuing.leaf().valid(AT, AT.plusSeconds(600)).make();
    assertThat(check(leaf, AT, trusted)).isInstanceOf(CertificatePath.class);
    assertThat(check(leaf, AT.plusSeconds(600), trusted)).isInstanceOf(CertificatePath.class);
    assertRefused(check(leaf, AT.minusMillis(1), trusted), Reason.NOT_YET_VALID);
    assertRefused(check(leaf, AT.plusSeconds(600).plusNanos(1), trusted), Reason.EXPIRED);
  }

  /** CVE-2026-24122: the chain was looked at when the leaf began, not when it signed. */
  @Test
  void anIntermediateHasToBeValidWhenTheLeafSigned() {
    Instant noon = Mint.FROM;
    Made shortLived =
        root.authority("short").valid(noon.plusSeconds(1800), noon.plusSeconds(5400)).make();
    Made leaf = shortLived.leaf().valid(noon.plusSeconds(3600), noon.plusSeconds(10800)).make();
    CertificateAuthority authority = shortLived.asTrusted(root);
    assertThat(check(leaf, noon.plusSeconds(4000), authority)).isInstanceOf(CertificatePath.class);
    assertRefused(check(leaf, noon.plusSeconds(9000), authority), Reason.EXPIRED);
  }

  @Test
  void anAnchorHasToBeValidToo() {
    Made old = Mint.root("old").valid(Mint.FROM.minusSeconds(60), AT.minusSeconds(1)).make();
    Made young = Mint.root("young").valid(AT.plusSeconds(1), Mint.TO).make();
    assertRefused(check(old.leaf().make(), old.asTrusted()), Reason.EXPIRED);
    assertRefused(check(young.leaf().make(), young.asTrusted()), Reason.NOT_YET_VALID);
  }

  @Test
  void anAuthorityCountsWhileItIsTrusted() {
    Made leaf = issuing.leaf().make();
    List<Certificate> chain = trusted.chain();
    for (ValidityPeriod inside :
        List.of(
            new ValidityPeriod(Optional.of(AT), Optional.of(AT)),
            new ValidityPeriod(Optional.of(AT), Optional.empty()),
            new ValidityPeriod(Optional.empty(), Optional.of(AT)))) {
      assertThat(check(leaf, new CertificateAuthority(chain, inside)))
          .isInstanceOf(CertificatePath.class);
    }
    for (ValidityPeriod outside :
        List.of(
            new ValidityPeriod(Optional.of(AT.plusNanos(1)), Optional.empty()),
            new ValidityPeriod(Optional.empty(), Optional.of(AT.minusNanos(1))))) {
      assertRefused(
          check(leaf, new CertificateAuthority(chain, outside)), Reason.OUTSIDE_AUTHORITY_VALIDITY);
    }
  }

  @Test
  void theFirstAuthorityThatItLeadsToCounts() {
    Made other = Mint.root("root").make();
    CertificateAuthority over =
        new CertificateAuthority(
            trusted.chain(), new ValidityPeriod(Optional.empty(), Optional.of(Mint.FROM)));
    assertThat(check(issuing.leaf().make(), other.asTrusted(), over, trusted))
        .isInstanceOfSatisfying(
            CertificatePath.class, path -> assertThat(path.authority()).isEqualTo(trusted));
  }

  @Test
  void refusesAnAuthorityAsLeaf() {
    assertRefused(check(issuing, trusted), Reason.AUTHORITY_AS_LEAF);
  }

  @Test
  void refusesALeafThatVouchesForItself() {
    Made alone = Mint.root("alone").without("2.5.29.19").usage(0x84).make();
    assertRefused(check(alone, trusted), Reason.WRONG_USAGE, Reason.SELF_SIGNED_LEAF);
    Made strange = alone("alone").make();
    assertRefused(check(strange, alone("alone").make().asTrusted()), Reason.SELF_SIGNED_LEAF);
  }

  /** For signing code, by itself. */
  private static Mint alone(String name) {
    return Mint.root(name).without("2.5.29.19").usage(0x80).extendedUsage(false, Mint.CODE_SIGNING);
  }

  @Test
  void aCertificateThatIsTrustedItselfNeedsNobodyAboveIt() {
    Made own = alone("own").make();
    assertThat(check(own, trusted, own.asTrusted()))
        .isInstanceOfSatisfying(
            CertificatePath.class,
            path -> {
              assertThat(path.certificates()).containsExactly(own.certificate());
              assertThat(path.issuer()).isEqualTo(own.certificate());
            });
    Made authority = Mint.root("both").usage(0x86).extendedUsage(false, Mint.CODE_SIGNING).make();
    assertThat(check(authority, authority.asTrusted())).isInstanceOf(CertificatePath.class);
  }

  @Test
  void aCertificateMayBeTrustedForSeveralPeriods() {
    Made own = alone("own").make();
    CertificateAuthority before =
        new CertificateAuthority(
            List.of(own.certificate()),
            new ValidityPeriod(Optional.empty(), Optional.of(AT.minusNanos(1))));
    assertThat(check(own, before, own.asTrusted())).isInstanceOf(CertificatePath.class);
  }

  @Test
  void itHasToBeForSigningCodeAndValidAllTheSame() {
    assertRefused(check(root, root.asTrusted()), Reason.WRONG_USAGE);
    Made other = Mint.root("own").without("2.5.29.19").usage(0x80).make();
    assertRefused(check(other, other.asTrusted()), Reason.WRONG_USAGE);
    Made later = alone("own").valid(AT.plusSeconds(1), AT.plusSeconds(2)).make();
    assertRefused(check(later, later.asTrusted()), Reason.NOT_YET_VALID);
    Made own = alone("own").make();
    assertRefused(
        check(
            own,
            new CertificateAuthority(
                List.of(own.certificate()),
                new ValidityPeriod(Optional.empty(), Optional.of(AT.minusNanos(1))))),
        Reason.OUTSIDE_AUTHORITY_VALIDITY);
  }

  @Test
  void refusesALeafForAnotherUsage() {
    assertRefused(
        check(issuing.leaf().extendedUsage(false, "1.3.6.1.5.5.7.3.1").make(), trusted),
        Reason.WRONG_USAGE);
    assertRefused(
        check(issuing.leaf().extendedUsage(false, "2.5.29.37.0").make(), trusted),
        Reason.WRONG_USAGE);
    assertRefused(check(issuing.leaf().without("2.5.29.37").make(), trusted), Reason.WRONG_USAGE);
    assertRefused(check(issuing.leaf().usage(0x20).make(), trusted), Reason.WRONG_USAGE);
  }

  @Test
  void timestampsNeedAUsageThatIsCriticalAndAlone() {
    assertThat(checkStamp(issuing.leaf().extendedUsage(true, Mint.TIME_STAMPING)))
        .isInstanceOf(CertificatePath.class);
    assertRefused(
        checkStamp(issuing.leaf().extendedUsage(false, Mint.TIME_STAMPING)), Reason.WRONG_USAGE);
    assertRefused(
        checkStamp(issuing.leaf().extendedUsage(true, Mint.TIME_STAMPING, Mint.CODE_SIGNING)),
        Reason.WRONG_USAGE);
    assertRefused(
        checkStamp(issuing.leaf().extendedUsage(true, Mint.CODE_SIGNING)), Reason.WRONG_USAGE);
  }

  private ChainCheck checkStamp(Mint leaf) {
    return CertificateChain.verify(
        leaf.make().certificate(), List.of(), List.of(trusted), AT, CertificateUsage.TIME_STAMPING);
  }

  @Test
  void anAuthorityForAnotherUsageIssuesNothing() {
    Made stamping = root.authority("stamping").extendedUsage(false, Mint.TIME_STAMPING).make();
    assertRefused(check(stamping.leaf().make(), stamping.asTrusted(root)), Reason.WRONG_USAGE);
    Made signing = root.authority("signing").extendedUsage(false, Mint.CODE_SIGNING).make();
    assertThat(check(signing.leaf().make(), signing.asTrusted(root)))
        .isInstanceOf(CertificatePath.class);
    Made any = root.authority("any").extendedUsage(false, "2.5.29.37.0").make();
    assertThat(check(any.leaf().make(), any.asTrusted(root))).isInstanceOf(CertificatePath.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2.3.4", "1.3.6.1.4.1.11129.2.4.3", "2.5.29.30", "2.5.29.36"})
  void refusesConditionsThatItDoesNotKnow(String oid) {
    byte[] value = {5, 0};
    assertRefused(
        check(issuing.leaf().extension(oid, true, value).make(), trusted),
        Reason.UNKNOWN_CRITICAL_EXTENSION);
    Made strange = root.authority("strange").extension(oid, true, value).make();
    assertRefused(
        check(strange.leaf().make(), strange.asTrusted(root)), Reason.UNKNOWN_CRITICAL_EXTENSION);
    assertThat(check(issuing.leaf().extension(oid, false, value).make(), trusted))
        .isInstanceOf(CertificatePath.class);
  }

  @Test
  void refusesAnIssuerThatRestrictsNamesEvenIfItMayBeIgnored() {
    Made strange =
        root.authority("strange").extension("2.5.29.30", false, new byte[] {5, 0}).make();
    assertRefused(
        check(strange.leaf().make(), strange.asTrusted(root)), Reason.UNKNOWN_CRITICAL_EXTENSION);
  }

  @Test
  void refusesALeafOfSomebodyElse() {
    Made other = Mint.root("other").make();
    assertRefused(check(other.leaf().make(), trusted), Reason.ISSUER_MISMATCH);
    Made namesake = Mint.root("issuing").make();
    assertRefused(check(namesake.leaf().make(), trusted), Reason.SIGNATURE_MISMATCH);
  }

  @Test
  void trustsNobodyWithoutAuthorities() {
    assertRefused(check(issuing.leaf().make()), Reason.NO_TRUST_ANCHOR);
  }

  @Test
  void whatComesAlongMayLeadToAnAnchorAndIsNeverOne() {
    Made leaf = issuing.leaf().make();
    assertThat(check(leaf, List.of(issuing.certificate()), root.asTrusted()))
        .isInstanceOf(CertificatePath.class);
    Made other = Mint.root("other").make();
    assertRefused(
        check(leaf, List.of(issuing.certificate(), root.certificate()), other.asTrusted()),
        Reason.NO_TRUST_ANCHOR);
  }

  @Test
  void aLeafIssuesNothing() {
    Made leaf = issuing.leaf().make();
    Made below = new Made("", leaf.keys(), leaf.certificate()).leaf().make();
    assertRefused(check(below, List.of(leaf.certificate()), trusted), Reason.NOT_AN_AUTHORITY);
    Made mute = root.authority("mute").usage(0x80).make();
    assertRefused(check(mute.leaf().make(), mute.asTrusted(root)), Reason.NOT_AN_AUTHORITY);
  }

  @Test
  void holdsToTheLengthThatAnIssuerPermits() {
    Made strict = Mint.root("strict").pathLength(0).make();
    assertThat(check(strict.leaf().make(), strict.asTrusted())).isInstanceOf(CertificatePath.class);
    Made below = strict.authority("below").make();
    assertRefused(check(below.leaf().make(), below.asTrusted(strict)), Reason.PATH_TOO_LONG);
  }

  @Test
  void followsNoEndlessChain() {
    List<Certificate> along = new ArrayList<>();
    Made last = root;
    for (int i = 0; i < 10; i++) {
      last = last.authority("level " + i).make();
      along.add(last.certificate());
    }
    assertRefused(check(last.leaf().make(), along, root.asTrusted()), Reason.PATH_TOO_LONG);
    assertThat(check(issuing.leaf().make(), along, trusted)).isInstanceOf(CertificatePath.class);
    List<Certificate> many = new ArrayList<>();
    for (int i = 0; i < 33; i++) {
      many.add(root.certificate());
    }
    assertRefused(check(issuing.leaf().make(), many, trusted), Reason.PATH_TOO_LONG);
  }

  @Test
  void goesOnAfterANamesakeThatDidNotSign() {
    Made namesake = Mint.root("issuing").make();
    assertThat(
            check(
                issuing.leaf().make(),
                List.of(namesake.certificate(), issuing.certificate()),
                root.asTrusted()))
        .isInstanceOf(CertificatePath.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA1withECDSA", "SHA1withRSA"})
  void refusesSignaturesWithSha1(String algorithm) {
    Made authority =
        Mint.root("old", Mint.newKeys(algorithm.endsWith("RSA") ? "2048" : "secp256r1")).make();
    assertRefused(
        check(authority.leaf().signedBy(algorithm).make(), authority.asTrusted()),
        Reason.UNSUPPORTED_ALGORITHM);
  }

  @Test
  void realChainsHold() throws Exception {
    List<Certificate> chain = pem("fulcio/certWithSct.pem");
    List<Certificate> fulcio = pem("fulcio/fulcio.crt.pem");
    Instant at = Instant.parse("2022-06-01T21:20:00Z");
    assertThat(
            CertificateChain.verify(
                chain.get(0),
                List.of(),
                List.of(new CertificateAuthority(fulcio, ValidityPeriod.ALWAYS)),
                at,
                CertificateUsage.CODE_SIGNING))
        .isInstanceOf(CertificatePath.class);
    assertRefused(
        CertificateChain.verify(
            pem("fulcio/cert.pem").get(0),
            List.of(),
            List.of(new CertificateAuthority(fulcio, ValidityPeriod.ALWAYS)),
            at,
            CertificateUsage.CODE_SIGNING),
        Reason.EXPIRED);
  }

  private static List<Certificate> pem(String path) throws Exception {
    return Certificate.parsePem(Vectors.bytes(path), path);
  }

  private static ChainCheck check(Made leaf, CertificateAuthority... authorities) {
    return check(leaf, AT, authorities);
  }

  private static ChainCheck check(Made leaf, Instant at, CertificateAuthority... authorities) {
    return CertificateChain.verify(
        leaf.certificate(), List.of(), List.of(authorities), at, CertificateUsage.CODE_SIGNING);
  }

  private static ChainCheck check(
      Made leaf, List<Certificate> along, CertificateAuthority... authorities) {
    return CertificateChain.verify(
        leaf.certificate(), along, List.of(authorities), AT, CertificateUsage.CODE_SIGNING);
  }

  private static void assertRefused(ChainCheck check, Reason... reasons) {
    assertThat(check)
        .isInstanceOfSatisfying(
            ChainRefusal.class, refusal -> assertThat(refusal.reason()).isIn((Object[]) reasons));
  }
}
