package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoverTest extends RegistryTest {

  private static final Pattern NEXT = Pattern.compile("<([^>]*)>; rel=\"next\"");

  private final SampleImage image = SampleImage.image("discover");

  private static Optional<String> next(Caller.Answer answer) {
    return answer.header("Link").map(NEXT::matcher).filter(Matcher::matches).map(m -> m.group(1));
  }

  private List<String> tagsFollowing(String path) throws IOException {
    List<String> all = new ArrayList<>();
    Optional<String> page = Optional.of(path);
    while (page.isPresent()) {
      Caller.Answer answer = caller.get(page.get());
      all.addAll(answer.strings("tags"));
      page = next(answer);
    }
    return all;
  }

  // ---- tags

  @Test
  void listsTagsInTheOrderOfTheirBytes() throws IOException {
    start();
    image.pushTo(registry.repository("app"), "b", "A", "a", "_", "1");
    Caller.Answer answer = caller.get("/v2/app/tags/list");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text())
        .isEqualTo("{\"name\":\"app\",\"tags\":[\"1\",\"A\",\"_\",\"a\",\"b\"]}");
    assertThat(answer.header("Link")).isEmpty();
    assertThat(caller.head("/v2/app/tags/list").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 100})
  void pagesThroughTags(int size) throws IOException {
    start();
    image.pushTo(registry.repository("app"), "a", "b", "c", "d", "e");
    assertThat(caller.get("/v2/app/tags/list?n=" + size).strings("tags"))
        .hasSize(Math.min(5, size));
    assertThat(tagsFollowing("/v2/app/tags/list?n=" + size))
        .containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void beginsAfterTheLastTagSeen() throws IOException {
    start();
    image.pushTo(registry.repository("app"), "a", "b", "c", "d");
    assertThat(caller.get("/v2/app/tags/list?n=2&last=b").strings("tags"))
        .containsExactly("c", "d");
    assertThat(caller.get("/v2/app/tags/list?last=bb").strings("tags")).containsExactly("c", "d");
    assertThat(caller.get("/v2/app/tags/list?n=2&last=b").header("Link")).isEmpty();
  }

  @Test
  void listsNothingWhenNothingIsAskedFor() throws IOException {
    start();
    image.pushTo(registry.repository("app"), "a");
    Caller.Answer answer = caller.get("/v2/app/tags/list?n=0");
    assertThat(answer.strings("tags")).isEmpty();
    assertThat(answer.header("Link")).isEmpty();
  }

  @Test
  void keepsToItsOwnPageSize() throws IOException {
    start(EmbeddedRegistry.options().tagsPageSize(2));
    image.pushTo(registry.repository("app"), "a", "b", "c", "d", "e");
    assertThat(caller.get("/v2/app/tags/list?n=4").strings("tags")).containsExactly("a", "b");
    assertThat(tagsFollowing("/v2/app/tags/list")).containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void refusesPageSizesThatAreNone() throws IOException {
    start();
    image.pushTo(registry.repository("app"), "a");
    assertThat(caller.get("/v2/app/tags/list?n=-1").status()).isEqualTo(400);
    assertThat(caller.get("/v2/app/tags/list?n=x").status()).isEqualTo(400);
  }

  @Test
  void knowsNoTagsOfAnUnknownRepository() throws IOException {
    start();
    Caller.Answer answer = caller.get("/v2/nowhere/tags/list");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text())
        .contains("NAME_UNKNOWN")
        .contains("\"detail\":{\"name\":\"nowhere\"}");
  }

  // ---- referrers

  private static String string(JsonObject object, String name) {
    return ((JsonString) object.get(name).orElseThrow()).value();
  }

  private List<JsonObject> referrersFollowing(String path) throws IOException {
    List<JsonObject> all = new ArrayList<>();
    Optional<String> page = Optional.of(path);
    while (page.isPresent()) {
      Caller.Answer answer = caller.get(page.get());
      all.addAll(answer.objects("manifests"));
      page = next(answer);
    }
    return all;
  }

  private SampleImage referrer(String type, int number) {
    return SampleImage.referrer(
        image, type, Bytes.utf8("content " + number), Map.of("number", "n" + number));
  }

  @Test
  void listsReferrersWithTypeAndAnnotations() throws IOException {
    start();
    SampleImage referrer = referrer("application/vnd.example", 1);
    Caller.Answer push = caller.push("app", referrer, referrer.digest().toString());
    assertThat(push.status()).isEqualTo(201);
    assertThat(push.header("OCI-Subject")).contains(image.digest().toString());

    Caller.Answer answer = caller.get("/v2/app/referrers/" + image.digest());
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).contains("application/vnd.oci.image.index.v1+json");
    assertThat(answer.header("OCI-Filters-Applied")).isEmpty();
    assertThat(answer.text())
        .isEqualTo(
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
                + "\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                + "\"size\":"
                + referrer.manifest().size()
                + ",\"digest\":\""
                + referrer.digest()
                + "\",\"annotations\":{\"number\":\"n1\"},"
                + "\"artifactType\":\"application/vnd.example\"}]}");
  }

  @Test
  void namesTheConfigTypeWhereThereIsNoArtifactType() throws IOException {
    start();
    Bytes config = Bytes.utf8("{\"x\":1}");
    Digest digest = registry.repository("app").putBlob(config);
    Bytes manifest =
        Bytes.utf8(
            "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.old.type\","
                + "\"size\":7,\"digest\":\""
                + digest
                + "\"},\"layers\":[],\"subject\":{\"mediaType\":\"x\",\"size\":1,\"digest\":\""
                + image.digest()
                + "\"}}");
    registry.repository("app").putManifest("application/vnd.oci.image.manifest.v1+json", manifest);
    assertThat(
            string(
                caller.get("/v2/app/referrers/" + image.digest()).objects("manifests").get(0),
                "artifactType"))
        .isEqualTo("application/vnd.old.type");
  }

  @Test
  void knowsNoReferrersOfWhatItDoesNotKnow() throws IOException {
    start();
    Caller.Answer answer =
        caller.get("/v2/nowhere/referrers/" + Digest.sha256(Bytes.utf8("nothing")));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.objects("manifests")).isEmpty();
  }

  @Test
  void filtersReferrersByType() throws IOException {
    start();
    for (int i = 0; i < 4; i++) {
      referrer(i % 2 == 0 ? "type/even+json" : "type/odd+json", i)
          .pushTo(registry.repository("app"));
    }
    String path = "/v2/app/referrers/" + image.digest() + "?artifactType=";
    Caller.Answer answer = caller.get(path + "type%2Feven%2Bjson");
    assertThat(answer.header("OCI-Filters-Applied")).contains("artifactType");
    assertThat(answer.objects("manifests"))
        .hasSize(2)
        .allSatisfy(o -> assertThat(string(o, "artifactType")).isEqualTo("type/even+json"));
    // a plus sign that is not encoded is a space
    assertThat(caller.get(path + "type/even+json").objects("manifests")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void pagesThroughReferrersAlsoWithAFilter(int size) throws IOException {
    start(EmbeddedRegistry.options().referrersPageSize(size));
    List<String> all = new ArrayList<>();
    List<String> even = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      SampleImage referrer = referrer(i % 2 == 0 ? "type/even" : "type/odd", i);
      all.add(referrer.pushTo(registry.repository("app")).toString());
      if (i % 2 == 0) {
        even.add(referrer.digest().toString());
      }
    }
    String path = "/v2/app/referrers/" + image.digest();
    assertThat(caller.get(path).objects("manifests")).hasSize(Math.min(size, 6));
    assertThat(referrersFollowing(path))
        .extracting(o -> string(o, "digest"))
        .containsExactlyInAnyOrderElementsOf(all);
    assertThat(referrersFollowing(path + "?artifactType=type%2Feven"))
        .extracting(o -> string(o, "digest"))
        .containsExactlyInAnyOrderElementsOf(even);
  }

  @Test
  void splitsAListThatIsTooLarge() throws IOException {
    start();
    for (int i = 0; i < 5; i++) {
      SampleImage.referrer(
              image, "text/plain", Bytes.utf8("x" + i), Map.of("a", "y".repeat(1_000_000)))
          .pushTo(registry.repository("app"));
    }
    Caller.Answer first = caller.get("/v2/app/referrers/" + image.digest());
    assertThat(first.body().size()).isLessThan(4 << 20);
    assertThat(referrersFollowing("/v2/app/referrers/" + image.digest())).hasSize(5);
  }

  @Test
  void acceptsAReferrerBeforeItsSubject() throws IOException {
    start();
    SampleImage referrer = referrer("text/plain", 1);
    Caller.Answer push = caller.push("app", referrer, "early");
    assertThat(push.status()).isEqualTo(201);
    assertThat(push.header("OCI-Subject")).contains(image.digest().toString());
    assertThat(caller.get("/v2/app/referrers/" + image.digest()).objects("manifests")).hasSize(1);
    assertThat(caller.push("app", image, "v1").status()).isEqualTo(201);
    assertThat(caller.get("/v2/app/referrers/" + image.digest()).objects("manifests")).hasSize(1);
  }

  @Test
  void listsAnIndexThatHasASubject() throws IOException {
    start();
    Bytes index =
        Bytes.utf8(
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
                + "\"manifests\":[],\"subject\":{\"mediaType\":\"x\",\"size\":1,\"digest\":\""
                + image.digest()
                + "\"},\"artifactType\":\"type/index\",\"annotations\":{\"a\":\"of the index\"}}");
    Caller.Answer push =
        caller.put(
            "/v2/app/manifests/v1",
            index,
            "Content-Type",
            "application/vnd.oci.image.index.v1+json");
    assertThat(push.header("OCI-Subject")).contains(image.digest().toString());
    Caller.Answer list = caller.get("/v2/app/referrers/" + image.digest());
    assertThat(string(list.objects("manifests").get(0), "artifactType")).isEqualTo("type/index");
    assertThat(list.text()).contains("\"annotations\":{\"a\":\"of the index\"}");
  }

  @Test
  void showsChangedContentInTheList() throws IOException {
    start();
    SampleImage referrer = referrer("text/plain", 1);
    referrer.pushTo(registry.repository("app"));
    String path = "/v2/app/referrers/" + image.digest();
    assertThat(caller.get(path).text()).contains("n1");
    registry.repository("app").corrupt(referrer.digest(), referrer("text/plain", 2).manifest());
    assertThat(caller.get(path).text()).contains("n2").doesNotContain("n1");
  }
}
