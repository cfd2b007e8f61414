package dev.bulla.admission.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.VerificationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Connaisseur's cosign validator is tested with: trust roots alice (A) and bob (B), no log.
 */
class ValidatorRowsTest {

  private Stage stage;

  @BeforeEach
  void start() throws Exception {
    stage = new Stage();
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private static String config(String with) {
    return Stage.config("", "{verifyInTransparencyLog: false, " + with + "}", "A", "B")
        .replace("name: A", "name: alice")
        .replace("name: B", "name: bob");
  }

  @ParameterizedTest(name = "{0} {1} signed by {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          V1 | trustRoot: alice             | A
          V5 | trustRoot: '*', threshold: 2 | A B C
          """)
  @ConnaisseurRow({"V1", "V5"})
  void whatIsSignedEnoughHasADigest(String row, String with, String signers) throws Exception {
    stage.signAll(signers);
    assertThat(stage.verify(config(with), stage.image("v1"))).isEqualTo(Stage.IMAGE.digest());
  }

  @ParameterizedTest(name = "{0} {1} signed by {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          V3 | trustRoot: '*'                         | none | validation threshold not reached (0/2)
          V7 | trustRoot: '*', required: [bob]        | A    | missing required signatures from [bob]
          V8 | trustRoot: '*', required: [bob, alice] | A    | missing required signatures from [bob]
          V9 | trustRoot: alice                       | none | error validating image: [no signatures found]
          """)
  @ConnaisseurRow({"V3", "V7", "V8", "V9"})
  void whatIsNotIsDenied(String row, String with, String signers, String message) throws Exception {
    stage.signAll(signers);
    String config = config(with);
    assertThatThrownBy(() -> stage.verify(config, stage.image("v1")))
        .isInstanceOf(VerificationException.class)
        .hasMessageStartingWith(message);
  }

  /** Charlie (C) signs, and is no trust root: said before any image is looked at. */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          V2 | trustRoot: charlie           | unable to find trust root charlie
          V6 | trustRoot: '*', threshold: 3 | cannot be reached with 2 trust roots
          """)
  @ConnaisseurRow({"V2", "V6"})
  void whatNobodyCanSignEnoughIsNoRule(String row, String with, String message) {
    assertThatThrownBy(() -> Stage.load(config(with)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }
}
