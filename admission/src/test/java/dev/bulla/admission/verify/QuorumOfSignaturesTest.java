package dev.bulla.admission.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose signatures suffice, with real signatures. */
class QuorumOfSignaturesTest {

  private Stage stage;

  @BeforeEach
  void start() throws Exception {
    stage = new Stage();
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  @ParameterizedTest(name = "{0}: {1} signed by {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
           1 | trustRoot: A                                       | A
           9 | trustRoot: '*'                                     | A B C
          12 | trustRoot: '*', threshold: 1                       | C
          14 | trustRoot: '*', threshold: 2                       | A B
          18 | trustRoot: '*', required: [A, C]                   | A C
          19 | trustRoot: '*', required: [A, C]                   | A B C
          24 | trustRoot: '*', threshold: 3, required: [A, B]     | A B C
          32 | trustRoot: A, required: [A]                        | A
          """,
      quoteCharacter = '"')
  void isAdmitted(int row, String with, String signatures) throws Exception {
    stage.signAll(signatures);
    assertThat(stage.verify(stage.config(with), stage.image("v1"))).isEqualTo(Stage.IMAGE.digest());
  }

  @ParameterizedTest(name = "{0}: {1} signed by {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
           2 | trustRoot: A                                   | B    | error validating image: [no matching signatures:
           3 | trustRoot: A                                   | none | error validating image: [no signatures found]
           7 | trustRoot: '*'                                 | A    | validation threshold not reached (1/3)
           8 | trustRoot: '*'                                 | A B  | validation threshold not reached (2/3)
          10 | trustRoot: '*'                                 | A3   | validation threshold not reached (1/3)
          11 | trustRoot: '*', threshold: 0                   | A B  | validation threshold not reached (2/3)
          13 | trustRoot: '*', threshold: 2                   | A    | validation threshold not reached (1/2)
          15 | trustRoot: '*', threshold: 2                   | A2   | validation threshold not reached (1/2)
          17 | trustRoot: '*', required: [A, C]               | C    | missing required signatures from [A]
          20 | trustRoot: '*', required: [A]                  | none | missing required signatures from [A]; A: no signatures found
          21 | trustRoot: '*', threshold: 1, required: [A, B] | A    | missing required signatures from [B]; B: no matching signatures:
          22 | trustRoot: '*', threshold: 2, required: [A, B] | A C  | validation threshold not reached (1/2)
          23 | trustRoot: '*', threshold: 3, required: [A, B] | A B  | validation threshold not reached (2/3)
          25 | trustRoot: '*', threshold: 3, required: [A, B] | A C  | validation threshold not reached (2/3)
          26 | trustRoot: '*', threshold: 3, required: [A, B] | A C2 | validation threshold not reached (2/3)
          27 | trustRoot: '*', threshold: 3, required: [A, B] | A2 B | validation threshold not reached (2/3)
          """,
      quoteCharacter = '"')
  void isDenied(int row, String with, String signatures, String message) throws Exception {
    stage.signAll(signatures);
    String config = stage.config(with);
    assertThatThrownBy(() -> stage.verify(config, stage.image("v1")))
        .isInstanceOf(VerificationException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
           4 |                                                | unable to find trust root default
           6 | trustRoot: Y                                   | unable to find trust root Y
          16 | trustRoot: '*', threshold: 4                   | cannot be reached with 3 trust roots
          28 | trustRoot: '*', threshold: 2, required: [A, A] | twice
          29 | trustRoot: '*', required: [Y]                  | unable to find trust root Y
          30 | trustRoot: '*', threshold: 3, required: [A, Y] | unable to find trust root Y
          31 | trustRoot: A, required: [B]                    | asks for "A" only
          33 | trustRoot: A, threshold: 2                     | cannot be reached with the one trust root
          37 | trustRoot: '*', required: []                   | Required must contain at least 1 item
          38 | trustRoot: '*', threshold: -1                  | Threshold must be 0 or greater
          """,
      quoteCharacter = '`')
  void isNoRule(int row, String with, String message) {
    assertThatThrownBy(() -> Stage.load(stage.config(with == null ? "" : with)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theDefaultTrustRootIsAskedWhereNoneIsNamed() throws Exception {
    stage.sign("A");
    String config =
        Stage.config("", "{verifyInTransparencyLog: false}", "A")
            .replace("name: A", "name: default");
    assertThat(stage.verify(config, stage.image("v1"))).isEqualTo(Stage.IMAGE.digest());
  }

  @Test
  void allOfOneTrustRootIsOne() throws Exception {
    String config = Stage.config("", "{verifyInTransparencyLog: false, trustRoot: '*'}", "A");
    assertThatThrownBy(() -> stage.verify(config, stage.image("v1")))
        .hasMessageContaining("no signatures found");
    stage.sign("A");
    assertThat(stage.verify(config, stage.image("v1"))).isEqualTo(Stage.IMAGE.digest());
  }

  @Test
  void aSignatureOfAnotherDigestIsNoneOfThisImage() throws Exception {
    stage.sign("A");
    stage.putSignature(
        "B",
        "{\"critical\":{\"identity\":{\"docker-reference\":\"\"},\"image\":"
            + "{\"docker-manifest-digest\":\""
            + Stage.OTHER.digest()
            + "\"},\"type\":\"cosign container image signature\"},\"optional\":null}");
    String config = stage.config("trustRoot: '*', threshold: 1");
    assertThatThrownBy(() -> stage.verify(config, stage.image("v1")))
        .hasMessageStartingWith("validation threshold not reached (0/1)")
        .hasMessageContaining("invalid or missing digest in claim: " + Stage.OTHER.digest());
  }

  @Test
  void everyDenialSaysWhatKindOfNoItIsAndTheFateOfEachSignature() throws Exception {
    String config = stage.config("trustRoot: '*', threshold: 2");
    assertThat(outcome(config)).isEqualTo(Outcome.NO_SIGNATURE);
    stage.sign("A");
    stage.sign("X");
    assertThat(outcome(config)).isEqualTo(Outcome.REFUSED);
    assertThatThrownBy(() -> stage.verify(config, stage.image("v1")))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e ->
                assertThat(e.refusals())
                    .hasSize(4)
                    .allMatch(
                        r -> r.candidate().startsWith("B: ") || r.candidate().startsWith("C: ")));
  }

  private Outcome outcome(String config) throws BullaException {
    try {
      stage.verify(config, stage.image("v1"));
    } catch (VerificationException e) {
      return e.outcome();
    }
    throw new AssertionError("admitted");
  }
}
