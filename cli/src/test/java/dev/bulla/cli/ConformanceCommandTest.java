package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The public conformance cases through the command, as the public suite would call it. */
class ConformanceCommandTest {

  // the vectors lie where the verifier's own test has them
  private static final Path VECTORS = Path.of("../core/src/test/resources/vectors").normalize();
  private static final Path CASES = VECTORS.resolve("conformance");
  private static final Path PUBLIC_ROOT =
      VECTORS.resolve("roots/public-good-trusted_root.derived.json");
  private static final String IDENTITY =
      "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/"
          + ".github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
  private static final String ISSUER = "https://token.actions.githubusercontent.com";

  /**
   * One directory.
   *
   * @param expected {@code accept}, the name of a reason, or {@code -} where what the user brought
   *     is refused before the bundle is looked at
   */
  private record Case(Path folder, String expected) {

    String name() {
      return folder.getFileName().toString();
    }

    Path or(String file, Path otherwise) {
      Path own = folder.resolve(file);
      return Files.exists(own) ? own : otherwise;
    }

    String text(String file, String otherwise) throws IOException {
      Path own = folder.resolve(file);
      return Files.exists(own) ? Files.readString(own).strip() : otherwise;
    }

    Path artifact() {
      return or("artifact", CASES.resolve("a.txt"));
    }

    List<String> line(String artifact) throws IOException {
      List<String> line = new ArrayList<>(List.of("conformance", "verify-bundle"));
      line.addAll(List.of("--bundle", absolute(folder.resolve("bundle.sigstore.json"))));
      if (Files.exists(folder.resolve("key.pub"))) {
        line.addAll(List.of("--key", absolute(folder.resolve("key.pub"))));
      } else {
        line.addAll(
            List.of(
                "--certificate-identity",
                text("identity", IDENTITY),
                "--certificate-oidc-issuer",
                text("issuer", ISSUER)));
      }
      line.addAll(List.of("--trusted-root", absolute(or("trusted_root.json", PUBLIC_ROOT))));
      line.add(artifact);
      return line;
    }
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  private static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String line : Files.readAllLines(CASES.resolve("kinds.tsv"))) {
      String[] columns = line.split("\t");
      cases.add(new Case(CASES.resolve(columns[0]), columns[2]));
    }
    return cases;
  }

  @TestFactory
  Stream<DynamicTest> path() throws IOException {
    return cases().stream()
        .map(
            one -> DynamicTest.dynamicTest(one.name(), () -> check(one, absolute(one.artifact()))));
  }

  @TestFactory
  Stream<DynamicTest> digest() throws IOException {
    return cases().stream()
        .map(one ->
            DynamicTest.dynamicTest(
                one.name(),
                () ->
                    check(
                        one,
                        Digest.sha256(Bytes.of(Files.readAllBytes(one.artifact()))).toString())));
  }

  private static void check(Case one, String artifact) throws IOException {
    InProcess.Result result = InProcess.nowhere().run(one.line(artifact));

    assertThat(result.stdout()).isEmpty();
    if (one.expected().equals("accept")) {
      assertThat(result.stderr()).isEqualTo("Verified OK\n");
      assertThat(result.exit()).isZero();
      return;
    }
    assertThat(result.exit()).as(result.stderr()).isNotZero();
    assertThat(result.stderr()).doesNotContain("Verified");
    List<String> reasons =
        result.stderr().lines().filter(line -> line.startsWith("note: reason: ")).toList();
    if (one.expected().equals("-")) {
      assertThat(reasons).isEmpty();
      assertThat(result.stderr())
          .contains(one.name().startsWith("managed-key") ? "key" : "trusted root");
    } else {
      assertThat(reasons).containsExactly("note: reason: " + one.expected());
    }
  }

  @Test
  void everyDirectoryIsTried() throws IOException {
    Set<String> folders = new TreeSet<>();
    try (Stream<Path> entries = Files.list(CASES)) {
      entries
          .filter(Files::isDirectory)
          .forEach(entry -> folders.add(entry.getFileName().toString()));
    }
    assertThat(cases())
        .extracting(Case::name)
        .containsExactlyInAnyOrderElementsOf(folders)
        .hasSizeGreaterThan(40);
  }

  @Test
  void anotherSignerIsRefused() throws IOException {
    Case one = new Case(CASES.resolve("happy-path-v0.3-new-mediaType"), "accept");
    List<String> line = new ArrayList<>(one.line(absolute(one.artifact())));
    line.set(line.indexOf(IDENTITY), "somebody@example.com");

    InProcess.Result result = InProcess.nowhere().run(line);

    assertThat(result.exit()).isEqualTo(12);
    assertThat(result.stderr()).contains("note: reason: WRONG_SIGNER\n");
  }

  @Test
  void aSignerHasToBeNamedInOneWay() throws IOException {
    Case one = new Case(CASES.resolve("managed-key-happy-path"), "accept");
    List<String> both = new ArrayList<>(one.line(absolute(one.artifact())));
    both.addAll(2, List.of("--certificate-identity", "a", "--certificate-oidc-issuer", "b"));
    List<String> none = new ArrayList<>(one.line(absolute(one.artifact())));
    none.subList(4, 6).clear();

    for (List<String> line : List.of(both, none)) {
      InProcess.Result result = InProcess.nowhere().run(line);
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.stderr()).contains("Error: a signer is named either by --key, or by");
    }
  }

  /** A digest that is none, and one of another length, are not taken for file names silently. */
  @Test
  void whatLooksLikeADigestAndIsNoneIsRefused() throws IOException {
    Case one = new Case(CASES.resolve("happy-path-v0.3-new-mediaType"), "accept");

    InProcess.Result result = InProcess.nowhere().run(one.line("sha256:abc"));

    assertThat(result.exit()).isNotZero();
    assertThat(result.stderr()).contains("digest");
  }
}
