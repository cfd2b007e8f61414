package dev.bulla.admission.config;

import dev.bulla.admission.rule.RuleChoice;
import java.util.List;

/**
 * A configuration that was found to be without mistakes.
 *
 * @param rules in the order of the file, as {@code choice} numbers them
 * @param features what a {@code values.yaml} says beside the rules
 * @param warnings what the writer should know, each with file and line
 */
public record AdmissionConfig(
    List<ValidatorConfig> validators,
    List<RuleConfig> rules,
    RuleChoice choice,
    FeatureSettings features,
    List<String> warnings) {

  public AdmissionConfig {
    validators = List.copyOf(validators);
    rules = List.copyOf(rules);
    warnings = List.copyOf(warnings);
  }
}
