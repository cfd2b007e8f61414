package dev.bulla.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustStoreTest {

  private static final Path LIST = Path.of("src/main/trust/roots.txt");
  private static final Path OF_THIS_JDK =
      Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");

  @TempDir private Path folder;

  @Test
  void listNamesOnlyFingerprintsInOrder() throws Exception {
    List<String> lines =
        Files.readAllLines(LIST).stream().filter(line -> !line.startsWith("#")).toList();

    assertThat(lines).hasSizeGreaterThan(100).isSorted().doesNotHaveDuplicates();
    assertThat(lines).allMatch(line -> line.matches("[0-9a-f]{64}  \\S.*"));
  }

  @Test
  void shipsNothingButTheListWhateverThisHostTrustsOrNothingAtAll() throws Exception {
    Path shipped = folder.resolve("cacerts");
    try {
      TrustStore.pin(OF_THIS_JDK, LIST, shipped, nowhere());
    } catch (IOException tooFew) {
      // This JDK's vendor keeps a list of its own: fit to build and test with, not to distribute.
      assertThat(tooFew).hasMessageContaining("has only");
      assertThat(shipped).doesNotExist();
      return;
    }

    assertThat(TrustStore.pins(LIST).keySet()).containsAll(TrustStore.read(shipped).keySet());
    TrustStore.check(shipped, LIST);
  }

  @Test
  void leavesOutAndNamesWhatIsNotOnTheList() throws Exception {
    SortedMap<String, X509Certificate> held = TrustStore.read(OF_THIS_JDK);
    Path list = listOf(namesOfThisJdk().skip(1).toList());
    Path shipped = folder.resolve("cacerts");
    ByteArrayOutputStream report = new ByteArrayOutputStream();

    TrustStore.pin(OF_THIS_JDK, list, shipped, new PrintStream(report, true, UTF_8));

    assertThat(TrustStore.read(shipped)).doesNotContainKey(held.firstKey());
    assertThat(TrustStore.read(shipped)).hasSize(held.size() - 1);
    assertThat(report.toString(UTF_8)).contains("left out, not on the list: " + held.firstKey());
  }

  @Test
  void writesTheSameBytesEveryTime() throws Exception {
    Path list = listOf(namesOfThisJdk().toList());
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");

    TrustStore.pin(OF_THIS_JDK, list, first, nowhere());
    TrustStore.pin(OF_THIS_JDK, list, second, nowhere());

    assertThat(first).hasSameBinaryContentAs(second);
  }

  @Test
  void refusesAStoreThatLacksMuchOfTheList() throws Exception {
    Path poor = folder.resolve("poor");
    Path list = listOf(List.of("0".repeat(64) + "  nobody"));

    assertThatThrownBy(() -> TrustStore.pin(OF_THIS_JDK, list, poor, nowhere()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has only 0 of the 1 certificates");
    assertThat(poor).doesNotExist();
  }

  @Test
  void checkNamesTheStranger() throws Exception {
    SortedMap<String, X509Certificate> held = TrustStore.read(OF_THIS_JDK);
    Path list = listOf(namesOfThisJdk().skip(1).toList());

    assertThatThrownBy(() -> TrustStore.check(OF_THIS_JDK, list))
        .hasMessageContaining(held.firstKey());
  }

  private static Stream<String> namesOfThisJdk() throws Exception {
    return TrustStore.read(OF_THIS_JDK).keySet().stream().map(print -> print + "  name");
  }

  private static PrintStream nowhere() {
    return new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
  }

  private Path listOf(List<String> lines) throws IOException {
    return Files.write(folder.resolve("list.txt"), lines);
  }
}
