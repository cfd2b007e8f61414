package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestLogTest extends RegistryTest {

  @Test
  void recordsEveryRequestInOrder() throws IOException {
    start();
    SampleImage.image("log").pushTo(registry.repository("app"), "v1");
    caller.get("/v2/app/tags/list?n=2&secret=x");
    caller.head("/v2/app/manifests/nope");
    caller.delete("/v2/app/manifests/v1");
    assertThat(registry.log().lines())
        .containsExactly(
            "GET /v2/app/tags/list?n=2&secret=… → 200",
            "HEAD /v2/app/manifests/nope → 404",
            "DELETE /v2/app/manifests/v1 → 202");
    assertThat(registry.log().count()).isEqualTo(3);
    assertThat(registry.log().countsByMethod())
        .isEqualTo(Map.of("GET", 1L, "HEAD", 1L, "DELETE", 1L));
    assertThat(registry.log().requests("GET", "/v2/.*")).hasSize(1);
    assertThat(registry.log().requests("GET", "/v2")).isEmpty();
  }

  @Test
  void countsRoundsOfRequestsThatFollowEachOther() throws IOException {
    start();
    caller.get("/v2/");
    caller.get("/v2/");
    caller.get("/v2/");
    assertThat(registry.log().rounds()).isEqualTo(3);
    assertThat(registry.log().peakInFlight()).isEqualTo(1);
    assertThat(RequestLog.allConcurrent(registry.log().requests())).isFalse();
  }

  @Test
  void startsAnew() throws IOException {
    start();
    caller.get("/v2/");
    registry.log().clear();
    assertThat(registry.log().requests()).isEmpty();
    assertThat(registry.log().count()).isZero();
    caller.get("/v2/");
    assertThat(registry.log().rounds()).isEqualTo(1);
    assertThat(registry.log().count()).isEqualTo(1);
  }

  @Test
  void forgetsTheOldestButGoesOnCounting() throws IOException {
    start(EmbeddedRegistry.options().loggedRequests(2));
    for (int i = 0; i < 5; i++) {
      caller.get("/v2/app" + i + "/tags/list");
    }
    assertThat(registry.log().requests())
        .extracting(RecordedRequest::path)
        .containsExactly("/v2/app3/tags/list", "/v2/app4/tags/list");
    assertThat(registry.log().count()).isEqualTo(5);
  }

  @Test
  void findsCredentialsWhereverTheyAre() throws IOException {
    start();
    String basic = "Basic " + Base64Text.encode(Bytes.utf8("alice:hunter2"));
    caller.get("/v2/harmless?scope=x", "Accept", "text/plain");
    caller.get("/v2/header", "Authorization", basic);
    caller.get("/v2/cookie", "Cookie", "id=hunter2");
    caller.get("/v2/query?access_token=hunter2");
    caller.post(
        "/v2/form",
        Bytes.utf8("grant_type=password&password=hunter2"),
        "Content-Type",
        "application/x-www-form-urlencoded; charset=utf-8");
    assertThat(registry.log().withCredentials())
        .extracting(RecordedRequest::path)
        .containsExactly("/v2/header", "/v2/cookie", "/v2/query", "/v2/form");
    assertThat(registry.log().carrying("hunter2"))
        .extracting(RecordedRequest::path)
        .containsExactly("/v2/header", "/v2/cookie", "/v2/query", "/v2/form");
    assertThat(registry.log().requests().get(1).headers().first("Authorization")).contains(basic);
    assertThat(registry.log().requests() + registry.log().lines().toString())
        .doesNotContain("hunter2")
        .doesNotContain(basic.substring(6));
  }

  @Test
  void passesFormsOnUnharmed() throws IOException {
    start(EmbeddedRegistry.options().auth(Auth.bearer().user("alice", "pw")));
    assertThat(
            caller
                .post(
                    "/token",
                    Bytes.utf8("grant_type=password&username=alice&password=pw"),
                    "Content-Type",
                    "application/x-www-form-urlencoded")
                .status())
        .isEqualTo(200);
  }
}
