package dev.bulla.admission.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.admission.config.FeatureSettings.ChildApproval;
import dev.bulla.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FeatureSettingsTest {

  private static final String RULES =
      "  validators: [{name: default, type: static}]\n  policy: [{pattern: \"*:*\"}]\n";

  private static FeatureSettings of(String more) throws Exception {
    return ConfigLoader.load("application:\n" + RULES + more, "values.yaml").features();
  }

  @Test
  void areReadFromTheValuesOfTheChart() throws Exception {
    FeatureSettings read =
        of(
            """
              logLevel: debug
              logFormat: json
              features:
                detectionMode: true
                namespacedValidation: {mode: validate}
                automaticChildApproval: false
                automaticUnchangedApproval: true
                resourceValidationMode: podsOnly
                cache: {expirySeconds: 0, cacheErrors: false}
            """);

    assertThat(read.detectionMode()).contains(true);
    assertThat(read.podsOnly()).contains(true);
    assertThat(read.childApproval()).contains(ChildApproval.NONE);
    assertThat(read.unchangedApproval()).contains(true);
    assertThat(read.cacheSeconds()).hasValue(0);
    assertThat(read.cacheErrors()).contains(false);
    assertThat(read.logLevel()).contains("debug");
    assertThat(read.logFormat()).contains("json");
    assertThat(of("")).isEqualTo(FeatureSettings.NONE);
  }

  @Test
  void ofConnaisseur2AreReadWhereTheyStood() throws Exception {
    FeatureSettings read =
        ConfigLoader.load(
                """
                deployment: {}
                detectionMode: true
                namespacedValidation: {enabled: false}
                automaticChildApproval: {enabled: false}
                validators: [{name: default, type: static}]
                policy: [{pattern: "*:*"}]
                """,
                "values.yaml")
            .features();

    assertThat(read.detectionMode()).contains(true);
    assertThat(read.childApproval()).contains(ChildApproval.NONE);
  }

  @Test
  void childApprovalHasAStrictForm() throws Exception {
    assertThat(of("  features: {automaticChildApproval: strict}\n").childApproval())
        .contains(ChildApproval.ALL_BUT_PODS);
    assertThat(of("  features: {automaticChildApproval: true}\n").childApproval())
        .contains(ChildApproval.ALL);
    List<String> warnings = new ArrayList<>();
    assertThat(child("Strict", warnings)).contains(ChildApproval.ALL_BUT_PODS);
    assertThat(child("t", warnings)).contains(ChildApproval.ALL);
    assertThat(child("very", warnings)).isEmpty();
    assertThat(warnings)
        .containsExactly(
            "AUTOMATIC_CHILD_APPROVAL is not used: \"very\" is not true, false or strict");
  }

  private static Optional<ChildApproval> child(String value, List<String> warnings) {
    return FeatureSettings.ofEnvironment(Map.of("AUTOMATIC_CHILD_APPROVAL", value), warnings::add)
        .childApproval();
  }

  @Test
  void mistakesInThemAreMistakesOfTheConfiguration() {
    for (String wrong :
        List.of(
            "detectionMode: 7",
            "automaticChildApproval: very",
            "resourceValidationMode: some",
            "namespacedValidation: {mode: never}",
            "cache: {expiry: 3}",
            "automaticApproval: true")) {
      assertThatThrownBy(() -> of("  features: {" + wrong + "}\n"))
          .as(wrong)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("Config has 1 error:");
    }
  }

  @Test
  void theEnvironmentIsReadAsConnaisseurReadsIt() {
    List<String> warnings = new ArrayList<>();

    FeatureSettings read =
        FeatureSettings.ofEnvironment(
            Map.of(
                "DETECTION_MODE", "T",
                "AUTOMATIC_CHILD_APPROVAL", "0",
                "AUTOMATIC_UNCHANGED_APPROVAL", "yes",
                "RESOURCE_VALIDATION_MODE", "PODSONLY",
                "CACHE_EXPIRY_SECONDS", "soon",
                "CACHE_ERRORS", "maybe"),
            warnings::add);

    assertThat(read.detectionMode()).contains(true);
    assertThat(read.childApproval()).contains(ChildApproval.NONE);
    assertThat(read.podsOnly()).contains(true);
    assertThat(read.unchangedApproval()).isEmpty();
    assertThat(read.cacheSeconds()).isEmpty();
    assertThat(read.cacheErrors()).isEmpty();
    assertThat(warnings)
        .containsExactly(
            "AUTOMATIC_UNCHANGED_APPROVAL is not used: \"yes\" is not true or false",
            "CACHE_EXPIRY_SECONDS is not used: \"soon\" is not a whole number",
            "CACHE_ERRORS is not used: \"maybe\" is not true or false");
  }
}
