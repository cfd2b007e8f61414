package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Configurations as people get them wrong, each with what it is answered beside it. After a wanted
 * change: {@code mvn test -pl admission -Dtest=BrokenConfigurationsTest
 * -Dbulla.golden.update=true}, then look at the difference.
 */
class BrokenConfigurationsTest {

  private static final Path FOLDER =
      Path.of("src/test/resources/dev/bulla/admission/command/broken");
  private static final boolean UPDATE = Boolean.getBoolean("bulla.golden.update");

  private static List<Path> files(String ending) throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  static List<Path> configurations() throws IOException {
    return files(".yaml");
  }

  private static Path golden(Path configuration) {
    return configuration.resolveSibling(
        String.valueOf(configuration.getFileName()).replaceFirst("[.]yaml$", ".txt"));
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void everyMistakeIsNamedWithItsLineAndWhatToDo(Path configuration) throws Exception {
    String file = String.valueOf(configuration.getFileName());
    Lines lines = new Lines(FOLDER);

    Lines.Result validated = lines.run("admission", "validate", file);

    // the message is there twice, as for every command
    List<String> said = validated.stderr().lines().distinct().toList();
    if (UPDATE) {
      Files.write(golden(configuration), said);
    }
    assertThat(said).isEqualTo(Files.readAllLines(golden(configuration)));
    assertThat(validated.exit()).isEqualTo(1);
    assertThat(validated.stdout()).isEmpty();
    List<String> mistakes =
        said.stream()
            .filter(line -> !line.startsWith("Error: Config has"))
            .filter(line -> !line.startsWith("error during command execution: Config has"))
            .filter(line -> !line.startsWith("error during command execution: error parsing"))
            .toList();
    assertThat(mistakes)
        .isNotEmpty()
        .allMatch(line -> line.contains(" " + file + ":"), "names the file")
        .allMatch(line -> line.matches(".*[.]yaml:\\d+: .*"), "names the line")
        .allMatch(line -> line.matches(".*(\\(.+\\)|: .+: .+)$"), "says what to do");
    Lines.Result linted = lines.run("admission", "lint", file);
    assertThat(linted).isEqualTo(validated);
  }

  @Test
  void everyMessageHasItsConfiguration() throws Exception {
    assertThat(configurations()).hasSizeGreaterThan(20);
    assertThat(files(".txt"))
        .isEqualTo(configurations().stream().map(BrokenConfigurationsTest::golden).toList());
  }
}
