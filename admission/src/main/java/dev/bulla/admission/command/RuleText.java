package dev.bulla.admission.command;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.quorum.Quorum;
import dev.bulla.error.Quoted;
import dev.bulla.verify.SignatureFormat;
import java.util.List;

/** What a rule does, in words. */
final class RuleText {

  private RuleText() {}

  /** {@code mine (cosign)}. */
  static String validator(RuleConfig rule) {
    return Quoted.plain(rule.validator().name()) + " (" + type(rule.validator()) + ")";
  }

  static String type(ValidatorConfig validator) {
    return validator instanceof ValidatorConfig.Static ? "static" : "cosign";
  }

  /** What becomes of an image that falls under the rule. */
  static String effect(RuleConfig rule) {
    if (rule.validator() instanceof ValidatorConfig.Static validator) {
      return validator.approve() ? "admitted, not looked at" : "denied";
    }
    StringBuilder text = new StringBuilder("admitted when signed by ");
    text.append(rule.quorum().map(RuleText::signers).orElse("nobody"));
    if (rule.validator() instanceof ValidatorConfig.Cosign cosign
        && cosign.onlyFormat().isPresent()) {
      text.append(
          cosign.onlyFormat().get() == SignatureFormat.BUNDLE
              ? " in a Sigstore bundle"
              : " in the older format");
    }
    text.append(rule.verifyLog() ? ", with a log entry" : ", log entries not asked for");
    if (!rule.verifySct()) {
      text.append(", certificate log not asked for");
    }
    text.append(
        rule.mode() == RuleConfig.Mode.MUTATE
            ? "; the tag is replaced by the digest"
            : "; the tag stays and may mean another image later");
    return text.toString();
  }

  private static String signers(Quorum quorum) {
    List<String> required = quorum.required();
    if (quorum.asked().size() == 1) {
      return Quoted.plain(quorum.asked().get(0));
    }
    String all = Quoted.plain(String.join(", ", quorum.asked()));
    if (quorum.threshold() == quorum.asked().size()) {
      return "all of " + all;
    }
    String names = Quoted.plain(String.join(", ", required));
    if (quorum.threshold() == 0) {
      return names;
    }
    String some = quorum.threshold() + " of " + all;
    return required.isEmpty() ? some : some + ", " + names + " among them";
  }
}
