package dev.bulla.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays the committed inputs of every target: seeds, and whatever fuzzing once found. */
final class CorpusTest {

  private static final Path CORPUS = Path.of("src/test/resources/corpus");
  private static final Path OPEN = Path.of("src/test/resources/open");

  static Stream<String> targets() {
    return FuzzTargets.names().stream();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void holdsForEveryInput(String name) throws IOException {
    FuzzTarget target = FuzzTargets.named(name);
    List<Path> accepted = new ArrayList<>();
    List<Path> refused = new ArrayList<>();
    for (Path input : files(CORPUS.resolve(name))) {
      byte[] bytes = Files.readAllBytes(input);
      try {
        (target.accepts(bytes) ? accepted : refused).add(input);
      } catch (Exception | Error e) {
        throw new AssertionError(name + " does not hold for " + input, e);
      }
    }
    assertThat(accepted).as("inputs that the parser takes").isNotEmpty();
    assertThat(refused).as("inputs that the parser refuses").isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void holdsForTheEmptyInput(String name) throws Exception {
    FuzzTargets.named(name).accepts(new byte[0]);
  }

  @Test
  void everyFolderOfInputsBelongsToATarget() throws IOException {
    assertThat(folders(CORPUS).stream().map(CorpusTest::name))
        .containsExactlyInAnyOrderElementsOf(FuzzTargets.names());
  }

  /** A list that nobody cleans up would hide the next finding of its kind. */
  @Test
  void whatIsListedAsOpenStillFails() throws IOException {
    for (Path folder : folders(OPEN)) {
      FuzzTarget target = FuzzTargets.named(name(folder));
      for (Path input : files(folder)) {
        byte[] bytes = Files.readAllBytes(input);
        assertThatThrownBy(() -> target.accepts(bytes))
            .as("%s; when this is mended, move it into the corpus", input)
            .isNotNull();
      }
    }
  }

  private static List<Path> folders(Path parent) throws IOException {
    try (Stream<Path> inside = Files.list(parent)) {
      return inside.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static String name(Path folder) {
    return folder.getFileName().toString();
  }

  private static List<Path> files(Path folder) throws IOException {
    assertThat(folder).isDirectory();
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
