package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Lists: of tags, and of what refers to a manifest. */
enum ListCheck implements DistributionCheck {
  TAGS("end-8a") {
    @Override
    public void ask(PlainRegistry r) {
      String json = r.image("tags", "");
      for (String tag : List.of("c", "a", "b")) {
        r.push(tag, MANIFEST, json);
      }
      HttpResponse<byte[]> list = r.send("GET", "/tags/list", null);
      assertThat(list.statusCode()).isEqualTo(200);
      assertThat(r.text(list)).contains("\"name\":\"" + r.name() + "\"");
      assertThat(r.text(list).replaceAll("\\s", "")).contains("[\"a\",\"b\",\"c\"]");
    }
  },
  TAGS_PAGED("end-8b: n, last, Link") {
    @Override
    public void ask(PlainRegistry r) {
      String json = r.image("paged", "");
      List<String> tags = List.of("a1", "a2", "a3", "a4", "a5");
      tags.forEach(tag -> r.push(tag, MANIFEST, json));
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
    public void ask(PlainRegistry r) {
      HttpResponse<byte[]> answer = r.sibling().send("GET", "/tags/list", null);
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(r.errors(answer)).contains("NAME_UNKNOWN");
    }
  },
  SUBJECT_HEADER("end-7: OCI-Subject") {
    @Override
    public void ask(PlainRegistry r) {
      String subject = r.image("subject", "");
      r.push("v1", MANIFEST, subject);
      String referrer = r.referrer(subject, "application/vnd.example.a");
      assertThat(r.push(r.digest(referrer), MANIFEST, referrer).headers().firstValue("OCI-Subject"))
          .contains(r.digest(subject));
    }
  },
  REFERRERS("end-12a") {
    @Override
    public void ask(PlainRegistry r) {
      String subject = r.image("referred", "");
      r.push("v1", MANIFEST, subject);
      String a = r.referrer(subject, "application/vnd.example.a");
      String b = r.referrer(subject, "application/vnd.example.b");
      r.push(r.digest(a), MANIFEST, a);
      r.push("tagged", MANIFEST, b);
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
    public void ask(PlainRegistry r) {
      String subject = r.image("filtered", "");
      r.push("v1", MANIFEST, subject);
      String a = r.referrer(subject, "application/vnd.example.a");
      String b = r.referrer(subject, "application/vnd.example.b");
      r.push(r.digest(a), MANIFEST, a);
      r.push(r.digest(b), MANIFEST, b);
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
    public void ask(PlainRegistry r) {
      r.push("v1", MANIFEST, r.image("any", ""));
      HttpResponse<byte[]> list = r.send("GET", "/referrers/" + r.digest("never"), null);
      assertThat(list.statusCode()).isEqualTo(200);
      assertThat(list.headers().firstValue("Content-Type")).contains(INDEX);
      assertThat(r.text(list).replaceAll("\\s", "")).contains("\"manifests\":[]");
    }
  },
  REFERRER_BEFORE_SUBJECT("end-7, end-12a: a subject that is not there") {
    @Override
    public void ask(PlainRegistry r) {
      String subject = r.image("not pushed", "");
      String referrer = r.referrer(subject, "application/vnd.example.early");
      HttpResponse<byte[]> pushed = r.push(r.digest(referrer), MANIFEST, referrer);
      assertThat(pushed.statusCode()).isEqualTo(201);
      assertThat(pushed.headers().firstValue("OCI-Subject")).contains(r.digest(subject));
      HttpResponse<byte[]> list = r.send("GET", "/referrers/" + r.digest(subject), null);
      assertThat(list.statusCode()).isEqualTo(200);
      assertThat(r.text(list)).contains(r.digest(referrer));
    }
  },
  INDEX_AS_REFERRER("end-7, end-12a: an index with a subject") {
    @Override
    public void ask(PlainRegistry r) {
      String subject = r.image("of an index", "");
      r.push("v1", MANIFEST, subject);
      String child = r.referrer(subject, "application/vnd.example.child");
      r.push(r.digest(child), MANIFEST, child);
      String json =
          r.index(child)
              .replaceFirst(
                  "}$",
                  ",\"artifactType\":\"application/vnd.example.group\""
                      + ",\"annotations\":{\"org.example.group\":\"y\"},\"subject\":"
                      + r.descriptor(MANIFEST, subject)
                      + "}");
      HttpResponse<byte[]> pushed = r.push(r.digest(json), INDEX, json);
      assertThat(pushed.statusCode()).isEqualTo(201);
      assertThat(pushed.headers().firstValue("OCI-Subject")).contains(r.digest(subject));
      assertThat(r.text(r.send("GET", "/referrers/" + r.digest(subject), null)))
          .contains(r.digest(child), r.digest(json))
          .contains("application/vnd.example.group", "\"org.example.group\"");
    }
  },
  CONFIG_TYPE_IS_ARTIFACT_TYPE("end-12a: without artifactType") {
    @Override
    public void ask(PlainRegistry r) {
      String subject = r.image("typed", "");
      r.push("v1", MANIFEST, subject);
      String a = r.image("untyped", ",\"subject\":" + r.descriptor(MANIFEST, subject));
      r.push(r.digest(a), MANIFEST, a);
      assertThat(r.text(r.send("GET", "/referrers/" + r.digest(subject), null)))
          .contains("\"artifactType\":\"" + Shelf.OCI_CONFIG + "\"");
    }
  };

  private static final String MANIFEST = Shelf.OCI_MANIFEST;
  private static final String INDEX = Shelf.OCI_INDEX;

  private final String where;

  ListCheck(String where) {
    this.where = where;
  }

  @Override
  public String toString() {
    return DistributionCheck.title(where, name());
  }
}
