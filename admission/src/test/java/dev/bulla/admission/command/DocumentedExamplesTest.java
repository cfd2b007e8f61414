package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The values of the documentation of Connaisseur 3 and of our own, as they stand there. */
class DocumentedExamplesTest {

  private static final String KEY = LintCommandTest.KEY;

  @TempDir Path folder;

  private Lines.Result validate(String values) throws Exception {
    return new Lines(folder)
        .file("values.yaml", values)
        .run("admission", "validate", "values.yaml");
  }

  private static String keyed(String name) {
    return "    - name: " + name + "\n      key: |\n" + KEY.indent(8);
  }

  @Test
  void oneKey() throws Exception {
    Lines.Result result =
        validate(
            "application:\n  validators:\n  - name: customvalidator\n    type: cosign\n"
                + "    trustRoots:\n"
                + keyed("default")
                + "  policy:\n"
                + "  - pattern: \"docker.io/securesystemsengineering/testimage:co*\"\n"
                + "    validator: customvalidator\n");

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "trustRoot: mykey",
        "key: mykey",
        "{trustRoot: \"*\"}",
        "{trustRoot: \"*\", threshold: 1}",
        "{trustRoot: \"*\", required: [mykey]}",
        "{trustRoot: \"*\", threshold: 1, required: [mykey], verifyInTransparencyLog: false}"
      })
  void aKeyInASecretOfTheClusterAndEachOptionOfARule(String with) throws Exception {
    Lines.Result result =
        validate(
            "application:\n  validators:\n  - name: myvalidator\n    type: cosign\n"
                + "    host: {rekor: rekor.sigstore.dev}\n"
                + "    auth: {k8sKeychain: true}\n"
                + "    trustRoots:\n    - name: mykey\n      key: k8s://connaisseur/cosignkeys\n"
                + "  policy:\n  - pattern: \"*:*\"\n    validator: myvalidator\n    with:\n      "
                + with
                + "\n");

    assertThat(result.exit()).as(result.stderr()).isZero();
  }

  @Test
  void theValuesOfOurOwnPageAreSound() throws Exception {
    Path page = Path.of("../docs/admission.md");
    String text = Files.readString(page);
    int from = text.indexOf("```yaml\n") + "```yaml\n".length();
    String values =
        text.substring(from, text.indexOf("```", from))
            .replaceAll("(?s) *-----BEGIN.*?END PUBLIC KEY-----\n", "KEY\n");

    Lines.Result result = validate(values.replace("KEY\n", KEY.indent(8)));

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr()).isEmpty();
  }
}
