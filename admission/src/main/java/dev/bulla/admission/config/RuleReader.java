package dev.bulla.admission.config;

import dev.bulla.admission.config.RuleConfig.Mode;
import dev.bulla.admission.config.ValidatorConfig.TrustRootConfig;
import dev.bulla.admission.quorum.Quorum;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.trust.TrustedRoot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads the entries of {@code policy}. */
final class RuleReader {

  private static final String DEFAULT_VALIDATOR = "default";

  private final Map<String, ValidatorConfig> validators;
  private final boolean validatorsAreWhole;
  private final Problems problems;

  /**
   * @param validatorsAreWhole whether none was left out for a mistake of its own
   */
  RuleReader(
      Map<String, ValidatorConfig> validators, boolean validatorsAreWhole, Problems problems) {
    this.validators = validators;
    this.validatorsAreWhole = validatorsAreWhole;
    this.problems = problems;
  }

  /** What a rule's {@code with} says. */
  private record Options(
      String trustRoot,
      OptionalInt threshold,
      Optional<List<String>> required,
      Mode mode,
      Optional<Boolean> verifyLog,
      boolean verifySct,
      int line) {}

  Optional<RuleConfig> read(YamlValue value) {
    Optional<Section> entry = Section.of(value, "a rule", problems);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    Section rule = entry.get();
    String pattern = rule.text("pattern").orElse("");
    if (pattern.isEmpty()) {
      requirePattern(rule);
    }
    String name = rule.text("validator").filter(text -> !text.isEmpty()).orElse(DEFAULT_VALIDATOR);
    Optional<Section> with = rule.section("with", "with");
    @Nullable ValidatorConfig validator = validators.get(name);
    Options options = options(with, rule, validator);
    rule.finish();
    if (validator == null) {
      if (validatorsAreWhole) {
        problems.error(
            rule.lineOf("validator"),
            "validator " + Quoted.text(name) + " not found",
            (rule.has("validator") ? "" : "a rule without validator means \"default\"; ")
                + Meant.orWhatThereIs(name, validators.keySet()));
      }
      return Optional.empty();
    }
    Optional<Quorum> quorum = Optional.empty();
    if (validator instanceof ValidatorConfig.Cosign cosign) {
      if (cosign.trustRoots().isEmpty()) {
        return Optional.empty(); // has been reported
      }
      quorum = quorum(cosign, options);
      if (quorum.isEmpty()) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new RuleConfig(
            pattern,
            validator,
            quorum,
            options.mode(),
            options.verifyLog().orElse(true),
            options.verifySct(),
            rule.line()));
  }

  private void requirePattern(Section rule) {
    if (rule.text("pattern").isPresent() || rule.lacks("pattern")) {
      problems.error(rule.line(), "Pattern is a required field", "\"*:*\" describes every image");
    }
  }

  private Optional<Quorum> quorum(ValidatorConfig.Cosign validator, Options options) {
    try {
      Quorum quorum =
          Quorum.of(
              validator.trustRootNames(),
              options.trustRoot(),
              options.threshold(),
              options.required());
      quorum.notices().forEach(notice -> problems.warn(options.line(), notice));
      checkRoot(validator, quorum, options);
      return Optional.of(quorum);
    } catch (ConfigurationException e) {
      problems.error(
          options.line(),
          new ConfigurationException(
              "trust roots of validator " + Quoted.plain(validator.name()) + ": " + e.message(),
              e.hint().orElse(Meant.whatThereIs(validator.trustRootNames()))));
      return Optional.empty();
    }
  }

  /**
   * What the rule's trust roots need of a trusted root that is not fetched, and so stays as it is.
   */
  private void checkRoot(ValidatorConfig.Cosign validator, Quorum quorum, Options options) {
    if (validator.sigstore().trustedRoot().isEmpty()) {
      return;
    }
    TrustedRoot root = validator.sigstore().trustedRoot().get().root();
    String whose = "trustedRoot of validator " + Quoted.plain(validator.name());
    if (options.verifyLog().orElse(true) && root.logs().isEmpty()) {
      problems.error(
          options.line(),
          whose + " holds no transparency log",
          "add it to its tlogs, or write verifyInTransparencyLog: false");
    }
    boolean keyless =
        validator.trustRoots().stream()
            .anyMatch(one ->
                one instanceof TrustRootConfig.Keyless && quorum.asked().contains(one.name()));
    if (keyless && options.verifySct() && root.certificateLogs().isEmpty()) {
      problems.error(
          options.line(),
          whose + " holds no certificate log",
          "add it to its ctlogs, or write verifySCT: false");
    }
  }

  private Options options(
      Optional<Section> found, Section rule, @Nullable ValidatorConfig validator) {
    if (found.isEmpty()) {
      return new Options(
          "",
          OptionalInt.empty(),
          Optional.empty(),
          Mode.MUTATE,
          Optional.empty(),
          true,
          rule.line());
    }
    Section with = found.get();
    Optional<String> key = with.text("key");
    Optional<String> trustRoot = with.text("trustRoot", "trust_root");
    if (key.isPresent() && trustRoot.isPresent()) {
      problems.error(with.lineOf("key"), "key and trustRoot are both set", "write trustRoot alone");
    } else if (key.isPresent()) {
      problems.warn(with.lineOf("key"), "key is called trustRoot: read as that");
    }
    Optional<List<String>> required = with.texts("required");
    if (required.isPresent() && with.has("delegations")) {
      problems.error(
          with.lineOf("required"),
          "Required must not be set if Delegations is",
          "delegations has no effect: take it away");
    }
    Options options =
        new Options(
            trustRoot.or(() -> key).orElse(""),
            with.number("threshold"),
            required,
            mode(with),
            with.truth("verifyInTransparencyLog"),
            with.truth("verifySCT").orElse(true),
            with.line());
    if (with.texts("delegations").filter(List::isEmpty).isPresent()) {
      problems.error(
          with.lineOf("delegations"),
          "Delegations must contain at least 1 item",
          "delegations has no effect: take it away");
    }
    oneOf(with, "verificationLevel", "VerificationLevel", "strict", "permissive", "audit");
    oneOf(with, "verifyTimestamp", "VerifyTimestamp", "always", "afterCertExpiry");
    with.finish();
    for (String foreign : List.of("delegations", "verificationLevel", "verifyTimestamp")) {
      if (with.names(foreign)) {
        problems.warn(
            with.lineOf(foreign), foreign + " has no effect on cosign and static validators");
      }
    }
    if (validator instanceof ValidatorConfig.Static) {
      for (String option :
          List.of("trustRoot", "threshold", "required", "verifyInTransparencyLog", "verifySCT")) {
        if (with.names(option)) {
          problems.warn(with.lineOf(option), option + " has no effect on a static validator");
        }
      }
    }
    if (validator instanceof ValidatorConfig.Cosign cosign
        && cosign.sigstore().rekor().isPresent()
        && options.verifyLog().equals(Optional.of(false))) {
      problems.warn(
          with.lineOf("verifyInTransparencyLog"),
          "host.rekor of validator "
              + Quoted.text(cosign.name())
              + " has no effect where verifyInTransparencyLog is false");
    }
    return options;
  }

  /** Of validators that there are none of here. */
  private void oneOf(Section with, String name, String shown, String... known) {
    Optional<String> value = with.text(name);
    if (value.isPresent() && !List.of(known).contains(value.get())) {
      problems.error(
          with.lineOf(name),
          shown + " must be one of [" + String.join(" ", known) + "]",
          name + " has no effect: take it away");
    }
  }

  private Mode mode(Section with) {
    String mode = with.text("mode").orElse("mutate");
    if (mode.equals("insecureValidateOnly")) {
      return Mode.INSECURE_VALIDATE_ONLY;
    }
    if (!mode.equals("mutate")) {
      problems.error(
          with.lineOf("mode"),
          "ValidationMode must be one of [mutate insecureValidateOnly]",
          "mutate is the usual one and can be left out");
    }
    return Mode.MUTATE;
  }
}
