package dev.bulla.admission.command;

import static dev.bulla.admission.Answers.allowed;
import static dev.bulla.admission.Answers.patch;
import static dev.bulla.admission.Answers.text;
import static dev.bulla.admission.command.ServedImages.SIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.admission.config.FeatureSettings;
import dev.bulla.error.ConfigurationException;
import dev.bulla.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole webhook, over real TLS, with images that the command signed in a real registry. */
class AdmissionWiringTest {

  @TempDir Path folder;

  private ServedImages served;

  @BeforeEach
  void start() throws Exception {
    served = new ServedImages(folder).signed();
  }

  @AfterEach
  void stop() {
    served.close();
  }

  private String image(String tag) {
    return served.image(tag);
  }

  private Path configuration(String features) throws Exception {
    return served.configuration(served.publicKey(), "", features);
  }

  private JsonObject review(AdmissionWiring webhook, String path, String image) throws Exception {
    return served.review(webhook, path, image);
  }

  @Test
  void signedIsPinnedAndUnsignedIsDeniedWithWhyAndValidateSeesWhatIsFinal() throws Exception {
    try (AdmissionWiring webhook = served.webhook(configuration(""))) {
      assertThat(served.send(webhook, "/ready", "").statusCode()).isEqualTo(200);

      JsonObject signed = review(webhook, "/mutate", image("signed"));
      assertThat(allowed(signed)).isTrue();
      assertThat(patch(signed))
          .isEqualTo(
              "[{\"op\":\"replace\",\"path\":\"/spec/containers/0/image\",\"value\":\""
                  + image("signed")
                  + "@"
                  + SIGNED.digest()
                  + "\"}]");

      JsonObject unsigned = review(webhook, "/mutate", image("unsigned"));
      assertThat(allowed(unsigned)).isFalse();
      assertThat(text(unsigned))
          .contains("\"code\":403")
          .contains("error during cosign validation of image " + image("unsigned"))
          .contains("no signatures found");

      assertThat(allowed(review(webhook, "/validate", image("signed") + "@" + SIGNED.digest())))
          .isTrue();
      assertThat(allowed(review(webhook, "/validate", image("signed")))).isFalse();
      assertThat(served.send(webhook, "/metrics", "").body())
          .contains("connaisseur_requests_total 2")
          .contains("connaisseur_requests_admitted_total 1");
    }
  }

  @Test
  void aNewConfigurationIsTakenAndAWrongOneIsNot() throws Exception {
    Path config = configuration("");
    try (AdmissionWiring webhook = served.webhook(config)) {
      assertThat(allowed(review(webhook, "/mutate", image("unsigned")))).isFalse();

      Files.writeString(config, "application: [");
      awaitReload(webhook, "kept_last");
      assertThat(allowed(review(webhook, "/mutate", image("unsigned")))).isFalse();
      assertThat(allowed(review(webhook, "/mutate", image("signed")))).isTrue();

      Files.writeString(
          config,
          """
          validators: [{name: default, type: static, approve: true}]
          policy: [{pattern: "*:*"}]
          """);
      awaitReload(webhook, "taken");
      assertThat(allowed(review(webhook, "/mutate", image("unsigned")))).isTrue();
    }
  }

  /** Also for an image that was admitted a moment ago: what is remembered does not count then. */
  @Test
  void theFormatThatCountsHoldsFromTheNextConfigurationOn() throws Exception {
    String image = image("unsigned");
    served.run("sign", "--key", "cosign.key", "--tlog-upload=false", "--format", "bundle", image);
    Path config = served.configuration(served.publicKey(), "signatureFormat: bundle", "");
    try (AdmissionWiring webhook = served.webhook(config)) {
      assertThat(allowed(review(webhook, "/mutate", image))).isTrue();

      served.configuration(served.publicKey(), "signatureFormat: legacy", "");
      awaitReload(webhook, "taken");
      JsonObject denied = review(webhook, "/mutate", image);
      assertThat(allowed(denied)).isFalse();
      assertThat(text(denied))
          .contains("\"code\":403")
          .contains(
              "error validating image: [no matching signatures: a Sigstore bundle does not count"
                  + " here, only signatures in the older format do]");
    }
  }

  @Test
  void aSecretThatChangesIsReadAgain() throws Exception {
    Path secret = Files.createDirectories(folder.resolve("secrets/mine"));
    Files.writeString(secret.resolve(".dockerconfigjson"), "{\"auths\":{}}");
    try (AdmissionWiring webhook = served.webhook(configuration(""))) {
      Files.writeString(secret.resolve(".dockerconfigjson"), "{\"auths\":{} }");

      awaitReload(webhook, "taken");
    }
  }

  /** Asks until it is so. */
  private void awaitReload(AdmissionWiring webhook, String result) throws Exception {
    String line =
        "bulla_admission_reloads_total{what=\"configuration\",result=\"" + result + "\"} 1";
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    while (!served.send(webhook, "/metrics", "").body().contains(line)) {
      assertThat(Instant.now()).as(line + " " + served.log).isBefore(end);
    }
  }

  @Test
  void featuresOfTheEnvironmentGoBeforeThoseOfTheConfiguration() throws Exception {
    Path config = configuration("detectionMode: false");
    FeatureSettings detection =
        FeatureSettings.ofEnvironment(Map.of("DETECTION_MODE", "true"), warning -> {});
    try (AdmissionWiring webhook = served.webhook(config, detection)) {
      JsonObject unsigned = review(webhook, "/mutate", image("unsigned"));
      assertThat(allowed(unsigned)).isTrue();
      assertThat(text(unsigned)).contains("detection mode active");
    }
  }

  @Test
  void aConfigurationWithMistakesIsNotStartedWith() throws Exception {
    Path config = Files.writeString(folder.resolve("c.yaml"), "validators: []\npolicy: []\n");

    assertThatThrownBy(() -> served.webhook(config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Config has 2 errors:");
  }
}
