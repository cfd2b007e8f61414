package dev.bulla.admission.server;

import static dev.bulla.admission.Answers.allowed;
import static dev.bulla.admission.Answers.message;
import static dev.bulla.admission.Answers.patch;
import static dev.bulla.admission.Latches.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.digest.Digest;
import dev.bulla.error.ConfigurationException;
import dev.bulla.json.JsonObject;
import dev.bulla.testkit.http.TestAuthority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionServerTest {

  private static final String DIGEST = "sha256:" + "4f".repeat(32);
  private static final ImageVerifier SIGNED = (image, rule, deadline) -> Digest.parse(DIGEST);
  private static final ImageVerifier UNSIGNED =
      (image, rule, deadline) -> {
        throw new ConfigurationException("no signatures found");
      };

  @TempDir Path folder;
  private Webhook webhook;

  @BeforeEach
  void start() throws Exception {
    webhook = new Webhook(folder);
  }

  @AfterEach
  void stop() {
    webhook.close();
  }

  @Test
  void aSignedImageIsPinnedAndAnUnsignedOneDenied() throws Exception {
    webhook.start(
        Features.NONE,
        (image, rule, deadline) ->
            image.repository().toString().endsWith("good")
                ? SIGNED.verify(image, rule, deadline)
                : UNSIGNED.verify(image, rule, deadline));

    JsonObject good = webhook.mutate(Webhook.pod("signed.io/good:1"));
    JsonObject bad = webhook.mutate(Webhook.pod("signed.io/bad:1"));

    assertThat(allowed(good)).isTrue();
    assertThat(patch(good))
        .isEqualTo(
            "[{\"op\":\"replace\",\"path\":\"/spec/containers/0/image\",\"value\":"
                + "\"signed.io/good:1@"
                + DIGEST
                + "\"}]");
    assertThat(allowed(bad)).isFalse();
    assertThat(message(bad))
        .isEqualTo("error during cosign validation of image signed.io/bad:1: no signatures found");
  }

  @Test
  void whatAnotherWebhookAddsAfterwardsIsDeniedUnlessItIsPinned() throws Exception {
    webhook.start(Features.NONE, SIGNED);
    String pinned = "signed.io/good:1@" + DIGEST;

    JsonObject whole = webhook.review("/validate", Webhook.pod(pinned));
    JsonObject sidecar = webhook.review("/validate", Webhook.pod(pinned, "signed.io/side:2"));

    assertThat(allowed(whole)).isTrue();
    assertThat(whole.get("patch")).isEmpty();
    assertThat(allowed(sidecar)).isFalse();
    assertThat(sidecar.get("patch")).isEmpty();
    assertThat(message(sidecar))
        .startsWith("image signed.io/side:2 at /spec/containers/1/image is not pinned")
        .contains(DIGEST);
  }

  @Test
  void theValidatingSideNeverChangesAndLeavesAloneWhatIsNotPinnedByRule() throws Exception {
    webhook.start(Features.NONE, SIGNED);
    JsonObject response =
        webhook.review("/validate", Webhook.pod("allowed.io/aa:1", "watched.io/bb:1"));
    assertThat(allowed(response)).isTrue();
    assertThat(response.get("patch")).isEmpty();
  }

  @Test
  void whereOnlyPodsAreDecidedAboutOthersNeedNoPin() throws Exception {
    webhook.start(new Features(false, true, false, false), SIGNED);
    String deployment =
        Webhook.request(
            "CREATE",
            "Deployment",
            "{'spec':{'template':" + Webhook.podObject("signed.io/aa:1") + "}}",
            "null");
    assertThat(allowed(webhook.review("/validate", deployment))).isTrue();
    assertThat(allowed(webhook.review("/validate", Webhook.pod("signed.io/aa:1")))).isFalse();
  }

  @Test
  @ConnaisseurRow({"H1", "H2", "H4"})
  void transportErrorsAreNoReviews() throws Exception {
    webhook.start(Features.NONE, SIGNED);

    HttpResponse<String> get = webhook.get("/mutate");
    assertThat(get.statusCode()).isEqualTo(405);
    assertThat(get.body()).isEqualTo("Method not allowed.: GET\n");
    HttpResponse<String> yolo =
        webhook.send(
            HttpRequest.newBuilder(webhook.uri("/mutate"))
                .method("YOLO", HttpRequest.BodyPublishers.noBody()));
    assertThat(yolo.body()).isEqualTo("Method not allowed.: YOLO\n");

    HttpResponse<String> untyped =
        webhook.send(
            HttpRequest.newBuilder(webhook.uri("/mutate"))
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(untyped.statusCode()).isEqualTo(400);
    assertThat(untyped.body()).isEqualTo("wrong content type: expected json, got \n");
    assertThat(webhook.post("/mutate", "text/plain", "{}").body())
        .isEqualTo("wrong content type: expected json, got text/plain\n");

    for (String json : new String[] {"", "{"}) {
      HttpResponse<String> broken = webhook.post("/mutate", "application/json", json);
      assertThat(broken.statusCode()).isEqualTo(400);
      assertThat(broken.body()).startsWith("received invalid json: ");
    }
    for (String json : new String[] {"{}", "{\"request\":null}"}) {
      HttpResponse<String> empty = webhook.post("/mutate", "application/json; charset=utf-8", json);
      assertThat(empty.statusCode()).isEqualTo(400);
      assertThat(empty.body()).isEqualTo("received empty admission request\n");
    }
    assertThat(webhook.post("/mutate", "application/json", " ".repeat((8 << 20) + 1)).statusCode())
        .isEqualTo(413);
    assertThat(webhook.get("/elsewhere").statusCode()).isEqualTo(404);

    String metrics = webhook.get("/metrics").body();
    assertThat(metrics)
        .contains("connaisseur_requests_total 9\n")
        .contains("connaisseur_requests_admitted_total 0\n")
        .doesNotContain("connaisseur_requests_denied_total{");
  }

  @Test
  void anUnknownLengthIsBoundedToo() throws Exception {
    webhook.start(Features.NONE, SIGNED);
    HttpResponse<String> response =
        webhook.send(
            HttpRequest.newBuilder(webhook.uri("/mutate"))
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.fromPublisher(
                        HttpRequest.BodyPublishers.ofString(" ".repeat((8 << 20) + 1)))));
    assertThat(response.statusCode()).isEqualTo(413);
  }

  @Test
  void aChunkedReviewIsRead() throws Exception {
    webhook.start(Features.NONE, SIGNED);
    HttpResponse<String> response =
        webhook.send(
            HttpRequest.newBuilder(webhook.uri("/mutate"))
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.fromPublisher(
                        HttpRequest.BodyPublishers.ofString(Webhook.pod("allowed.io/aa")))));
    assertThat(response.body()).contains("\"allowed\":true");
  }

  @Test
  void probesSayWhetherReviewsCanBeAnswered() throws Exception {
    webhook.ready = false;
    webhook.start(Features.NONE, SIGNED);
    assertThat(webhook.get("/health").statusCode()).isEqualTo(200);
    assertThat(webhook.get("/health").body()).isEmpty();

    assertThat(webhook.get("/ready").statusCode()).isEqualTo(503);
    assertThat(webhook.get("/ready").body())
        .isEqualTo("keys or trust material are not there yet\n");
    assertThat(webhook.get("/health").statusCode()).isEqualTo(200);
    HttpResponse<String> posted = webhook.post("/ready", "text/plain", "");
    assertThat(posted.statusCode()).isEqualTo(405);
    assertThat(posted.body()).isEqualTo("Method not allowed.\n");
  }

  @Test
  void whatWasReadyOnceStaysReadyUntilTheEnd() throws Exception {
    webhook.start(Features.NONE, SIGNED);
    assertThat(webhook.get("/ready").statusCode()).isEqualTo(200);

    // a new configuration whose keys are not there yet, or a key service that is away
    webhook.ready = false;

    assertThat(webhook.get("/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void metricsHaveAnAddressOfTheirOwnWhenAsked() throws Exception {
    webhook.start(
        Features.NONE,
        SIGNED,
        Announcer.NONE,
        o -> o.withMetricsListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    int port = webhook.server().metricsAddress().orElseThrow().getPort();
    try (HttpClient plain = HttpClient.newHttpClient()) {
      HttpResponse<String> metrics =
          plain.send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics")).build(),
              BodyHandlers.ofString());
      HttpResponse<String> review =
          plain.send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/mutate"))
                  .POST(HttpRequest.BodyPublishers.ofString("{}"))
                  .build(),
              BodyHandlers.ofString());
      assertThat(metrics.body()).contains("# TYPE connaisseur_requests_total counter\n");
      assertThat(review.statusCode()).isEqualTo(404);
    }
  }

  @Test
  void onlyClientsOfTheirAuthorityGetReviewsAndProbesNeedNone() throws Exception {
    Path file = folder.resolve("client-ca.crt");
    Files.writeString(file, webhook.authority.certificatePem());
    webhook.start(Features.NONE, SIGNED, Announcer.NONE, o -> o.withClientAuthority(file));

    HttpResponse<String> anonymous =
        webhook.post("/mutate", "application/json", Webhook.pod("allowed.io/aa"));
    assertThat(anonymous.statusCode()).isEqualTo(403);
    assertThat(anonymous.body()).doesNotContain("allowed\":");
    assertThat(webhook.get("/ready").statusCode()).isEqualTo(200);

    try (HttpClient known =
        Webhook.client(webhook.authority.context(webhook.authority.issueClient("kube-api")))) {
      HttpResponse<String> response =
          known.send(
              HttpRequest.newBuilder(webhook.uri("/mutate"))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(Webhook.pod("allowed.io/aa")))
                  .build(),
              BodyHandlers.ofString());
      assertThat(response.body()).contains("\"allowed\":true");
    }
  }

  @Test
  void aNewCertificateIsShownWithoutARestartAndABrokenOneIsNot() throws Exception {
    webhook.start(
        Features.NONE, SIGNED, Announcer.NONE, o -> o.withLookEvery(Duration.ofMillis(20)));
    TestAuthority.Issued renewed = webhook.authority.issueServer("localhost");
    webhook.write(renewed);
    while (!shown().equals(renewed.certificate())) {
      Thread.onSpinWait();
    }

    Files.writeString(folder.resolve("tls.key"), "no key");
    while (webhook.log.stream().noneMatch(line -> line.contains("the last one stays"))) {
      Thread.onSpinWait();
    }
    assertThat(shown()).isEqualTo(renewed.certificate());
    assertThat(webhook.get("/ready").statusCode()).isEqualTo(200);
    assertThat(webhook.get("/metrics").body())
        .contains("bulla_admission_reloads_total{what=\"certificate\",result=\"kept_last\"}");
  }

  private Certificate shown() throws Exception {
    try (SSLSocket socket =
        (SSLSocket)
            webhook
                .authority
                .clientContext()
                .getSocketFactory()
                .createSocket("localhost", webhook.server().address().getPort())) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  @Test
  void whatIsBeingWorkedOnIsFinishedBeforeTheEnd() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    webhook.start(
        Features.NONE,
        (image, rule, deadline) -> {
          asked.countDown();
          await(answer);
          return Digest.parse(DIGEST);
        });
    CompletableFuture<JsonObject> review =
        CompletableFuture.supplyAsync(() -> {
          try {
            return webhook.mutate(Webhook.pod("signed.io/aa:1"));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    await(asked);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(webhook.server()::close);

    assertThat(closed).isNotDone();
    answer.countDown();

    assertThat(allowed(review.join())).isTrue();
    closed.join();
  }

  @Test
  @ConnaisseurRow("H14")
  void whatIsNotDecidedInTheTimeThatTheApiServerWaitsIsDenied() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    webhook.start(
        Features.NONE,
        (image, rule, deadline) -> {
          await(never);
          return Digest.parse(DIGEST);
        });
    JsonObject response = webhook.review("/mutate?timeout=100ms", Webhook.pod("signed.io/aa:1"));
    never.countDown();

    assertThat(message(response))
        .isEqualTo("validation of admission request u-1 timed out after validating 0/1 images");
    assertThat(webhook.get("/metrics").body())
        .contains("connaisseur_requests_denied_total{timeout=\"true\"} 1\n")
        .contains(
            "connaisseur_validations_timeouted_total{type=\"unknown\",validator_name=\"\"} 1\n");
  }
}
