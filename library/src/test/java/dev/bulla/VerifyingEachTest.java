package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.PolicyVerdict.Satisfied;
import dev.bulla.PolicyVerdict.Unsatisfied;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.verify.Policy;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several policies, one search. */
class VerifyingEachTest {

  private static final Map<String, Policy> BOTH =
      Map.of("alice", Bench.policy(Bench.ALICE), "bob", Bench.policy(Bench.BOB));

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private ImageVerdicts<String> each(Map<String, Policy> policies, Set<String> enough)
      throws Exception {
    bench.registry.log().clear();
    return bench.bulla.verifyEach(bench.tag, policies, found -> found.containsAll(enough));
  }

  private static Outcome outcome(PolicyVerdict verdict) {
    return ((Unsatisfied) verdict).why().outcome();
  }

  @Test
  void eachPolicyIsAskedAboutTheSameDigest() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    bench.sign(Bench.bundle(Bench.BOB));

    ImageVerdicts<String> both = each(BOTH, Set.of("alice", "bob"));

    assertThat(both.image().digest()).isEqualTo(bench.image.digest());
    assertThat(both.verdicts().values()).hasSize(2).allMatch(Satisfied.class::isInstance);
  }

  @Test
  void morePoliciesTakeNoMoreRequests() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    bench.sign(Bench.legacy(Bench.BOB));

    each(Map.of("alice", Bench.policy(Bench.ALICE)), Set.of("alice"));
    long one = bench.registry.log().count();
    each(BOTH, Set.of("alice", "bob"));

    assertThat(bench.registry.log().count()).isEqualTo(one);
  }

  @Test
  void theSearchEndsOnceThatIsEnoughAndGoesOnOtherwise() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));

    ImageVerdicts<String> enough = each(BOTH, Set.of("alice"));
    long few = bench.registry.log().count();
    ImageVerdicts<String> missing = each(BOTH, Set.of("bob"));

    assertThat(enough.verdicts().get("alice")).isInstanceOf(Satisfied.class);
    assertThat(outcome(missing.verdicts().get("bob"))).isEqualTo(Outcome.REFUSED);
    assertThat(bench.registry.log().count()).isGreaterThan(few);
  }

  @Test
  void aPlaceThatCannotBeReadLeavesOpenWhatIsNotSatisfied() throws Exception {
    bench.sign(Bench.bundle(Bench.ALICE));
    bench.registry.faults().on(RequestMatch.any().path(".*[.]sig$")).does(Effects.status(403));

    ImageVerdicts<String> verdicts = each(BOTH, Set.of("alice", "bob"));

    assertThat(verdicts.verdicts().get("alice")).isInstanceOf(Satisfied.class);
    assertThat(outcome(verdicts.verdicts().get("bob"))).isEqualTo(Outcome.UNDECIDED);
  }

  @Test
  void unsignedIsSaidOfImagesThatExist() throws Exception {
    assertThat(outcome(each(BOTH, Set.of("bob")).verdicts().get("bob")))
        .isEqualTo(Outcome.NO_SIGNATURE);
    assertThatThrownBy(
            () -> bench.bulla.verifyEach(bench.reference("app:gone"), BOTH, found -> false))
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> assertThat(e.kind()).isEqualTo(RegistryException.Kind.NOT_FOUND));
    assertThatThrownBy(() -> each(Map.of(), Set.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPayloadOfAnotherTypeCountsOnlyWhereTypesAreNotAskedFor() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    Policy policy = Bench.policy(Bench.ALICE);

    ImageVerdicts<String> verdicts =
        each(
            Map.of(
                "right", policy.withPayloadTypes(Set.of("cosign container image signature")),
                "wrong", policy.withPayloadTypes(Set.of("atomic container signature"))),
            Set.of("right", "wrong"));

    assertThat(verdicts.verdicts().get("right")).isInstanceOf(Satisfied.class);
    assertThat(((Unsatisfied) verdicts.verdicts().get("wrong")).why().message())
        .contains("the payload is of type \"cosign container image signature\"");
  }
}
