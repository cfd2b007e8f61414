package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.key.KeyType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What holds for every collection of candidates. */
final class VerifierPropertiesTest {

  private static final long SEED = 20261121;
  private static final Party ALICE = Party.withKey(KeyType.ED25519);
  private static final Party MALLORY = Party.withKey(KeyType.ED25519);
  private static final Image IMAGE = Image.of("the image");
  private static final Image OTHER = Image.of("another image");
  private static final Map<String, String> PROD = Map.of("env", "prod");
  private static final Policy STRICT = Policy.requiringKey(ALICE.key());
  private static final Policy POLICY = STRICT.insecurelyIgnoringLog();

  /**
   * Candidates by what they come to under {@link #POLICY}; the keys are in the order of precedence.
   */
  private enum Kind {
    ACCEPTED(Optional.empty()),
    UNDECIDED(Optional.of(Outcome.UNDECIDED)),
    MALFORMED(Optional.of(Outcome.MALFORMED)),
    REFUSED(Optional.of(Outcome.REFUSED)),
    ATTESTATION(Optional.of(Outcome.NO_SIGNATURE));

    private final Optional<Outcome> outcome;

    Kind(Optional<Outcome> outcome) {
      this.outcome = outcome;
    }
  }

  private static final Map<Kind, List<Candidate>> CANDIDATES = new EnumMap<>(Kind.class);

  static {
    CANDIDATES.put(
        Kind.ACCEPTED,
        List.of(
            Evidence.legacy(ALICE, IMAGE),
            Evidence.legacy(ALICE, IMAGE, PROD),
            Evidence.dsse(ALICE, IMAGE),
            Evidence.dsse(ALICE, IMAGE, PROD),
            Evidence.logged(Evidence.dsse(ALICE, IMAGE)),
            Evidence.message(ALICE, IMAGE)));
    CANDIDATES.put(Kind.UNDECIDED, List.of(Evidence.outOfReach()));
    CANDIDATES.put(
        Kind.MALFORMED,
        List.of(
            Evidence.broken(),
            Evidence.legacyText(Evidence.payload(IMAGE, Map.of()), "!"),
            Evidence.dsse(ALICE, Bytes.utf8("{}"))));
    CANDIDATES.put(
        Kind.REFUSED,
        List.of(
            Evidence.legacy(MALLORY, IMAGE),
            Evidence.legacy(ALICE, OTHER),
            Evidence.dsse(MALLORY, IMAGE),
            Evidence.dsse(ALICE, OTHER),
            Evidence.message(MALLORY, IMAGE),
            Evidence.message(ALICE, OTHER),
            certificate()));
    CANDIDATES.put(Kind.ATTESTATION, List.of(Evidence.dsse(ALICE, Evidence.attestation(IMAGE))));
  }

  private static BundleSignature certificate() {
    return Evidence.edited(
        Evidence.dsse(ALICE, IMAGE),
        "\"publicKey\":{\"hint\":\"" + ALICE.key().hint() + "\"}",
        "\"certificate\":{\"rawBytes\":\"AA==\"}");
  }

  private static List<Candidate> some(Random random, Kind kind) {
    List<Candidate> all = CANDIDATES.get(kind);
    List<Candidate> some = new ArrayList<>();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      some.add(all.get(random.nextInt(all.size())));
    }
    return some;
  }

  /**
   * Every set of kinds of candidates, in several orders: the worst reason decides what kind of "no"
   * it is.
   */
  @Test
  void theWorstReasonDecides() {
    Random random = new Random(SEED);
    for (int bits = 0; bits < 1 << Kind.values().length; bits++) {
      Set<Kind> kinds = EnumSet.noneOf(Kind.class);
      List<Candidate> candidates = new ArrayList<>();
      int rest = bits;
      for (Kind kind : Kind.values()) {
        boolean present = (rest & 1) != 0;
        rest >>= 1;
        if (present) {
          kinds.add(kind);
          candidates.addAll(some(random, kind));
        }
      }
      Optional<Outcome> expected =
          kinds.stream()
              .findFirst()
              .map(kind -> kind.outcome)
              .orElse(Optional.of(Outcome.NO_SIGNATURE));
      for (int i = 0; i < 4; i++) {
        Collections.shuffle(candidates, random);
        assertThat(outcome(IMAGE.with(candidates), POLICY))
            .as("seed %d, %s", SEED, kinds)
            .isEqualTo(expected);
      }
    }
  }

  /** Empty when accepted. */
  private static Optional<Outcome> outcome(SignedImage image, Policy policy) {
    try {
      assertThat(Verifier.verify(image, policy).value().signatures()).isNotEmpty();
      return Optional.empty();
    } catch (VerificationException e) {
      return Optional.of(e.outcome());
    }
  }

  private static List<Candidate> anything(Random random) {
    List<Candidate> candidates = new ArrayList<>();
    for (int n = random.nextInt(5); n > 0; n--) {
      candidates.addAll(some(random, Kind.values()[random.nextInt(Kind.values().length)]));
    }
    return candidates;
  }

  private static Policy anyPolicy(Random random) {
    Policy policy = random.nextBoolean() ? POLICY : STRICT;
    return random.nextBoolean() ? policy : policy.withAnnotations(PROD);
  }

  @Test
  void theOrderOfCandidatesChangesNothing() {
    Random random = new Random(SEED);
    for (int i = 0; i < 40; i++) {
      Policy policy = anyPolicy(random);
      List<Candidate> candidates = anything(random);
      List<Candidate> shuffled = new ArrayList<>(candidates);
      Collections.shuffle(shuffled, random);

      assertThat(fates(shuffled, policy))
          .as("seed %d, %d", SEED, i)
          .containsExactlyInAnyOrderElementsOf(fates(candidates, policy));
      assertThat(outcome(IMAGE.with(shuffled), policy))
          .as("seed %d, %d", SEED, i)
          .isEqualTo(outcome(IMAGE.with(candidates), policy));
    }
  }

  /** What became of each candidate. */
  private static List<String> fates(List<Candidate> candidates, Policy policy) {
    List<String> fates = new ArrayList<>();
    try {
      VerifiedImage verified = Verifier.verify(IMAGE.with(candidates), policy).value();
      verified
          .signatures()
          .forEach(s -> fates.add(s.getClass() + " of " + s.signedBytes().hashCode()));
      verified.refusals().forEach(r -> fates.add(r.toString()));
    } catch (VerificationException e) {
      e.refusals().forEach(r -> fates.add(r.toString()));
    }
    assertThat(fates).hasSameSizeAs(candidates);
    return fates;
  }

  @Test
  void moreCandidatesNeverTurnYesIntoNo() {
    Random random = new Random(SEED);
    for (int i = 0; i < 40; i++) {
      Policy policy = anyPolicy(random);
      List<Candidate> candidates = anything(random);
      List<Candidate> more = new ArrayList<>(candidates);
      more.addAll(anything(random));
      Collections.shuffle(more, random);

      if (Verdicts.accepts(IMAGE.with(candidates), policy)) {
        assertThat(Verdicts.accepts(IMAGE.with(more), policy)).as("seed %d, %d", SEED, i).isTrue();
      }
    }
  }

  @Test
  void moreRelaxationsNeverTurnYesIntoNo() {
    Random random = new Random(SEED);
    int accepted = 0;
    for (int i = 0; i < 40; i++) {
      Policy policy = anyPolicy(random);
      SignedImage image = IMAGE.with(anything(random));
      if (!Verdicts.accepts(image, policy)) {
        continue;
      }
      accepted++;
      for (Policy relaxed :
          List.of(
              policy.insecurelyIgnoringLog(),
              policy.insecurelyIgnoringClaims(),
              policy.acceptingAnyPredicate(),
              policy.withAnnotations(Map.of()))) {
        assertThat(Verdicts.accepts(image, relaxed)).as("seed %d, %d", SEED, i).isTrue();
      }
    }
    assertThat(accepted).isPositive();
  }

  /** Signatures of the other format are as good as absent, for better and for worse. */
  @Test
  void onlyOneFormatMeansThatTheOtherIsNotThere() {
    Random random = new Random(SEED);
    Set<Boolean> seen = new HashSet<>();
    for (int i = 0; i < 80; i++) {
      Policy policy = anyPolicy(random);
      List<Candidate> candidates = anything(random);
      for (SignatureFormat format : SignatureFormat.values()) {
        Class<? extends Candidate> other =
            format == SignatureFormat.LEGACY ? BundleSignature.class : LegacySignature.class;
        List<Candidate> rest = candidates.stream().filter(one -> !other.isInstance(one)).toList();
        boolean accepted = Verdicts.accepts(IMAGE.with(rest), policy);
        seen.add(accepted);
        assertThat(Verdicts.accepts(IMAGE.with(candidates), policy.acceptingOnly(format)))
            .as("seed %d, %d, %s", SEED, i, format)
            .isEqualTo(accepted);
      }
    }
    assertThat(seen).containsExactlyInAnyOrder(true, false);
  }

  /** However the policy is relaxed, it is the key that must have signed. */
  @Test
  void noRelaxationDropsTheSigner() {
    Policy everything =
        STRICT.insecurelyIgnoringClaims().insecurelyIgnoringLog().acceptingAnyPredicate();

    assertThat(
            Verdicts.accepts(
                IMAGE.with(
                    Evidence.legacy(MALLORY, IMAGE),
                    Evidence.dsse(MALLORY, IMAGE),
                    Evidence.message(MALLORY, IMAGE),
                    certificate(),
                    Evidence.broken(),
                    Evidence.outOfReach()),
                everything))
        .isFalse();
    assertThat(Verdicts.accepts(IMAGE.with(), everything)).isFalse();
  }

  @Test
  void givesEachOfAThousandCandidatesItsOwnReason() {
    List<Candidate> many =
        Collections.nCopies(
            1000, Evidence.legacyText(Evidence.payload(IMAGE, Map.of()), "no base64"));

    VerificationException refusal = Verdicts.refused(IMAGE.with(many), POLICY);

    assertThat(refusal.refusals()).hasSize(1000);
    assertThat(refusal.message().length()).isLessThan(100_000);
  }
}
