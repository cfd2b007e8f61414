package dev.bulla.verify;

import dev.bulla.error.Refusal;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.evidence.Origin;

/** The fate of one candidate. */
sealed interface Verdict {

  record Accepted(VerifiedSignature signature) implements Verdict {}

  record Refused(Refusal refusal) implements Verdict {}

  static Verdict refused(Origin origin, ReasonCode reason, String detail) {
    return new Refused(new Refusal(origin.toString(), reason, detail));
  }
}
