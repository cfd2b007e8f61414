package dev.bulla.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;

/** Blobs: how they are put in, taken over, read and deleted. */
enum BlobCheck implements DistributionCheck {
  VERSION("end-1") {
    @Override
    public void ask(PlainRegistry r) {
      assertThat(r.get("/v2/").statusCode()).isEqualTo(200);
    }
  },
  POST_THEN_PUT("end-4a, end-6") {
    @Override
    public void ask(PlainRegistry r) {
      HttpResponse<byte[]> done = r.put(r.begin(), "post then put");
      assertThat(done.statusCode()).isEqualTo(201);
      assertThat(done.headers().firstValue("Location")).isPresent();
      r.hasBlob("post then put");
    }
  },
  SINGLE_POST("end-4b") {
    @Override
    public void ask(PlainRegistry r) {
      HttpResponse<byte[]> done =
          r.send("POST", "/blobs/uploads/?digest=" + r.digest("single post"), "single post");
      assertThat(done.statusCode()).isEqualTo(201);
      r.hasBlob("single post");
    }
  },
  STREAM("end-4a, end-5 without Content-Range, end-6") {
    @Override
    public void ask(PlainRegistry r) {
      HttpResponse<byte[]> streamed =
          r.send("PATCH", r.begin(), "one stream", PlainRegistry.OCTETS);
      assertThat(streamed.statusCode()).isEqualTo(202);
      HttpResponse<byte[]> done = r.close(r.location(streamed), r.digest("one stream"));
      assertThat(done.statusCode()).isEqualTo(201);
      assertThat(done.headers().firstValue("Location")).isPresent();
      r.hasBlob("one stream");
    }
  },
  CHUNKS("end-4a, end-5, end-6") {
    @Override
    public void ask(PlainRegistry r) {
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
    public void ask(PlainRegistry r) {
      URI location = r.begin();
      assertThat(r.chunk(location, "3-5", "345").statusCode()).isEqualTo(416);
      HttpResponse<byte[]> first = r.chunk(location, "0-2", "012");
      assertThat(first.statusCode()).isEqualTo(202);
    }
  },
  CHUNK_AGAIN("end-5: 416, end-13, all at the first location") {
    @Override
    public void ask(PlainRegistry r) {
      URI begun = r.begin();
      assertThat(r.chunk(begun, "0-4", "vwxyz").statusCode()).isEqualTo(202);
      assertThat(r.chunk(begun, "0-4", "vwxyz").statusCode()).isEqualTo(416);
      HttpResponse<byte[]> status = r.send("GET", begun, null, Map.of());
      assertThat(status.statusCode()).isEqualTo(204);
      assertThat(status.headers().firstValue("Range").orElse("")).endsWith("0-4");
      HttpResponse<byte[]> second = r.chunk(r.location(status), "5-6", "VW");
      assertThat(second.statusCode()).isEqualTo(202);
      assertThat(r.close(r.location(second), r.digest("vwxyzVW")).statusCode()).isEqualTo(201);
      r.hasBlob("vwxyzVW");
    }
  },
  UPLOAD_STATUS("end-13") {
    @Override
    public void ask(PlainRegistry r) {
      HttpResponse<byte[]> first = r.chunk(r.begin(), "0-4", "abcde");
      HttpResponse<byte[]> status = r.send("GET", r.location(first), null, Map.of());
      assertThat(status.statusCode()).isEqualTo(204);
      assertThat(status.headers().firstValue("Range").orElse("")).endsWith("0-4");
      assertThat(r.close(r.location(status), r.digest("abcde")).statusCode()).isEqualTo(201);
    }
  },
  MOUNT("end-11") {
    @Override
    public void ask(PlainRegistry r) {
      r.put(r.begin(), "mounted");
      PlainRegistry other = r.sibling();
      HttpResponse<byte[]> done =
          other.send(
              "POST", "/blobs/uploads/?mount=" + r.digest("mounted") + "&from=" + r.name(), "");
      assertThat(done.statusCode()).isIn(201, 202); // a registry may start an upload instead
      if (done.statusCode() == 201) {
        assertThat(done.headers().firstValue("Location").orElse(""))
            .endsWith("/v2/" + other.name() + "/blobs/" + r.digest("mounted"));
        other.hasBlob("mounted");
      }
    }
  },
  MOUNT_OF_NOTHING("end-11") {
    @Override
    public void ask(PlainRegistry r) {
      HttpResponse<byte[]> done =
          r.send(
              "POST",
              "/blobs/uploads/?mount=" + r.digest("nowhere") + "&from=" + r.sibling().name(),
              "");
      assertThat(done.statusCode()).isEqualTo(202);
      assertThat(done.headers().firstValue("Location")).isPresent();
    }
  },
  MOUNT_FROM_ANYWHERE("end-11 without from") {
    @Override
    public void ask(PlainRegistry r) {
      r.put(r.begin(), "somewhere");
      PlainRegistry other = r.sibling();
      HttpResponse<byte[]> there =
          other.send("POST", "/blobs/uploads/?mount=" + r.digest("somewhere"), "");
      assertThat(there.statusCode()).isIn(201, 202); // a registry may look for it, or not
      assertThat(there.headers().firstValue("Location")).isPresent();
      HttpResponse<byte[]> nowhere =
          other.send("POST", "/blobs/uploads/?mount=" + r.digest("nowhere at all"), "");
      assertThat(nowhere.statusCode()).isEqualTo(202);
      assertThat(other.put(r.location(nowhere), "nowhere at all").statusCode()).isEqualTo(201);
      other.hasBlob("nowhere at all");
    }
  },
  WRONG_DIGEST("end-6: DIGEST_INVALID") {
    @Override
    public void ask(PlainRegistry r) {
      HttpResponse<byte[]> done = r.close(r.begin(), r.digest("other"));
      assertThat(done.statusCode()).isEqualTo(400);
      assertThat(r.errors(done)).contains("\"code\"").contains("DIGEST_INVALID");
    }
  },
  BLOB_HEAD_AND_GET("end-2") {
    @Override
    public void ask(PlainRegistry r) {
      r.put(r.begin(), "head and get");
      String path = "/blobs/" + r.digest("head and get");
      HttpResponse<byte[]> head = r.send("HEAD", path, null);
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.headers().firstValue("Content-Length")).contains("12");
      assertThat(head.headers().firstValue("Docker-Content-Digest"))
          .contains(r.digest("head and get"));
      assertThat(r.send("GET", path, null).body()).isEqualTo("head and get".getBytes(UTF_8));
    }
  },
  BLOB_RANGE("end-2: 206") {
    @Override
    public void ask(PlainRegistry r) {
      r.put(r.begin(), "0123456789");
      HttpResponse<byte[]> part =
          r.send(
              "GET", r.uri("/blobs/" + r.digest("0123456789")), null, Map.of("Range", "bytes=2-4"));
      assertThat(part.statusCode()).isEqualTo(206);
      assertThat(part.body()).isEqualTo("234".getBytes(UTF_8));
      assertThat(part.headers().firstValue("Content-Range")).contains("bytes 2-4/10");
    }
  },
  BLOB_UNKNOWN("end-2: 404, BLOB_UNKNOWN") {
    @Override
    public void ask(PlainRegistry r) {
      HttpResponse<byte[]> answer = r.send("GET", "/blobs/" + r.digest("never"), null);
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(r.errors(answer)).contains("BLOB_UNKNOWN");
      assertThat(r.send("HEAD", "/blobs/" + r.digest("never"), null).statusCode()).isEqualTo(404);
    }
  },
  DELETE_BLOB("end-10") {
    @Override
    public void ask(PlainRegistry r) {
      r.put(r.begin(), "to delete");
      String path = "/blobs/" + r.digest("to delete");
      assertThat(r.send("DELETE", path, null).statusCode()).isEqualTo(202);
      assertThat(r.send("GET", path, null).statusCode()).isEqualTo(404);
    }
  };

  private final String where;

  BlobCheck(String where) {
    this.where = where;
  }

  @Override
  public String toString() {
    return DistributionCheck.title(where, name());
  }
}
