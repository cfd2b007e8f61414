package dev.bulla.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The endpoints of distribution-spec 1.1, with a plain HTTP client, on {@code bulla registry serve}
 * and on other registries as a control of the questions. Ours has to give every answer; where
 * another one differs is written down, and a difference that went away fails, too.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
@ExtendWith({BenchExtension.class, MatrixReport.class})
@DisplayName("distribution-spec 1.1")
final class ConformanceTest {

  private static final String MANIFEST = Shelf.OCI_MANIFEST;
  private static final String INDEX = Shelf.OCI_INDEX;

  /** Where a control gives another answer. */
  private static final Map<RegistryKind, Set<Check>> DIFFERENCES =
      Map.of(
          RegistryKind.DOCKER_REGISTRY,
          Set.of(
              Check.SINGLE_POST,
              Check.CHUNK_OUT_OF_ORDER,
              Check.TAGS,
              Check.TAGS_PAGED,
              Check.REFERRERS,
              Check.REFERRERS_FILTER,
              Check.REFERRERS_OF_NOTHING,
              Check.SUBJECT_HEADER,
              Check.CONFIG_TYPE_IS_ARTIFACT_TYPE,
              Check.DELETE_TAG),
          RegistryKind.OLAREG,
          Set.of(Check.WRONG_DIGEST, Check.TAGS_PAGED, Check.TAGS_OF_NOTHING));

  /** One question of the specification, by its end-point. */
  enum Check {
    VERSION("end-1") {
      @Override
      void ask(Registry r) {
        assertThat(r.get("/v2/").statusCode()).isEqualTo(200);
      }
    },
    POST_THEN_PUT("end-4a, end-6") {
      @Override
      void ask(Registry r) {
        HttpResponse<byte[]> done = r.put(r.begin(), "post then put");
        assertThat(done.statusCode()).isEqualTo(201);
        assertThat(done.headers().firstValue("Location")).isPresent();
        r.hasBlob("post then put");
      }
    },
    SINGLE_POST("end-4b") {
      @Override
      void ask(Registry r) {
        HttpResponse<byte[]> done =
            r.send("POST", "/blobs/uploads/?digest=" + r.digest("single post"), "single post");
        assertThat(done.statusCode()).isEqualTo(201);
        r.hasBlob("single post");
      }
    },
    CHUNKS("end-4a, end-5, end-6") {
      @Override
      void ask(Registry r) {
        HttpResponse<byte[]> first = r.chunk(r.begin(), "0-4", "01234");
        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(first.headers().firstValue("Range").orElse("")).endsWith("0-4");
        HttpResponse<byte[]> second = r.chunk(r.location(first), "5-7", "567");
        assertThat(second.statusCode()).isEqualTo(202);
        HttpResponse<byte[]> done = r.close(r.location(second), r.digest("01234567"));
        assertThat(done.statusCode()).isEqualTo(201);
        r.hasBlob("01234567");
      }
    },
    CHUNK_OUT_OF_ORDER("end-5: 416") {
      @Override
      void ask(Registry r) {
        URI location = r.begin();
        assertThat(r.chunk(location, "3-5", "345").statusCode()).isEqualTo(416);
        HttpResponse<byte[]> first = r.chunk(location, "0-2", "012");
        assertThat(first.statusCode()).isEqualTo(202);
      }
    },
    UPLOAD_STATUS("end-13") {
      @Override
      void ask(Registry r) {
        HttpResponse<byte[]> first = r.chunk(r.begin(), "0-4", "abcde");
        HttpResponse<byte[]> status = r.send("GET", r.location(first), null, Map.of());
        assertThat(status.statusCode()).isEqualTo(204);
        assertThat(status.headers().firstValue("Range").orElse("")).endsWith("0-4");
        assertThat(r.close(r.location(status), r.digest("abcde")).statusCode()).isEqualTo(201);
      }
    },
    MOUNT("end-11") {
      @Override
      void ask(Registry r) {
        r.put(r.begin(), "mounted");
        Registry other = r.sibling();
        HttpResponse<byte[]> done =
            other.send(
                "POST", "/blobs/uploads/?mount=" + r.digest("mounted") + "&from=" + r.name(), "");
        assertThat(done.statusCode()).isIn(201, 202); // a registry may start an upload instead
        if (done.statusCode() == 201) {
          other.hasBlob("mounted");
        }
      }
    },
    MOUNT_OF_NOTHING("end-11") {
      @Override
      void ask(Registry r) {
        HttpResponse<byte[]> done =
            r.send(
                "POST",
                "/blobs/uploads/?mount=" + r.digest("nowhere") + "&from=" + r.sibling().name(),
                "");
        assertThat(done.statusCode()).isEqualTo(202);
        assertThat(done.headers().firstValue("Location")).isPresent();
      }
    },
    WRONG_DIGEST("end-6: DIGEST_INVALID") {
      @Override
      void ask(Registry r) {
        HttpResponse<byte[]> done = r.close(r.begin(), r.digest("other"));
        assertThat(done.statusCode()).isEqualTo(400);
        assertThat(r.errors(done)).contains("\"code\"").contains("DIGEST_INVALID");
      }
    },
    BLOB_HEAD_AND_GET("end-2") {
      @Override
      void ask(Registry r) {
        r.put(r.begin(), "head and get");
        String path = "/blobs/" + r.digest("head and get");
        HttpResponse<byte[]> head = r.send("HEAD", path, null);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).contains("12");
        assertThat(r.send("GET", path, null).body()).isEqualTo("head and get".getBytes(UTF_8));
      }
    },
    BLOB_RANGE("end-2: 206") {
      @Override
      void ask(Registry r) {
        r.put(r.begin(), "0123456789");
        HttpResponse<byte[]> part =
            r.send(
                "GET",
                r.uri("/blobs/" + r.digest("0123456789")),
                null,
                Map.of("Range", "bytes=2-4"));
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("234".getBytes(UTF_8));
        assertThat(part.headers().firstValue("Content-Range")).contains("bytes 2-4/10");
      }
    },
    BLOB_UNKNOWN("end-2: 404, BLOB_UNKNOWN") {
      @Override
      void ask(Registry r) {
        HttpResponse<byte[]> answer = r.send("GET", "/blobs/" + r.digest("never"), null);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(r.errors(answer)).contains("BLOB_UNKNOWN");
        assertThat(r.send("HEAD", "/blobs/" + r.digest("never"), null).statusCode()).isEqualTo(404);
      }
    },
    MANIFEST_PUSH_AND_PULL("end-7, end-3") {
      @Override
      void ask(Registry r) {
        String json = r.image("pull", "");
        HttpResponse<byte[]> done = r.manifest("v1", MANIFEST, json);
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
      void ask(Registry r) {
        r.manifest("v1", MANIFEST, r.image("known", ""));
        HttpResponse<byte[]> answer = r.accept("GET", "never");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(r.errors(answer)).contains("MANIFEST_UNKNOWN");
        assertThat(r.accept("HEAD", r.digest("never")).statusCode()).isEqualTo(404);
      }
    },
    MANIFEST_WRONG_DIGEST("end-7: 400") {
      @Override
      void ask(Registry r) {
        String json = r.image("wrong", "");
        assertThat(r.manifest(r.digest("other"), MANIFEST, json).statusCode()).isEqualTo(400);
      }
    },
    MANIFEST_WITHOUT_BLOBS("end-7: 4xx") {
      @Override
      void ask(Registry r) {
        String json = r.image("there", "").replace(r.digest("there"), r.digest("missing"));
        assertThat(r.manifest("v1", MANIFEST, json).statusCode()).isBetween(400, 404);
      }
    },
    INDEX_PUSH_AND_PULL("end-7, end-3") {
      @Override
      void ask(Registry r) {
        String child = r.image("child", "");
        r.manifest(r.digest(child), MANIFEST, child);
        String json =
            "{\"schemaVersion\":2,\"mediaType\":\""
                + INDEX
                + "\",\"manifests\":["
                + r.descriptor(MANIFEST, child)
                + "]}";
        assertThat(r.manifest("index", INDEX, json).statusCode()).isEqualTo(201);
        assertThat(r.accept("GET", "index").headers().firstValue("Content-Type")).contains(INDEX);
      }
    },
    TAGS("end-8a") {
      @Override
      void ask(Registry r) {
        String json = r.image("tags", "");
        for (String tag : List.of("c", "a", "b")) {
          r.manifest(tag, MANIFEST, json);
        }
        HttpResponse<byte[]> list = r.send("GET", "/tags/list", null);
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(r.text(list)).contains("\"name\":\"" + r.name() + "\"");
        assertThat(r.text(list).replaceAll("\\s", "")).contains("[\"a\",\"b\",\"c\"]");
      }
    },
    TAGS_PAGED("end-8b: n, last, Link") {
      @Override
      void ask(Registry r) {
        String json = r.image("paged", "");
        List<String> tags = List.of("a1", "a2", "a3", "a4", "a5");
        tags.forEach(tag -> r.manifest(tag, MANIFEST, json));
        List<String> seen = new ArrayList<>();
        URI next = r.uri("/tags/list?n=2");
        while (next != null && seen.size() < 10) {
          HttpResponse<byte[]> page = r.send("GET", next, null, Map.of());
          assertThat(page.statusCode()).isEqualTo(200);
          for (String tag : tags) {
            if (r.text(page).contains("\"" + tag + "\"")) {
              seen.add(tag);
            }
          }
          next = r.next(page);
        }
        assertThat(seen).isEqualTo(tags);
        assertThat(r.text(r.send("GET", "/tags/list?n=2&last=a2", null)).replaceAll("\\s", ""))
            .contains("[\"a3\",\"a4\"]");
        assertThat(r.text(r.send("GET", "/tags/list?n=0", null)).replaceAll("\\s", ""))
            .contains("\"tags\":[]");
      }
    },
    TAGS_OF_NOTHING("end-8a: 404, NAME_UNKNOWN") {
      @Override
      void ask(Registry r) {
        HttpResponse<byte[]> answer = r.sibling().send("GET", "/tags/list", null);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(r.errors(answer)).contains("NAME_UNKNOWN");
      }
    },
    SUBJECT_HEADER("end-7: OCI-Subject") {
      @Override
      void ask(Registry r) {
        String subject = r.image("subject", "");
        r.manifest("v1", MANIFEST, subject);
        String referrer = r.referrer(subject, "application/vnd.example.a");
        assertThat(
                r.manifest(r.digest(referrer), MANIFEST, referrer)
                    .headers()
                    .firstValue("OCI-Subject"))
            .contains(r.digest(subject));
      }
    },
    REFERRERS("end-12a") {
      @Override
      void ask(Registry r) {
        String subject = r.image("referred", "");
        r.manifest("v1", MANIFEST, subject);
        String a = r.referrer(subject, "application/vnd.example.a");
        String b = r.referrer(subject, "application/vnd.example.b");
        r.manifest(r.digest(a), MANIFEST, a);
        r.manifest("tagged", MANIFEST, b);
        HttpResponse<byte[]> list = r.send("GET", "/referrers/" + r.digest(subject), null);
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(list.headers().firstValue("Content-Type")).contains(INDEX);
        assertThat(r.text(list))
            .contains(r.digest(a), r.digest(b))
            .contains("application/vnd.example.a", "application/vnd.example.b")
            .contains("\"org.example.note\"");
      }
    },
    REFERRERS_FILTER("end-12b: OCI-Filters-Applied") {
      @Override
      void ask(Registry r) {
        String subject = r.image("filtered", "");
        r.manifest("v1", MANIFEST, subject);
        String a = r.referrer(subject, "application/vnd.example.a");
        String b = r.referrer(subject, "application/vnd.example.b");
        r.manifest(r.digest(a), MANIFEST, a);
        r.manifest(r.digest(b), MANIFEST, b);
        HttpResponse<byte[]> list =
            r.send(
                "GET",
                "/referrers/" + r.digest(subject) + "?artifactType=application/vnd.example.a",
                null);
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(list.headers().firstValue("OCI-Filters-Applied")).contains("artifactType");
        assertThat(r.text(list)).contains(r.digest(a)).doesNotContain(r.digest(b));
      }
    },
    REFERRERS_OF_NOTHING("end-12a: an empty index") {
      @Override
      void ask(Registry r) {
        r.manifest("v1", MANIFEST, r.image("any", ""));
        HttpResponse<byte[]> list = r.send("GET", "/referrers/" + r.digest("never"), null);
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(r.text(list).replaceAll("\\s", "")).contains("\"manifests\":[]");
      }
    },
    CONFIG_TYPE_IS_ARTIFACT_TYPE("end-12a: without artifactType") {
      @Override
      void ask(Registry r) {
        String subject = r.image("typed", "");
        r.manifest("v1", MANIFEST, subject);
        String a = r.image("untyped", ",\"subject\":" + r.descriptor(MANIFEST, subject));
        r.manifest(r.digest(a), MANIFEST, a);
        assertThat(r.text(r.send("GET", "/referrers/" + r.digest(subject), null)))
            .contains("\"artifactType\":\"" + Shelf.OCI_CONFIG + "\"");
      }
    },
    DELETE_MANIFEST("end-9") {
      @Override
      void ask(Registry r) {
        String json = r.image("deleted", "");
        r.manifest("v1", MANIFEST, json);
        assertThat(r.send("DELETE", "/manifests/" + r.digest(json), null).statusCode())
            .isEqualTo(202);
        assertThat(r.accept("GET", r.digest(json)).statusCode()).isEqualTo(404);
        assertThat(r.accept("GET", "v1").statusCode()).isEqualTo(404);
        assertThat(r.send("DELETE", "/manifests/" + r.digest(json), null).statusCode())
            .isEqualTo(404);
      }
    },
    DELETE_TAG("end-9") {
      @Override
      void ask(Registry r) {
        String json = r.image("untagged", "");
        r.manifest("v1", MANIFEST, json);
        r.manifest("v2", MANIFEST, json);
        assertThat(r.send("DELETE", "/manifests/v1", null).statusCode()).isEqualTo(202);
        assertThat(r.accept("GET", "v1").statusCode()).isEqualTo(404);
        assertThat(r.accept("GET", "v2").statusCode()).isEqualTo(200);
      }
    },
    DELETE_BLOB("end-10") {
      @Override
      void ask(Registry r) {
        r.put(r.begin(), "to delete");
        String path = "/blobs/" + r.digest("to delete");
        assertThat(r.send("DELETE", path, null).statusCode()).isEqualTo(202);
        assertThat(r.send("GET", path, null).statusCode()).isEqualTo(404);
      }
    },
    NAME_INVALID("400, 404, or 405 for a name outside the grammar") {
      @Override
      void ask(Registry r) {
        assertThat(r.get("/v2/UPPER/tags/list").statusCode()).isIn(400, 404, 405);
      }
    };

    private final String where;

    Check(String where) {
      this.where = where;
    }

    abstract void ask(Registry registry);

    @Override
    public String toString() {
      return where + " " + name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
  }

  private final RegistryKind kind;
  private final Bench bench;

  ConformanceTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  static Stream<Check> checks() {
    return Stream.of(Check.values());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("checks")
  @DisplayName("answers")
  void answersAsTheSpecificationWants(Check check) {
    Registry registry = new Registry(bench, kind, bench.shelf(kind, "conformance"));
    if (DIFFERENCES.getOrDefault(kind, Set.of()).contains(check)) {
      assertThatThrownBy(() -> check.ask(registry)).isInstanceOf(AssertionError.class);
    } else {
      check.ask(registry);
    }
  }

  /** A repository of its own, and plain HTTP. */
  private record Registry(Bench bench, RegistryKind kind, Shelf shelf) {

    private static final HttpClient CLIENT =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    String name() {
      return shelf.name();
    }

    Registry sibling() {
      return new Registry(bench, kind, bench.shelf(kind, "conformance"));
    }

    URI uri(String path) {
      return URI.create("http://" + shelf.host() + "/v2/" + shelf.name() + path);
    }

    HttpResponse<byte[]> get(String path) {
      return send("GET", URI.create("http://" + shelf.host() + path), null, Map.of());
    }

    HttpResponse<byte[]> send(String method, String path, String body) {
      return send(method, uri(path), body, Map.of("Content-Type", "application/octet-stream"));
    }

    HttpResponse<byte[]> send(String method, URI uri, String body, Map<String, String> headers) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .timeout(Duration.ofSeconds(30))
              .method(
                  method,
                  body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body, UTF_8));
      headers.forEach(request::header);
      try {
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    String digest(String content) {
      return Shelf.digest(content.getBytes(UTF_8));
    }

    String text(HttpResponse<byte[]> answer) {
      return new String(answer.body(), UTF_8);
    }

    /** The body of an error, which has a form of its own. */
    String errors(HttpResponse<byte[]> answer) {
      assertThat(text(answer)).contains("\"errors\"");
      return text(answer);
    }

    URI location(HttpResponse<byte[]> answer) {
      return answer.uri().resolve(answer.headers().firstValue("Location").orElseThrow());
    }

    URI next(HttpResponse<byte[]> page) {
      String link = page.headers().firstValue("Link").orElse("");
      return link.contains("rel=\"next\"")
          ? page.uri().resolve(link.substring(link.indexOf('<') + 1, link.indexOf('>')))
          : null;
    }

    URI begin() {
      HttpResponse<byte[]> begun = send("POST", "/blobs/uploads/", "");
      assertThat(begun.statusCode()).isEqualTo(202);
      return location(begun);
    }

    HttpResponse<byte[]> chunk(URI location, String range, String content) {
      return send(
          "PATCH",
          location,
          content,
          Map.of("Content-Type", "application/octet-stream", "Content-Range", range));
    }

    HttpResponse<byte[]> put(URI location, String content) {
      return send("PUT", with(location, digest(content)), content, OCTETS);
    }

    HttpResponse<byte[]> close(URI location, String digest) {
      return send("PUT", with(location, digest), "", OCTETS);
    }

    private static final Map<String, String> OCTETS =
        Map.of("Content-Type", "application/octet-stream");

    private static URI with(URI location, String digest) {
      return URI.create(
          location + (location.getRawQuery() == null ? "?" : "&") + "digest=" + digest);
    }

    void hasBlob(String content) {
      assertThat(send("GET", "/blobs/" + digest(content), null).body())
          .isEqualTo(content.getBytes(UTF_8));
    }

    HttpResponse<byte[]> manifest(String reference, String mediaType, String json) {
      return send("PUT", uri("/manifests/" + reference), json, Map.of("Content-Type", mediaType));
    }

    HttpResponse<byte[]> accept(String method, String reference) {
      return send(
          method, uri("/manifests/" + reference), null, Map.of("Accept", MANIFEST + ", " + INDEX));
    }

    /** Its blobs are there already; its layer is the text. */
    String image(String text, String more) {
      put(begin(), text);
      put(begin(), "{}");
      return "{\"schemaVersion\":2,\"mediaType\":\""
          + MANIFEST
          + "\",\"config\":{\"mediaType\":\""
          + Shelf.OCI_CONFIG
          + "\",\"size\":2,\"digest\":\""
          + digest("{}")
          + "\"},\"layers\":["
          + descriptor("application/vnd.oci.image.layer.v1.tar", text)
          + "]"
          + more
          + "}";
    }

    String descriptor(String mediaType, String content) {
      return "{\"mediaType\":\""
          + mediaType
          + "\",\"size\":"
          + content.length()
          + ",\"digest\":\""
          + digest(content)
          + "\"}";
    }

    String referrer(String subject, String artifactType) {
      return image(
          artifactType,
          ",\"artifactType\":\""
              + artifactType
              + "\",\"annotations\":{\"org.example.note\":\"x\"},\"subject\":"
              + descriptor(MANIFEST, subject));
    }
  }
}
