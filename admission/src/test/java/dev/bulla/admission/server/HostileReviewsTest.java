package dev.bulla.admission.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.http.HttpLimits;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reviews can be made of, and how many of them can come at once. */
@Timeout(180)
class HostileReviewsTest {

  private static final Digest DIGEST = digest();
  private static final ImageVerifier SIGNED = (image, rule, deadline) -> DIGEST;

  @TempDir Path folder;
  private Webhook webhook;

  private static Digest digest() {
    return Digest.sha256(Bytes.utf8("signed"));
  }

  @BeforeEach
  void prepare() throws Exception {
    webhook = new Webhook(folder);
  }

  @AfterEach
  void stop() {
    webhook.close();
  }

  private void start(ImageVerifier verifier, int bodies) throws Exception {
    webhook.start(
        Features.NONE,
        verifier,
        Announcer.NONE,
        UnaryOperator.identity(),
        HttpLimits.DEFAULT.withBodies(bodies));
  }

  /** A pod with one image and an annotation of so many bytes. */
  private static String large(String image, int bytes) {
    return Webhook.request(
        "CREATE",
        "Pod",
        "{'metadata':{'annotations':{'a':'"
            + "x".repeat(bytes)
            + "'}},'spec':{'containers':[{'image':'"
            + image
            + "'}]}}",
        "null");
  }

  @Test
  void largeReviewsHoldTheirRoomUntilTheyAreReadAndNoLonger() throws Exception {
    Semaphore looking = new Semaphore(0);
    Semaphore signed = new Semaphore(0);
    start(
        (image, rule, deadline) -> {
          looking.release();
          signed.acquireUninterruptibly();
          return DIGEST;
        },
        1_300_000);
    List<Future<HttpResponse<String>>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (int i = 0; i < 4; i++) {
          String body = large("signed.io/app" + i, 600_000);
          answers.add(threads.submit(() -> webhook.post("/mutate", "application/json", body)));
          assertThat(looking.tryAcquire(60, TimeUnit.SECONDS)).as("review " + i).isTrue();
        }
        assertThat(webhook.get("/health").statusCode()).isEqualTo(200);
        assertThat(webhook.get("/ready").statusCode()).isEqualTo(200);
      } finally {
        signed.release(100);
      }
      for (Future<HttpResponse<String>> answer : answers) {
        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(answer.get().body()).contains("\"allowed\":");
      }
    }
  }

  @Test
  void whoFindsNoRoomIsToldToComeAgainAndIsNotAdmitted() throws Exception {
    start(SIGNED, 1 << 20);
    HttpResponse<String> busy =
        webhook.post("/mutate", "application/json", large("signed.io/app", 1_500_000));
    assertThat(busy.statusCode()).isEqualTo(503);
    assertThat(busy.headers().firstValue("Retry-After")).contains("1");
    assertThat(busy.body()).doesNotContain("allowed");
    assertThat(webhook.get("/health").statusCode()).isEqualTo(200);
    assertThat(
            webhook
                .post("/mutate", "application/json", large("signed.io/app", 100_000))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void oneNamespaceDoesNotTakeTheRoomOfOthers() throws Exception {
    Semaphore looking = new Semaphore(0);
    Semaphore signed = new Semaphore(0);
    start(
        (image, rule, deadline) -> {
          looking.release();
          signed.acquireUninterruptibly();
          return DIGEST;
        },
        200_000);
    // two of them weigh more than a quarter
    String[] images = new String[9];
    for (int i = 1; i < images.length; i++) {
      images[i] = "allowed.io/" + "x".repeat(200) + i;
    }
    images[0] = "signed.io/app";
    String body = Webhook.pod(images);
    String elsewhere = body.replace("\"shop\"", "\"other\"");
    List<Future<HttpResponse<String>>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        answers.add(threads.submit(() -> webhook.post("/mutate", "application/json", body)));
        assertThat(looking.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        HttpResponse<String> busy = webhook.post("/mutate", "application/json", body);
        assertThat(busy.statusCode()).isEqualTo(503);
        assertThat(busy.body()).contains("too much of one namespace is being decided at once");
        answers.add(threads.submit(() -> webhook.post("/mutate", "application/json", elsewhere)));
        assertThat(looking.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
      } finally {
        signed.release(100);
      }
      for (Future<HttpResponse<String>> answer : answers) {
        assertThat(answer.get().statusCode()).isEqualTo(200);
      }
    }
    assertThat(webhook.post("/mutate", "application/json", body).statusCode()).isEqualTo(200);
  }

  @Test
  void namesOfImagesThatFillTheMemoryAreNotKept() throws Exception {
    start(SIGNED, 4 << 20);
    String[] images = new String[400];
    for (int i = 0; i < images.length; i++) {
      images[i] = "signed.io/" + "x".repeat(3000) + i;
    }
    assertThat(webhook.post("/mutate", "application/json", Webhook.pod(images)).statusCode())
        .isEqualTo(503);
  }

  private static String nested(int depth) {
    return Webhook.request(
        "CREATE",
        "Pod",
        "{'spec':" + "{'a':".repeat(depth) + "1" + "}".repeat(depth) + "}",
        "null");
  }

  private static String containers(int count, String each) {
    return Webhook.request(
        "CREATE",
        "Pod",
        "{'spec':{'containers':[" + (each + ",").repeat(count - 1) + each + "]}}",
        "null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/mutate", "/validate"})
  void whatNoObjectLooksLikeIsRefusedOrDenied(String path) throws Exception {
    start(SIGNED, 64 << 20);
    String twice =
        Webhook.pod("deny.io/a").replace("{\"image\":", "{\"image\":\"allowed.io/aa\",\"image\":");
    List<String> malformed =
        List.of(
            nested(10_000),
            nested(100),
            "[".repeat(100_000),
            twice,
            containers(1_000_000, "{}"),
            containers(80_000, "{'image':'allowed.io/aa'}"),
            Webhook.pod("allowed.io/aa").replace("u-1", "u".repeat(5000)));
    for (String body : malformed) {
      HttpResponse<String> answer = webhook.post(path, "application/json", body);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
      assertThat(answer.body()).startsWith("received invalid json: ").hasSizeLessThan(1000);
    }
    List<String> denied =
        List.of(
            containers(40_000, "{'image':'allowed.io/aa'}"),
            Webhook.pod("allowed.io/" + "a".repeat(500_000)),
            large("nobody.io/a", 3_000_000));
    for (String body : denied) {
      HttpResponse<String> answer = webhook.post(path, "application/json", body);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("\"allowed\":false").hasSizeLessThan(10_000);
    }
    assertThat(webhook.post(path, "application/json", large("allowed.io/aa", 3_000_000)).body())
        .contains("\"allowed\":true");
  }
}
