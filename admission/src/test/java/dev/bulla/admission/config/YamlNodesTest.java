package dev.bulla.admission.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** YAML as kubectl and Helm read it, and what is said of what is none. */
class YamlNodesTest {

  private static final String POLICY = "policy:\n- {pattern: '*:*', validator: a}\n";

  private static AdmissionConfig load(String text) throws Exception {
    return ConfigLoader.load(text, "config.yaml");
  }

  @Test
  void aMappingTakesOverWhatItDoesNotSayItself() throws Exception {
    AdmissionConfig config =
        load(
            """
            validators:
            - &base {name: a, type: static, approve: true}
            - {<<: *base, name: b}
            - {name: c, <<: *base, approve: false}
            - {<<: [{name: d}, {name: not-this}, *base]}
            policy:
            - &rule {pattern: "*:*", validator: a}
            - <<: *rule
              pattern: "b.io/*"
            """);

    assertThat(config.validators())
        .containsExactly(
            new ValidatorConfig.Static("a", true),
            new ValidatorConfig.Static("b", true),
            new ValidatorConfig.Static("c", false),
            new ValidatorConfig.Static("d", true));
    assertThat(config.rules().get(1).pattern()).isEqualTo("b.io/*");
    assertThat(config.rules().get(1).validator().name()).isEqualTo("a");
  }

  @Test
  void mergesOfMergesAreFollowed() throws Exception {
    AdmissionConfig config =
        load(
            """
            validators:
            - &one {name: a, type: static}
            - &two {<<: *one, name: b, approve: true}
            - {<<: *two, name: c}
            """
                + POLICY);
    assertThat(config.validators().get(2)).isEqualTo(new ValidatorConfig.Static("c", true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<<: text | config.yaml:1: yaml: << takes a mapping, or a list of them",
        "<<: [{}, text] | config.yaml:1: yaml: << takes a mapping, or a list of them",
        "{<<: {}, <<: {}} | config.yaml:1: yaml: the key << is there twice",
        "{a: 1, a: 2} | config.yaml:1: yaml: the key a is there twice",
        "a: &a {<<: *a} | config.yaml:1: yaml: nested too deeply, or too much of it",
        "'\"<<\": text' | config.yaml:1: field << not found"
      })
  void aMergeOfSomethingElseIsRefused(String text, String said) {
    assertThatExceptionOfType(BullaException.class)
        .isThrownBy(() -> load(text))
        .withMessageContaining(said);
  }

  @Test
  void aBombOfMergesIsRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 {x: 1}\n");
    for (int i = 1; i < 25; i++) {
      bomb.append("a" + i + ": &a" + i + " {<<: [" + ("*a" + (i - 1) + ", ").repeat(9) + "*a0]}\n");
    }
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> load(bomb.toString()))
        .withMessageContaining("nested too deeply, or too much of it");
  }

  @Test
  void manyAliasesAreNoBomb() throws Exception {
    StringBuilder text =
        new StringBuilder("validators:\n- &base {name: a, type: static, approve: true}\n");
    for (int i = 0; i < 200; i++) {
      text.append("- {<<: *base, name: v" + i + "}\n");
    }
    assertThat(load(text + POLICY).validators()).hasSize(201);
  }

  /** Each is how somebody writes a password or a key by mistake. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "*hunter2",
        "!hunter2!x y",
        "!hunter2",
        "@hunter2",
        "`hunter2",
        "%hunter2",
        "\"a\\hunter2\"",
        "\"\\uhunter2\"",
        "\"hunter2",
        "'hunter2",
        "hunter2: x",
        "hunter2\n hunter2: x",
        "{hunter2",
        "[hunter2",
        "hunter2]\n- hunter2",
        "|hunter2",
        "&hunter2 &hunter2 x",
        "!<hunter2 x",
        "!%hunter2 x",
        "\thunter2",
        "[hunter2]",
        "{hunter2: hunter2}"
      })
  void noProblemQuotesWhatMayBeASecret(String password) {
    for (String text :
        new String[] {
          "username: u\npassword: " + password + "\nregistry: r.example\n",
          "validators:\n- name: " + password + "\n  typ: cosign\n" + POLICY
        }) {
      String said = "";
      try {
        RegistrySecret.parse(text, "secret.yaml");
      } catch (BullaException e) {
        said = e.message();
      }
      assertThat(said).as(text).doesNotContain("unter2");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: *b | an alias of nothing: quote a text that begins with *",
        "a: @b | quote a text that begins with such a character",
        "a: b: c | mapping values are not allowed here: look at the indentation",
        "'a: \"b' | a quote is not closed",
        "a: [b | expected ',' or ']'"
      })
  void whatIsWrongIsSaidWithWhatToDo(String text, String said) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> load(text))
        .withMessageStartingWith("config.yaml:")
        .withMessageContaining("yaml: " + said);
  }

  @Test
  void aTabAndTheLineItIsInAreNamed() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> load("validators:\n\t- name: a\n"))
        .withMessage("config.yaml:2: yaml: a tab cannot start anything: indent with spaces");
  }
}
