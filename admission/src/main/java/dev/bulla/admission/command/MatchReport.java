package dev.bulla.admission.command;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.rule.RuleChoice;
import dev.bulla.admission.rule.RuleChoice.Chosen;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which rules describe an image, and which nearly do. */
final class MatchReport {

  private final AdmissionConfig config;
  private final String file;
  private final RuleChoice loose;

  /**
   * @param file where the configuration is from
   */
  MatchReport(AdmissionConfig config, String file) throws ConfigurationException {
    this.config = config;
    this.file = Quoted.plain(file);
    this.loose =
        RuleChoice.of(
            RuleChoice.Matching.CONNAISSEUR_V3,
            config.rules().stream().map(RuleConfig::pattern).toList());
  }

  /**
   * What was found for one image.
   *
   * @param image as typed
   * @param name as rules see it
   * @param rules that describe it, the one that counts first
   * @param misses rules that describe it only as Connaisseur 3 read them
   */
  record Match(String image, String name, List<Line> rules, List<Line> misses) {

    Match {
      rules = List.copyOf(rules);
      misses = List.copyOf(misses);
    }

    JsonObject json() {
      return JsonObject.builder()
          .put("image", image)
          .put("name", name)
          .put("rules", json(rules))
          .put("nearMisses", json(misses))
          .build();
    }

    private static JsonArray json(List<Line> lines) {
      List<JsonValue> entries = new ArrayList<>();
      for (Line line : lines) {
        entries.add(
            JsonObject.builder()
                .put("pattern", line.rule().pattern())
                .put("line", line.rule().line())
                .put("validator", line.rule().validator().name())
                .put("type", RuleText.type(line.rule().validator()))
                .put("effect", line.effect())
                .put("why", line.why())
                .build());
      }
      return JsonArray.of(entries);
    }
  }

  /** One rule, and why it counts or not. */
  record Line(RuleConfig rule, String file, String why) {

    String where() {
      return Quoted.text(rule.pattern()) + " (" + file + ":" + rule.line() + ")";
    }

    String validator() {
      return RuleText.validator(rule);
    }

    String effect() {
      return RuleText.effect(rule);
    }
  }

  Match of(String image) throws MalformedInputException {
    ImageName name;
    try {
      name = ImageName.parse(image);
    } catch (MalformedInputException e) {
      throw e.in(Quoted.plain(image));
    }
    List<Line> rules = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    List<Chosen> found = config.choice().matches(name);
    for (Chosen chosen : found) {
      seen.add(chosen.index());
      rules.add(line(chosen, why(chosen, rules.isEmpty(), found.size())));
    }
    List<Line> misses = new ArrayList<>();
    for (Chosen chosen : loose.matches(name)) {
      if (seen.add(chosen.index())) {
        misses.add(
            line(
                chosen,
                "found inside of the name, but does not describe it from its start to its end"));
      }
    }
    return new Match(image, name.canonical(), rules, misses);
  }

  private static String why(Chosen chosen, boolean first, int found) {
    String why = chosen.closeness();
    if (!first) {
      return (chosen.tied() ? "as close, and earlier: " : "less close: ") + why;
    }
    if (found == 1) {
      return "the only one: " + why;
    }
    return (chosen.tied() ? "of the closest the last: " : "the closest: ") + why;
  }

  private Line line(Chosen chosen, String why) {
    return new Line(config.rules().get(chosen.index()), file, why);
  }
}
