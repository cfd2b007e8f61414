package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.testkit.http.RawClient;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.registry.Faults.NoReferrers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest extends RegistryTest {

  private static final String MANIFEST = "/v2/app/manifests/v1";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SampleImage image = SampleImage.image("faults");
  private Faults faults;

  @BeforeEach
  void begin() throws IOException {
    start();
    image.pushTo(registry.repository("app"), "v1");
    faults = registry.faults();
  }

  private static RequestMatch manifestGet() {
    return RequestMatch.manifests().method("GET");
  }

  private RawClient raw() throws IOException {
    return new RawClient(registry.address());
  }

  private List<Integer> statuses(int requests) throws IOException {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      statuses.add(caller.get(MANIFEST).status());
    }
    return statuses;
  }

  // ---- when

  @Test
  void befallsOnlyRequestsThatMatch() throws IOException {
    faults.on(RequestMatch.manifests().method("HEAD")).does(Effects.status(500));
    faults.on(RequestMatch.blobs()).does(Effects.status(503));
    assertThat(caller.get(MANIFEST).status()).isEqualTo(200);
    assertThat(caller.head(MANIFEST).status()).isEqualTo(500);
    Digest blob = image.blobs().keySet().iterator().next();
    assertThat(caller.get("/v2/app/blobs/" + blob).status()).isEqualTo(503);
    assertThat(caller.post("/v2/app/blobs/uploads/", Bytes.EMPTY).status()).isEqualTo(202);
  }

  @Test
  void matchesByPathQueryHeaderAndAnythingElse() throws IOException {
    faults.on(RequestMatch.any().path("/v2/other/.*")).does(Effects.status(500));
    faults.on(RequestMatch.tagLists().query("n", "7")).does(Effects.status(501));
    faults.on(RequestMatch.any().header("X-Mark")).does(Effects.status(502));
    faults
        .on(RequestMatch.any().where(r -> r.rawQuery().endsWith("last=z")))
        .does(Effects.status(503));
    faults.on(RequestMatch.referrers()).does(Effects.status(504));
    faults.on(RequestMatch.tokens()).does(Effects.status(505));
    faults.on(RequestMatch.uploads()).does(Effects.status(507));
    assertThat(caller.get("/v2/other/tags/list").status()).isEqualTo(500);
    assertThat(caller.get("/v2/app/tags/list?n=7").status()).isEqualTo(501);
    assertThat(caller.get("/v2/app/tags/list", "x-mark", "1").status()).isEqualTo(502);
    assertThat(caller.get("/v2/app/tags/list?last=z").status()).isEqualTo(503);
    assertThat(caller.get("/v2/app/tags/list").status()).isEqualTo(200);
    assertThat(caller.get("/v2/app/referrers/" + image.digest()).status()).isEqualTo(504);
    assertThat(caller.get("/token").status()).isEqualTo(505);
    assertThat(caller.post("/v2/app/blobs/uploads/", Bytes.EMPTY).status()).isEqualTo(507);
  }

  @Test
  void befallsRequestsInTheirTurn() throws IOException {
    Faults.Rule rule = faults.on(manifestGet()).nth(2).does(Effects.status(500));
    assertThat(statuses(4)).containsExactly(200, 500, 200, 200);
    assertThat(rule.hits()).isEqualTo(1);
    faults.clear();
    faults.on(manifestGet()).first(2).does(Effects.status(500));
    assertThat(statuses(4)).containsExactly(500, 500, 200, 200);
    faults.clear();
    faults.on(manifestGet()).after(2).does(Effects.status(500));
    assertThat(statuses(4)).containsExactly(200, 200, 500, 500);
    faults.clear();
    faults.on(manifestGet()).every(2).does(Effects.status(500));
    assertThat(statuses(4)).containsExactly(200, 500, 200, 500);
  }

  @Test
  void befallsRequestsAtRandomButRepeatably() throws IOException {
    Faults.Rule rule = faults.on(manifestGet()).randomly(7, 0.5).does(Effects.status(500));
    List<Integer> first = statuses(40);
    assertThat(first).contains(200, 500);
    rule.remove();
    assertThat(statuses(10)).containsOnly(200);
    faults.on(manifestGet()).randomly(7, 0.5).does(Effects.status(500));
    assertThat(statuses(40)).isEqualTo(first);
  }

  @Test
  void oneRuleAroundAnother() throws IOException {
    Faults.Rule outer = faults.on(manifestGet()).nth(1).does(Effects.status(500));
    Faults.Rule inner = faults.on(manifestGet()).nth(1).does(Effects.status(503));
    faults.on(manifestGet()).does(Effects.header("X-Seen", "yes"));
    assertThat(caller.get(MANIFEST).status()).isEqualTo(500);
    assertThat(inner.hits()).isZero();
    assertThat(caller.get(MANIFEST).status()).isEqualTo(503);
    assertThat(caller.get(MANIFEST).header("X-Seen")).contains("yes");
    assertThat(outer.hits()).isEqualTo(1);
  }

  @Test
  void severalEffectsOfOneRule() throws IOException {
    faults
        .on(manifestGet())
        .does(
            Effects.header("X-A", "1"),
            Effects.delay(Duration.ZERO),
            Effects.withoutHeader("ETag"),
            Effects.contentType("text/plain"));
    Caller.Answer answer = caller.get(MANIFEST);
    assertThat(answer.header("X-A")).contains("1");
    assertThat(answer.header("ETag")).isEmpty();
    assertThat(answer.header("Content-Type")).contains("text/plain");
    assertThat(answer.body()).isEqualTo(image.manifest());
  }

  @Test
  void clearingTakesEverythingBack() throws IOException {
    faults.on(RequestMatch.any()).does(Effects.status(500));
    faults.noReferrersApi(NoReferrers.NOT_FOUND).noHead(405).noDelete();
    faults.clear();
    assertThat(caller.head(MANIFEST).status()).isEqualTo(200);
    assertThat(caller.get("/v2/app/referrers/" + image.digest()).status()).isEqualTo(200);
    assertThat(caller.delete(MANIFEST).status()).isEqualTo(202);
  }

  // ---- answers

  @ParameterizedTest
  @CsvSource({
    "400, UNSUPPORTED",
    "401, UNAUTHORIZED",
    "403, DENIED",
    "404, NAME_UNKNOWN",
    "405, UNSUPPORTED",
    "412, PRECONDITION_FAILED",
    "413, SIZE_INVALID",
    "429, TOOMANYREQUESTS",
    "500, UNKNOWN",
    "503, UNKNOWN"
  })
  void answersAStatusWithTheErrorThatFits(int status, String code) throws IOException {
    faults.on(manifestGet()).does(Effects.status(status));
    Caller.Answer answer = caller.get(MANIFEST);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.code()).isEqualTo(code);
  }

  @Test
  void answersAnythingElse() throws IOException {
    faults
        .on(manifestGet())
        .does(
            Effects.inTurn(
                Effects.status(418, "TEAPOT", "short and stout"),
                Effects.answer(WireResponse.of(200).withText("text/html", "<p>hi")),
                Effects.challenge("Negotiate"),
                Effects.redirect(307, "https://other.example/x"),
                Effects.pass()));
    assertThat(caller.get(MANIFEST).text())
        .isEqualTo("{\"errors\":[{\"code\":\"TEAPOT\",\"message\":\"short and stout\"}]}");
    assertThat(caller.get(MANIFEST).text()).isEqualTo("<p>hi");
    Caller.Answer challenged = caller.get(MANIFEST);
    assertThat(challenged.status()).isEqualTo(401);
    assertThat(challenged.header("WWW-Authenticate")).contains("Negotiate");
    Caller.Answer redirected = caller.get(MANIFEST);
    assertThat(redirected.status()).isEqualTo(307);
    assertThat(redirected.header("Location")).contains("https://other.example/x");
    assertThat(statuses(3)).containsOnly(200);
  }

  @Test
  void asksToComeBackLater() throws IOException {
    Instant moment = Instant.parse("2026-01-02T03:04:05Z");
    faults
        .on(manifestGet())
        .does(
            Effects.inTurn(
                Effects.throttled(Duration.ofSeconds(7)),
                Effects.throttledUntil(moment),
                Effects.unavailable(Duration.ofMinutes(1))));
    Caller.Answer seconds = caller.get(MANIFEST);
    assertThat(seconds.status()).isEqualTo(429);
    assertThat(seconds.header("Retry-After")).contains("7");
    assertThat(caller.get(MANIFEST).header("Retry-After"))
        .contains("Fri, 02 Jan 2026 03:04:05 GMT");
    Caller.Answer unavailable = caller.get(MANIFEST);
    assertThat(unavailable.status()).isEqualTo(503);
    assertThat(unavailable.header("Retry-After")).contains("60");
  }

  // ---- no answer

  @Test
  void endsTheConnectionWithoutAnAnswer() throws IOException {
    faults.on(manifestGet()).does(Effects.drop());
    try (RawClient client = raw()) {
      assertThat(client.get(MANIFEST).readToEnd()).isEmpty();
    }
    assertThat(registry.log().requests().get(0).status()).isEmpty();
  }

  @Test
  void actsAndThenEndsTheConnection() throws IOException {
    faults.on(RequestMatch.manifests().method("DELETE")).does(Effects.dropAfterwards());
    try (RawClient client = raw()) {
      client.send("DELETE " + MANIFEST + " HTTP/1.1\r\nHost: t\r\n\r\n");
      assertThat(client.readToEnd()).isEmpty();
    }
    assertThat(registry.repository("app").tags()).isEmpty();
  }

  @Test
  void resetsTheConnection() throws IOException {
    faults.on(manifestGet()).does(Effects.reset());
    try (RawClient client = raw()) {
      client.get(MANIFEST);
      assertThatThrownBy(client::readToEnd).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void hangsUntilTheRegistryIsClosed() throws IOException {
    faults.on(manifestGet()).does(Effects.hang());
    try (RawClient client = raw()) {
      client.get(MANIFEST);
      registry.close();
      assertThat(endOf(client)).isEmpty();
    }
  }

  private static String endOf(RawClient client) throws IOException {
    try {
      return client.readToEnd();
    } catch (SocketException e) {
      return "";
    }
  }

  // ---- changed answers

  @Test
  void cutsTheBody() throws IOException {
    faults.on(manifestGet()).does(Effects.inTurn(Effects.cutInTheMiddle(), Effects.cutAfter(5)));
    int size = image.manifest().size();
    try (RawClient client = raw()) {
      String answer = client.get(MANIFEST).readToEnd();
      assertThat(answer).contains("Content-Length: " + size + "\r\n");
      assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSize(size / 2);
    }
    try (RawClient client = raw()) {
      assertThat(client.get(MANIFEST).readToEnd()).endsWith("\r\n\r\n{\"sch");
    }
  }

  @Test
  void announcesAnotherLength() throws IOException {
    faults.on(manifestGet()).does(Effects.announcing(1L << 40));
    try (RawClient client = raw()) {
      assertThat(client.get(MANIFEST).readToEnd())
          .contains("Content-Length: 1099511627776\r\n")
          .endsWith("}");
    }
  }

  @Test
  void sendsTheBodyWithoutItsLength() throws IOException {
    faults.on(manifestGet()).does(Effects.inTurn(Effects.chunked(), Effects.untilClose()));
    Caller.Answer chunked = caller.get(MANIFEST);
    assertThat(chunked.header("Content-Length")).isEmpty();
    assertThat(chunked.body()).isEqualTo(image.manifest());
    Caller.Answer untilClose = caller.get(MANIFEST);
    assertThat(untilClose.header("Content-Length")).isEmpty();
    assertThat(untilClose.body()).isEqualTo(image.manifest());
  }

  @Test
  void dripsTheBody() throws IOException {
    faults.on(manifestGet()).does(Effects.drip(50, Duration.ZERO));
    assertThat(caller.get(MANIFEST).body()).isEqualTo(image.manifest());
    faults.clear();
    faults.on(manifestGet()).does(Effects.drip(1, Duration.ofDays(1)));
    try (RawClient client = raw()) {
      client.get(MANIFEST).readUntil("\r\n\r\n");
      registry.close();
      assertThat(endOf(client)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sendsWithoutEnd(boolean announced) throws IOException {
    faults.on(manifestGet()).does(Effects.endlessBody(announced));
    try (RawClient client = raw()) {
      String head = client.get(MANIFEST).readUntil("\r\n\r\n");
      assertThat(head)
          .contains(announced ? "Content-Length: 1125899906842624" : "Transfer-Encoding: chunked");
      assertThat(client.read(10_000_000)).hasSize(10_000_000);
    }
    faults.clear();
    assertThat(caller.get(MANIFEST).status()).isEqualTo(200);
  }

  @Test
  void sendsOtherContentUnderTheSameHead() throws IOException {
    faults
        .on(manifestGet())
        .does(Effects.inTurn(Effects.body(Bytes.utf8("{}")), Effects.flippedBit()));
    Caller.Answer other = caller.get(MANIFEST);
    assertThat(other.text()).isEqualTo("{}");
    assertThat(other.header("Docker-Content-Digest")).contains(image.digest().toString());
    Caller.Answer flipped = caller.get(MANIFEST);
    assertThat(flipped.body().size()).isEqualTo(image.manifest().size());
    assertThat(flipped.body()).isNotEqualTo(image.manifest());
    assertThat(flipped.header("Docker-Content-Digest")).contains(image.digest().toString());
  }

  @Test
  void lieAboutOrWithholdTheDigest() throws IOException {
    String lie = Digest.sha256(Bytes.EMPTY).toString();
    faults
        .on(RequestMatch.manifests())
        .does(
            Effects.inTurn(
                Effects.header("Docker-Content-Digest", lie),
                Effects.withoutHeader("Docker-Content-Digest")));
    Caller.Answer lying = caller.head(MANIFEST);
    assertThat(lying.header("Docker-Content-Digest")).contains(lie);
    assertThat(caller.head(MANIFEST).header("Docker-Content-Digest")).isEmpty();
  }

  @Test
  void spellsHeaderNamesInAnyCase() throws IOException {
    faults
        .on(manifestGet())
        .does(Effects.inTurn(Effects.lowerCaseHeaderNames(), Effects.upperCaseHeaderNames()));
    try (RawClient client = raw()) {
      assertThat(client.get(MANIFEST).readUntil("\r\n\r\n"))
          .contains("\r\ndocker-content-digest: sha256:")
          .doesNotContain("Docker-Content-Digest");
    }
    try (RawClient client = raw()) {
      assertThat(client.get(MANIFEST).readUntil("\r\n\r\n"))
          .contains("\r\nDOCKER-CONTENT-DIGEST: sha256:");
    }
    faults.clear();
    try (RawClient client = raw()) {
      assertThat(client.get(MANIFEST).readUntil("\r\n\r\n"))
          .contains("\r\nDocker-Content-Digest: sha256:");
    }
  }

  @Test
  void compressesWithoutBeingAsked() throws IOException {
    faults.on(manifestGet()).does(Effects.gzipped());
    Caller.Answer answer = caller.get(MANIFEST);
    assertThat(answer.header("Content-Encoding")).contains("gzip");
    try (InputStream in =
        new GZIPInputStream(new ByteArrayInputStream(answer.body().toByteArray()))) {
      assertThat(Bytes.owning(in.readAllBytes())).isEqualTo(image.manifest());
    }
  }

  @Test
  void sendsASmallBodyThatInflatesWithoutMeasure() throws IOException {
    long inflated = 50L << 20;
    faults.on(manifestGet()).does(Effects.gzipBomb(inflated));
    Caller.Answer answer = caller.get(MANIFEST);
    assertThat(answer.header("Content-Encoding")).contains("gzip");
    assertThat(answer.body().size()).isLessThan(100_000);
    long seen = 0;
    byte[] buffer = new byte[1 << 16];
    try (InputStream in =
        new GZIPInputStream(new ByteArrayInputStream(answer.body().toByteArray()))) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        seen += n;
      }
    }
    assertThat(seen).isEqualTo(inflated);
  }

  @Test
  void twoFaced() throws IOException {
    SampleImage other = SampleImage.image("other");
    other.pushTo(registry.repository("app"), "other");
    faults
        .on(manifestGet())
        .does(
            Effects.alternating(
                Effects.pass(),
                Effects.answer(
                    WireResponse.of(200)
                        .with("Docker-Content-Digest", other.digest().toString())
                        .withText(
                            other.mediaType().value(),
                            new String(other.manifest().toByteArray(), StandardCharsets.UTF_8)))));
    assertThat(caller.get(MANIFEST).body()).isEqualTo(image.manifest());
    assertThat(caller.get(MANIFEST).body()).isEqualTo(other.manifest());
    assertThat(caller.get(MANIFEST).body()).isEqualTo(image.manifest());
  }

  @Test
  void spoilsTheArtifactTypeOfListedEntries() throws IOException {
    SampleImage referrer =
        SampleImage.referrer(
            image, "application/vnd.example", Bytes.utf8("x"), java.util.Map.of("a", "b"));
    referrer.pushTo(registry.repository("app"));
    SampleImage.index(referrer).pushTo(registry.repository("app"), "fallback");
    faults
        .on(RequestMatch.referrers())
        .does(Effects.wrongArtifactType("application/vnd.oci.empty.v1+json"));
    faults
        .on(RequestMatch.any().path("/v2/app/manifests/fallback"))
        .does(Effects.wrongArtifactType("application/vnd.oci.empty.v1+json"));
    Caller.Answer list = caller.get("/v2/app/referrers/" + image.digest());
    assertThat(list.text())
        .contains("\"artifactType\":\"application/vnd.oci.empty.v1+json\"")
        .contains("\"annotations\":{\"a\":\"b\"}")
        .doesNotContain("vnd.example");
    Caller.Answer fallback = caller.get("/v2/app/manifests/fallback");
    assertThat(fallback.text()).contains("\"artifactType\":\"application/vnd.oci.empty.v1+json\"");
    assertThat(fallback.header("Docker-Content-Digest"))
        .contains(Digest.sha256(fallback.body()).toString());
  }

  // ---- time

  @Test
  void delaysByTheSameTimesForTheSameSeed() throws IOException {
    faults.on(manifestGet()).does(Effects.randomDelay(3, Duration.ZERO, Duration.ofNanos(1_000)));
    assertThat(statuses(5)).containsOnly(200);
  }

  @Test
  void aDelayEndsWithTheRegistry() throws IOException {
    faults.on(manifestGet()).does(Effects.delay(Duration.ofDays(1)));
    try (RawClient client = raw()) {
      client.get(MANIFEST);
      registry.close();
      assertThat(endOf(client)).isEmpty();
    }
  }

  @Test
  void holdsRequestsUntilTheGateOpens() throws Exception {
    Gate gate = new Gate();
    faults.on(manifestGet()).does(Effects.hold(gate));
    try (HttpClient client = HttpClient.newHttpClient()) {
      CompletableFuture<HttpResponse<Void>> held =
          client.sendAsync(
              caller.request("GET", MANIFEST, Bytes.EMPTY), HttpResponse.BodyHandlers.discarding());
      gate.awaitArrivals(1, PATIENCE);
      assertThat(held).isNotDone();
      assertThat(caller.head(MANIFEST).status()).isEqualTo(200);
      gate.open();
      assertThat(held.get().statusCode()).isEqualTo(200);
      assertThat(caller.get(MANIFEST).status()).isEqualTo(200);
    }
    assertThat(registry.log().requests().get(0).overlaps(registry.log().requests().get(1)))
        .isTrue();
  }

  @Test
  void lettingRequestsGoTogetherShowsThatTheyWereSentTogether() throws Exception {
    faults.on(manifestGet()).first(3).does(Effects.together(3, PATIENCE));
    try (HttpClient client = HttpClient.newHttpClient()) {
      List<CompletableFuture<HttpResponse<Void>>> all = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        all.add(
            client.sendAsync(
                caller.request("GET", MANIFEST, Bytes.EMPTY),
                HttpResponse.BodyHandlers.discarding()));
      }
      for (CompletableFuture<HttpResponse<Void>> one : all) {
        assertThat(one.get().statusCode()).isEqualTo(200);
      }
    }
    assertThat(registry.log().peakInFlight()).isEqualTo(3);
    assertThat(registry.log().rounds()).isEqualTo(1);
    assertThat(RequestLog.allConcurrent(registry.log().requests())).isTrue();
  }

  @Test
  void aRequestThatStaysAloneGoesOnInTheEnd() throws IOException {
    faults.on(manifestGet()).does(Effects.together(2, Duration.ofMillis(1)));
    assertThat(caller.get(MANIFEST).status()).isEqualTo(200);
  }

  // ---- habits

  @ParameterizedTest
  @EnumSource(NoReferrers.class)
  void hasNoReferrersApi(NoReferrers how) throws IOException {
    faults.noReferrersApi(how);
    Caller.Answer answer = caller.get("/v2/app/referrers/" + image.digest());
    int expected =
        switch (how) {
          case NOT_FOUND, METHOD_UNKNOWN -> 404;
          case BAD_REQUEST -> 400;
          case METHOD_NOT_ALLOWED -> 405;
          case NOT_ACCEPTABLE -> 406;
          case NOT_IMPLEMENTED -> 501;
          case WEB_PAGE -> 200;
        };
    assertThat(answer.status()).isEqualTo(expected);
    assertThat(answer.header("Content-Type"))
        .hasValueSatisfying(t -> assertThat(t).doesNotContain("vnd.oci.image.index"));
    SampleImage referrer =
        SampleImage.referrer(image, "text/plain", Bytes.utf8("x"), java.util.Map.of());
    assertThat(caller.push("app", referrer, referrer.digest().toString()).header("OCI-Subject"))
        .isEmpty();
  }

  @Test
  void doesNotAcknowledgeSubjects() throws IOException {
    faults.noSubjectHeader();
    SampleImage referrer =
        SampleImage.referrer(image, "text/plain", Bytes.utf8("x"), java.util.Map.of());
    assertThat(caller.push("app", referrer, "r").header("OCI-Subject")).isEmpty();
    assertThat(caller.get("/v2/app/referrers/" + image.digest()).objects("manifests")).hasSize(1);
  }

  @Test
  void doesNotFilterReferrers() throws IOException {
    faults.noReferrersFilter();
    SampleImage.referrer(image, "text/plain", Bytes.utf8("x"), java.util.Map.of())
        .pushTo(registry.repository("app"));
    Caller.Answer answer =
        caller.get("/v2/app/referrers/" + image.digest() + "?artifactType=other");
    assertThat(answer.objects("manifests")).hasSize(1);
    assertThat(answer.header("OCI-Filters-Applied")).isEmpty();
  }

  @Test
  void doesNotAnswerHead() throws IOException {
    faults.noHead(405);
    assertThat(caller.head(MANIFEST).status()).isEqualTo(405);
    assertThat(caller.head("/v2/app/blobs/" + image.blobs().keySet().iterator().next()).status())
        .isEqualTo(405);
    assertThat(caller.get(MANIFEST).status()).isEqualTo(200);
  }

  @Test
  void deletesNothing() throws IOException {
    faults.noDelete();
    Caller.Answer answer = caller.delete(MANIFEST);
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.code()).isEqualTo("UNSUPPORTED");
    assertThat(caller.delete("/v2/app/blobs/" + image.blobs().keySet().iterator().next()).status())
        .isEqualTo(405);
  }

  @Test
  void deletesNoTags() throws IOException {
    faults.noTagDelete();
    Caller.Answer answer = caller.delete(MANIFEST);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("DIGEST_INVALID");
    assertThat(caller.delete("/v2/app/manifests/" + image.digest()).status()).isEqualTo(202);
  }

  @Test
  void mountsNothingAndTakesNoBlobInOnePost() throws IOException {
    faults.noMount().noSinglePost();
    Bytes content = Bytes.utf8("x");
    Digest digest = registry.repository("base").putBlob(content);
    assertThat(
            caller
                .post("/v2/app/blobs/uploads/?mount=" + digest + "&from=base", Bytes.EMPTY)
                .status())
        .isEqualTo(202);
    Caller.Answer begun = caller.post("/v2/app/blobs/uploads/?digest=" + digest, content);
    assertThat(begun.status()).isEqualTo(202);
    assertThat(
            caller
                .put(begun.header("Location").orElseThrow() + "?digest=" + digest, content)
                .status())
        .isEqualTo(201);
  }

  @Test
  void ignoresConditions() throws IOException {
    faults.noConditionalPut();
    assertThat(caller.putManifest("app", "v1", image, "If-None-Match", "*").status())
        .isEqualTo(201);
  }

  @Test
  void doesNotMoveImmutableTags() throws IOException {
    SampleImage other = SampleImage.image("other");
    other.pushTo(registry.repository("app"));
    faults.immutableTags("v.*");
    Caller.Answer refused = caller.putManifest("app", "v1", other);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.code()).isEqualTo("DENIED");
    assertThat(caller.putManifest("app", "v1", image).status()).isEqualTo(201);
    assertThat(caller.putManifest("app", "v2", other).status()).isEqualTo(201);
    assertThat(caller.putManifest("app", "x", image).status()).isEqualTo(201);
    assertThat(caller.putManifest("app", "x", other).status()).isEqualTo(201);
    faults.immutableTags(".*", 400, "TAG_INVALID");
    Caller.Answer otherWay = caller.putManifest("app", "x", image);
    assertThat(otherWay.status()).isEqualTo(400);
    assertThat(otherWay.code()).isEqualTo("TAG_INVALID");
  }

  @Test
  void forbidsWhatIsNotThere() throws IOException {
    faults.forbiddenForMissing();
    assertThat(caller.get("/v2/app/manifests/nope").status()).isEqualTo(403);
    assertThat(caller.get("/v2/nowhere/tags/list").code()).isEqualTo("DENIED");
    assertThat(caller.get(MANIFEST).status()).isEqualTo(200);
  }

  @Test
  void showsChangesOnlyAfterSomeReads() throws IOException {
    SampleImage other = SampleImage.image("other");
    other.pushTo(registry.repository("app"));
    faults.delayedVisibility(2);
    assertThat(caller.putManifest("app", "v1", other).status()).isEqualTo(201);
    assertThat(caller.get(MANIFEST).body()).isEqualTo(image.manifest());
    assertThat(caller.get("/v2/app/tags/list").strings("tags")).containsExactly("v1");
    assertThat(caller.get(MANIFEST).body()).isEqualTo(other.manifest());

    assertThat(caller.putManifest("app", "v2", other).status()).isEqualTo(201);
    assertThat(caller.get("/v2/app/manifests/v2").status()).isEqualTo(404);
    assertThat(caller.putManifest("app", "v3", other).status()).isEqualTo(201);
    assertThat(caller.get("/v2/app/manifests/v2").status()).isEqualTo(404);
    assertThat(caller.get("/v2/app/manifests/v3").status()).isEqualTo(404);
    assertThat(caller.get("/v2/app/manifests/v2").status()).isEqualTo(200);
    assertThat(caller.get("/v2/app/manifests/v3").status()).isEqualTo(200);
  }

  @Test
  void hidesNewRepositoriesAndReferrersForSomeReads() throws IOException {
    faults.delayedVisibility(1);
    SampleImage referrer =
        SampleImage.referrer(image, "text/plain", Bytes.utf8("x"), java.util.Map.of());
    assertThat(caller.push("fresh", referrer, "r").status()).isEqualTo(201);
    assertThat(caller.get("/v2/fresh/referrers/" + image.digest()).objects("manifests")).isEmpty();
    assertThat(caller.get("/v2/fresh/referrers/" + image.digest()).objects("manifests")).hasSize(1);
    assertThat(caller.delete("/v2/fresh/manifests/r").status()).isEqualTo(202);
    assertThat(caller.get("/v2/fresh/manifests/r").status()).isEqualTo(200);
    assertThat(caller.get("/v2/fresh/manifests/r").status()).isEqualTo(404);
  }
}
