package dev.bulla.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityPatternTest {

  private final List<String> notes = new ArrayList<>();

  private IdentityPattern pattern(String text) throws ConfigurationException {
    return IdentityPattern.parse("certificate-identity-regexp", text, notes::add);
  }

  @ParameterizedTest
  @CsvSource({
    "acme, https://git.test/acme/app, true",
    "^acme, https://git.test/acme/app, false",
    "^https://git[.]test/, https://git.test/acme/app, true",
    "@vec[.]test$, alice@vec.test, true",
    "@vec[.]test$, alice@vec.test.evil, false",
    "(?i)ALICE, alice@vec.test, true",
    "\\Qa.b\\E, a.b, true",
    "\\Qa.b\\E, axb, false",
    ".*, anything, true",
    "[0-9a-f]{40}, 0123456789abcdef0123456789abcdef01234567, true"
  })
  void isFoundAnywhere(String pattern, String name, boolean accepted) throws Exception {
    assertThat(pattern(pattern).test(name)).isEqualTo(accepted);
  }

  @Test
  void aPartOfANameIsAcceptedAndSaidOnce() throws Exception {
    IdentityPattern pattern = pattern("acme");

    assertThat(pattern.test("https://git.test/acme/app")).isTrue();
    assertThat(pattern.test("https://evil.test/acme/app")).isTrue();

    assertThat(notes).hasSize(1);
    assertThat(notes.get(0))
        .startsWith("--certificate-identity-regexp fits only a part of ")
        .contains("https://git.test/acme/app");
  }

  @ParameterizedTest
  @ValueSource(strings = {"^https://git[.]test/acme/.*", "a|https://git.test/acme/app", ".*app$"})
  void whatFitsTheWholeNameIsNotSaid(String text) throws Exception {
    assertThat(pattern(text).test("https://git.test/acme/app")).isTrue();
    assertThat(notes).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "(a, error parsing regexp: missing closing ): `(a`",
    "a**, error parsing regexp: invalid nested repetition operator: `**`",
    "(?=a), error parsing regexp: invalid or unsupported Perl syntax: `(?=`",
    "[z-a], error parsing regexp: invalid character class range: `z-a`"
  })
  void whatIsNoPatternIsCalledAsGoCallsIt(String text, String message) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> pattern(text))
        .withMessage("--certificate-identity-regexp: " + message);
  }

  @Test
  void whatWouldTakeTooMuchIsRefusedBeforeItIsCompiled() {
    for (String text :
        List.of(
            "a{1001}",
            "((a{1000}){1000}){1000}",
            "(?:(?:[]a]{9,100}b)+){11}",
            "((\\){40})\\Q)\\E){26}",
            "(".repeat(200) + ")".repeat(200),
            "a".repeat(IdentityPattern.MAX_LENGTH + 1))) {
      assertThatExceptionOfType(ConfigurationException.class)
          .as(text)
          .isThrownBy(() -> pattern(text))
          .withMessage("--certificate-identity-regexp: the pattern is too large");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[0-9a-f]{64}x[0-9a-f]{64}", "(a{10}){100}", "(a{999})(b{999})", "a{2}{"})
  void countsBesideEachOtherAreNoProduct(String text) {
    try {
      assertThat(pattern(text).test("nothing of the kind")).isFalse();
    } catch (ConfigurationException e) {
      assertThat(e.message()).doesNotContain("too large");
    }
  }
}
