package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.key.KeyType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two valid signatures, taken apart and put together in every way: only the two wholes are
 * accepted. Each part is good by itself; what is tested is that the verifier ties them to each
 * other.
 */
final class SwapMatrixTest {

  /** What one of the two valid signatures consists of. */
  record Truth(
      Party party,
      Image image,
      String identity,
      Bytes payload,
      Bytes ofPayload,
      Bytes statement,
      Bytes ofStatement,
      Bytes ofManifest) {

    Truth(Party party, Image image, String identity) {
      this(
          party,
          image,
          identity,
          Evidence.payload(image, Map.of("by", identity)),
          Evidence.statement(image, Map.of("by", identity)));
    }

    private Truth(Party party, Image image, String identity, Bytes payload, Bytes statement) {
      this(
          party,
          image,
          identity,
          payload,
          party.sign(payload),
          statement,
          Evidence.signature(party, statement),
          party.sign(image.manifest()));
    }
  }

  /** A choice of the first or the second truth for every part. */
  private record Mix(Truth content, Truth signature, Truth key, Truth digest, Truth identity) {

    boolean isWhole() {
      return content.equals(signature) && signature.equals(key) && key.equals(digest);
    }

    @Override
    public String toString() {
      return String.join(
          ", ",
          "content of " + content.identity,
          "signature of " + signature.identity,
          "key of " + key.identity,
          "digest of " + digest.identity,
          "identity of " + identity.identity);
    }
  }

  private static List<Mix> everyMix(Truth a, Truth b) {
    List<Mix> mixes = new ArrayList<>();
    for (int bits = 0; bits < 32; bits++) {
      mixes.add(
          new Mix(
              (bits & 1) == 0 ? a : b,
              (bits & 2) == 0 ? a : b,
              (bits & 4) == 0 ? a : b,
              (bits & 8) == 0 ? a : b,
              (bits & 16) == 0 ? a : b));
    }
    return mixes;
  }

  private static final Image APP = Image.of("the app");
  private static final Image TOOL = Image.of("the tool");

  static Stream<Arguments> pairsOfTruths() {
    Party alice = Party.withKey(KeyType.EC_P256);
    Party bob = Party.withKey(KeyType.EC_P256);
    return Stream.of(
        Arguments.of(
            "two signers, two images", new Truth(alice, APP, "alice"), new Truth(bob, TOOL, "bob")),
        Arguments.of(
            "keys of two types",
            new Truth(Party.withKey(KeyType.ED25519), APP, "alice"),
            new Truth(Party.ofType(KeyType.RSA_2048), TOOL, "bob")),
        Arguments.of(
            "curves of two sizes",
            new Truth(Party.withKey(KeyType.EC_P384), APP, "alice"),
            new Truth(Party.withKey(KeyType.EC_P521), TOOL, "bob")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pairsOfTruths")
  void legacySignaturesAreAcceptedWholeOnly(String name, Truth a, Truth b) {
    int accepted = 0;
    for (Mix mix : everyMix(a, b)) {
      Candidate candidate =
          Evidence.legacy(
              mix.content().payload(),
              mix.signature().ofPayload(),
              Map.of(LegacySignature.CERTIFICATE_ANNOTATION, mix.identity().party().key().toPem()));
      accepted += check(mix, candidate, mix.isWhole());
    }
    assertThat(accepted).isEqualTo(4);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pairsOfTruths")
  void statementsAreAcceptedWholeOnly(String name, Truth a, Truth b) {
    int accepted = 0;
    for (Mix mix : everyMix(a, b)) {
      // as a hint the identity says nothing; as the key's name it must be right
      Bytes signature = mix.signature().ofStatement();
      accepted +=
          check(
              mix,
              Evidence.dsse(
                  mix.identity().party().key().hint(), mix.content().statement(), signature, ""),
              mix.isWhole());
      accepted +=
          check(
              mix,
              Evidence.dsse(
                  "",
                  mix.content().statement(),
                  signature,
                  SshFingerprint.of(mix.identity().party().key())),
              mix.isWhole() && mix.identity().equals(mix.key()));
    }
    assertThat(accepted).isEqualTo(4 + 2);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pairsOfTruths")
  void signaturesOfManifestsAreAcceptedWholeOnly(String name, Truth a, Truth b) {
    int accepted = 0;
    for (Mix mix : everyMix(a, b)) {
      Candidate candidate =
          Evidence.message(
              mix.identity().party().key().hint(),
              mix.signature().ofManifest(),
              Digest.sha256(mix.content().image().manifest()));
      accepted += check(mix, candidate, mix.isWhole());
    }
    assertThat(accepted).isEqualTo(4);
  }

  static Stream<Arguments> pairsOfOneSigner() {
    Party alice = Party.withKey(KeyType.EC_P256);
    return Stream.of(
        Arguments.of(new Truth(alice, APP, "first"), new Truth(alice, TOOL, "second")),
        Arguments.of(new Truth(alice, APP, "first"), new Truth(alice, APP, "second")));
  }

  /** One signer, so the key is right every time. */
  @ParameterizedTest
  @MethodSource("pairsOfOneSigner")
  void signaturesOfOneSignerDoNotLendThemselvesToEachOther(Truth a, Truth b) {
    boolean sameImage = a.image().equals(b.image());
    for (Mix mix : everyMix(a, b)) {
      boolean whole =
          mix.content().equals(mix.signature())
              && (sameImage || mix.content().image().equals(mix.digest().image()));
      check(
          mix,
          Evidence.legacy(mix.content().payload(), mix.signature().ofPayload(), Map.of()),
          whole);
      check(
          mix,
          Evidence.dsse("", mix.content().statement(), mix.signature().ofStatement(), ""),
          whole);
    }
  }

  static Stream<KeyType> types() {
    return Stream.of(KeyType.EC_P256, KeyType.ED25519, KeyType.RSA_2048);
  }

  /** The same key signs in every format; what it said in one must not count in another. */
  @ParameterizedTest
  @MethodSource("types")
  void signaturesDoNotMoveBetweenFormats(KeyType type) {
    Party alice = Party.ofType(type);
    Bytes payload = Evidence.payload(APP, Map.of());
    Bytes statement = Evidence.statement(APP, Map.of());
    Map<String, Bytes> signatures =
        Map.of(
            "legacy", alice.sign(payload),
            "dsse", Evidence.signature(alice, statement),
            "message", alice.sign(APP.manifest()),
            "bare statement", alice.sign(statement),
            "enveloped payload", Evidence.signature(alice, payload));
    Policy policy =
        Policy.requiringKey(alice.key()).insecurelyIgnoringLog().acceptingAnyPredicate();

    signatures.forEach((format, signature) -> {
      Map<String, Candidate> candidates =
          Map.of(
              "legacy", Evidence.legacy(payload, signature, Map.of()),
              "dsse", Evidence.dsse("", statement, signature, ""),
              "message", Evidence.message("", signature, APP.digest()));
      candidates.forEach((wanted, candidate) ->
          assertThat(Verdicts.accepts(APP.with(candidate), policy))
              .as("signature made for %s, used for %s", format, wanted)
              .isEqualTo(format.equals(wanted)));
      // a statement is no payload and a payload no statement, even when rightly signed as one
      assertThat(
              Verdicts.accepts(
                  APP.with(
                      Evidence.legacy(statement, signature, Map.of()),
                      Evidence.dsse("", payload, signature, "")),
                  policy))
          .as("contents exchanged, signature made for %s", format)
          .isFalse();
    });
  }

  private static int check(Mix mix, Candidate candidate, boolean expected) {
    Policy policy = Policy.requiringKey(mix.key().party().key()).insecurelyIgnoringLog();
    boolean accepted = Verdicts.accepts(mix.digest().image().with(candidate), policy);
    assertThat(accepted).as("%s", mix).isEqualTo(expected);
    return accepted ? 1 : 0;
  }
}
