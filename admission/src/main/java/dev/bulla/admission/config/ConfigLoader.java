package dev.bulla.admission.config;

import dev.bulla.admission.config.YamlValue.Members;
import dev.bulla.admission.rule.RuleChoice;
import dev.bulla.admission.rule.RuleChoice.Matching;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code config.yaml}, or the {@code values.yaml} that it is rendered from, as written for
 * any release of Connaisseur: names of older releases are read with a warning. What could only fail
 * later is an error now.
 */
public final class ConfigLoader {

  private ConfigLoader() {}

  /**
   * Reads a configuration that names no files.
   *
   * @param text of the file
   * @param file its name, for messages
   * @throws MalformedInputException when it is no YAML
   * @throws ConfigurationException with every mistake in it, each with its line
   */
  public static AdmissionConfig load(String text, String file)
      throws MalformedInputException, ConfigurationException {
    return load(text, file, NamedFiles.NONE);
  }

  /**
   * Reads a configuration.
   *
   * @param text of the file
   * @param file its name, for messages
   * @param named reads the files that it names
   * @throws MalformedInputException when it is no YAML
   * @throws ConfigurationException with every mistake in it, each with its line
   */
  public static AdmissionConfig load(String text, String file, NamedFiles named)
      throws MalformedInputException, ConfigurationException {
    return load(YamlValue.parse(text, file), named, new Problems(file));
  }

  /**
   * Reads a configuration together with the alerting beside it, which the webhook may have from
   * another file.
   *
   * @param text of the file
   * @param file its name, for messages
   * @param named reads the files that it names
   * @throws MalformedInputException when it is no YAML
   * @throws ConfigurationException with every mistake in either, each with its line
   */
  public static AdmissionConfig loadWithAlerts(String text, String file, NamedFiles named)
      throws MalformedInputException, ConfigurationException {
    Problems problems = new Problems(file);
    YamlValue value = YamlValue.parse(text, file);
    if (value instanceof Members members && members.get("alerting").isPresent()) {
      AlertConfigLoader.read(members.get("alerting").get(), problems);
    }
    return load(value, named, problems);
  }

  private static AdmissionConfig load(YamlValue value, NamedFiles named, Problems problems)
      throws ConfigurationException {
    Optional<Section> document = Section.of(value, "a configuration", problems);
    if (document.isEmpty()) {
      problems.throwAny();
    }
    Section section = document.orElseThrow();
    FeatureSettings features = FeatureSettings.NONE;
    if (section.has("application")) {
      section.passOver("kubernetes", "alerting");
      Optional<Section> application = section.section("application", "application");
      requireNothingBeside(section, problems);
      section.finish();
      if (application.isPresent()) {
        section = application.get();
        Section within =
            section
                .section("features", "features")
                .orElse(new Section(new Members(Map.of(), Map.of(), section.line()), "", problems));
        features = FeatureSettings.read(section, within, problems);
        within.finish();
      }
    } else {
      // of Connaisseur 2 the values stood at the top; alerting was always allowed there
      section.passOver("alerting", "deployment", "service", "debug");
      features = FeatureSettings.read(section, section, problems);
    }
    AdmissionConfig config = read(section, features, named, problems);
    problems.throwAny();
    return config;
  }

  /** What belongs into {@code application} when that is there. */
  private static void requireNothingBeside(Section section, Problems problems)
      throws ConfigurationException {
    for (String name : List.of("validators", "policy", "features")) {
      if (section.has(name)) {
        section.passOver(name);
        problems.error(
            section.lineOf(name),
            name + " stands beside application, and would be passed over",
            "indent it below application");
      }
    }
    problems.throwAny();
  }

  /**
   * Refuses what is no YAML, and what unfolds to more than a configuration can hold.
   *
   * @throws MalformedInputException with file and line
   */
  public static void requireYaml(String text, String file) throws MalformedInputException {
    YamlValue.parse(text, file);
  }

  private static AdmissionConfig read(
      Section section, FeatureSettings features, NamedFiles named, Problems problems) {
    Map<String, ValidatorConfig> validators = new LinkedHashMap<>();
    List<YamlValue> entries =
        section.someOf(
            "validators",
            "Validators must contain at least 1 item",
            "write validators: and below it one that begins with - name:");
    ValidatorReader reader = new ValidatorReader(problems, named);
    boolean whole = !entries.isEmpty();
    for (YamlValue entry : entries) {
      Optional<ValidatorConfig> validator = reader.read(entry);
      whole &= validator.isPresent();
      if (validator.isPresent()
          && validators.put(validator.get().name(), validator.get()) != null
          && !validator.get().name().isEmpty()) {
        problems.error(
            entry.line(),
            "two validators are called " + Quoted.text(validator.get().name()),
            "rename one of them, also in the rules that mean it");
      }
    }
    List<YamlValue> policy =
        section.someOf(
            "policy",
            "Rules must contain at least 1 item",
            "write policy: and below it one that begins with - pattern:");
    Matching matching = matching(section, problems);
    section.finish();
    RuleReader rules = new RuleReader(validators, whole, problems);
    List<RuleConfig> read = new ArrayList<>();
    for (YamlValue entry : policy) {
      rules.read(entry).ifPresent(read::add);
    }
    return new AdmissionConfig(
        List.copyOf(validators.values()),
        read,
        choice(matching, read, problems),
        features,
        problems.warnings());
  }

  private static Matching matching(Section section, Problems problems) {
    String matching = section.text("matching").orElse("anchored");
    if (matching.equals("connaisseur-v3")) {
      problems.warn(
          section.lineOf("matching"),
          "patterns are found anywhere in a name: another registry can be named so that a rule"
              + " admits its images");
      return Matching.CONNAISSEUR_V3;
    }
    if (!matching.equals("anchored")) {
      problems.error(
          section.lineOf("matching"),
          "matching must be one of [anchored connaisseur-v3]",
          "anchored is the usual one");
    }
    return Matching.ANCHORED;
  }

  private static RuleChoice choice(Matching matching, List<RuleConfig> rules, Problems problems) {
    RuleChoice.Builder choice = new RuleChoice.Builder(matching);
    for (RuleConfig rule : rules) {
      if (rule.pattern().isEmpty()) {
        continue; // has been reported
      }
      try {
        choice.add(rule.pattern());
      } catch (ConfigurationException e) {
        problems.error(rule.line(), e);
      }
    }
    return choice.build();
  }
}
