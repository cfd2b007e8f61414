package dev.bulla.timestamp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.Mint;
import dev.bulla.certificate.Mint.Made;
import dev.bulla.certificate.ValidityPeriod;
import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import dev.bulla.timestamp.TimestampRefusal.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each comparison that reading and judging a timestamp consists of, by an input that only it
 * decides.
 */
final class TimestampComparisonsTest {

  private static final Bytes STAMPED = Bytes.utf8("signature");
  private static final String KEY_ID = "2.5.29.14";
  private static final String ESS_V2 = "1.2.840.113549.1.9.16.2.47";
  private static final byte[] SHA512 = TokenMint.algorithm("2.16.840.1.101.3.4.2.3");
  private static final byte[] NULL = DerWriter.nothing();
  private static final byte[] FALSE = DerWriter.element(DerReader.BOOLEAN, new byte[] {0});

  private static final String SIGNED_DATA = ".0.1.1.0";
  private static final String CONTENT = SIGNED_DATA + ".2.1.0";
  private static final String SIGNER = SIGNED_DATA + ".3.0";

  private final Made root = Mint.root("tsa root").make();
  private final Made signer = stamping(new byte[] {4, 3, 1, 2, 3}).make();
  private final TimestampAuthority authority = authority(signer.certificate(), root.certificate());
  private final TimestampAuthority withoutLeaf = authority(root.certificate());

  private final byte[] sound = token().answer().toByteArray();

  private Mint stamping(byte[] keyId) {
    return root.leaf()
        .without("2.5.29.17")
        .extendedUsage(true, Mint.TIME_STAMPING)
        .extension(KEY_ID, false, keyId);
  }

  private static TimestampAuthority authority(Certificate... chain) {
    return TimestampAuthority.of("https://tsa.example", List.of(chain), ValidityPeriod.ALWAYS);
  }

  private TokenMint token() {
    return TokenMint.by(signer, STAMPED);
  }

  private static TimestampCheck check(Bytes answer, TimestampAuthority... authorities)
      throws MalformedInputException {
    return TimestampToken.parse(answer).verify(STAMPED, List.of(authorities));
  }

  private static void assertProven(TokenMint token, TimestampAuthority authority) throws Exception {
    assertThat(check(token.answer(), authority)).isInstanceOf(ProvenTime.class);
  }

  private static void assertRefused(TokenMint token, TimestampAuthority authority, Reason reason)
      throws Exception {
    assertThat(check(token.answer(), authority))
        .isInstanceOfSatisfying(
            TimestampRefusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  private static void assertMalformed(byte[] answer, String why) {
    assertThatThrownBy(() -> TimestampToken.parse(Bytes.of(answer)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aTokenAnswersItsOwnQuestionOnly() throws Exception {
    Bytes nonce = Bytes.of(new byte[] {7});
    TimestampToken asked = TimestampToken.parse(token().infoTail(DerWriter.integer(7)).answer());
    TimestampToken unasked = TimestampToken.parse(token().answer());
    Digest digest = Digest.sha256(STAMPED);

    assertThat(asked.answers(digest, nonce)).isTrue();
    assertThat(asked.answers(Digest.sha256(nonce), nonce)).isFalse();
    assertThat(asked.answers(Digest.of(HashAlgorithm.SHA512, STAMPED), nonce)).isFalse();
    assertThat(asked.answers(digest, Bytes.of(new byte[] {8}))).isFalse();
    assertThat(unasked.answers(digest, nonce)).isFalse();
    // the same bytes under the name of another hash
    TimestampToken renamed =
        TimestampToken.parse(
            token()
                .imprint(SHA512, digest.bytes().toByteArray())
                .infoTail(DerWriter.integer(7))
                .answer());
    assertThat(renamed.answers(digest, nonce)).isFalse();
  }

  @Test
  void whatItClaimsIsKnownBeforeItIsProven() throws Exception {
    TimestampToken token = TimestampToken.parse(token().at(Mint.FROM).answer());

    assertThat(token.claimedTime()).isEqualTo(Mint.FROM);
    assertThat(token.verify(STAMPED, List.of(authority)))
        .hasToString("ProvenTime[" + Mint.FROM + "]");
  }

  @Test
  void theLimitIsTheLargestThatIsRead() {
    assertMalformed(new byte[Limits.MAX_TIMESTAMP + 1], "larger than the limit");
    assertThatThrownBy(() -> TimestampToken.parse(Bytes.of(new byte[Limits.MAX_TIMESTAMP])))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageNotContaining("larger than the limit");
  }

  @Test
  void aCertificateThatComesAlongTwiceIsOne() throws Exception {
    TokenMint twice = token().with(signer.certificate(), signer.certificate());

    assertProven(twice, authority);
    assertProven(twice, withoutLeaf);
  }

  @Test
  void theSignersCertificateIsNamedByAnyHashThatCounts() throws Exception {
    byte[] digest =
        Digest.of(HashAlgorithm.SHA512, signer.certificate().der()).bytes().toByteArray();

    assertProven(
        token().ess(ESS_V2, DerWriter.sequence(SHA512, DerWriter.octets(digest))), authority);
    assertRefused(
        token()
            .ess(
                ESS_V2,
                DerWriter.sequence(
                    TokenMint.algorithm(TokenMint.SHA1), DerWriter.octets(new byte[20]))),
        authority,
        Reason.SIGNATURE_MISMATCH);
  }

  @Test
  void theOldNameOfTheCertificateMayStandBesideTheNewOne() throws Exception {
    byte[] old = TokenMint.attribute("1.2.840.113549.1.9.16.2.12", DerWriter.octets(new byte[20]));

    assertProven(token().moreAttributes(old), authority);
  }

  @Test
  void ofTwoRefusalsAlikeTheLaterIsTold() throws Exception {
    TimestampAuthority stranger =
        authority(signer.certificate(), Mint.root("another").make().certificate());

    assertThat(check(token().answer(), stranger))
        .isInstanceOfSatisfying(
            TimestampRefusal.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.UNTRUSTED_AUTHORITY);
              assertThat(refusal.detail()).doesNotContain("by none of the trusted");
            });
  }

  @Test
  void aSignerHasItsIssuersNameAndItsNumber() throws Exception {
    byte[] issuer = signer.certificate().issuer().toByteArray();

    assertRefused(
        token().signerId(DerWriter.sequence(issuer, DerWriter.integer(123_456))),
        authority,
        Reason.UNTRUSTED_AUTHORITY);
    assertRefused(
        token()
            .signerId(
                DerWriter.sequence(
                    DerWriter.sequence(),
                    DerWriter.element(2, signer.certificate().serial().toByteArray()))),
        authority,
        Reason.UNTRUSTED_AUTHORITY);
  }

  @Test
  void aSignerThatIsNamedByItsKeyHasThatKey() throws Exception {
    Made other = stamping(new byte[] {4, 3, 1, 2, 4}).make();
    Made longer = stamping(new byte[] {4, 3, 1, 2, 3, 5, 0}).make();
    Made unreadable = stamping(new byte[] {5, 0}).make();
    Made none = stamping(new byte[] {5, 0}).without(KEY_ID).make();

    for (Made made : List.of(other, longer, unreadable, none)) {
      assertRefused(
          TokenMint.by(made, STAMPED).byKeyId(),
          authority(made.certificate(), root.certificate()),
          Reason.UNTRUSTED_AUTHORITY);
    }
  }

  /** With those of a sound token there are three. */
  @Test
  void attributesMayBeSixteen() throws Exception {
    assertProven(token().moreAttributes(attributes(13)), authority);
    assertMalformed(token().moreAttributes(attributes(14)).answer().toByteArray(), "too many do");
  }

  private static byte[][] attributes(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> TokenMint.attribute("1.2.3." + i, NULL))
        .toArray(byte[][]::new);
  }

  @Test
  void anExtensionThatSaysItIsNotCriticalIsReadPast() throws Exception {
    byte[] extension = DerWriter.sequence(DerWriter.oid("1.2.3"), FALSE, DerWriter.octets(NULL));

    assertProven(token().infoTail(DerWriter.element(0xa1, extension)), authority);
  }

  @Test
  void anAuthorityOfOneCertificateIsItsOwnAnchor() {
    TimestampAuthority alone = authority(signer.certificate());

    assertThat(alone.leaf()).isEmpty();
    assertThat(alone.authority().chain()).containsExactly(signer.certificate());
    assertThat(authority.leaf()).contains(signer.certificate());
    assertThat(authority.authority().chain()).containsExactly(root.certificate());
  }

  // ---- the encoding; a place is told by the numbers of the parts that lead to it

  @Test
  void whateverEndsHasToEndThere() throws Exception {
    Map<String, byte[]> grown = grown("", sound);
    List<String> open = new ArrayList<>();
    grown.forEach((where, answer) -> {
      try {
        TimestampToken.parse(Bytes.of(answer));
        open.add(where);
      } catch (MalformedInputException e) {
        assertThat(e).hasMessageStartingWith("timestamp");
      }
    });

    assertThat(grown).hasSizeGreaterThan(25);
    assertThat(open)
        .containsExactlyInAnyOrder(
            // the status in words, and hashes that signers use
            ".0.0",
            SIGNED_DATA + ".1",
            // parameters of algorithms
            SIGNED_DATA + ".1.0",
            CONTENT + ".0.2.0",
            SIGNER + ".2",
            SIGNER + ".4",
            // a name is compared as it stands
            SIGNER + ".1.0",
            SIGNER + ".1.0.0",
            SIGNER + ".1.0.0.0",
            // policies, more certificates, and the issuer of the first
            SIGNER + ".3.2.1.0",
            SIGNER + ".3.2.1.0.0",
            SIGNER + ".3.2.1.0.0.0");
  }

  @Test
  void nothingFollowsTheAnswer() throws Exception {
    assertMalformed(joined(sound, NULL), "");
  }

  @ParameterizedTest
  @ValueSource(strings = {".0.1.0", SIGNED_DATA + ".2.0"})
  void aMessageOfAnotherKindIsNoTimestamp(String where) throws Exception {
    assertMalformed(
        replaced(where, DerWriter.oid("1.2.840.113549.1.7.1")), "not a signed timestamp");
  }

  @Test
  void aTokenOfAnotherVersionIsNotRead() throws Exception {
    assertMalformed(replaced(CONTENT + ".0.0", DerWriter.integer(2)), "unknown version");
  }

  @Test
  void aTokenWithoutSignedAttributesIsNotRead() throws Exception {
    assertMalformed(replaced(SIGNER + ".3", new byte[0]), "no signed attributes");
  }

  @Test
  void revocationsAndUnsignedAttributesAreReadPast() throws Exception {
    byte[] more = DerWriter.element(0xa1, DerWriter.sequence());
    byte[] revoked = replaced(SIGNED_DATA + ".3", joined(more, part(SIGNED_DATA + ".3")));
    byte[] unsigned = replaced(SIGNER + ".5", joined(part(SIGNER + ".5"), more));

    assertThat(check(Bytes.of(revoked), authority)).isInstanceOf(ProvenTime.class);
    assertThat(check(Bytes.of(unsigned), authority)).isInstanceOf(ProvenTime.class);
  }

  /** Every way of putting something after the last part of one of the parts. */
  private static Map<String, byte[]> grown(String at, byte[] elements)
      throws MalformedInputException {
    Map<String, byte[]> all = new TreeMap<>();
    List<byte[]> parts = parts(elements);
    for (int i = 0; i < parts.size(); i++) {
      int tag = parts.get(i)[0] & 0xff;
      String where = at + "." + i;
      if ((tag & 0x20) != 0 || where.equals(CONTENT)) {
        byte[] content = content(parts.get(i));
        List<byte[]> changed = new ArrayList<>(parts);
        for (Map.Entry<String, byte[]> inside : grown(where, content).entrySet()) {
          changed.set(i, DerWriter.element(tag, inside.getValue()));
          all.put(inside.getKey(), joined(changed.toArray(byte[][]::new)));
        }
        changed.set(i, DerWriter.element(tag, content, NULL));
        all.put(where, joined(changed.toArray(byte[][]::new)));
      }
    }
    return all;
  }

  private byte[] part(String where) throws MalformedInputException {
    byte[] elements = sound;
    byte[] part = {};
    for (String step : where.substring(1).split("\\.")) {
      part = parts(elements).get(Integer.parseInt(step));
      elements = content(part);
    }
    return part;
  }

  private byte[] replaced(String where, byte[] instead) throws MalformedInputException {
    return replaced(where.substring(1), sound, instead);
  }

  private static byte[] replaced(String path, byte[] elements, byte[] instead)
      throws MalformedInputException {
    List<byte[]> parts = new ArrayList<>(parts(elements));
    int dot = path.indexOf('.');
    int i = Integer.parseInt(dot < 0 ? path : path.substring(0, dot));
    byte[] old = parts.get(i);
    parts.set(
        i,
        dot < 0
            ? instead
            : DerWriter.element(
                old[0] & 0xff, replaced(path.substring(dot + 1), content(old), instead)));
    return joined(parts.toArray(byte[][]::new));
  }

  private static List<byte[]> parts(byte[] elements) throws MalformedInputException {
    DerReader in = DerReader.of(elements, "test");
    List<byte[]> parts = new ArrayList<>();
    while (in.hasMore()) {
      parts.add(in.element());
    }
    return parts;
  }

  private static byte[] content(byte[] element) throws MalformedInputException {
    return DerReader.of(element, "test").bytes(element[0] & 0xff);
  }

  private static byte[] joined(byte[]... parts) {
    return Bytes.concat(Stream.of(parts).map(Bytes::of).toArray(Bytes[]::new)).toByteArray();
  }
}
