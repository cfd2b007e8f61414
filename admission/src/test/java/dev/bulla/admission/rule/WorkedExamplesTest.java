package dev.bulla.admission.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.rule.RuleChoice.Matching;
import dev.bulla.error.ConfigurationException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which rule each image falls under, as anchored patterns decide and as Connaisseur 3 did. */
class WorkedExamplesTest {

  private static final String DIGEST = "sha256:" + "4f".repeat(32);

  private static final List<String> SAMPLE =
      List.of(
          "*:*",
          "securesystemsengineering/*:co*",
          "docker.io/*:*",
          "registry.k8s.io/*:*",
          "docker.io/securesystemsengineering/sample",
          "docker.io/securesystemsengineering/sample:v1",
          "docker.io/library/allow-me",
          "docker.io/library/deny-me",
          "my.registry/*",
          "my.registry/test",
          "docker.io/test:*");

  private static final List<String> CHART =
      List.of(
          "*:*",
          "docker.io/library/redis@sha256:" + "83".repeat(32),
          "docker.io/securesystemsengineering/*:*",
          "registry.k8s.io/*:*");

  private static final String NONE = "none";

  private static Arguments row(
      List<String> patterns, String image, String connaisseur, String anchored) {
    return Arguments.of(patterns, image.replace("@D", "@" + DIGEST), connaisseur, anchored);
  }

  private static Arguments same(List<String> patterns, String image, String both) {
    return row(patterns, image, both, both);
  }

  static Stream<Arguments> examples() {
    List<String> mine = List.of("docker.io/myrepo/*:*", "docker.io/myrepo/myimg:*", "*:*");
    return Stream.of(
        row(SAMPLE, "docker.io/test:tag", "docker.io/*:*", "docker.io/test:*"),
        same(
            SAMPLE,
            "securesystemsengineering/testimage:co-signed",
            "securesystemsengineering/*:co*"),
        same(SAMPLE, "securesystemsengineering/testimage:signed", "docker.io/*:*"),
        row(
            SAMPLE,
            "ghcr.io/securesystemsengineering/x:co-1",
            "securesystemsengineering/*:co*",
            "*:*"),
        same(SAMPLE, "deny-me", "docker.io/library/deny-me"),
        row(SAMPLE, "deny-me-not:1", "docker.io/library/deny-me", "docker.io/*:*"),
        same(SAMPLE, "docker.io/library/allow-me@D", "docker.io/library/allow-me"),
        same(CHART, "registry.k8s.io/pause:3.9", "registry.k8s.io/*:*"),
        same(CHART, "registry.k8s.io/pause@D", "registry.k8s.io/*:*"),
        same(CHART, "nginx", "*:*"),
        row(CHART, "evil.example/registry.k8s.io/pwn:1", "registry.k8s.io/*:*", "*:*"),
        row(CHART, "notregistry.k8s.io/pwn:1", "registry.k8s.io/*:*", "*:*"),
        row(
            CHART,
            "evil.io/docker.io/securesystemsengineering/x:1",
            "docker.io/securesystemsengineering/*:*",
            "*:*"),
        same(List.of("*", "*:*"), "nginx:1", "*:*"),
        same(List.of("*:*", "*/*"), "nginx:1", "*/*"),
        same(List.of("docker*/*", "*/*/*"), "nginx:1", "*/*/*"),
        same(List.of("*/*", "docker*/*"), "nginx:1", "docker*/*"),
        same(List.of("*/*", "index.docker*/*"), "nginx:1", "index.docker*/*"),
        same(List.of("*/*/image:v1", "*/sam*/*"), "docker.io/sample/image:v1", "*/sam*/*"),
        row(
            List.of("docker.i*/s*", "docker.io/*"),
            "docker.io/sse/sample:v1",
            "docker.i*/s*",
            "docker.io/*"),
        same(
            List.of("index.docker.i*/s*", "index.docker.io/*"),
            "docker.io/sse/sample:v1",
            "index.docker.io/*"),
        same(List.of("*:test", "*/*"), "nginx:test", "*/*"),
        same(List.of("sse/sample:*", "sse/sample:v*"), "sse/sample:v1", "sse/sample:v*"),
        same(List.of("*:*"), "nginx@D", "*:*"),
        same(List.of("*:1.*"), "nginx@D", NONE),
        same(List.of("*@sha256:*", "*:*"), "nginx:1@D", "*@sha256:*"),
        same(List.of("*@sha256:*", "*:*"), "nginx:1", "*:*"),
        same(List.of("redis:*"), "redis@D", NONE),
        same(List.of("redis@sha256:*"), "redis@D", "redis@sha256:*"),
        row(List.of("redis@sha256:*"), "redis:7@D", NONE, "redis@sha256:*"),
        row(List.of("redis"), "myredis-fork:1", "redis", NONE),
        row(List.of("redis"), "quay.io/x/redis:1", "redis", NONE),
        same(List.of("repo/img", "repo/img:co-*", "*:*"), "repo/img:co-1", "repo/img:co-*"),
        same(
            List.of("gcr.io/proj/*", "gcr.io/proj/app:prod-*"),
            "gcr.io/proj/app:prod-7",
            "gcr.io/proj/app:prod-*"),
        same(List.of("gcr.io/*/app", "gcr.io/proj/*"), "gcr.io/proj/app:1", "gcr.io/proj/*"),
        same(
            List.of("gcr.io/proj/a?p:*", "gcr.io/proj/app:*"),
            "gcr.io/proj/app:1",
            "gcr.io/proj/app:*"),
        same(List.of("a.io/**/svc:*", "a.io/team/*"), "a.io/team/x/svc:1", "a.io/team/*"),
        same(mine, "docker.io/myrepo/myimg:v1", "docker.io/myrepo/myimg:*"),
        same(mine, "docker.io/myrepo/superimg:v1", "docker.io/myrepo/*:*"),
        same(mine, "docker.io/superrepo/myimg:v1", "*:*"),
        same(List.of("localhost/*"), "localhost/test:1", "localhost/*"),
        same(List.of("aaaa", "bbbb"), "cccc", NONE));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "M17, image:tag, docker.io/*:*",
    "M18, image, docker.io/*:*",
    "M19, registry.io/image:tag, *:*",
    "M20, registry.k8s.io/image, registry.k8s.io/*:*",
    "M21, docker.io/securesystemsengineering/sample:v1, docker.io/securesystemsengineering/sample:v1",
    "M22, docker.io/securesystemsengineering/sample:v2, docker.io/securesystemsengineering/sample",
    "M23, my.registry/test:tag, my.registry/test",
    "M24, my.registry/abc:tag, my.registry/*"
  })
  @ConnaisseurRow({"M17", "M18", "M19", "M20", "M21", "M22", "M23", "M24"})
  void connaisseursOwnLookupsFindTheSameRule(String row, String image, String rule)
      throws Exception {
    eachImageFallsUnderTheRuleThatIsExpected(SAMPLE, image, rule, rule);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void eachImageFallsUnderTheRuleThatIsExpected(
      List<String> patterns, String image, String connaisseur, String anchored) throws Exception {
    ImageName name = ImageName.parse(image);

    assertThat(chosen(Matching.CONNAISSEUR_V3, patterns, name)).isEqualTo(connaisseur);
    assertThat(chosen(Matching.ANCHORED, patterns, name)).isEqualTo(anchored);
  }

  private static String chosen(Matching matching, List<String> patterns, ImageName image)
      throws ConfigurationException {
    return RuleChoice.of(matching, patterns)
        .choose(image)
        .map(RuleChoice.Chosen::pattern)
        .orElse(NONE);
  }

  @Test
  @ConnaisseurRow("M10")
  void twoRulesOfOnePatternAreRefusedWhereConnaisseurTookTheLater() throws Exception {
    ImageName image = ImageName.parse("nginx:1");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> RuleChoice.of(Matching.ANCHORED, List.of("*:*", "a/*", "*:*")))
        .withMessageContaining("two rules have the pattern \"*:*\"");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> RuleChoice.of(Matching.ANCHORED, List.of("redis", "docker.io/library/redis")))
        .withMessageContaining("describe the same images");

    RuleChoice.Chosen chosen =
        RuleChoice.of(Matching.CONNAISSEUR_V3, List.of("*:*", "*:*")).choose(image).orElseThrow();
    assertThat(chosen.index()).isEqualTo(1);
    assertThat(chosen.tied()).isTrue();
  }

  @Test
  void aTieOfDifferentPatternsIsSaid() throws Exception {
    RuleChoice.Chosen chosen =
        RuleChoice.of(Matching.ANCHORED, List.of("a.io/x?:1", "a.io/x*:1", "a.io/*"))
            .choose(ImageName.parse("a.io/xy:1"))
            .orElseThrow();
    assertThat(chosen.index()).isEqualTo(1);
    assertThat(chosen.tied()).isTrue();
    assertThat(chosen.closeness()).isEqualTo("components=2 prefixes=4,1 lengths=4,4");
  }

  @Test
  @ConnaisseurRow({"M1", "M11"})
  void anEmptyPatternIsRefused() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> RuleChoice.of(Matching.ANCHORED, List.of("")))
        .withMessageContaining("Pattern is a required field");
  }
}
