package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatchCommandTest {

  private static final String CONFIG =
      """
      validators:
      - name: allow
        type: static
        approve: true
      - name: default
        type: static
      policy:
      - pattern: "*:*"
      - pattern: "registry.k8s.io/*:*"
        validator: allow
      """;

  @TempDir Path folder;

  @Test
  void namesTheRuleWhyAndWhatComesNext() throws Exception {
    Lines.Result result =
        new Lines(folder)
            .file("config.yaml", CONFIG)
            .run("admission", "match", "--config", ".", "registry.k8s.io/pause:3.9");

    assertThat(result.stdout())
        .isEqualTo(
            """
            registry.k8s.io/pause:3.9
              name       registry.k8s.io/pause:3.9
              rule       "registry.k8s.io/*:*" (./config.yaml:9)
                         the closest: components=2 prefixes=15,0 lengths=15,3
              validator  allow (static)
              result     admitted, not looked at
              also       "*:*" (./config.yaml:8)
                         less close: components=1 prefixes=0 lengths=3
            """);
    assertThat(result.exit()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"auto, ''", "legacy, ' in the older format'", "bundle, ' in a Sigstore bundle'"})
  void saysWhichFormatCounts(String format, String shown) throws Exception {
    String config =
        """
        validators:
        - name: default
          type: cosign
          signatureFormat: FORMAT
          trustRoots: [{name: default, key: "env://KEY"}]
        policy:
        - pattern: "*:*"
        """
            .replace("FORMAT", format);

    Lines.Result result =
        new Lines(folder)
            .file("config.yaml", config)
            .run("admission", "match", "--config", ".", "nginx");

    assertThat(result.stdout())
        .contains("admitted when signed by default" + shown + ", with a log entry; the tag");
  }

  @Test
  void tellsOfRulesThatOnlyConnaisseurWouldHaveApplied() throws Exception {
    Lines.Result result =
        new Lines(folder)
            .file("config.yaml", CONFIG)
            .run("admission", "match", "--config", ".", "evil.example/registry.k8s.io/pwn:1");

    assertThat(result.stdout())
        .contains("  rule       \"*:*\" (./config.yaml:8)\n")
        .contains(
            """
              not        "registry.k8s.io/*:*" (./config.yaml:9)
                         found inside of the name, but does not describe it from its start to its end
            """);
  }

  @Test
  void anImageWithoutRuleIsAFailure() throws Exception {
    Lines.Result result =
        new Lines(folder)
            .file("config.yaml", CONFIG.replace("- pattern: \"*:*\"\n", ""))
            .run("admission", "match", "--config", ".", "nginx");

    assertThat(result.stdout())
        .isEqualTo(
            """
            nginx
              name       index.docker.io/library/nginx:latest
              rule       none: denied
            """);
    assertThat(result.stderr()).startsWith("Error: no matching rule for image nginx\n");
    assertThat(result.exit()).isEqualTo(1);
  }

  @Test
  void jsonHoldsTheSame() throws Exception {
    Lines.Result result =
        new Lines(folder)
            .file("config.yaml", CONFIG)
            .run("admission", "match", "--config", "config.yaml", "-o", "json", "nginx");

    assertThat(result.stdout())
        .isEqualTo(
            """
            [
              {
                "image": "nginx",
                "name": "index.docker.io/library/nginx:latest",
                "rules": [
                  {
                    "pattern": "*:*",
                    "line": 8,
                    "validator": "default",
                    "type": "static",
                    "effect": "denied",
                    "why": "the only one: components=1 prefixes=0 lengths=3"
                  }
                ],
                "nearMisses": []
              }
            ]
            """);
  }

  @Test
  void anImageThatIsNoneIsMalformed() throws Exception {
    Lines.Result result =
        new Lines(folder)
            .file("config.yaml", CONFIG)
            .run("admission", "match", "--config", "config.yaml", "a@sha256:12");

    assertThat(result.exit()).isEqualTo(21);
    assertThat(result.stderr()).startsWith("Error: a@sha256:12: invalid image reference");
  }
}
