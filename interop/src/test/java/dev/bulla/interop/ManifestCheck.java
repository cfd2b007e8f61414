package dev.bulla.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;

/** Manifests: how they are put in, read and deleted. */
enum ManifestCheck implements DistributionCheck {
  MANIFEST_PUSH_AND_PULL("end-7, end-3") {
    @Override
    public void ask(PlainRegistry r) {
      String json = r.image("pull", "");
      HttpResponse<byte[]> done = r.push("v1", MANIFEST, json);
      assertThat(done.statusCode()).isEqualTo(201);
      assertThat(done.headers().firstValue("Location")).isPresent();
      for (String reference : List.of("v1", r.digest(json))) {
        HttpResponse<byte[]> got = r.accept("GET", reference);
        assertThat(got.statusCode()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(json.getBytes(UTF_8));
        assertThat(got.headers().firstValue("Content-Type")).contains(MANIFEST);
        assertThat(got.headers().firstValue("Docker-Content-Digest")).contains(r.digest(json));
        HttpResponse<byte[]> head = r.accept("HEAD", reference);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).contains("" + json.length());
      }
    }
  },
  MANIFEST_UNKNOWN("end-3: 404, MANIFEST_UNKNOWN") {
    @Override
    public void ask(PlainRegistry r) {
      r.push("v1", MANIFEST, r.image("known", ""));
      HttpResponse<byte[]> answer = r.accept("GET", "never");
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(r.errors(answer)).contains("MANIFEST_UNKNOWN");
      assertThat(r.accept("HEAD", r.digest("never")).statusCode()).isEqualTo(404);
    }
  },
  MANIFEST_WRONG_DIGEST("end-7: 400") {
    @Override
    public void ask(PlainRegistry r) {
      String json = r.image("wrong", "");
      assertThat(r.push(r.digest("other"), MANIFEST, json).statusCode()).isEqualTo(400);
    }
  },
  MANIFEST_WITHOUT_BLOBS("end-7: 4xx") {
    @Override
    public void ask(PlainRegistry r) {
      String json = r.image("there", "").replace(r.digest("there"), r.digest("missing"));
      assertThat(r.push("v1", MANIFEST, json).statusCode()).isBetween(400, 404);
    }
  },
  MANIFEST_WITHOUT_LAYERS("end-7") {
    @Override
    public void ask(PlainRegistry r) {
      r.put(r.begin(), "{}");
      String json = r.manifest(r.descriptor(Shelf.OCI_CONFIG, "{}"), "", "");
      assertThat(r.push("bare", MANIFEST, json).statusCode()).isEqualTo(201);
      assertThat(r.accept("GET", "bare").body()).isEqualTo(json.getBytes(UTF_8));
    }
  },
  MANIFEST_OF_THE_FUTURE("end-7, end-3: unknown fields, embedded content") {
    @Override
    public void ask(PlainRegistry r) {
      r.put(r.begin(), "{}");
      String config =
          r.descriptor(Shelf.OCI_CONFIG, "{}")
              .replaceFirst("}$", ",\"data\":\"e30=\",\"later\":null}");
      String json = r.manifest(config, "", "").replaceFirst("}$", ", \"later\" : [1.50, {}] }");
      assertThat(r.push(r.digest(json), MANIFEST, json).statusCode()).isEqualTo(201);
      assertThat(r.accept("GET", r.digest(json)).body()).isEqualTo(json.getBytes(UTF_8));
    }
  },
  INDEX_PUSH_AND_PULL("end-7, end-3") {
    @Override
    public void ask(PlainRegistry r) {
      String child = r.image("child", "");
      r.push(r.digest(child), MANIFEST, child);
      String json = r.index(child);
      assertThat(r.push("index", INDEX, json).statusCode()).isEqualTo(201);
      assertThat(r.accept("GET", "index").headers().firstValue("Content-Type")).contains(INDEX);
    }
  },
  REFERENCE_UNKNOWN("end-3: 404 for what is neither tag nor digest") {
    @Override
    public void ask(PlainRegistry r) {
      r.push("v1", MANIFEST, r.image("beside", ""));
      assertThat(r.accept("GET", ".hidden").statusCode()).isEqualTo(404);
      assertThat(r.accept("HEAD", ".hidden").statusCode()).isEqualTo(404);
    }
  },
  REFERENCE_MALFORMED("end-3: 400 or 404, with a code, for half a digest") {
    @Override
    public void ask(PlainRegistry r) {
      HttpResponse<byte[]> answer = r.accept("GET", "sha256:half");
      assertThat(answer.statusCode()).isIn(400, 404);
      assertThat(r.errors(answer)).containsPattern("\"code\"\\s*:\\s*\"[A-Z_]+\"");
    }
  },
  DELETE_MANIFEST("end-9") {
    @Override
    public void ask(PlainRegistry r) {
      String json = r.image("deleted", "");
      r.push("v1", MANIFEST, json);
      assertThat(r.send("DELETE", "/manifests/" + r.digest(json), null).statusCode())
          .isEqualTo(202);
      assertThat(r.accept("GET", r.digest(json)).statusCode()).isEqualTo(404);
      assertThat(r.accept("GET", "v1").statusCode()).isEqualTo(404);
      assertThat(r.text(r.send("GET", "/tags/list", null))).doesNotContain("\"v1\"");
      assertThat(r.send("DELETE", "/manifests/" + r.digest(json), null).statusCode())
          .isEqualTo(404);
    }
  },
  DELETE_TAG("end-9") {
    @Override
    public void ask(PlainRegistry r) {
      String json = r.image("untagged", "");
      r.push("v1", MANIFEST, json);
      r.push("v2", MANIFEST, json);
      assertThat(r.send("DELETE", "/manifests/v1", null).statusCode()).isEqualTo(202);
      assertThat(r.accept("GET", "v1").statusCode()).isEqualTo(404);
      assertThat(r.accept("GET", "v2").statusCode()).isEqualTo(200);
      assertThat(r.text(r.send("GET", "/tags/list", null)))
          .contains("\"v2\"")
          .doesNotContain("\"v1\"");
    }
  },
  NAME_INVALID("400, 404, or 405 for a name outside the grammar") {
    @Override
    public void ask(PlainRegistry r) {
      assertThat(r.get("/v2/UPPER/tags/list").statusCode()).isIn(400, 404, 405);
    }
  };

  private static final String MANIFEST = Shelf.OCI_MANIFEST;
  private static final String INDEX = Shelf.OCI_INDEX;

  private final String where;

  ManifestCheck(String where) {
    this.where = where;
  }

  @Override
  public String toString() {
    return DistributionCheck.title(where, name());
  }
}
