package dev.bulla.admission.server;

import static dev.bulla.admission.Answers.allowed;
import static dev.bulla.admission.Answers.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.Latches;
import dev.bulla.admission.alert.Alerts;
import dev.bulla.admission.config.AlertConfigLoader;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.metrics.Metrics;
import dev.bulla.admission.review.ReviewAnswer;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.ConfigurationException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.JdkHttpTransport;
import dev.bulla.registry.transport.TlsOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertingTest {

  private static final ImageVerifier BY_NAME =
      (image, rule, deadline) -> {
        if (image.repository().toString().endsWith("good")) {
          return Digest.parse("sha256:" + "4f".repeat(32));
        }
        throw new ConfigurationException("no signatures found");
      };

  @TempDir Path folder;
  private Webhook webhook;
  private Receivers receivers;
  private HttpTransport transport;

  @BeforeEach
  void start() throws Exception {
    webhook = new Webhook(folder);
    receivers = new Receivers();
    transport = JdkHttpTransport.create(TlsOptions.DEFAULT);
  }

  @AfterEach
  void stop() {
    webhook.close();
    receivers.close();
    transport.close();
  }

  private Alerts alerts(String config) throws Exception {
    return Alerts.create(
        AlertConfigLoader.load(config.replace("URL", receivers.url("")), "alerts.yaml"),
        new Alerts.Surroundings(
            "pod-1",
            Optional.of(folder),
            Optional.of(folder),
            transport,
            webhook.metrics,
            JsonLog.silent(),
            InstantSource.system()));
  }

  private void serve(Features features, String config) throws Exception {
    serve(features, BY_NAME, config);
  }

  private void serve(Features features, ImageVerifier verifier, String config) throws Exception {
    webhook.start(features, verifier, alerts(config), UnaryOperator.identity());
  }

  private static List<String> names(JsonValue object) {
    return ((JsonObject) object).members().stream().map(JsonObject.Member::name).toList();
  }

  private static String text(JsonObject object, String member) {
    return ((JsonString) object.get(member).orElseThrow()).value();
  }

  private Map<String, Receivers.Alert> next(int count) throws InterruptedException {
    Map<String, Receivers.Alert> byPath = new HashMap<>();
    for (int i = 0; i < count; i++) {
      Receivers.Alert alert = receivers.next();
      byPath.put(alert.path(), alert);
    }
    return byPath;
  }

  private static final String BOTH =
      """
      clusterIdentifier: west
      admitRequest:
        receivers:
        - template: opsgenie
          receiverUrl: URL/opsgenie
          priority: 4
          failIfAlertSendingFails: true
          customHeaders: ["Authorization: GenieKey a:b"]
          payloadFields: {tags: [mine]}
        - {template: slack, receiverUrl: URL/slack}
      rejectRequest:
        receivers:
        - {template: keybase, receiverUrl: URL/keybase, failIfAlertSendingFails: true}
        - {template: slack, receiverUrl: URL/slack, priority: 1}
      """;

  @Test
  @ConnaisseurRow({"A1", "A3", "H8", "E1", "E13"})
  void whatIsAdmittedIsToldToTheReceiversOfAdmissions() throws Exception {
    serve(Features.NONE, BOTH);
    assertThat(allowed(webhook.mutate(Webhook.pod("signed.io/good:1")))).isTrue();

    Map<String, Receivers.Alert> alerts = next(2);
    assertThat(alerts).containsOnlyKeys("/opsgenie", "/slack");
    Receivers.Alert opsgenie = alerts.get("/opsgenie");
    assertThat(opsgenie.headers())
        .containsEntry("Authorization", "GenieKey a:b")
        .containsEntry("Content-Type", "application/json");
    assertThat(text(opsgenie.body(), "message")).isEqualTo("CONNAISSEUR admitted a request");
    assertThat(text(opsgenie.body(), "priority")).isEqualTo("P4");
    assertThat(text(opsgenie.body(), "entity")).isEqualTo("signed.io/good:1");
    assertThat(opsgenie.body().get("tags").orElseThrow().toString()).isNotEmpty();
    JsonObject details = (JsonObject) opsgenie.body().get("details").orElseThrow();
    assertThat(text(details, "cluster")).isEqualTo("west");
    assertThat(text(details, "pod")).isEqualTo("pod-1");
    assertThat(text(details, "namespace")).isEqualTo("shop");
    assertThat(text(details, "request_id")).isEqualTo("u-1");
    assertThat(names(opsgenie.body()))
        .containsExactlyInAnyOrder(
            "message",
            "alias",
            "description",
            "responders",
            "visibleTo",
            "actions",
            "tags",
            "details",
            "entity",
            "priority");
    assertThat(names(details))
        .containsExactlyInAnyOrder("pod", "cluster", "namespace", "alert_created", "request_id");
    assertThat(names(alerts.get("/slack").body())).contains("text", "blocks");
    assertThat(receivers.waiting()).isZero();
  }

  @Test
  @ConnaisseurRow({"A2", "A3", "E13"})
  void whatIsDeniedIsToldToTheOthersWithTheReason() throws Exception {
    serve(Features.NONE, BOTH);
    assertThat(allowed(webhook.mutate(Webhook.pod("signed.io/bad:1")))).isFalse();

    Map<String, Receivers.Alert> alerts = next(2);
    assertThat(alerts).containsOnlyKeys("/keybase", "/slack");
    assertThat(text(alerts.get("/keybase").body(), "msg"))
        .startsWith(
            "CONNAISSEUR rejected a request: error during cosign validation of image"
                + " signed.io/bad:1: no signatures found");
    assertThat(names(alerts.get("/keybase").body())).containsExactly("msg");
    assertThat(names(alerts.get("/slack").body())).contains("text", "blocks");
    assertThat(receivers.waiting()).isZero();
  }

  @Test
  @ConnaisseurRow("E13")
  void whatNeedsNoLookIsToldAsAdmittedAndWhatTakesTooLongAsDenied() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    serve(
        new Features(false, false, true, false),
        (image, rule, deadline) -> {
          Latches.await(never);
          return Digest.parse("sha256:" + "4f".repeat(32));
        },
        BOTH);
    String same = Webhook.podObject("signed.io/bad:1");
    assertThat(allowed(webhook.mutate(Webhook.request("UPDATE", "Pod", same, same)))).isTrue();
    assertThat(text(next(2).get("/opsgenie").body(), "message"))
        .isEqualTo("CONNAISSEUR admitted a request");

    webhook.review("/mutate?timeout=100ms", Webhook.pod("signed.io/good:1"));
    assertThat(text(next(2).get("/keybase").body(), "msg"))
        .startsWith("CONNAISSEUR validation timed out for admission request u-1");
    never.countDown();
  }

  @Test
  @ConnaisseurRow({"E14", "E15"})
  void eachReceiverHasItsPriorityAndAClusterWithoutANameIsNotSpecified() throws Exception {
    serve(
        Features.NONE,
        """
        admitRequest:
          receivers:
          - {template: opsgenie, receiverUrl: URL/urgent, priority: 1}
          - {template: opsgenie, receiverUrl: URL/usual}
          - {template: opsgenie, receiverUrl: URL/idle, priority: 5}
        """);
    webhook.mutate(Webhook.pod("signed.io/good:1"));

    Map<String, Receivers.Alert> alerts = next(3);
    assertThat(text(alerts.get("/urgent").body(), "priority")).isEqualTo("P1");
    assertThat(text(alerts.get("/usual").body(), "priority")).isEqualTo("P3");
    assertThat(text(alerts.get("/idle").body(), "priority")).isEqualTo("P5");
    assertThat(
            text((JsonObject) alerts.get("/usual").body().get("details").orElseThrow(), "cluster"))
        .isEqualTo("not specified");
  }

  @Test
  @ConnaisseurRow("E5")
  void ofAnEmptyTemplateNothingIsSentAndNothingIsMissing() throws Exception {
    Files.writeString(folder.resolve("nothing.json"), "");
    serve(Features.NONE, MANDATORY.replace("keybase", "nothing"));
    assertThat(allowed(webhook.mutate(Webhook.pod("signed.io/good:1")))).isTrue();
    assertThat(receivers.waiting()).isZero();
  }

  @Test
  @ConnaisseurRow("E12")
  void whoMustBeToldWhenNoTimeIsLeftHasNotBeenTold() throws Exception {
    CountDownLatch silence = new CountDownLatch(1);
    receivers.before = silence::await;
    ReviewRequest request = ReviewRequest.parse(Bytes.utf8(Webhook.pod("signed.io/good:1")));
    Decision decision = new Decision(ReviewAnswer.allowed(), List.of(), Decision.Category.SUCCESS);

    assertThat(alerts(MANDATORY).announce(request, decision, Duration.ZERO))
        .contains("timeout during handling of receiver 1/1 of admit alerts");
    silence.countDown();
  }

  @Test
  @ConnaisseurRow("E13")
  void objectsThatCannotBeReadAreToldAsSuch() throws Exception {
    serve(Features.NONE, BOTH);
    webhook.mutate(Webhook.request("CREATE", "Role", "{}", "null"));
    assertThat(text(next(2).get("/keybase").body(), "msg"))
        .startsWith("CONNAISSEUR failed to parse admission request u-1");
  }

  @Test
  void whatDetectionModeLetsThroughIsToldAsDenied() throws Exception {
    serve(new Features(true, false, false, false), BOTH);
    assertThat(allowed(webhook.mutate(Webhook.pod("signed.io/bad:1")))).isTrue();
    assertThat(text(next(2).get("/keybase").body(), "msg"))
        .startsWith("CONNAISSEUR rejected a request: error during cosign validation");
  }

  @Test
  void nothingIsToldOfADryRunAndNothingTwice() throws Exception {
    serve(Features.NONE, BOTH);
    webhook.mutate(
        Webhook.request("CREATE", "Pod", Webhook.podObject("signed.io/bad:1"), "null", true));
    String pinned = "signed.io/good:1@sha256:" + "4f".repeat(32);
    webhook.review("/validate", Webhook.pod(pinned));
    // what comes first is of the request that is not a dry run
    webhook.mutate(Webhook.pod("signed.io/good:1"));
    assertThat(next(2)).containsOnlyKeys("/opsgenie", "/slack");
    assertThat(receivers.waiting()).isZero();
  }

  @Test
  void theReviewsThatCountAreTold() throws Exception {
    webhook.metrics = new Metrics(Metrics.VALIDATE);
    serve(Features.NONE, BOTH);
    String pinned = "signed.io/good:1@sha256:" + "4f".repeat(32);
    webhook.mutate(Webhook.pod(pinned));
    webhook.review("/validate", Webhook.pod(pinned));
    assertThat(next(2)).containsOnlyKeys("/opsgenie", "/slack");

    // after which nobody asks /validate
    webhook.mutate(Webhook.pod("signed.io/bad:1"));
    assertThat(next(2)).containsOnlyKeys("/keybase", "/slack");
    assertThat(receivers.waiting()).isZero();
  }

  @Test
  void whatTheFinalObjectIsDeniedForIsTold() throws Exception {
    serve(Features.NONE, BOTH);
    assertThat(allowed(webhook.review("/validate", Webhook.pod("signed.io/good:1")))).isFalse();
    assertThat(text(next(2).get("/keybase").body(), "msg")).contains("is not pinned");
  }

  private static final String MANDATORY =
      """
      admitRequest:
        receivers:
        - {template: keybase, receiverUrl: URL/must, failIfAlertSendingFails: true}
      """;

  @Test
  @ConnaisseurRow({"H9", "E11"})
  void whereSomebodyMustBeToldAndCannotBeNothingIsAdmitted() throws Exception {
    receivers.status = 404;
    serve(Features.NONE, MANDATORY);
    JsonObject response = webhook.mutate(Webhook.pod("signed.io/good:1"));
    assertThat(allowed(response)).isFalse();
    assertThat(message(response))
        .isEqualTo(
            "error sending notifications: failed sending a notification for receiver keybase-0"
                + " with FailOnError set: the receiver answered with status 404");
    assertThat(response.get("patch")).isEmpty();
    assertThat(webhook.get("/metrics").body())
        .contains("bulla_admission_alerts_total{category=\"admit\",result=\"error\"} 1\n");
  }

  @Test
  void aFailureThatPassesIsTriedAgainOnce() throws Exception {
    receivers.failures.set(1);
    serve(Features.NONE, MANDATORY);
    assertThat(allowed(webhook.mutate(Webhook.pod("signed.io/good:1")))).isTrue();
    assertThat(receivers.waiting()).isEqualTo(2);

    receivers.failures.set(2);
    assertThat(allowed(webhook.mutate(Webhook.pod("signed.io/good:1")))).isFalse();
  }

  @Test
  void whatNobodyMustBeToldFailsSilently() throws Exception {
    receivers.status = 404;
    serve(
        Features.NONE,
        """
        admitRequest:
          receivers:
          - {template: keybase, receiverUrl: URL/may}
        """);
    assertThat(allowed(webhook.mutate(Webhook.pod("signed.io/good:1")))).isTrue();
    assertThat(receivers.next().path()).isEqualTo("/may");
  }

  @Test
  @ConnaisseurRow("E8")
  void headersComeFromSecretsAndMayReplaceTheType() throws Exception {
    Files.createDirectories(folder.resolve("hook"));
    Files.writeString(folder.resolve("hook/token"), "Bearer hidden\n");
    serve(
        Features.NONE,
        """
        admitRequest:
          receivers:
          - template: keybase
            receiverUrl: URL/x
            customHeaders:
            - "cOnTeNt-TyPe: text/x"
            - "X-Colons: a:b"
            - "X-Empty:"
            - {name: Authorization, secretRef: {name: hook, key: token}}
        """);
    webhook.mutate(Webhook.pod("signed.io/good:1"));
    Map<String, String> headers = receivers.next().headers();
    assertThat(headers)
        .containsEntry("Content-Type", "text/x")
        .containsEntry("X-Colons", "a:b")
        .containsEntry("X-Empty", "")
        .containsEntry("Authorization", "Bearer hidden");
    assertThat(webhook.log).noneMatch(line -> line.contains("hidden"));
  }

  @Test
  @ConnaisseurRow("E2")
  void mistakesAreFoundWhenTheConfigurationIsRead() {
    assertThatThrownBy(() ->
            alerts(
                "admitRequest: {receivers: [{template: none, receiverUrl: 'https://x.example'}]}"))
        .hasMessage("there is no alert template \"none\"");
    assertThatThrownBy(() ->
            alerts(
                "admitRequest: {receivers: [{template: slack, receiverUrl: 'https://x.example',"
                    + " customHeaders: [{name: A, secretRef: {name: no, key: no}}]}]}"))
        .hasMessageContaining("secret \"no\" cannot be read");
  }
}
