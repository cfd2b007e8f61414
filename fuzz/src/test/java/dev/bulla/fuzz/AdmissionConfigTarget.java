package dev.bulla.fuzz;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.quorum.Quorum;
import dev.bulla.admission.rule.RuleChoice;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration of the webhook: whatever the file says is refused with lines that can be shown,
 * or means rules under which somebody has to have signed.
 */
final class AdmissionConfigTarget {

  private static final List<String> IMAGES =
      List.of(
          "nginx",
          "docker.io/library/nginx:1",
          "registry.example:5000/a/b@sha256:" + "4f".repeat(32));

  private AdmissionConfigTarget() {}

  static boolean accepts(byte[] input) throws MalformedInputException {
    String text = Input.text(input);
    AdmissionConfig config;
    try {
      config = ConfigLoader.load(text, "config.yaml");
    } catch (MalformedInputException | ConfigurationException e) {
      refused(e, input.length);
      return false;
    }
    config.warnings().forEach(Check::message);
    for (RuleConfig rule : config.rules()) {
      Check.that(config.validators().contains(rule.validator()), "a validator of the file");
      Check.that(rule.line() >= 1, "a line");
      if (rule.validator() instanceof ValidatorConfig.Cosign cosign) {
        signedBySomebody(rule.quorum().orElseThrow(), cosign);
      } else {
        Check.that(rule.quorum().isEmpty(), "nobody signs for what is decided without looking");
      }
    }
    for (String image : IMAGES) {
      Optional<RuleChoice.Chosen> chosen = config.choice().choose(ImageName.parse(image));
      chosen.ifPresent(rule ->
          Check.that(
              rule.index() >= 0 && rule.index() < config.rules().size(), "one of the rules"));
    }
    return true;
  }

  private static void signedBySomebody(Quorum quorum, ValidatorConfig.Cosign cosign) {
    Check.that(quorum.missing(Set.of()).isPresent(), "no signature is never enough");
    Check.that(quorum.missing(Set.of("\0")).isPresent(), "nor is that of a stranger");
    Check.that(
        cosign.trustRootNames().containsAll(quorum.asked())
            && quorum.asked().containsAll(quorum.required()),
        "trust roots of the validator");
    Check.equal(
        Optional.empty(), quorum.missing(Set.copyOf(quorum.asked())), "all together are enough");
  }

  /** A line for each mistake; a file of many mistakes gets as many lines. */
  private static void refused(BullaException refusal, int size) {
    String message = refusal.message();
    Check.that(!message.isBlank(), "a message says something");
    Check.that(
        message.length() <= 12_000 + 400L * size,
        "a message of " + message.length() + " characters");
    for (String line : Input.lines(message)) {
      Check.printable(line);
    }
    refusal.hint().ifPresent(Check::message);
  }
}
