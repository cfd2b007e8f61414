package dev.bulla.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.certificate.AlternativeName.Kind;
import dev.bulla.certificate.Mint.Made;
import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each comparison that reading a certificate consists of, by an input that only it decides; see
 * docs/mutation.md.
 */
final class CertificateComparisonsTest {

  private static final String USER = "1.3.6.1.4.1.57264.1.7";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String NAMES = "2.5.29.17";
  private static final String EXTENDED_USAGE = "2.5.29.37";
  private static final byte[] TRUE = DerWriter.element(DerReader.BOOLEAN, new byte[] {-1});
  private static final byte[] FALSE = DerWriter.element(DerReader.BOOLEAN, new byte[] {0});
  private static final byte[] ISSUER_ID = DerWriter.element(0x81, new byte[] {0, 1});
  private static final byte[] SUBJECT_ID = DerWriter.element(0x82, new byte[] {0, 2});

  private static final String ISSUER = ".0.0.3";
  private static final String SUBJECT = ".0.0.5";
  private static final String EXTENSIONS = ".0.0.7";
  private static final int MANY = Limits.MAX_CERTIFICATE_PARTS;

  private final Made root = Mint.root("root").make();

  /** With all that is read, and in this order: key usage, names, constraints, extended usages. */
  private final byte[] sound =
      root.authority("issuing")
          .pathLength(1)
          .extendedUsage(false, Mint.CODE_SIGNING)
          .names(true, Mint.uri("https://a.example"), Mint.user(USER, "a!b"))
          .encoded()
          .toByteArray();

  // ---- the encoding

  @Test
  void whateverEndsHasToEndThere() throws Exception {
    Map<String, byte[]> grown = DerParts.grown(sound);
    List<String> open = new ArrayList<>();
    grown.forEach((where, der) -> {
      try {
        Certificate.parse(Bytes.of(der));
        open.add(where);
      } catch (MalformedInputException e) {
        assertThat(e).hasMessageMatching("(certificate|public key).*");
      }
    });

    assertThat(Certificate.parse(Bytes.of(sound)).pathLength()).hasValue(1);
    assertThat(grown).hasSizeGreaterThan(25);
    // a name of the two is compared as it stands
    assertThat(open)
        .containsExactlyInAnyOrder(
            ISSUER, ISSUER + ".0", ISSUER + ".0.0", SUBJECT, SUBJECT + ".0", SUBJECT + ".0.0");
    assertMalformed(DerParts.joined(sound, DerWriter.nothing()), "after the last element");
  }

  @ParameterizedTest
  @ValueSource(strings = {ISSUER, SUBJECT})
  void aNameIsASequence(String where) throws Exception {
    byte[] name = DerWriter.element(DerReader.SET, Mint.name("root"));

    assertMalformed(DerParts.replaced(sound, where, name), "unexpected tag");
  }

  @Test
  void numbersOfIssuerAndSubjectAreReadPastInTheirOrder() throws Exception {
    byte[] extensions = DerParts.part(sound, EXTENSIONS);
    for (byte[] ids : List.of(ISSUER_ID, SUBJECT_ID, DerParts.joined(ISSUER_ID, SUBJECT_ID))) {
      assertThat(
              Certificate.parse(Bytes.of(DerParts.replaced(sound, EXTENSIONS, ids, extensions)))
                  .isAuthority())
          .isTrue();
    }

    assertMalformed(
        DerParts.replaced(sound, EXTENSIONS, SUBJECT_ID, ISSUER_ID, extensions), "unexpected tag");
    assertMalformed(
        DerParts.replaced(sound, EXTENSIONS, ISSUER_ID, ISSUER_ID, extensions), "unexpected tag");
  }

  @Test
  void aCertificateMayDoWithoutExtensions() throws Exception {
    Certificate bare = Certificate.parse(Bytes.of(DerParts.replaced(sound, EXTENSIONS)));

    assertThat(bare.criticalExtensions()).isEmpty();
    assertThat(bare.names()).isEmpty();
    assertThat(bare.extendedUsages()).isEmpty();
    assertThat(bare.isAuthority()).isFalse();
    assertThat(bare.pathLength()).isEmpty();
    // what restricts nothing permits it
    assertThat(bare.maySignContent()).isTrue();
    assertThat(bare.maySignCertificates()).isTrue();
  }

  @Test
  void aListOfExtensionsHasOne() throws Exception {
    byte[] none = DerWriter.element(0xa3, DerWriter.sequence());

    assertMalformed(DerParts.replaced(sound, EXTENSIONS, none), "ends too early");
  }

  @Test
  void anExtensionThatSaysItIsNotCriticalIsNot() throws Exception {
    byte[] spelledOut =
        DerWriter.sequence(DerWriter.oid("1.2.3"), FALSE, DerWriter.octets(new byte[0]));
    Certificate certificate =
        Certificate.parse(Bytes.of(DerParts.replaced(sound, EXTENSIONS + ".0.0", spelledOut)));

    assertThat(certificate.extension("1.2.3")).contains(Bytes.EMPTY);
    assertThat(certificate.criticalExtensions()).contains(NAMES).doesNotContain("1.2.3");
  }

  @Test
  void anExtensionStandsThereOnce() throws Exception {
    byte[] extension = DerWriter.sequence(DerWriter.oid("1.2.3"), DerWriter.octets(new byte[0]));

    assertMalformed(
        DerParts.replaced(sound, EXTENSIONS + ".0.0", extension, extension),
        "extension 1.2.3 stands there twice");
  }

  // ---- limits: each is the largest that is read

  @Test
  void aCertificateMayBeAsLargeAsItsLimit() throws Exception {
    int limit = Limits.MAX_CERTIFICATE;
    Made issuer = Mint.root("root", Mint.newKeys("Ed25519")).make();
    Mint leaf = issuer.leaf();
    int others = leaf.extension("1.2.3", false, new byte[60_000]).encoded().size() - 60_000;
    Bytes largest = leaf.extension("1.2.3", false, new byte[limit - others]).encoded();
    Bytes larger = leaf.extension("1.2.3", false, new byte[limit - others + 1]).encoded();

    assertThat(largest.size()).isEqualTo(limit);
    assertThat(Certificate.parse(largest).der()).isEqualTo(largest);
    assertThat(larger.size()).isEqualTo(limit + 1);
    assertMalformed(larger.toByteArray(), "larger than the limit of 65536 bytes");
  }

  @Test
  void extensionsNamesAndUsagesMayBeAsManyAsTheirLimit() throws Exception {
    Mint most = root.leaf();
    // three are there
    for (int i = 3; i < MANY; i++) {
      most.extension("1.2.3." + i, false, new byte[0]);
    }
    assertThat(most.make().certificate().extension("1.2.3.63")).isPresent();
    assertMalformed(
        most.extension("1.2.3.64", false, new byte[0]).encoded().toByteArray(),
        "more than 64 extensions");

    assertThat(root.leaf().names(true, uris(MANY)).make().certificate().names()).hasSize(MANY);
    assertMalformed(
        root.leaf().names(true, uris(MANY + 1)).encoded().toByteArray(), "more than 64 of them");

    assertThat(
            root.leaf()
                .extendedUsage(false, usages(MANY))
                .make()
                .certificate()
                .extendedUsages()
                .orElseThrow())
        .hasSize(MANY);
    assertMalformed(
        root.leaf().extendedUsage(false, usages(MANY + 1)).encoded().toByteArray(),
        "after the last element");
  }

  private static byte[][] uris(int count) {
    return IntStream.range(0, count).mapToObj(i -> Mint.uri("a:" + i)).toArray(byte[][]::new);
  }

  private static String[] usages(int count) {
    return IntStream.range(0, count).mapToObj(i -> "1.2.3." + i).toArray(String[]::new);
  }

  // ---- what the extensions say

  @Test
  void constraintsThatSayItIsNoAuthoritysAreBelieved() {
    Certificate spelledOut = root.authority("no").constraints(FALSE).make().certificate();
    Certificate silent = root.authority("no").constraints().make().certificate();
    Certificate authority = root.authority("yes").constraints(TRUE).make().certificate();

    assertThat(spelledOut.isAuthority()).isFalse();
    assertThat(silent.isAuthority()).isFalse();
    assertThat(authority.isAuthority()).isTrue();
    assertThat(authority.pathLength()).isEmpty();
  }

  /** The first byte of a bit string counts the bits that its last byte has not. */
  @ParameterizedTest
  @CsvSource({
    "0780, true, false",
    "0640, true, false",
    "0520, false, false",
    "0204, false, true",
    "0081, true, false",
    "00ff, true, true",
    "078080, true, false",
    "070080, false, false",
    "070480, false, true"
  })
  void aKeyMayDoWhatItsUsageSays(String bits, boolean content, boolean certificates)
      throws Exception {
    Certificate certificate = Certificate.parse(usage(bits));

    assertThat(certificate.maySignContent()).isEqualTo(content);
    assertThat(certificate.maySignCertificates()).isEqualTo(certificates);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "''",
        "00",
        "07",
        "08",
        "0800",
        "0900",
        "ff00",
        "8000",
        "07c0",
        "0181",
        "0780c0",
        "00808080",
        "0780808000"
      })
  void aUsageThatIsNoBitStringOfItsLengthIsRefused(String bits) throws Exception {
    assertMalformed(usage(bits.replace("'", "")).toByteArray(), "unusable key usage");
  }

  private Bytes usage(String bits) throws MalformedInputException {
    byte[] content = HexText.decode(bits, "test").toByteArray();
    return root.leaf()
        .extension(KEY_USAGE, true, DerWriter.element(DerReader.BIT_STRING, content))
        .encoded();
  }

  @Test
  void usagesAreAtLeastOne() {
    assertMalformed(
        root.leaf().extension(EXTENDED_USAGE, false, DerWriter.sequence()).encoded().toByteArray(),
        "ends too early");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", " ", "a\u007f", "\u0000", "a\u001f", "\u0080", "\u00e9"})
  void aNameOfOtherThanPrintableAsciiIsRefused(String text) {
    byte[] value = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int tag : new int[] {0x81, 0x82, 0x86}) {
      assertMalformed(
          root.leaf().names(true, DerWriter.element(tag, value)).encoded().toByteArray(),
          "not printable ASCII");
    }
  }

  @Test
  void aNameMayHoldAllOfPrintableAscii() {
    assertThat(root.leaf().names(true, Mint.email("!~")).make().certificate().names())
        .containsExactly(new AlternativeName(Kind.EMAIL, "!~"));
  }

  /** RFC 5280 §4.2.1.6: at least one, and one of nine kinds. */
  @Test
  void namesAreOfTheKindsThatThereAre() {
    byte[] uri = Mint.uri("a:b");
    for (int tag : new int[] {0xa3, 0xa4, 0xa5, 0x87, 0x88}) {
      assertThat(
              root.leaf()
                  .names(true, DerWriter.element(tag, uri), uri)
                  .make()
                  .certificate()
                  .names())
          .containsExactly(new AlternativeName(Kind.URI, "a:b"));
    }
    for (int tag :
        new int[] {5, 0x0c, 0x16, 0x30, 0x80, 0x83, 0x84, 0x85, 0x89, 0xa1, 0xa6, 0xa7}) {
      assertMalformed(
          root.leaf().names(true, DerWriter.element(tag, uri), uri).encoded().toByteArray(),
          "unexpected tag");
    }
    assertMalformed(root.leaf().names(true).encoded().toByteArray(), "list of them is empty");
  }

  // ---- the certificate

  @Test
  void bothEndsOfItsValidityBelongToIt() {
    Certificate certificate = root.leaf().make().certificate();

    assertThat(certificate.isValidAt(Mint.FROM.minusNanos(1))).isFalse();
    assertThat(certificate.isValidAt(Mint.FROM)).isTrue();
    assertThat(certificate.isValidAt(Mint.TO)).isTrue();
    assertThat(certificate.isValidAt(Mint.TO.plusNanos(1))).isFalse();
  }

  @Test
  void itIsItsEncoding() throws Exception {
    Certificate one = root.certificate();
    Certificate again = Certificate.parse(one.der());
    Certificate other = root.leaf().make().certificate();

    assertThat(again).isEqualTo(one).hasSameHashCodeAs(one.der());
    assertThat(one.der().hashCode()).isNotZero();
    assertThat(other).isNotEqualTo(one);
    assertThat(one.equals(new Object())).isFalse();
    assertThat(one).hasToString("Certificate[" + Digest.sha256(one.der()) + "]");
  }

  @Test
  void aTextHoldsOneToThirtyTwoCertificatesAndNothingElse() throws Exception {
    String block = root.certificate().toPem();
    String key = root.certificate().publicKey().toPem();
    int most = Limits.MAX_BUNDLE_PROOFS;

    assertThat(pem(block.repeat(most))).hasSize(most).containsOnly(root.certificate());
    assertNoPem("", "no certificate");
    assertNoPem("no block", "no certificate");
    assertNoPem(block.repeat(most + 1), "more than 32 blocks");
    assertNoPem(key, "holds something else than certificates");
    assertNoPem(block + key, "holds something else than certificates");
    assertNoPem(
        block.replace(" CERTIFICATE-", " TRUSTED CERTIFICATE-"),
        "holds something else than certificates");
  }

  private static List<Certificate> pem(String text) throws MalformedInputException {
    return Certificate.parsePem(Bytes.utf8(text), "test");
  }

  private static void assertNoPem(String text, String why) {
    assertThatThrownBy(() -> pem(text))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("test")
        .hasMessageContaining(why);
  }

  @Test
  void anAuthorityHasOneToThirtyTwoCertificates() {
    int most = Limits.MAX_BUNDLE_PROOFS;
    CertificateAuthority longest = authority(most);

    assertThat(longest.intermediates()).hasSize(most - 1);
    assertThat(longest.anchor()).isEqualTo(root.certificate());
    for (int none : new int[] {0, most + 1}) {
      assertThatThrownBy(() -> authority(none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a chain of " + none + " certificates");
    }
  }

  private CertificateAuthority authority(int certificates) {
    return new CertificateAuthority(
        Collections.nCopies(certificates, root.certificate()), ValidityPeriod.ALWAYS);
  }

  // ---- identities

  @ParameterizedTest
  @ValueSource(ints = {0x0c, 0x12, 0x13, 0x16})
  void aTextOfFulciosIsAStringOfAnyUsualKind(int tag) throws Exception {
    assertThat(CertificateIdentity.of(issuedBy(tag)).issuer()).contains("7");
  }

  @ParameterizedTest
  @ValueSource(ints = {0x02, 0x04, 0x14, 0x17, 0x1a, 0x1e, 0x30, 0x80})
  void anythingElseIsNoText(int tag) throws Exception {
    Certificate certificate = issuedBy(tag);

    assertThatThrownBy(() -> CertificateIdentity.of(certificate))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(FulcioExtension.ISSUER.oid())
        .hasMessageContaining("no string");
  }

  private Certificate issuedBy(int tag) {
    return root.leaf()
        .extension(FulcioExtension.ISSUER.oid(), false, DerWriter.element(tag, new byte[] {'7'}))
        .make()
        .certificate();
  }

  /** What it holds comes from outside. */
  @Test
  void anIdentityShowsNothingOfItself() throws Exception {
    assertThat(CertificateIdentity.of(root.leaf().make().certificate()))
        .hasToString("CertificateIdentity[1 names]");
  }

  private static void assertMalformed(byte[] der, String why) {
    assertThatThrownBy(() -> Certificate.parse(Bytes.of(der)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(why);
  }
}
