package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.ConnaisseurRow;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateCommandTest {

  static final String STATIC =
      """
      validators:
      - name: allow
        type: static
        approve: true
      - name: default
        type: static
        approve: false
      policy:
      - pattern: "*:*"
      - pattern: "docker.io/team/*:*"
        validator: allow
      """;

  @TempDir Path folder;

  @Test
  void saysWhatAGoodConfigurationHolds() throws Exception {
    Lines.Result result =
        new Lines(folder).file("config.yaml", STATIC).run("admission", "validate", "config.yaml");

    assertThat(result.stderr()).isEmpty();
    assertThat(result.stdout()).isEqualTo("config.yaml: no mistakes, 2 validators, 2 rules\n");
    assertThat(result.exit()).isZero();
  }

  @Test
  void findsTheConfigurationInAFolder() throws Exception {
    Lines lines = new Lines(folder).file("app/values.yaml", "application:\n" + indented(STATIC));

    assertThat(lines.run("admission", "validate", "app").stdout())
        .isEqualTo("app/values.yaml: no mistakes, 2 validators, 2 rules\n");
    assertThat(lines.run("admission", "validate", "app/").exit()).isZero();
    assertThat(lines.run("admission", "validate", ".").stderr())
        .startsWith("Error: open ./config.yaml: no such file or directory\n");
    assertThat(lines.run("admission", "validate", "none.yaml").exit()).isEqualTo(1);
  }

  @Test
  @ConnaisseurRow({"G6", "G20"})
  void namesEveryMistakeWithItsLine() throws Exception {
    Lines.Result result =
        new Lines(folder)
            .file(
                "config.yaml",
                """
                validators:
                - name: allow
                  type: stati
                policy:
                - pattern: ""
                """)
            .run("admission", "validate", "config.yaml");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr())
        .startsWith(
            """
            Error: Config has 3 errors:
            Config error 1: config.yaml:3: unsupported type "stati" for validator (write static or cosign)
            Config error 2: config.yaml:5: Pattern is a required field ("*:*" describes every image)
            Config error 3: config.yaml:5: validator "default" not found (a rule without validator means "default"; there is: allow)
            """);
  }

  @Test
  void whatIsNoYamlIsAMistakeToo() throws Exception {
    Lines lines = new Lines(folder).file("config.yaml", "validators: [");

    Lines.Result result = lines.run("admission", "validate", "config.yaml");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).startsWith("Error: error parsing file: config.yaml:1: yaml: ");
  }

  @Test
  void warnsOfWhatIsReadAsSomethingElse() throws Exception {
    Lines.Result result =
        new Lines(folder)
            .file(
                "config.yaml",
                STATIC.replace("validator: allow", "validator: allow\n  with: {threshold: 2}"))
            .run("admission", "validate", "config.yaml");

    assertThat(result.exit()).isZero();
    assertThat(result.stderr())
        .isEqualTo("WARNING: config.yaml:12: threshold has no effect on a static validator\n");
  }

  @Test
  void theGroupListsItsCommandsAndHelpIsThereForEach() {
    Lines lines = new Lines(folder);

    assertThat(lines.run("admission").stdout()).contains("  validate ").contains("  match ");
    assertThat(lines.run("help", "admission", "match").stdout()).contains("--config");
    for (String path : new AdmissionCommands().paths()) {
      String page = lines.run(("help " + path).split(" ")).stdout();
      assertThat(page).as(path).contains("bulla " + path);
      assertThat(page.lines().filter(line -> line.length() > 100)).as(path).isEmpty();
    }
    assertThat(lines.run("--help").stdout()).contains("  admission ");
    assertThat(lines.run("completion", "bash").stdout()).contains("admission");
    assertThat(lines.run("admision").stderr()).contains("admission");
  }

  static String indented(String text) {
    return text.indent(2);
  }
}
