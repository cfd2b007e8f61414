package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LintCommandTest {

  static final String KEY =
      """
      -----BEGIN PUBLIC KEY-----
      MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvtc/qpHtx7iUUj+rRHR99a8mnGni
      qiGkmUb9YpWWTS4YwlvwdmMDiGzcsHiDOYz6f88u2hCRF5GUCvyiZAKrsA==
      -----END PUBLIC KEY-----
      """;

  private static final String VALIDATORS =
      """
      validators:
      - name: allow
        type: static
        approve: true
      - name: deny
        type: static
      - name: default
        type: cosign
        trustRoots:
        - name: default
          key: |
      """
          + KEY.indent(6)
          + """
          - name: people
            type: cosign
            trustRoots:
            - name: default
              keyless:
                issuer: https://accounts.example
                subjectRegex: "^.*@team.example"
          """
              .indent(0);

  @TempDir Path folder;

  private List<String> findings(String policy) throws Exception {
    Lines.Result result =
        new Lines(folder)
            .file("c.yaml", VALIDATORS + "policy:\n" + policy)
            .run("admission", "lint", "c.yaml");
    assertThat(result.stderr()).isEmpty();
    assertThat(result.exit()).isZero();
    return result.stdout().lines().toList();
  }

  private static String rule(String pattern, String validator, String with) {
    return "- pattern: \"" + pattern + "\"\n  validator: " + validator + "\n" + with;
  }

  @Test
  void aRegistryThatIsSpelledOtherwiseIsNamed() throws Exception {
    assertThat(
            findings(
                rule("My.Registry:443/app@sha256:*", "deny", "")
                    + rule("registry-1.docker.io/team/app", "deny", "")))
        .filteredOn(line -> line.contains("spelling"))
        .containsExactly(
            "c.yaml:24: pattern \"My.Registry:443/app@sha256:*\" describes every spelling of the"
                + " registry, which is written \"my.registry\"",
            "c.yaml:26: pattern \"registry-1.docker.io/team/app\" describes every spelling of the"
                + " registry, which is written \"index.docker.io\"");
    assertThat(findings(rule("docker.io/team/app", "deny", "")))
        .noneMatch(line -> line.contains("spelling"));
  }

  @Test
  void aSoundPolicyHasNoFindings() throws Exception {
    assertThat(
            findings(
                rule("*:*", "deny", "")
                    + rule("docker.io/library/*", "default", "")
                    + rule("registry.k8s.io/*:*", "allow", "")
                    + rule("ghcr.io/team/*:*", "people", "")))
        .containsExactly(
            "c.yaml: validator \"people\", trust root \"default\": subjectRegex has no $ at its"
                + " end: whatever follows is accepted",
            "c.yaml: validator \"people\", trust root \"default\": subjectRegex has a dot that is"
                + " any character; \\. is a dot");
  }

  @Test
  void rulesThatAdmitEverybody() throws Exception {
    assertThat(findings(rule("*:*", "allow", "")))
        .anyMatch(line ->
            line.endsWith(
                "pattern \"*:*\" admits unsigned images of every registry, also of one that an"
                    + " attacker has"));
    assertThat(findings(rule("ghcr.io/team/*:stable", "allow", "")))
        .anyMatch(line -> line.endsWith("admits by a tag, which can be moved; a digest cannot"));
    assertThat(findings(rule("ghcr.io/team/*:*", "allow", "")))
        .noneMatch(line -> line.contains("admits"));
  }

  @Test
  void rulesThatAreNeverChosen() throws Exception {
    assertThat(findings(rule("*", "deny", "") + rule("*:*", "deny", "")))
        .anyMatch(line ->
            line.endsWith(
                "pattern \"*\" seems never to be chosen: what it describes falls under \"*:*\""));
    assertThat(findings(rule("ghcr.io/Team/*:*", "deny", "")))
        .anyMatch(line -> line.endsWith("describes no name that an image can have"));
    assertThat(findings(rule("*:*", "deny", "") + rule("ghcr.io/[a-c]/*", "deny", "")))
        .noneMatch(line -> line.contains("chosen") || line.contains("describes"));
  }

  @Test
  void validatorsThatNoRuleNames() throws Exception {
    assertThat(findings(rule("*:*", "deny", "")))
        .contains(
            "c.yaml: validator \"allow\" is named by no rule",
            "c.yaml: validator \"default\" is named by no rule",
            "c.yaml: validator \"people\" is named by no rule")
        .noneMatch(line -> line.contains("\"deny\" is named"));
  }

  @Test
  void patternsThatLeaveOutDigestsAndRegistries() throws Exception {
    assertThat(findings(rule("ghcr.io/team/*:v*", "default", "")))
        .anyMatch(
            line -> line.endsWith("does not describe images that are named by their digest alone"));
    assertThat(findings(rule("team/*", "default", "")))
        .anyMatch(line ->
            line.contains("names no registry and means Docker Hub")
                && line.contains("\"*/team/*\""))
        .noneMatch(line -> line.contains("digest alone"));
  }

  @Test
  void optionsThatWeaken() throws Exception {
    assertThat(
            findings(
                rule(
                    "ghcr.io/a/*",
                    "default",
                    "  with: {mode: insecureValidateOnly, verifyInTransparencyLog: false}\n")))
        .anyMatch(line -> line.contains("leaves tags as they are"))
        .anyMatch(line -> line.contains("leaves no trace"));
    assertThat(
            findings(
                rule(
                    "ghcr.io/a/*",
                    "people",
                    "  with: {verifyInTransparencyLog: false, verifySCT: false}\n")))
        .anyMatch(line -> line.contains("proves that a certificate counted"))
        .anyMatch(line -> line.contains("no certificate log"));
  }

  @Test
  void strictEndsWithAFailure() throws Exception {
    Lines lines =
        new Lines(folder).file("c.yaml", VALIDATORS + "policy:\n" + rule("*:*", "allow", ""));

    Lines.Result result = lines.run("admission", "lint", "--strict", "c.yaml");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).startsWith("Error: c.yaml: 6 findings\n");
    assertThat(result.stdout().lines()).hasSize(6);
  }
}
