package dev.bulla.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.ChainRefusal.Reason;
import dev.bulla.certificate.Mint.Made;
import dev.bulla.der.DerWriter;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck.Matched;
import dev.bulla.limits.Limits;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Each comparison that judging a chain consists of, by a chain that only it decides; see
 * docs/mutation.md.
 */
final class ChainComparisonsTest {

  private static final Instant AT = Mint.FROM.plusSeconds(3600);
  private static final String CONSTRAINTS = "2.5.29.19";
  private static final String SIGNATURE = ".0.2";

  private final Made root = Mint.root("root").make();

  // ---- the leaf

  /** RFC 5280 §3.2: self-signed is who has the same name as its issuer and the same key. */
  @Test
  void aLeafMayHaveTheNameOrTheKeyOfItsIssuer() {
    Made sameName = asLeaf(root.authority("root")).make();
    Made sameKey = root.leaf().keys(root.keys()).make();

    assertThat(sameName.certificate().subject()).isEqualTo(sameName.certificate().issuer());
    assertThat(check(sameName, root.asTrusted())).isInstanceOf(CertificatePath.class);
    assertThat(check(sameKey, root.asTrusted())).isInstanceOf(CertificatePath.class);
    assertRefused(
        check(asLeaf(root.authority("root")).keys(root.keys()).make(), root.asTrusted()),
        Reason.SELF_SIGNED_LEAF,
        "the certificate vouches for itself");
  }

  private static Mint asLeaf(Mint certificate) {
    return certificate.without(CONSTRAINTS).usage(0x80).extendedUsage(false, Mint.CODE_SIGNING);
  }

  /** Only a certificate for signing code may be trusted by itself. */
  @Test
  void aTimestampIsSignedBelowAnAnchor() {
    Made own =
        Mint.root("own")
            .without(CONSTRAINTS)
            .usage(0x80)
            .extendedUsage(true, Mint.TIME_STAMPING)
            .make();

    assertRefused(
        CertificateChain.verify(
            own.certificate(),
            List.of(),
            List.of(own.asTrusted()),
            AT,
            CertificateUsage.TIME_STAMPING),
        Reason.SELF_SIGNED_LEAF,
        "the certificate vouches for itself");
  }

  @Test
  void ofSeveralPeriodsTheFirstThatFitsCounts() {
    Made own = asLeaf(Mint.root("own")).make();
    CertificateAuthority before =
        new CertificateAuthority(
            List.of(own.certificate()),
            new ValidityPeriod(Optional.empty(), Optional.of(AT.minusNanos(1))));

    for (List<CertificateAuthority> periods :
        List.of(List.of(own.asTrusted(), before), List.of(before, own.asTrusted()))) {
      assertThat(check(own, List.of(), periods))
          .isInstanceOfSatisfying(
              CertificatePath.class,
              path -> assertThat(path.authority()).isEqualTo(own.asTrusted()));
    }
  }

  @Test
  void aRefusalNamesTheUsageThatIsMissing() {
    Made server = root.leaf().extendedUsage(true, "1.3.6.1.5.5.7.3.1").make();
    Made strict = root.authority("strict").extendedUsage(false, "1.3.6.1.5.5.7.3.1").make();
    CertificateAuthority authority = strict.asTrusted(root);

    for (CertificateUsage usage : CertificateUsage.values()) {
      String named = usage == CertificateUsage.CODE_SIGNING ? "signing code" : "timestamps";
      Made leaf = strict.leaf().extendedUsage(true, Mint.CODE_SIGNING).make();
      Made stamper = strict.leaf().extendedUsage(true, Mint.TIME_STAMPING).make();
      Made fit = usage == CertificateUsage.CODE_SIGNING ? leaf : stamper;
      assertRefused(
          CertificateChain.verify(
              server.certificate(), List.of(), List.of(root.asTrusted()), AT, usage),
          Reason.WRONG_USAGE,
          "the certificate is not for " + named);
      assertRefused(
          CertificateChain.verify(fit.certificate(), List.of(), List.of(authority), AT, usage),
          Reason.WRONG_USAGE,
          "an issuer is not for " + named);
    }
  }

  @Test
  void aPathSaysWhatItIsGoodFor() {
    for (CertificateUsage usage : CertificateUsage.values()) {
      Made leaf =
          usage == CertificateUsage.CODE_SIGNING
              ? root.leaf().make()
              : root.leaf().extendedUsage(true, Mint.TIME_STAMPING).make();
      assertThat(
              CertificateChain.verify(
                  leaf.certificate(), List.of(), List.of(root.asTrusted()), AT, usage))
          .hasToString("CertificatePath[2 certificates at " + AT + "]")
          .isInstanceOfSatisfying(
              CertificatePath.class, path -> assertThat(path.usage()).isEqualTo(usage));
    }
  }

  // ---- its issuers

  /** That the key may sign certificates makes nobody an authority. */
  @Test
  void anIssuerIsAnAuthorityByItsConstraints() {
    Made usageOnly = root.authority("usage").without(CONSTRAINTS).make();
    Made constraintsOnly = root.authority("constraints").usage(0x82).make();

    assertThat(usageOnly.certificate().maySignCertificates()).isTrue();
    assertThat(constraintsOnly.certificate().isAuthority()).isTrue();
    for (Made issuer : List.of(usageOnly, constraintsOnly)) {
      assertRefused(
          check(issuer.leaf().make(), issuer.asTrusted(root)),
          Reason.NOT_AN_AUTHORITY,
          "an issuer may not sign certificates");
    }
  }

  @Test
  void anIssuerHasAsManyAuthoritiesBelowItAsItPermits() {
    for (int permitted = 0; permitted < 3; permitted++) {
      Made anchor = Mint.root("anchor").pathLength(permitted).make();
      List<Certificate> along = new ArrayList<>();
      Made last = anchor;
      for (int i = 0; i < permitted; i++) {
        last = last.authority("level " + i).make();
        along.add(last.certificate());
      }
      assertThat(check(last.leaf().make(), along, List.of(anchor.asTrusted())))
          .isInstanceOf(CertificatePath.class);
      last = last.authority("one more").make();
      along.add(last.certificate());
      assertRefused(
          check(last.leaf().make(), along, List.of(anchor.asTrusted())),
          Reason.PATH_TOO_LONG,
          "an issuer permits fewer authorities below it");
    }
  }

  @Test
  void aChainMayBeAsLongAsItsLimit() {
    List<Certificate> along = new ArrayList<>();
    Made last = root;
    for (int i = 0; i < Limits.MAX_CHAIN - 2; i++) {
      last = last.authority("level " + i).make();
      along.add(last.certificate());
    }
    assertThat(check(last.leaf().make(), along, List.of(root.asTrusted())))
        .isInstanceOfSatisfying(
            CertificatePath.class,
            path -> assertThat(path.certificates()).hasSize(Limits.MAX_CHAIN));
    last = last.authority("one more").make();
    along.add(last.certificate());
    assertRefused(
        check(last.leaf().make(), along, List.of(root.asTrusted())),
        Reason.PATH_TOO_LONG,
        "more than 8 certificates");
  }

  @Test
  void thirtyTwoCertificatesMayComeAlong() {
    Made issuing = root.authority("issuing").make();
    List<Certificate> along =
        new ArrayList<>(Collections.nCopies(Limits.MAX_BUNDLE_PROOFS - 1, root.certificate()));
    along.add(issuing.certificate());
    Made leaf = issuing.leaf().make();

    assertThat(check(leaf, along, List.of(root.asTrusted()))).isInstanceOf(CertificatePath.class);
    along.add(issuing.certificate());
    assertRefused(
        check(leaf, along, List.of(root.asTrusted())),
        Reason.PATH_TOO_LONG,
        "more than 32 intermediate certificates");
  }

  // ---- signatures

  /** Keys take both; what signed content comes in is not what certificates come in. */
  @Test
  void numbersSideBySideAreNoSignatureOfACertificate() throws Exception {
    Made leaf = root.leaf().make();
    Bytes body = leaf.certificate().signedPart();
    byte[] sideBySide = Mint.sign("SHA256withECDSAinP1363Format", root.keys(), body.toByteArray());

    assertThat(
            root.certificate()
                .publicKey()
                .check(body, Bytes.of(sideBySide), SignatureAlgorithm.ECDSA_P256_SHA256))
        .isInstanceOf(Matched.class);
    assertMismatch(leaf, sideBySide);
  }

  @Test
  void nothingFollowsASignature() throws Exception {
    Made leaf = root.leaf().make();
    byte[] signature = leaf.certificate().signature().toByteArray();
    byte[] r = DerParts.part(signature, ".0.0");
    byte[] s = DerParts.part(signature, ".0.1");

    assertThat(check(signedWith(leaf, DerWriter.sequence(r, s)), root.asTrusted()))
        .isInstanceOf(CertificatePath.class);
    assertMismatch(leaf, DerParts.joined(signature, DerWriter.nothing()));
    assertMismatch(leaf, DerWriter.sequence(r, s, DerWriter.nothing()));
    assertMismatch(leaf, DerWriter.sequence(r));
    assertMismatch(leaf, new byte[0]);
  }

  private void assertMismatch(Made leaf, byte[] signature) throws Exception {
    assertRefused(
        check(signedWith(leaf, signature), root.asTrusted()),
        Reason.SIGNATURE_MISMATCH,
        "a certificate was not signed by the key of its issuer");
  }

  private static Made signedWith(Made leaf, byte[] signature) throws Exception {
    byte[] der = leaf.certificate().der().toByteArray();
    return new Made(
        leaf.name(),
        leaf.keys(),
        Certificate.parse(Bytes.of(DerParts.replaced(der, SIGNATURE, DerWriter.bits(signature)))));
  }

  // ---- the search

  @Test
  void theReasonOfTheAttemptThatCameFurthestIsTold() {
    Made other = Mint.root("other").make();
    Made namesake = Mint.root("root").make();
    Made namesakeOfRsa = Mint.root("root", Mint.newKeys("2048")).make();
    Made leaf = root.leaf().make();
    String mismatch = "a certificate was not signed by the key of its issuer";

    assertRefused(
        check(leaf, namesake.asTrusted(), other.asTrusted()), Reason.SIGNATURE_MISMATCH, mismatch);
    assertRefused(
        check(leaf, other.asTrusted(), namesake.asTrusted()), Reason.SIGNATURE_MISMATCH, mismatch);
    // of those alike the first
    assertRefused(
        check(leaf, namesake.asTrusted(), namesakeOfRsa.asTrusted()),
        Reason.SIGNATURE_MISMATCH,
        mismatch);
    assertRefused(
        check(leaf, namesakeOfRsa.asTrusted(), namesake.asTrusted()),
        Reason.UNSUPPORTED_ALGORITHM,
        "signed by algorithm 1.2.840.10045.4.3.2 with a key of type "
            + namesakeOfRsa.certificate().publicKey().type().description());
  }

  @Test
  void aReasonFurtherUpTheChainIsTold() {
    Made issuing = root.authority("issuing").make();
    Made leaf = issuing.leaf().make();
    Made namesake = Mint.root("root").make();
    Made stranger = Mint.root("issuing").make();

    assertRefused(
        check(
            leaf,
            List.of(stranger.certificate(), issuing.certificate(), stranger.certificate()),
            List.of(namesake.asTrusted())),
        Reason.SIGNATURE_MISMATCH,
        "a certificate was not signed by the key of its issuer");
    assertRefused(
        check(leaf, List.of(issuing.certificate()), List.of(stranger.asTrusted())),
        Reason.NO_TRUST_ANCHOR,
        "the chain leads to no trusted one");
    Made old = Mint.root("root", root.keys()).valid(Mint.FROM, AT.minusSeconds(1)).make();
    assertRefused(
        check(leaf, List.of(issuing.certificate()), List.of(namesake.asTrusted(), old.asTrusted())),
        Reason.EXPIRED,
        "an issuer was valid until " + AT.minusSeconds(1) + ", earlier than " + AT);
  }

  /** Sixty-three that did not sign leave one check, for the one that did. */
  @Test
  void sixtyFourSignaturesAreChecked() {
    List<CertificateAuthority> authorities = new ArrayList<>();
    for (int i = 0; i < 63; i++) {
      authorities.add(Mint.root("root").make().asTrusted());
    }
    Made leaf = root.leaf().make();

    authorities.add(root.asTrusted());
    assertThat(check(leaf, List.of(), authorities)).isInstanceOf(CertificatePath.class);
    authorities.add(0, Mint.root("root").make().asTrusted());
    assertRefused(
        check(leaf, List.of(), authorities),
        Reason.PATH_TOO_LONG,
        "too many certificates with the same name");
  }

  /** Each has the name and the key of all others, so that every order of them is a way to go. */
  @Test
  void givesUpOnCertificatesThatAllHaveOneName() {
    KeyPair keys = Mint.newKeys("secp256r1");
    Made one = Mint.root("one", keys).make();
    List<Certificate> along = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      along.add(
          one.authority("one")
              .keys(keys)
              .valid(Mint.FROM, Mint.TO.plusSeconds(i))
              .make()
              .certificate());
    }

    assertRefused(
        check(one.leaf().make(), along, List.of(root.asTrusted())),
        Reason.PATH_TOO_LONG,
        "too many certificates with the same name");
  }

  private static ChainCheck check(Made leaf, CertificateAuthority... authorities) {
    return check(leaf, List.of(), List.of(authorities));
  }

  private static ChainCheck check(
      Made leaf, List<Certificate> along, List<CertificateAuthority> authorities) {
    return CertificateChain.verify(
        leaf.certificate(), along, authorities, AT, CertificateUsage.CODE_SIGNING);
  }

  private static void assertRefused(ChainCheck check, Reason reason, String detail) {
    assertThat(check).isEqualTo(new ChainRefusal(reason, detail));
  }
}
