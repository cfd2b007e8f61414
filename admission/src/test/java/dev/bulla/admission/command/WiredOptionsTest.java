package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.Answers;
import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.cache.RedisOptions;
import dev.bulla.admission.cache.RespServer;
import dev.bulla.bytes.Bytes;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command line and the configuration switch on, in the webhook as a whole. */
class WiredOptionsTest {

  private static final String CACHE_SECRET = "0123456789abcdef";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"useKeychain, true", "k8sKeychain, true", "k8s_keychain, true", "useKeychain, false"})
  @ConnaisseurRow("U2")
  void theKeychainOfTheSurroundingsIsUsedAsAsked(String key, boolean asked) throws Exception {
    EmbeddedRegistry.Options options =
        EmbeddedRegistry.options().auth(Auth.bearer().user("robot", "marked-pw"));
    try (ServedImages served = new ServedImages(folder, options)) {
      String login =
          Base64.getEncoder().encodeToString("robot:marked-pw".getBytes(StandardCharsets.UTF_8));
      Files.writeString(
          Files.createDirectories(folder.resolve("docker")).resolve("config.json"),
          "{\"auths\":{\"" + served.registry.host() + "\":{\"auth\":\"" + login + "\"}}}");
      served.environment("DOCKER_CONFIG", folder.resolve("docker").toString()).signed();

      try (AdmissionWiring webhook =
          served.webhook(
              served.configuration(
                  served.publicKey(),
                  "auth: {" + key + ": " + asked + "}",
                  "detectionMode: false"))) {
        served.assertSignaturesDecide(webhook);
      }
      assertThat(served.log).noneMatch(line -> line.contains("marked-pw"));
    }
  }

  @Test
  void withoutALoginTheRegistryAnswersNothingAndNothingIsAdmitted() throws Exception {
    EmbeddedRegistry.Options options =
        EmbeddedRegistry.options().auth(Auth.bearer().user("robot", "marked-pw"));
    try (ServedImages served = new ServedImages(folder, options)) {
      served.run("generate-key-pair");
      try (AdmissionWiring webhook =
          served.webhook(
              served.configuration(
                  served.publicKey(), "auth: {useKeychain: true}", "detectionMode: false"))) {
        assertThat(Answers.text(served.review(webhook, "/mutate", served.image("signed"))))
            .contains("\"allowed\":false", "UNAUTHORIZED");
      }
    }
  }

  @Test
  void verdictsGoThroughRedisToTheNextReplica() throws Exception {
    try (ServedImages served = new ServedImages(folder).signed();
        RespServer redis = new RespServer(served.authority.serverContext("localhost"), "marked")) {
      served.environment("CACHE_SECRET", CACHE_SECRET).environment("REDIS_PASSWORD", "marked");
      RedisOptions address =
          RedisOptions.at("localhost")
              .withPort(redis.port())
              .withAuthority(Bytes.utf8(served.authority.certificatePem()));
      Path config = served.configuration(served.publicKey(), "", "cache: {expirySeconds: 300}");
      try (AdmissionWiring first = served.webhook(config, it -> it.withRedis(address))) {
        served.assertSignaturesDecide(first);
      }
      assertThat(redis.values).isNotEmpty();
      assertThat(redis.commands.toString()).doesNotContain(CACHE_SECRET);
      long asked = served.registry.log().count();

      try (AdmissionWiring second = served.webhook(config, it -> it.withRedis(address))) {
        String pinned = served.image("signed") + "@" + ServedImages.SIGNED.digest();
        assertThat(Answers.allowed(served.review(second, "/validate", pinned))).isTrue();
      }
      assertThat(served.registry.log().count()).as("known from Redis").isEqualTo(asked);
    }
  }

  @Test
  void onlyTheApiServerGetsReviewsAtBothPathsWhereItsAuthorityIsNamed() throws Exception {
    try (ServedImages served = new ServedImages(folder).signed()) {
      Path authority =
          Files.writeString(folder.resolve("client-ca.crt"), served.authority.certificatePem());
      Path config = served.configuration(served.publicKey(), "", "detectionMode: false");
      try (AdmissionWiring webhook =
          served.webhook(
              config, it -> it.withClientAuthority(authority), UnaryOperator.identity())) {
        for (String path : new String[] {"/mutate", "/validate"}) {
          HttpResponse<String> anonymous =
              served.send(webhook, path, ServedImages.pod(served.image("signed")));
          assertThat(anonymous.statusCode()).as(path).isEqualTo(403);
        }
        assertThat(served.send(webhook, "/health", "").statusCode()).isEqualTo(200);

        served.identify(served.authority.issueClient("kube-apiserver"));
        served.assertSignaturesDecide(webhook);
        String pinned = served.image("signed") + "@" + ServedImages.SIGNED.digest();
        assertThat(Answers.allowed(served.review(webhook, "/validate", pinned))).isTrue();
        assertThat(Answers.allowed(served.review(webhook, "/validate", served.image("signed"))))
            .as("not pinned")
            .isFalse();
      }
    }
  }
}
