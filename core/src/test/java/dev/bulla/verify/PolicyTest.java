package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.SignedCertificateTimestamp;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.tlog.TestLog;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every option of a policy changes some verdict. An option that is accepted and then forgotten is a
 * hole that nobody notices, so an option without a case here is a failure too.
 */
final class PolicyTest {

  private static final Party ALICE = Party.withKey(KeyType.EC_P256);
  private static final Party CAROL = Party.withKey(KeyType.EC_P384);
  private static final Image IMAGE = Image.of("the image");
  private static final Image OTHER = Image.of("another image");
  private static final TestLog LOG = TestLog.v1("rekor.example.com");
  private static final Map<String, String> PROD = Map.of("env", "prod");

  /**
   * Evidence for which an option makes the difference.
   *
   * @param candidate accepted with the option and refused without it, or the other way round
   */
  record Case(
      String name,
      Party party,
      UnaryOperator<Policy> others,
      UnaryOperator<Policy> option,
      Candidate candidate,
      boolean acceptedWithout,
      boolean acceptedWith) {}

  private static final Map<String, List<Case>> CASES = new TreeMap<>();

  private static void differs(
      String option,
      String name,
      Party party,
      UnaryOperator<Policy> others,
      UnaryOperator<Policy> with,
      Candidate candidate,
      boolean acceptedWithout) {
    CASES
        .computeIfAbsent(option, o -> new ArrayList<>())
        .add(new Case(name, party, others, with, candidate, acceptedWithout, !acceptedWithout));
  }

  static {
    UnaryOperator<Policy> noLog = Policy::insecurelyIgnoringLog;
    Map<String, Candidate> wholesome =
        Map.of(
            "legacy", Evidence.legacy(ALICE, IMAGE),
            "statement", Evidence.dsse(ALICE, IMAGE),
            "manifest", Evidence.message(ALICE, IMAGE));
    wholesome.forEach((format, candidate) -> {
      differs(
          "insecurelyIgnoringLog",
          format,
          ALICE,
          UnaryOperator.identity(),
          Policy::insecurelyIgnoringLog,
          candidate,
          false);
      differs(
          "withAnnotations",
          format,
          ALICE,
          noLog,
          policy -> policy.withAnnotations(PROD),
          candidate,
          true);
      differs(
          "withHash",
          format + ", another hash wanted",
          ALICE,
          noLog,
          policy -> policy.withHash(HashAlgorithm.SHA384),
          candidate,
          true);
      differs(
          "withSecondOpinion",
          format,
          ALICE,
          noLog,
          policy -> policy.withSecondOpinion((key, algorithm, message, signature) -> false),
          candidate,
          true);
    });
    wholesome.forEach((format, candidate) -> {
      UnaryOperator<Policy> trusting = policy -> policy.withTrustedRoot(Logged.root(LOG));
      Candidate logged = Logged.in(LOG, candidate, ALICE);
      differs("withTrustedRoot", format, ALICE, UnaryOperator.identity(), trusting, logged, false);
      differs(
          "withLogThreshold",
          format,
          ALICE,
          trusting,
          policy -> policy.withLogThreshold(2),
          logged,
          true);
      differs(
          "withTimestamps", format, ALICE, noLog, policy -> policy.withTimestamps(1), logged, true);
    });
    for (Candidate candidate :
        List.of(
            Evidence.legacy(CAROL, IMAGE),
            Evidence.dsse(CAROL, IMAGE),
            Evidence.message(CAROL, IMAGE))) {
      differs(
          "withHash",
          candidate.getClass().getSimpleName() + ", the older hash wanted",
          CAROL,
          noLog,
          policy -> policy.withHash(HashAlgorithm.SHA256),
          candidate,
          true);
    }
    differs(
        "acceptingAnyPredicate",
        "statement",
        ALICE,
        noLog,
        Policy::acceptingAnyPredicate,
        Evidence.dsse(ALICE, Evidence.attestation(IMAGE)),
        false);
    for (Candidate candidate :
        List.of(Evidence.legacy(ALICE, OTHER), Evidence.dsse(ALICE, OTHER))) {
      differs(
          "insecurelyIgnoringClaims",
          candidate.getClass().getSimpleName() + ", another image",
          ALICE,
          noLog,
          Policy::insecurelyIgnoringClaims,
          candidate,
          false);
    }
    wholesome.forEach((format, candidate) ->
        differs(
            "insecurelyIgnoringClaims",
            format + ", annotations",
            ALICE,
            noLog.andThen(policy -> policy.withAnnotations(PROD))::apply,
            Policy::insecurelyIgnoringClaims,
            candidate,
            false));
  }

  static {
    LogLookup lookup = claim -> List.of(LOG.enter(claim));
    differs(
        "withLogLookup",
        "legacy",
        ALICE,
        policy -> policy.withTrustedRoot(Logged.root(LOG)),
        policy -> policy.withLogLookup(lookup),
        Evidence.legacy(ALICE, IMAGE),
        false);
    for (Candidate candidate :
        List.of(
            Evidence.legacy(ALICE, IMAGE),
            Evidence.dsse(ALICE, IMAGE),
            Evidence.message(ALICE, IMAGE))) {
      differs(
          "acceptingOnly",
          candidate.getClass().getSimpleName(),
          ALICE,
          Policy::insecurelyIgnoringLog,
          policy ->
              policy.acceptingOnly(
                  candidate instanceof BundleSignature
                      ? SignatureFormat.LEGACY
                      : SignatureFormat.BUNDLE),
          candidate,
          true);
    }
    differs(
        "withPayloadTypes",
        "legacy",
        ALICE,
        Policy::insecurelyIgnoringLog,
        policy -> policy.withPayloadTypes(Set.of("another type")),
        Evidence.legacy(ALICE, IMAGE),
        true);
  }

  private static Stream<Method> options() {
    return Stream.of(Policy.class.getDeclaredMethods())
        .filter(method -> method.getReturnType() == Policy.class)
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !method.isSynthetic());
  }

  @Test
  void everyOptionHasACase() {
    assertThat(options().map(Method::getName).distinct())
        .containsExactlyInAnyOrderElementsOf(SETTERS.keySet());
    Set<String> elsewhere = new TreeSet<>(SETTERS.keySet());
    elsewhere.removeAll(CASES.keySet());
    // a key has no certificate: KeylessVectorsTest, and TrustFilesTest of the command line, show
    // that they are
    assertThat(elsewhere)
        .containsExactly(
            "acceptingIntermediatesOfSignatures",
            "insecurelyIgnoringCertificateLog",
            "insecurelyJudgingCertificatesAt",
            "withCertificateTimestamps",
            "withSignerCertificate");
  }

  @Test
  void everyOptionSaysByItsNameWhatItDoes() {
    assertThat(options().map(Method::getName))
        .allMatch(name -> name.matches("(with|accepting|insecurely)[A-Z].*"));
  }

  static Stream<Arguments> cases() {
    return CASES.entrySet().stream()
        .flatMap(
            entry -> entry.getValue().stream().map(c -> Arguments.of(entry.getKey(), c.name, c)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("cases")
  void everyOptionIsRead(String option, String name, Case c) {
    Policy without = c.others.apply(Policy.requiringKey(c.party.key()));
    Policy with = c.option.apply(without);
    SignedImage image = IMAGE.with(c.candidate);

    assertThat(Verdicts.accepts(image, without)).as("without").isEqualTo(c.acceptedWithout);
    assertThat(Verdicts.accepts(image, with)).as("with").isEqualTo(c.acceptedWith);
  }

  /** The key is no option: every way to a policy asks for whom to trust. */
  @Test
  void aPolicyNamesASigner() {
    List<Method> factories =
        Stream.of(Policy.class.getDeclaredMethods())
            .filter(method -> method.getReturnType() == Policy.class)
            .filter(method -> Modifier.isStatic(method.getModifiers()))
            .toList();

    assertThat(factories)
        .isNotEmpty()
        .allMatch(method -> method.getParameterCount() > 0)
        .allMatch(method -> method.getName().startsWith("requiring"));
    assertThat(Policy.class.getDeclaredConstructors())
        .allMatch(constructor -> Modifier.isPrivate(constructor.getModifiers()));
  }

  /** Never agrees. */
  private static final SecondOpinion NOBODY = (key, algorithm, message, signature) -> false;

  private static final SignedCertificateTimestamp PROMISE =
      new SignedCertificateTimestamp(Bytes.EMPTY, 0, Bytes.EMPTY, 4, 3, Bytes.EMPTY);

  private static Certificate certificate() {
    try {
      return KeylessVectorsTest.publicGood().authorities().get(0).anchor();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static final LogLookup NOTHING_LOGGED = claim -> List.of();

  /** A way to set one option, by name. */
  private static final Map<String, UnaryOperator<Policy>> SETTERS =
      Map.ofEntries(
          Map.entry("withAnnotations", policy -> policy.withAnnotations(PROD)),
          Map.entry("withHash", policy -> policy.withHash(HashAlgorithm.SHA384)),
          Map.entry("withSecondOpinion", policy -> policy.withSecondOpinion(NOBODY)),
          Map.entry("withLogLookup", policy -> policy.withLogLookup(NOTHING_LOGGED)),
          Map.entry("withPayloadTypes", policy -> policy.withPayloadTypes(Set.of("another type"))),
          Map.entry("withTrustedRoot", policy -> policy.withTrustedRoot(Logged.root(LOG))),
          Map.entry("withLogThreshold", policy -> policy.withLogThreshold(2)),
          Map.entry("withTimestamps", policy -> policy.withTimestamps(1)),
          Map.entry("acceptingOnly", policy -> policy.acceptingOnly(SignatureFormat.BUNDLE)),
          Map.entry("insecurelyIgnoringCertificateLog", Policy::insecurelyIgnoringCertificateLog),
          Map.entry("acceptingAnyPredicate", Policy::acceptingAnyPredicate),
          Map.entry("insecurelyIgnoringLog", Policy::insecurelyIgnoringLog),
          Map.entry("insecurelyIgnoringClaims", Policy::insecurelyIgnoringClaims),
          Map.entry("withSignerCertificate", policy -> policy.withSignerCertificate(certificate())),
          Map.entry(
              "withCertificateTimestamps",
              policy -> policy.withCertificateTimestamps(List.of(PROMISE))),
          Map.entry(
              "acceptingIntermediatesOfSignatures", Policy::acceptingIntermediatesOfSignatures),
          Map.entry(
              "insecurelyJudgingCertificatesAt",
              policy -> policy.insecurelyJudgingCertificatesAt(Instant.EPOCH)));

  @Test
  void noOptionUndoesAnother() {
    Policy plain = Policy.requiringKey(ALICE.key());
    SETTERS.forEach((first, set) ->
        SETTERS.forEach((second, then) -> {
          String both = first + ", " + second;
          assertThat(described(then.apply(set.apply(plain))))
              .as(both)
              .isEqualTo(described(set.apply(then.apply(plain))));
          if (!first.equals(second)) {
            assertThat(described(then.apply(set.apply(plain))))
                .as(both)
                .isNotEqualTo(described(then.apply(plain)));
          }
        }));
  }

  private static List<Object> described(Policy policy) {
    return List.of(
        policy.trust(),
        policy.signerCertificate(),
        policy.certificateTimestamps(),
        policy.takesForeignIntermediates(),
        policy.present(),
        policy.logThreshold(),
        policy.timestampThreshold(),
        policy.needsCertificateLog(),
        policy.keys(),
        policy.secondOpinion(),
        policy.logLookup(),
        policy.payloadTypes(),
        policy.onlyFormat(),
        policy.annotations(),
        policy.hash(),
        policy.anyPredicate(),
        policy.ignoresLog(),
        policy.ignoresClaims());
  }

  @Test
  void everyInsecureOptionIsReported() {
    Policy plain = Policy.requiringKey(ALICE.key());

    assertThat(plain.relaxations()).isEmpty();
    SETTERS.forEach((name, set) ->
        assertThat(set.apply(plain).relaxations())
            .as(name)
            .hasSize(name.startsWith("insecurely") ? 1 : 0));
    Predicate<String> insecure = name -> name.startsWith("insecurely");
    Policy everything = plain;
    for (UnaryOperator<Policy> set : SETTERS.values()) {
      everything = set.apply(everything);
    }
    assertThat(everything.relaxations())
        .doesNotHaveDuplicates()
        .hasSize((int) SETTERS.keySet().stream().filter(insecure).count());
  }

  @Test
  void isNotChangedByItsOptionsNorFromOutside() {
    Map<String, String> wanted = new HashMap<>(PROD);
    Policy plain = Policy.requiringKey(ALICE.key()).insecurelyIgnoringLog();
    Policy with = plain.withAnnotations(wanted);
    wanted.clear();

    assertThat(with.annotations()).isEqualTo(PROD);
    assertThat(plain.annotations()).isEmpty();
    assertThat(Verdicts.accepts(IMAGE.with(Evidence.legacy(ALICE, IMAGE)), plain)).isTrue();
  }

  @Test
  void aThresholdOfNoneIsNoThreshold() {
    Policy plain = Policy.requiringKey(ALICE.key());
    for (int none : new int[] {0, -1}) {
      assertThatIllegalArgumentException().isThrownBy(() -> plain.withLogThreshold(none));
      assertThatIllegalArgumentException().isThrownBy(() -> plain.withTimestamps(none));
    }
    assertThat(plain.withLogThreshold(1).logThreshold()).isEqualTo(1);
    assertThat(plain.withTimestamps(1).timestampThreshold()).isEqualTo(1);
    assertThatIllegalArgumentException().isThrownBy(() -> Policy.requiringAnyOf(List.of()));
  }

  @Test
  void aWantedTypeOfPayloadIsAccepted() {
    SignedImage image = IMAGE.with(Evidence.legacy(ALICE, IMAGE));
    Policy policy = Policy.requiringKey(ALICE.key()).insecurelyIgnoringLog();

    assertThat(
            Verdicts.accepts(
                image,
                policy.withPayloadTypes(Set.of("cosign container image signature", "other"))))
        .isTrue();
  }

  /** Ed25519 has no choice of hash, and a request for one neither helps nor hinders. */
  @Test
  void aRequestedHashIsHonouredByEveryTypeOfKey() {
    for (SignatureAlgorithm algorithm :
        List.of(
            SignatureAlgorithm.ECDSA_P256_SHA384,
            SignatureAlgorithm.ECDSA_P384_SHA256,
            SignatureAlgorithm.ECDSA_P521_SHA384,
            SignatureAlgorithm.RSA_PKCS1_SHA512)) {
      KeyType type = Stream.of(KeyType.values()).filter(algorithm::fits).findFirst().orElseThrow();
      Party party = Party.withKey(type, algorithm);
      Policy policy = Policy.requiringKey(party.key()).insecurelyIgnoringLog();
      Bytes payload = Evidence.payload(IMAGE, Map.of());
      SignedImage image = IMAGE.with(Evidence.legacy(party, payload));
      for (HashAlgorithm hash : HashAlgorithm.values()) {
        assertThat(Verdicts.accepts(image, policy.withHash(hash)))
            .as("%s, wanted %s", algorithm, hash)
            .isEqualTo(hash == algorithm.hash());
      }
    }
    Party ed25519 = Party.withKey(KeyType.ED25519);
    Policy policy = Policy.requiringKey(ed25519.key()).insecurelyIgnoringLog();
    assertThat(
            Verdicts.accepts(
                IMAGE.with(Evidence.legacy(ed25519, IMAGE)), policy.withHash(HashAlgorithm.SHA256)))
        .isTrue();
  }
}
