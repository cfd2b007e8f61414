package dev.bulla.admission.server;

import static dev.bulla.admission.Answers.allowed;
import static dev.bulla.admission.Answers.message;
import static dev.bulla.admission.Answers.patch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.digest.Digest;
import dev.bulla.error.ConfigurationException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Connaisseur's own handler is tested with (rows H of its unit tests), over TLS. */
class HandlerRowsTest {

  private static final String DIGEST = "sha256:" + "4f".repeat(32);
  private static final ImageVerifier BY_NAME =
      (image, rule, deadline) -> {
        if (image.repository().toString().contains("good")) {
          return Digest.parse(DIGEST);
        }
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

  private static Features features(boolean detection, boolean podsOnly) {
    return new Features(detection, podsOnly, false, false);
  }

  private static List<String> warnings(JsonObject response) {
    JsonValue warnings = response.get("warnings").orElse(JsonArray.of(List.of()));
    return ((JsonArray) warnings)
        .values().stream().map(value -> ((JsonString) value).value()).toList();
  }

  private static String workload(String kind, String image) {
    return Webhook.request(
        "CREATE", kind, "{'spec':{'template':" + Webhook.podObject(image) + "}}", "null");
  }

  @Test
  @ConnaisseurRow("H3")
  void h3ABodyThatCannotBeReadIsAnErrorOfTheServer() throws Exception {
    webhook.start(Features.NONE, BY_NAME);
    try (SSLSocket socket =
        (SSLSocket)
            webhook
                .authority
                .clientContext()
                .getSocketFactory()
                .createSocket("localhost", webhook.server().address().getPort())) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              ("POST /mutate HTTP/1.1\r\nContent-Type: application/json\r\n"
                      + "Content-Length: 10\r\n\r\n{")
                  .getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer)
          .startsWith("HTTP/1.1 500 ")
          .contains("error reading request body: the body ended too early");
    }
  }

  @Test
  @ConnaisseurRow({"H5", "H6"})
  void h5To7StaticRulesAndDetectionMode() throws Exception {
    webhook.start(Features.NONE, BY_NAME);
    JsonObject denied = webhook.mutate(Webhook.pod("nginx"));
    assertThat(message(denied)).isEqualTo("static deny for image nginx using rule *:*");
    JsonObject admitted = webhook.mutate(Webhook.pod("allowed.io/aa"));
    assertThat(allowed(admitted)).isTrue();
    assertThat(admitted.get("patch")).isEmpty();
    assertThat(admitted.get("patchType")).isEmpty();
    assertThat(webhook.get("/metrics").body())
        .contains("connaisseur_requests_total 2\n")
        .contains("connaisseur_requests_admitted_total 1\n")
        .contains("connaisseur_requests_denied_total{timeout=\"false\"} 1\n");
  }

  @Test
  @ConnaisseurRow("H7")
  void h7WhatDetectionModeLetsThroughCountsAsAdmitted() throws Exception {
    webhook.start(features(true, false), BY_NAME);
    JsonObject response = webhook.mutate(Webhook.pod("nginx"));
    assertThat(allowed(response)).isTrue();
    assertThat(warnings(response))
        .containsExactly("detection mode active", "static deny for image nginx using rule *:*");
    assertThat(webhook.get("/metrics").body())
        .contains("connaisseur_requests_admitted_total 1\n")
        .doesNotContain("connaisseur_requests_denied_total{");
  }

  @Test
  @ConnaisseurRow({"H10", "H11", "H12"})
  void h10To12WhereOnlyPodsAreDecidedAbout() throws Exception {
    webhook.start(features(true, true), BY_NAME);
    JsonObject job = webhook.mutate(workload("Job", "signed.io/bad:1"));
    assertThat(allowed(job)).isTrue();
    assertThat(warnings(job)).first().isEqualTo("pod-only validation active");
    assertThat(warnings(job)).doesNotContain("detection mode active");
    JsonObject deployment = webhook.mutate(workload("Deployment", "signed.io/good:1"));
    assertThat(allowed(deployment)).isTrue();
    assertThat(deployment.get("patch")).isEmpty();
    assertThat(warnings(webhook.mutate(Webhook.pod("signed.io/bad:1"))))
        .first()
        .isEqualTo("detection mode active");
  }

  @Test
  @ConnaisseurRow({"H13", "H15"})
  void h13To15WorkloadsAreDecidedAboutAndPinned() throws Exception {
    webhook.start(Features.NONE, BY_NAME);
    assertThat(message(webhook.mutate(workload("Job", "signed.io/bad:1"))))
        .isEqualTo("error during cosign validation of image signed.io/bad:1: no signatures found");
    assertThat(patch(webhook.mutate(workload("Deployment", "signed.io/team/good:1"))))
        .isEqualTo(
            "[{\"op\":\"replace\",\"path\":\"/spec/template/spec/containers/0/image\","
                + "\"value\":\"signed.io/team/good:1@"
                + DIGEST
                + "\"}]");
    String hub = "securesystemsengineering/good-image:test";
    assertThat(patch(webhook.mutate(workload("Deployment", hub))))
        .contains("\"value\":\"index.docker.io/" + hub + "@" + DIGEST + "\"");
  }

  @Test
  @ConnaisseurRow({"H18", "H19"})
  void h18And19WhatNeedsNoPinGetsNone() throws Exception {
    webhook.start(Features.NONE, BY_NAME);
    for (String image :
        new String[] {
          "allowed", "signed.io/good@" + DIGEST, "signed.io/good:1@" + DIGEST, "watched.io/good:1"
        }) {
      JsonObject response = webhook.mutate(Webhook.pod(image));
      assertThat(allowed(response)).as(image).isTrue();
      assertThat(response.get("patch")).as(image).isEmpty();
    }
  }

  @Test
  @ConnaisseurRow({"H20", "H21", "H22"})
  void h20To22OnlyAnObjectThatWasOnItsWayOutBeforePassesUnseen() throws Exception {
    webhook.start(Features.NONE, BY_NAME);
    String bad = Webhook.podObject("signed.io/bad:1");
    String leaving = bad.replace("'web'", "'web','deletionTimestamp':'2026-01-01T00:00:00Z'");
    assertThat(allowed(webhook.mutate(Webhook.request("CREATE", "Pod", leaving, "null"))))
        .isFalse();
    assertThat(allowed(webhook.mutate(Webhook.request("UPDATE", "Pod", leaving, bad)))).isFalse();
    assertThat(allowed(webhook.mutate(Webhook.request("UPDATE", "Pod", bad, leaving)))).isTrue();
  }

  @Test
  @ConnaisseurRow("H23")
  void h23OtherKindsAreDenied() throws Exception {
    webhook.start(Features.NONE, BY_NAME);
    assertThat(message(webhook.mutate(Webhook.request("CREATE", "Role", "{}", "null"))))
        .contains("unknown workload kind");
  }

  @Test
  void everyImageAndItsFateIsInTheLogAndNothingElseOfTheObject() throws Exception {
    webhook.start(Features.NONE, BY_NAME);
    String object =
        "{'metadata':{'name':'web'},'spec':{'containers':[{'image':'signed.io/good:1',"
            + "'env':[{'name':'TOKEN','value':'hidden'}]},{'image':'signed.io/bad:1'},"
            + "{'image':'allowed.io/aa'}]}}";
    webhook.mutate(Webhook.request("CREATE", "Pod", object, "null"));
    assertThat(webhook.log).hasSize(1);
    assertThat(webhook.log.get(0))
        .contains(
            "\"msg\":\"denied a request\"",
            "\"uid\":\"u-1\"",
            "\"namespace\":\"shop\"",
            "\"kind\":\"Pod\"",
            "\"name\":\"web\"",
            "successfully validated image signed.io/good:1 using rule signed.io/* and validator"
                + " mine. Result is signed.io/good:1@"
                + DIGEST
                + ".",
            "\"fate\":\"failed\"",
            "static allow for image allowed.io/aa using rule allowed.io/*",
            "no signatures found")
        .doesNotContain("hidden")
        .doesNotContain("\n");
  }

  @Test
  void labelsOfMetricsComeFromClosedSets() throws Exception {
    webhook.start(Features.NONE, BY_NAME);
    webhook.mutate(Webhook.pod("signed.io/good:1"));
    webhook.get("/elsewhere");
    webhook.get("/metrics");
    int before = webhook.get("/metrics").body().split("\n", -1).length;
    for (int i = 0; i < 200; i++) {
      webhook.get("/path" + i + "?x=" + i);
    }
    for (int i = 0; i < 20; i++) {
      webhook.mutate(Webhook.pod("signed.io/good" + i + ":1"));
    }
    assertThat(webhook.get("/metrics").body().split("\n", -1)).hasSize(before);
  }
}
