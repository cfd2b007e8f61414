package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the command keeps what it read, and that it can do without. */
class CacheTest {

  @TempDir private Path folder;
  private ImageBench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(Files.createDirectory(folder.resolve("work")));
    // too large to travel with the list, so that a manifest and a bundle are fetched
    bench.put(ImageBench.ALICE, ImageBench.BUNDLE, "app:v1", Map.of("filler", "x".repeat(20_000)));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  /** How many requests a verification took. */
  private long verify(Map<String, String> environment) {
    bench.registry.log().clear();
    InProcess.Result result =
        InProcess.in(folder.resolve("work"))
            .environment(environment)
            .run("verify", "--key", "alice.pub", "--insecure-ignore-tlog", bench.tagged());
    assertThat(result.exit()).as(result.stderr()).isZero();
    return bench.registry.log().count();
  }

  private void assertKeptIn(String name, Map<String, String> environment) throws IOException {
    assertThat(verify(environment)).isEqualTo(6);
    assertThat(verify(environment)).isEqualTo(4);
    List<String> kept = others();
    assertThat(kept).hasSize(3).allMatch(path -> path.startsWith(name + "/"));
  }

  /** Files outside the working folder. */
  private List<String> others() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(path -> folder.relativize(path).toString())
          .filter(path -> !path.startsWith("work/"))
          .toList();
    }
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void isInTheUsersFolderForCaches() throws Exception {
    assertKeptIn("home/.cache/bulla", Map.of("HOME", path("home")));
  }

  @Test
  void isWhereTheXdgVariableSays() throws Exception {
    assertKeptIn("caches/bulla", Map.of("HOME", path("home"), "XDG_CACHE_HOME", path("caches")));
  }

  @Test
  void isWhereOurVariableSays() throws Exception {
    assertKeptIn(
        "own",
        Map.of("HOME", path("home"), "XDG_CACHE_HOME", path("caches"), "BULLA_CACHE", path("own")));
  }

  @Test
  void aRelativeFolderIsNone() throws Exception {
    assertKeptIn("home/.cache/bulla", Map.of("HOME", path("home"), "XDG_CACHE_HOME", "caches"));
    assertThat(verify(Map.of("BULLA_CACHE", "own", "HOME", path("home")))).isEqualTo(6);
    assertThat(others()).hasSize(3);
  }

  @Test
  void isOffWhenTheVariableSaysSo() throws Exception {
    Map<String, String> off = Map.of("HOME", path("home"), "BULLA_CACHE", "off");

    assertThat(verify(off)).isEqualTo(6);
    assertThat(verify(off)).isEqualTo(6);
    assertThat(others()).isEmpty();
  }

  @Test
  void needsNoFolderAtAll() throws Exception {
    assertThat(verify(Map.of())).isEqualTo(6);
    assertThat(verify(Map.of("BULLA_CACHE", "/dev/null/bulla"))).isEqualTo(6);
    assertThat(verify(Map.of("BULLA_CACHE", "/\0"))).isEqualTo(6);
    assertThat(others()).isEmpty();
  }
}
