package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Sigstore of one's own: its trusted root, and its log, which has what signatures lack. */
class NamedLogTest {

  private static final SampleImage IMAGE = SampleImage.image("logged");
  private static final String NOT_LOGGED = "signature not found in transparency log";
  private static final String NOT_ASKED = "the transparency log could not be asked";

  @TempDir Path folder;

  private EmbeddedRegistry registry;
  private VirtualSigstoreServer sigstore;

  /** Signs an image and records the signature, which is stored without its entry. */
  @BeforeEach
  void start() throws Exception {
    registry = EmbeddedRegistry.start();
    IMAGE.pushTo(registry.repository("app"), "v1");
    sigstore = VirtualSigstoreServer.start(VirtualSigstore.live());
    root(sigstore.sigstore());
    Lines lines = new Lines(folder).environment("COSIGN_PASSWORD", "pw");
    String image = registry.host() + "/app@" + IMAGE.digest();
    run(lines, "generate-key-pair");
    run(
        lines,
        "sign",
        "--use-signing-config=false",
        "--yes",
        "--rekor-url=" + sigstore.url(Service.REKOR1),
        "--trusted-root=root.json",
        "--format=legacy",
        "--key=cosign.key",
        "--upload=false",
        "--output-signature=s.b64",
        image);
    run(lines, "attach", "signature", "--signature=s.b64", image);
  }

  private static void run(Lines lines, String... line) {
    Lines.Result result = lines.run(line);
    assertThat(result.exit()).as(result.stderr()).isZero();
  }

  @AfterEach
  void stop() {
    registry.close();
    sigstore.close();
  }

  private void root(VirtualSigstore of) throws Exception {
    Files.write(folder.resolve("root.json"), of.trustedRoot().bytes().toByteArray());
  }

  private String image() {
    return registry.host() + "/app:v1";
  }

  private String log() {
    return sigstore.url(Service.REKOR1);
  }

  private String logHost() {
    return log().substring("http://".length());
  }

  private WholeWebhook webhook(String host, VerifierOptions options) throws Exception {
    String key = Files.readString(folder.resolve("cosign.pub"));
    Path config =
        Files.writeString(
            folder.resolve("config.yaml"),
            """
            validators:
            - name: default
              type: cosign
              trustedRoot: root.json
              HOST
              trustRoots:
              - name: default
                key: |
            KEY
            policy:
            - pattern: "*:*"
            """
                .replace("HOST", host)
                .replace("KEY\n", key.indent(6)));
    return new WholeWebhook(folder, config, options);
  }

  private VerifierOptions options() {
    return VerifierOptions.in(Map.of()).withHttpRegistries(Set.of(registry.host()));
  }

  private WholeWebhook webhook() throws Exception {
    return webhook(
        "host: {rekor: '" + log() + "'}", options().withInnerRegistries(Set.of(logHost())));
  }

  private void disturb(UnaryOperator<WireResponse> change) {
    sigstore.disturb(Service.REKOR1, 1, change);
  }

  @Test
  void anEntryThatTheLogHasIsAsGoodAsOneThatCameAlong() throws Exception {
    int before = sigstore.served(Service.REKOR1).size();
    try (WholeWebhook webhook = webhook()) {
      assertThat(webhook.denial(image())).isEmpty();
      assertThat(sigstore.served(Service.REKOR1)).hasSize(before + 1);
      assertThat(webhook.metrics())
          .contains("bulla_admission_registry_calls_total{registry=\"" + logHost() + "\"");
    }
  }

  @Test
  void nobodyIsAskedWhereNoLogIsNamed() throws Exception {
    int before = sigstore.served(Service.REKOR1).size();
    try (WholeWebhook webhook = webhook("", options())) {
      assertThat(webhook.denial(image())).contains(NOT_LOGGED);
      assertThat(sigstore.served(Service.REKOR1)).hasSize(before);
    }
  }

  @Test
  void aLogThatHasNoEntryDenies() throws Exception {
    disturb(response -> WireResponse.of(200).withText("application/json", "[]"));
    try (WholeWebhook webhook = webhook()) {
      assertThat(webhook.denial(image()))
          .contains("no matching signatures")
          .contains(NOT_LOGGED)
          .doesNotContain(NOT_ASKED);
    }
  }

  @Test
  void aLogThatCannotBeAskedSaysNothingAndIsAskedAgain() throws Exception {
    disturb(response -> WireResponse.of(400).withText("application/json", "{}"));
    try (WholeWebhook webhook = webhook()) {
      assertThat(webhook.denial(image()))
          .contains(NOT_ASKED)
          .doesNotContain("no matching signatures")
          .doesNotContain("no signatures found");
      assertThat(webhook.denial(image())).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "[1]", "[{}]", "[{\"00\":{}}]", "", "[[", "\u0000", "LARGE", "DEEP"})
  void whatIsNoAnswerSaysNothing(String body) throws Exception {
    String answer =
        switch (body) {
          case "LARGE" -> "[" + " ".repeat(2 << 20) + "]"; // "none", if it were read on
          case "DEEP" -> "[".repeat(100_000);
          default -> body;
        };
    disturb(response -> WireResponse.of(200).withText("application/json", answer));
    try (WholeWebhook webhook = webhook()) {
      assertThat(webhook.denial(image())).contains(NOT_ASKED).doesNotContain(NOT_LOGGED);
    }
  }

  @Test
  void anEntryOfAnotherLogIsNotBelieved() throws Exception {
    root(VirtualSigstore.live());
    try (WholeWebhook webhook = webhook()) {
      assertThat(webhook.denial(image())).contains("not a trusted one");
    }
  }

  @Test
  void aLogOnThisMachineIsRefusedUnlessItIsListed() throws Exception {
    int before = sigstore.served(Service.REKOR1).size();
    try (WholeWebhook webhook = webhook("host: {rekor: '" + log() + "'}", options())) {
      assertThat(webhook.denial(image())).contains(NOT_ASKED).contains("is this machine");
      assertThat(sigstore.served(Service.REKOR1)).hasSize(before);
    }
  }

  @Test
  void aTrustedRootThatChangesIsReadAgainAndItsVerdictsAreItsOwn() throws Exception {
    try (WholeWebhook webhook = webhook()) {
      assertThat(webhook.denial(image())).isEmpty();

      root(VirtualSigstore.live());
      webhook.awaitReload("taken", 1);
      assertThat(webhook.denial(image())).contains("not a trusted one");

      Files.delete(folder.resolve("root.json"));
      webhook.awaitReload("kept_last", 1);
      assertThat(webhook.log).anyMatch(line -> line.contains("root.json: no such file"));
      assertThat(webhook.denial(image())).contains("not a trusted one");

      root(sigstore.sigstore());
      webhook.awaitReload("taken", 2);
      assertThat(webhook.denial(image())).isEmpty();
    }
  }
}
