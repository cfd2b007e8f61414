package dev.bulla.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The README's table names the tests that go red when it lies; so they have to exist. */
class ReadmeTest {

  private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]*Test)`");

  @Test
  void namesOnlyTestsThatExist() throws IOException {
    Set<String> existing =
        Tree.javaSources("test").stream()
            .map(source -> source.getFileName().toString().replace(".java", ""))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(named(Files.readString(Tree.ROOT.resolve("README.md"))))
        .isNotEmpty()
        .allMatch(existing::contains);
  }

  @Test
  void everyRowOfWhatWorksNamesATest() throws IOException {
    String readme = Files.readString(Tree.ROOT.resolve("README.md"));
    int start = readme.indexOf("| what | state | test |");
    String table = readme.substring(start, readme.indexOf("\n\n", start));
    List<String> rows = table.lines().skip(2).toList();

    assertThat(rows).hasSizeGreaterThan(10).allMatch(row -> !named(row).isEmpty());
  }

  @Test
  void linksOnlyToFilesThatExist() throws IOException {
    String readme = Files.readString(Tree.ROOT.resolve("README.md"));
    List<Path> missing = new ArrayList<>();
    Pattern.compile("\\]\\(([^):#]+)\\)")
        .matcher(readme)
        .results()
        .map(link -> Tree.ROOT.resolve(link.group(1)))
        .filter(Files::notExists)
        .forEach(missing::add);

    assertThat(missing).isEmpty();
  }

  private static List<String> named(String text) {
    return TEST.matcher(text).results().map(result -> result.group(1)).toList();
  }
}
