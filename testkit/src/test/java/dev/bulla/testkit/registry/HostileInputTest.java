package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.http.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileInputTest extends RegistryTest {

  private static final List<String> PIECES =
      List.of(
          "..",
          ".",
          "",
          "app",
          "APP",
          "%2e%2e",
          "%2f",
          "%00",
          "blobs",
          "uploads",
          "manifests",
          "tags",
          "list",
          "referrers",
          "v1",
          "sha256:",
          "sha256:" + "0".repeat(64),
          "con",
          "~",
          "a".repeat(300),
          "%c3%bc",
          "ü",
          ":",
          "@",
          "_",
          "a__b",
          "a---b",
          "a._b",
          "*",
          "|",
          "<");

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "BREW");

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void answersAnyPathWithAnOrdinaryStatusAndTouchesNothingElse(long seed) throws IOException {
    start(EmbeddedRegistry.options().directory(temporary.resolve("r/e/g")));
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      StringBuilder path = new StringBuilder(random.nextInt(8) == 0 ? "" : "/v2");
      for (int n = random.nextInt(7); n >= 0; n--) {
        path.append('/').append(PIECES.get(random.nextInt(PIECES.size())));
      }
      if (random.nextBoolean()) {
        path.append("?digest=").append(PIECES.get(random.nextInt(PIECES.size())));
        path.append("&mount=").append(PIECES.get(random.nextInt(PIECES.size())));
        path.append("&from=").append(PIECES.get(random.nextInt(PIECES.size())));
      }
      String method = METHODS.get(random.nextInt(METHODS.size()));
      String request = method + " " + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n{}";
      String answer;
      try (RawClient client = new RawClient(registry.address())) {
        client.send(request);
        client.finishSending();
        answer = client.readToEnd();
      }
      assertThat(answer)
          .as("seed %d, %s", seed, request)
          .matches("(?s)HTTP/1\\.1 (200|201|202|204|400|404|405|416) .*");
    }
    try (Stream<Path> all = Files.walk(temporary)) {
      assertThat(all.filter(Files::isRegularFile))
          .allMatch(f -> f.startsWith(temporary.resolve("r/e/g")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a-", "a/", "a__", "a---------", "aaaa/aaaa/"})
  void checksLongNamesInNoTime(String piece) {
    String almost = piece.repeat(250 / piece.length()) + "a-";
    assertThat(Names.isRepository(almost)).isFalse();
    assertThat(Names.isRepository(piece.repeat(100_000))).isFalse();
  }

  @Test
  void knowsTheGrammarOfNames() {
    assertThat(List.of("a", "a/b", "0", "a.b_c__d-e--f/g", "a".repeat(255)))
        .allMatch(Names::isRepository);
    assertThat(
            List.of(
                "",
                "/",
                "a/",
                "/a",
                "a//b",
                "A",
                "a..b",
                "a___b",
                "a_",
                "_a",
                ".",
                "..",
                "a/..",
                "a b",
                "ä",
                "a".repeat(256),
                "a\n"))
        .noneMatch(Names::isRepository);
    assertThat(List.of("a", "_", "A.b-c_d", "0", "a".repeat(128))).allMatch(Names::isTag);
    assertThat(List.of("", ".a", "-a", "a:b", "a/b", "a b", "ä", "a".repeat(129), "a\n"))
        .noneMatch(Names::isTag);
  }
}
