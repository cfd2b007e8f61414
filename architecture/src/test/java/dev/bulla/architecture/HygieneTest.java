package dev.bulla.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What no file of the tree may hold, whatever its kind. */
final class HygieneTest {

  /**
   * Where packages come from is for the tools to know; the wrapper's properties are the one place
   * that has to.
   */
  private static final Map<Pattern, String> NOWHERE =
      Map.of(
          Pattern.compile(
              Stream.of(
                      "repo.maven.apache",
                      "repo1.maven",
                      "central.sonatype",
                      "registry.npmjs",
                      "registry.yarnpkg",
                      "pypi",
                      "pythonhosted",
                      "proxy.golang",
                      "sum.golang",
                      "crates",
                      "rubygems",
                      "deb.debian",
                      "snapshot.debian",
                      "security.debian",
                      "archive.ubuntu",
                      "packages.adoptium")
                  .map(host -> "\\b" + Pattern.quote(host) + "\\.(org|com|io|net)\\b")
                  .reduce((one, other) -> one + "|" + other)
                  .orElseThrow()),
          "the host of a package registry",
          Pattern.compile("(^|[\\s\"'`(=:])/(work|root|home/\\w+)/"),
          "a path of somebody's machine",
          Pattern.compile("\\.\\./shared\\b"),
          "a path outside the checkout");

  private static final List<Path> MAY_NAME_HOSTS =
      List.of(Tree.ROOT.resolve(".mvn/wrapper/maven-wrapper.properties"));

  @Test
  void noFileNamesARegistryHostOrAPathOutsideTheCheckout() {
    List<String> found = new ArrayList<>();
    for (Path file : ownFiles()) {
      Optional<String> text = textOf(file);
      if (text.isEmpty() || MAY_NAME_HOSTS.contains(file)) {
        continue;
      }
      NOWHERE.forEach((pattern, what) -> {
        Matcher matcher = pattern.matcher(text.get());
        while (matcher.find()) {
          found.add(at(file, text.get(), matcher) + what + ": " + matcher.group().strip());
        }
      });
    }
    assertThat(found).isEmpty();
  }

  @Test
  void noTestIsSwitchedOffWithoutAReasonOrRunAlone() {
    Pattern off =
        Pattern.compile(
            "@(?:org\\.junit\\.jupiter\\.api\\.)?Disabled(?!\\w)(?!\\s*\\(\\s*(value\\s*=\\s*)?\"[^\"]{10,})");
    Pattern alone =
        Pattern.compile(
            "@Tag\\s*\\(\\s*\"(focus|only|wip)\"|\\b(FOCUS|ONLY|REGENERATE|UPDATE)\\w*\\s*=\\s*true\\b");
    List<String> found = new ArrayList<>();
    for (Path source : Tree.javaSources("test")) {
      if (source.endsWith("HygieneTest.java")) {
        continue;
      }
      String text = Tree.text(source);
      for (Pattern pattern : List.of(off, alone)) {
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
          found.add(at(source, text, matcher) + matcher.group());
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void vectorsSayWhereTheyComeFrom() throws IOException {
    List<String> silent = new ArrayList<>();
    int kinds = 0;
    for (String module : Tree.modules()) {
      Path vectors = Tree.ROOT.resolve(module).resolve("src/test/resources/vectors");
      if (!Files.isDirectory(vectors)) {
        continue;
      }
      try (Stream<Path> list = Files.list(vectors)) {
        for (Path kind : list.filter(Files::isDirectory).toList()) {
          kinds++;
          if (!Files.isRegularFile(vectors.resolve("README.md"))
              && !Files.isRegularFile(kind.resolve("README.md"))) {
            silent.add(Tree.relative(kind));
          }
        }
      }
    }
    assertThat(kinds).isPositive();
    assertThat(silent).as("vectors without a README.md that names their origin").isEmpty();
  }

  @Test
  void bothCommandsFindTheJdkBeforeAnythingElse() {
    // Generating the Maven wrapper anew overwrites mvnw; .mvn/wrapper/renew does not.
    for (String command : List.of("mvnw", "bulla")) {
      Path script = Tree.ROOT.resolve(command);
      assertThat(Tree.text(script))
          .as(command)
          .contains("/.mvn/find-jdk.sh\"")
          .contains("find_jdk");
      assertThat(Files.isExecutable(script)).as(command + " is executable").isTrue();
    }
    assertThat(Tree.text(Tree.ROOT.resolve(".mvn/wrapper/maven-wrapper.properties")))
        .containsPattern("(?m)^distributionSha256Sum=[0-9a-f]{64}$");
  }

  @Test
  void scriptsStopAtTheFirstFailure() {
    List<String> careless = new ArrayList<>();
    int scripts = 0;
    for (Path file : ownFiles()) {
      Optional<String> text = textOf(file).filter(content -> content.startsWith("#!"));
      if (text.isPresent()
          && text.get().lines().findFirst().orElse("").matches("#!.*\\b(sh|bash)\\b.*")) {
        scripts++;
        if (!Pattern.compile("(?m)^set -\\w*e").matcher(text.get()).find()) {
          careless.add(Tree.relative(file));
        }
      }
    }
    assertThat(scripts).isPositive();
    assertThat(careless).as("scripts without set -e").isEmpty();
  }

  @Test
  void textEndsItsLinesWithALineFeed() {
    List<String> found = new ArrayList<>();
    for (Path file : ownFiles()) {
      boolean fixed =
          Tree.relative(file).contains("src/test/resources/") || file.toString().endsWith(".cmd");
      if (!fixed && textOf(file).filter(text -> text.indexOf('\r') >= 0).isPresent()) {
        found.add(Tree.relative(file));
      }
    }
    assertThat(found).isEmpty();
  }

  private static List<Path> ownFiles() {
    List<Path> files =
        Tree.files(Tree.ROOT).stream().filter(file -> !file.endsWith("HygieneTest.java")).toList();
    assertThat(files).hasSizeGreaterThan(20);
    return files;
  }

  /** The content of a text file; empty for anything that is not UTF-8, such as keys in DER. */
  private static Optional<String> textOf(Path file) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String at(Path file, String text, Matcher matcher) {
    return Tree.relative(file) + ":" + JavaText.lineAt(text, matcher.start()) + ": ";
  }
}
