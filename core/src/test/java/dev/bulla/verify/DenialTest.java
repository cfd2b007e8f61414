package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.key.KeyType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said, and advised, when nothing could be decided. */
final class DenialTest {

  private static final Party ALICE = Party.ofType(KeyType.EC_P256);
  private static final Image IMAGE = Image.of("the image");
  private static final Policy POLICY = Policy.requiringKey(ALICE.key()).insecurelyIgnoringLog();

  private static final Unreadable MALFORMED =
      unreadable(MalformedInputException.withHint("bundle", "broken", "write it anew"));
  private static final Unreadable UNADVISED =
      unreadable(new RegistryException(RegistryException.Kind.TIMEOUT, "no answer"));
  private static final Unreadable DENIED = denied("log in to r.io");

  private static Unreadable denied(String hint) {
    return unreadable(
        new RegistryException(
            RegistryException.Kind.DENIED, "not allowed", 403, List.of(), hint, null));
  }

  private static Unreadable unreadable(BullaException why) {
    return new Unreadable(new Origin("r.io/app", 0), why);
  }

  private static VerificationException undecided(Candidate... candidates) {
    VerificationException no = Verdicts.refused(IMAGE.with(candidates), POLICY);
    assertThat(no.outcome()).isEqualTo(Outcome.UNDECIDED);
    return no;
  }

  @Test
  void speaksOfAttestationsOnlyWhereThereAreSome() {
    VerificationException nothing = Verdicts.refused(IMAGE.with(), POLICY);
    assertThat(nothing.outcome()).isEqualTo(Outcome.NO_SIGNATURE);
    assertThat(nothing.hint()).isEmpty();
    Candidate ofOther = Evidence.legacy(ALICE, Image.of("another"));
    assertThat(Verdicts.refused(IMAGE.with(ofOther), POLICY).hint()).isEmpty();

    Candidate attestation = Evidence.dsse(ALICE, Evidence.attestation(IMAGE));
    assertThat(Verdicts.refused(IMAGE.with(ofOther, attestation), POLICY).hint().orElseThrow())
        .startsWith("attestations with predicate type " + Evidence.ATTESTATION + " were found");
  }

  @Test
  void saysOfWhichImageItCouldNotDecide() {
    assertThat(undecided(UNADVISED).message())
        .isEqualTo("could not decide whether r.io/app@" + IMAGE.digest() + " is signed: no answer");
  }

  @Test
  void advisesWhatHelpsWithTheFirstPlaceThatCouldNotBeReached() {
    assertThat(undecided(DENIED).hint())
        .contains("this is not the answer \"unsigned\": log in to r.io");
    assertThat(undecided(UNADVISED, DENIED, denied("another")).hint().orElseThrow())
        .endsWith(": log in to r.io");
    // what is broken stays so when everything can be read
    assertThat(undecided(MALFORMED, DENIED).hint().orElseThrow()).endsWith(": log in to r.io");
    for (Candidate other : List.of(MALFORMED, Evidence.legacy(ALICE, Image.of("another")))) {
      assertThat(undecided(other, UNADVISED).hint().orElseThrow())
          .endsWith(": try again when everything can be read");
    }
  }
}
