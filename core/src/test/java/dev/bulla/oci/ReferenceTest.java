package dev.bulla.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ReferenceTest {

  private static final long SEED = 20261121;
  private static final String HEX = "ab".repeat(32);
  private static final String DIGEST = "sha256:" + HEX;

  @ParameterizedTest
  @CsvSource({
    // Docker Hub
    "alpine,                         index.docker.io, library/alpine,  latest",
    "alpine:3.20,                    index.docker.io, library/alpine,  3.20",
    "team/app,                       index.docker.io, team/app,        latest",
    "team/app:v1,                    index.docker.io, team/app,        v1",
    "team/group/app,                 index.docker.io, team/group/app,  latest",
    "docker.io/alpine,               index.docker.io, library/alpine,  latest",
    "docker.io/library/alpine:1,     index.docker.io, library/alpine,  1",
    "docker.io/team/app,             index.docker.io, team/app,        latest",
    "index.docker.io/alpine,         index.docker.io, library/alpine,  latest",
    "index.docker.io/team/app,       index.docker.io, team/app,        latest",
    "localhostess/app,               index.docker.io, localhostess/app, latest",
    // other registries
    "gcr.io/p/demo,                  gcr.io, p/demo,     latest",
    "gcr.io/demo:v1,                 gcr.io, demo,       v1",
    "GCR.io/p/demo,                  GCR.io, p/demo,     latest",
    "localhost/app,                  localhost, app,     latest",
    "localhost:5000/app,             localhost:5000, app, latest",
    "localhost:5000/app:v1,          localhost:5000, app, v1",
    "127.0.0.1:5078/vec,             127.0.0.1:5078, vec, latest",
    "host:1/app,                     host:1, app,        latest",
    "host:65535/app,                 host:65535, app,    latest",
    "my_host.example/app,            my_host.example, app, latest",
    "[::1]:5000/app,                 [::1]:5000, app,    latest",
    "[::1]:5000/app:v1,              [::1]:5000, app,    v1",
    "[::1]/app:v1,                   [::1], app,         v1",
    "[2001:db8::A]:443/team/app,     [2001:db8::A]:443, team/app, latest",
    "[::ffff:127.0.0.1]:5000/app,    [::ffff:127.0.0.1]:5000, app, latest",
    "a.b/ab,                         a.b, ab, latest",
    // paths and tags
    "r.io/a_b-c.d/e__f--g,           r.io, a_b-c.d/e__f--g, latest",
    "r.io/0/1:2,                     r.io, 0/1, 2",
    "r.io/app:_,                     r.io, app, _",
    "r.io/app:UPPER_1.2-rc.3,        r.io, app, UPPER_1.2-rc.3",
    "r.io/app:sha256-abc.sig,        r.io, app, sha256-abc.sig"
  })
  void readsTags(String text, String registry, String path, String tag) throws Exception {
    Reference reference = Reference.parse(text);

    assertThat(reference)
        .isEqualTo(new TagReference(new Repository(registry, path), tag, text))
        .hasToString(registry + "/" + path + ":" + tag);
    assertThat(reference.tagOrDigest()).isEqualTo(tag);
    assertThat(reference.typed()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "alpine@,                        index.docker.io/library/alpine",
    "team/app@,                      index.docker.io/team/app",
    "localhost:5000/app@,            localhost:5000/app",
    "[::1]:5000/app@,                [::1]:5000/app",
    // with a tag as well, the digest counts
    "alpine:3.20@,                   index.docker.io/library/alpine",
    "localhost:5000/app:v1@,         localhost:5000/app"
  })
  void readsDigests(String before, String repository) throws Exception {
    String text = before + DIGEST;

    Reference reference = Reference.parse(text);

    assertThat(reference)
        .isEqualTo(new DigestReference(Repository.parse(repository), Digest.parse(DIGEST), text))
        .hasToString(repository + "@" + DIGEST);
    assertThat(reference.tagOrDigest()).isEqualTo(DIGEST);
    assertThat(reference.typed()).isEqualTo(text);
  }

  @Test
  void readsLongerDigests() throws Exception {
    String sha512 = "sha512:" + "0f".repeat(64);

    assertThat(Reference.parse("r.io/app@" + sha512)).hasToString("r.io/app@" + sha512);
  }

  static Stream<String> hostile() {
    return Stream.of(
        "",
        " ",
        "/",
        ":",
        "@",
        "a/",
        "/a",
        "//a",
        "team//app",
        "team/app/",
        "r.io/",
        "r.io//app",
        "r.io/app:",
        "r.io/app:-v1",
        "r.io/app:.v1",
        "r.io/app:v1/2",
        "r.io/app:v 1",
        "r.io/app:v1\n",
        "r.io/app:" + "t".repeat(129),
        "r.io/app::v1",
        "app:a:b",
        // the path stays a path
        "..",
        "../app",
        "r.io/..",
        "r.io/../app",
        "r.io/app/../../etc/passwd",
        "r.io/./app",
        "r.io/.hidden/app",
        "r.io/-app",
        "r.io/_app",
        "r.io\\app",
        "r.io/app%2e%2e",
        "r.io/app?x=y",
        "r.io/app#x",
        // names are lower case
        "r.io/App",
        "Alpine",
        "r.io/\u0131stanbul",
        "r.io/app\u0301",
        // a host is only a host
        "user@r.io/app",
        "user:password@r.io/app",
        "user:password@r.io/app@" + DIGEST,
        "https://r.io/app",
        "http://user:pw@r.io/app",
        "r.io:/app",
        "r.io:0/app",
        "r.io:65536/app",
        "r.io:-1/app",
        "r.io:5000:5000/app",
        "r.io:\u0665\u0660\u0660\u0660/app",
        ".r.io/app",
        "r.io./app",
        "r..io/app",
        "-r.io/app",
        "r.i\u00f6/app",
        "r.io\u2024example/app",
        "[::1/app",
        "[]/app",
        "[]:5000/app",
        "[::1]5000/app",
        "[::1]:/app",
        "[::1]:x/app",
        "[fe80::1%25eth0]/app",
        "[fe80::1%eth0]:5000/app",
        "[127.0.0.1]:5000/app",
        "[abc]:5000/app",
        "[::\u0661]:5000/app",
        "[::\uff11]:5000/app",
        "::1/app",
        "a".repeat(254) + ".io/app",
        // control characters and what hides
        "r.io/ap\u0000p",
        "r.io/ap\tp",
        "r.io/app\n",
        "\nr.io/app",
        "r.io/\u001b[31mapp",
        "r.io/\u202eppa",
        "r.io/ap\u200bp",
        "\ufeffr.io/app",
        "r.io/ap\ud800p",
        // digests
        "r.io/app@",
        "r.io/app@latest",
        "r.io/app@sha256",
        "r.io/app@" + HEX,
        "r.io/app@sha256:" + HEX.substring(2),
        "r.io/app@SHA256:" + HEX,
        "r.io/app@sha256:" + HEX.replace('a', 'A'),
        "r.io/app@sha1:" + "ab".repeat(20),
        "r.io/app@" + DIGEST + ":v1",
        "r.io/app@" + DIGEST + "@" + DIGEST,
        "r.io/app:@" + DIGEST,
        "r.io/app:-@" + DIGEST,
        "@" + DIGEST,
        // sizes
        "r.io/a",
        "r.io/" + "a".repeat(256),
        "a".repeat(1_000_000),
        "/".repeat(1_000_000),
        "a/".repeat(500_000) + "a",
        ":".repeat(1_000_000),
        "@".repeat(1_000_000),
        "[".repeat(1_000_000),
        "a.b/" + "\u001b".repeat(1_000_000));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void refusesWhatIsNoReference(String text) {
    assertThatThrownBy(() -> Reference.parse(text))
        .isInstanceOfSatisfying(
            MalformedInputException.class,
            e -> {
              assertThat(e.message()).startsWith("could not parse reference: ");
              assertThat(e.message()).hasSizeLessThan(5_000);
              assertThat(e.message().chars()).noneMatch(Character::isISOControl);
            });
  }

  @Test
  void readsTheLongestPathAndTag() throws Exception {
    String path = "a".repeat(255);
    String tag = "t".repeat(128);

    assertThat(Reference.parse("r.io/" + path + ":" + tag)).hasToString("r.io/" + path + ":" + tag);
  }

  /** Printing gives the full name, which means the same and needs no defaults. */
  @Test
  void readsWhatItPrints() {
    Random random = new Random(SEED);
    String alphabet = "aab1./:@-_[]AZ";
    int parsed = 0;
    for (int i = 0; i < 40_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = 1 + random.nextInt(14); n > 0; n--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      if (random.nextInt(4) == 0) {
        text.append('@').append(DIGEST);
      }
      Reference first;
      try {
        first = Reference.parse(text.toString());
      } catch (MalformedInputException e) {
        continue;
      }
      parsed++;
      assertSame(first, text.toString(), "seed " + SEED + ", " + i + ", " + text);
    }
    assertThat(parsed).isGreaterThan(500);
  }

  private static void assertSame(Reference first, String text, String which) {
    assertThat(first.typed()).as(which).isEqualTo(text);
    try {
      Reference again = Reference.parse(first.toString());
      assertThat(again.repository()).as(which).isEqualTo(first.repository());
      assertThat(again.tagOrDigest()).as(which).isEqualTo(first.tagOrDigest());
      assertThat(again).as(which).hasSameClassAs(first).hasToString(first.toString());
    } catch (MalformedInputException e) {
      throw new AssertionError(which, e);
    }
  }
}
