package dev.bulla.admission.config;

import static dev.bulla.admission.config.ConfigLoaderTest.config;
import static dev.bulla.admission.config.ConfigLoaderTest.load;
import static dev.bulla.admission.config.ConfigLoaderTest.refused;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.error.MalformedInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that have not the shape of a configuration. */
class ConfigShapeTest {

  @Test
  @ConnaisseurRow("G3")
  void withoutValidatorsOrRulesThereIsNothingToGoBy() {
    refused(
        "validators: []\npolicy: []\n",
        "config.yaml:1: Validators must contain at least 1 item",
        "config.yaml:2: Rules must contain at least 1 item");
    refused("{}", "Validators must contain at least 1 item", "Rules must contain at least 1 item");
  }

  @Test
  @ConnaisseurRow("G7")
  void aValueOfAnotherKindIsRefusedWhereItStands() {
    refused(
        config().replace("approve: true", "approve: {}"),
        "config.yaml:4: cannot unmarshal a mapping into approve");
    refused(
        config().replace("approve: true", "approve: [true]"),
        "config.yaml:4: cannot unmarshal a list into approve");
    refused(
        "validators: {name: allow, type: static}\npolicy: [{pattern: '*:*', validator: allow}]\n",
        "config.yaml:1: cannot unmarshal a mapping into validators");
    refused(
        config()
            .replace("    issuer: https", "  - issuer: https")
            .replace("      subject", "      #"),
        "cannot unmarshal a list into keyless");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: [",
        "a: b: c",
        "\t",
        "a: 1\na: 2",
        "a: *b",
        "? [x]\n: y",
        "a: !!binary x\n- b"
      })
  void whatIsNoYamlIsMalformed(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> load(text))
        .withMessageStartingWith("config.yaml:")
        .withMessageContaining("yaml: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "text", "~"})
  void whatIsNoMappingIsRefused(String text) {
    refused(text, "into a configuration");
  }

  @Test
  void bombsAreRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      bomb.append(
          "a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9) + "*a" + (i - 1)));
    }
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> load(bomb.toString()))
        .withMessageContaining("yaml:");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> load("[".repeat(10_000)));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> load("a: " + "x".repeat(YamlValue.MAX_FILE)))
        .withMessageContaining("larger than");
  }
}
