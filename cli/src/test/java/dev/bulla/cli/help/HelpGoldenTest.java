package dev.bulla.cli.help;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.cli.InProcess;
import dev.bulla.cli.command.CommandNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every help page, as it is printed. After a wanted change: {@code mvn test -pl cli
 * -Dtest=HelpGoldenTest -Dbulla.golden.update=true}, then look at the difference.
 */
class HelpGoldenTest {

  private static final Path GOLDENS = Path.of("src/test/resources/golden/help");
  private static final boolean UPDATE = Boolean.getBoolean("bulla.golden.update");

  @TestFactory
  Stream<DynamicTest> pages() {
    return CommandNames.shown().stream()
        .map(path -> DynamicTest.dynamicTest("bulla " + path, () -> check(path)));
  }

  private static void check(String path) throws IOException {
    List<String> line = new ArrayList<>(path.isEmpty() ? List.of() : List.of(path.split(" ")));
    line.add("--help");
    InProcess.Result result = InProcess.nowhere().run(line);

    assertThat(result.exit()).isZero();
    assertThat(result.stderr()).isEmpty();
    Path golden = golden(path);
    if (UPDATE) {
      Files.createDirectories(GOLDENS);
      Files.writeString(golden, result.stdout());
    }
    assertThat(result.stdout()).isEqualTo(Files.readString(golden));
  }

  @Test
  void hasNoGoldenWithoutACommand() throws IOException {
    List<Path> expected = CommandNames.shown().stream().map(HelpGoldenTest::golden).toList();
    try (Stream<Path> files = Files.list(GOLDENS)) {
      assertThat(files).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void fitsIntoAHundredColumns() {
    for (String path : CommandNames.shown()) {
      String page = InProcess.nowhere().run(("help " + path).strip().split(" ")).stdout();
      assertThat(page.lines().filter(line -> line.length() > 100)).as(path).isEmpty();
    }
  }

  private static Path golden(String path) {
    return GOLDENS.resolve((path.isEmpty() ? "bulla" : path.replace(' ', '-')) + ".txt");
  }
}
