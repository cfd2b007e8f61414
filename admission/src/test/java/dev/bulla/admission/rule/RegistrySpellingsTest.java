package dev.bulla.admission.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.rule.RuleChoice.Matching;
import dev.bulla.error.ConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One registry is one registry, however an image or a rule spells it. */
class RegistrySpellingsTest {

  private static String chosen(List<String> patterns, String image) throws Exception {
    return RuleChoice.of(Matching.ANCHORED, patterns)
        .choose(ImageName.parse(image))
        .map(RuleChoice.Chosen::pattern)
        .orElse("none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "my.registry/bad/app:1",
        "my.registry:443/bad/app:1",
        "my.registry:00443/bad/app:1",
        "MY.Registry/bad/app:1",
        "My.Registry:443/bad/app:1"
      })
  void noSpellingGetsAroundTheRuleOfARegistry(String image) throws Exception {
    List<String> policy = List.of("*:*", "my.registry/*", "my.registry/bad/*");
    assertThat(chosen(policy, image)).isEqualTo("my.registry/bad/*");
    assertThat(chosen(List.of("MY.registry:443/bad/*", "my.registry/*"), image))
        .isEqualTo("MY.registry:443/bad/*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis:7",
        "docker.io/redis:7",
        "Docker.IO/library/redis:7",
        "index.docker.io:443/library/redis:7",
        "registry-1.docker.io/library/redis:7",
        "registry-1.docker.io:443/redis:7",
        "registry.hub.docker.com/library/redis:7"
      })
  void dockerHubIsOneRegistryUnderAllItsNames(String image) throws Exception {
    for (String rule :
        List.of("redis", "docker.io/redis:*", "registry-1.docker.io/library/redis")) {
      assertThat(chosen(List.of("*:*", "docker.io/*", rule), image)).isEqualTo(rule);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "my.registry/*, my.registry:5000/app:1",
    "my.registry/*, my.registry:80/app:1",
    "my.registry/*, my.registry:4430/app:1",
    "my.registry:443/*, my.registry:5000/app:1",
    "my.registry:443/*, my.registry.evil.example/app:1",
    "my.registry:443/*, evil.example/my.registry/app:1",
    "my.registry:5000/*, my.registry/app:1",
    "docker.io/*, docker.io.evil.example/app:1",
    "docker.io/*, registry-2.docker.io/app:1",
    "docker.io/*, xregistry-1.docker.io/app:1",
    "docker.io/*, docker.io:5000/app:1"
  })
  void anotherRegistryDoesNotBecomeTheSame(String pattern, String image) throws Exception {
    assertThat(chosen(List.of(pattern), image)).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource({
    "my.registry:0443/app, my.registry/app",
    "My.Registry/app, my.registry/app",
    "registry-1.docker.io/redis, redis",
    "registry.hub.docker.com/team/app, docker.io/team/app"
  })
  void rulesForTwoSpellingsAreTheSameRule(String one, String other) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> RuleChoice.of(Matching.ANCHORED, List.of(one, other)))
        .withMessageContaining("describe the same images");
  }

  @Test
  void tagsKeepTheirCase() throws Exception {
    List<String> policy = List.of("My.Registry/App*RC1", "my.registry/app:RC*", "*RC2", "*:*");
    assertThat(chosen(policy, "my.registry/app:RC1")).isEqualTo("my.registry/app:RC*");
    assertThat(chosen(policy, "my.registry/app:rc1")).isEqualTo("*:*");
    assertThat(chosen(policy, "my.registry/app2:RC2")).isEqualTo("*RC2");
    assertThat(chosen(policy, "my.registry/app2:rc2")).isEqualTo("*:*");
  }

  @Test
  void wildcardsAreHeldAgainstTheOneSpelling() throws Exception {
    List<String> policy = List.of("*.Example.COM/team/*", "*:*");
    assertThat(chosen(policy, "a.example.com:443/team/x")).isEqualTo("*.Example.COM/team/*");
    assertThat(chosen(policy, "A.EXAMPLE.com/team/x")).isEqualTo("*.Example.COM/team/*");
    for (String pattern : List.of("*:443/team/*", "{a,b}.io:443/x", "a?.io:443/*")) {
      assertThatExceptionOfType(ConfigurationException.class)
          .as(pattern)
          .isThrownBy(() -> RuleChoice.of(Matching.ANCHORED, List.of(pattern)))
          .withMessageContaining("port 443 is that of every registry without");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "my.registry:*/app, my.registry/app:1, true",
    "my.registry:*/app, my.registry:443/app:1, true",
    "my.registry:*/app, my.registry:5000/app:1, true",
    "my.registry:4*/app, MY.registry:0443/app@DIGEST, true",
    "my.registry:4*/app, my.registry:5000/app:1, false",
    "my.registry:*/app, my.registry.evil.example/app:1, false",
    "*.example.com:*/team/*, a.example.com/team/x:1, true",
    "'[[]::1]:*/app', [::1]:443/app:1, true",
    "my.registry:5*/app, my.registry/app:1, false"
  })
  void aWildcardForThePortCoversTheOneThatIsLeftOut(String pattern, String image, boolean falls)
      throws Exception {
    String name = image.replace("DIGEST", "sha256:" + "a".repeat(64));
    assertThat(chosen(List.of(pattern), name)).isEqualTo(falls ? pattern : "none");
  }

  @Test
  void connaisseursMatchingKeepsTheSpelling() throws Exception {
    RuleChoice choice = RuleChoice.of(Matching.CONNAISSEUR_V3, List.of("my.registry/app"));
    assertThat(choice.choose(ImageName.parse("my.registry/app:1"))).isPresent();
    assertThat(choice.choose(ImageName.parse("my.registry:443/app:1"))).isEmpty();
  }
}
