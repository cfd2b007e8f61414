package dev.bulla.admission.verify;

import dev.bulla.PolicyVerdict;
import dev.bulla.PolicyVerdict.Satisfied;
import dev.bulla.PolicyVerdict.Unsatisfied;
import dev.bulla.admission.quorum.Quorum;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.error.Refusal;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Why the trust roots of a rule do not suffice. What could not be looked at is never called
 * refused: as long as it might have made the difference, the whole is undecided.
 */
final class Denial {

  /** So that a denial can still be read in a terminal, whatever a registry is full of. */
  private static final int MAX_REASON = 400;

  private static final int MAX_MESSAGE = 2000;

  private static final String HINT =
      "bulla tree IMAGE shows what is kept beside an image, and bulla verify each signature's fate";

  /** What cosign says of bundles, where the webhook says the same of either format. */
  private static final String OF_BUNDLES = "no matching attestations: ";

  /** One trust root that is not satisfied. */
  private record Reason(Outcome outcome, String message, List<Refusal> refusals) {

    static Reason of(VerificationException e) {
      String message = e.message();
      if (message.startsWith(OF_BUNDLES)) {
        message = "no matching signatures: " + message.substring(OF_BUNDLES.length());
      }
      return new Reason(e.outcome(), message.replaceAll("\n *", "; "), e.refusals());
    }

    /** A trust root that could not even be asked. */
    static Reason ofNone(BullaException e) {
      return new Reason(
          Outcome.UNDECIDED,
          e.message(),
          List.of(new Refusal("trust root", ReasonCode.UNDECIDED, e.message())));
    }
  }

  private Denial() {}

  /**
   * The one exception.
   *
   * @param verdicts of the trust roots that were asked
   * @param unusable those that could not be
   */
  static VerificationException of(
      Quorum quorum, Map<String, PolicyVerdict> verdicts, Map<String, BullaException> unusable) {
    Map<String, Reason> reasons = new LinkedHashMap<>();
    Set<String> signed = new HashSet<>();
    for (String name : quorum.asked()) {
      PolicyVerdict verdict = verdicts.get(name);
      BullaException missing = unusable.get(name);
      if (verdict instanceof Satisfied) {
        signed.add(name);
      } else if (verdict instanceof Unsatisfied no) {
        reasons.put(name, Reason.of(no.why()));
      } else if (missing != null) {
        reasons.put(name, Reason.ofNone(missing));
      }
    }
    List<Refusal> refusals = new ArrayList<>();
    reasons.forEach((name, reason) ->
        reason
            .refusals()
            .forEach(refusal ->
                refusals.add(
                    new Refusal(
                        Quoted.plain(name) + ": " + refusal.candidate(),
                        refusal.reason(),
                        refusal.detail()))));
    Outcome outcome = outcome(quorum, signed, reasons);
    return new VerificationException(
        outcome,
        Quoted.plain(message(quorum, signed, reasons, outcome), MAX_MESSAGE),
        refusals,
        outcome == Outcome.UNDECIDED
            ? "this is not the answer \"unsigned\": try again when everything can be read"
            : HINT);
  }

  private static Outcome outcome(Quorum quorum, Set<String> signed, Map<String, Reason> reasons) {
    if (wouldSuffice(quorum, signed, reasons, EnumSet.of(Outcome.UNDECIDED))) {
      return Outcome.UNDECIDED;
    }
    if (wouldSuffice(quorum, signed, reasons, EnumSet.of(Outcome.UNDECIDED, Outcome.MALFORMED))) {
      return Outcome.MALFORMED;
    }
    Set<Outcome> all = EnumSet.noneOf(Outcome.class);
    reasons.values().forEach(reason -> all.add(reason.outcome()));
    return all.size() == 1 ? all.iterator().next() : Outcome.REFUSED;
  }

  /** Whether it would be enough if all trust roots with these outcomes had signed. */
  private static boolean wouldSuffice(
      Quorum quorum, Set<String> signed, Map<String, Reason> reasons, Set<Outcome> granted) {
    Set<String> most = new HashSet<>(signed);
    reasons.forEach((name, reason) -> {
      if (granted.contains(reason.outcome())) {
        most.add(name);
      }
    });
    return most.size() > signed.size() && quorum.missing(most).isEmpty();
  }

  private static String message(
      Quorum quorum, Set<String> signed, Map<String, Reason> reasons, Outcome outcome) {
    if (quorum.asked().size() == 1 && quorum.required().isEmpty()) {
      String only = shortened(reasons.values().iterator().next().message());
      return outcome == Outcome.UNDECIDED ? only : "error validating image: [" + only + "]";
    }
    StringBuilder text = new StringBuilder();
    if (outcome == Outcome.UNDECIDED) {
      text.append("could not decide: ");
    }
    text.append(quorum.missing(signed).orElse("not enough signatures"));
    reasons.forEach((name, reason) ->
        text.append("; ")
            .append(Quoted.plain(name))
            .append(": ")
            .append(shortened(reason.message())));
    return text.toString();
  }

  private static String shortened(String message) {
    return Quoted.plain(message, MAX_REASON);
  }
}
