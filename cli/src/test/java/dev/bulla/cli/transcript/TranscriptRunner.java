package dev.bulla.cli.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.bulla.cli.InProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/**
 * Replays transcripts of cosign against bulla, in this process, in one folder, file after file.
 *
 * <pre>{@code
 * @TestFactory
 * List<DynamicTest> signLegacy() throws IOException {
 *   return TranscriptRunner.in(folder)
 *       .with("REG", registry.hostAndPort())
 *       .with("DIGEST", "sha256:…")
 *       .with("HEX", "…")
 *       .tests("cosign-3.1.1/sign-legacy.txt", Deviations.none().exit("cosign …", 20, "there is no log yet"));
 * }
 * }</pre>
 */
public final class TranscriptRunner {

  private static final Pattern SETTING = Pattern.compile("([A-Z][A-Z_]*)(?:=(\\S*)| (unset)\\b).*");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  private final Path folder;
  private final Placeholders placeholders = new Placeholders();
  private final Map<String, String> environment = new HashMap<>();
  private String start = "cosign ";

  private TranscriptRunner(Path folder) {
    this.folder = folder;
    environment.put("COSIGN_PASSWORD", "pw");
  }

  /** A runner whose commands work in this folder, with {@code COSIGN_PASSWORD=pw}. */
  public static TranscriptRunner in(Path folder) {
    return new TranscriptRunner(folder);
  }

  /** Gives a placeholder its value. */
  public TranscriptRunner with(String placeholder, String value) {
    placeholders.bind(placeholder, value);
    return this;
  }

  /** Sets a variable for all blocks. */
  public TranscriptRunner environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Leaves out the blocks of a file whose lines start otherwise: what they show is not built. */
  public TranscriptRunner only(String start) {
    this.start = start;
    return this;
  }

  /** One test per block, in order, and one that no deviation is left over. */
  public List<DynamicTest> tests(String file, Deviations deviations) throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (TranscriptBlock block : Transcript.load("/transcripts/" + file)) {
      if (!block.command().startsWith(start)) {
        continue;
      }
      tests.add(DynamicTest.dynamicTest(block.command(), () -> check(block, deviations)));
    }
    assertThat(tests).as("blocks of " + file).isNotEmpty();
    tests.add(
        DynamicTest.dynamicTest(
            "every deviation is needed", () -> assertThat(deviations.unused()).isEmpty()));
    return tests;
  }

  private void check(TranscriptBlock recorded, Deviations deviations) {
    String reason = deviations.reason(recorded);
    Assumptions.assumeFalse(deviations.skips(recorded), reason);
    TranscriptBlock block = deviations.apply(recorded);
    InProcess.Result result = run(block);
    String context = "$ " + block.command() + (reason.isEmpty() ? "" : "\n(" + reason + ")");
    assertThat(result.exit())
        .as("%s%nstderr: %s", context, result.stderr())
        .isEqualTo(block.exit());
    if (!placeholders.match(inOurName(block.stdout()), result.stdout())) {
      fail("%s%nexpected stdout:%n%s%nactual:%n%s", context, block.stdout(), result.stdout());
    }
    List<String> stderr = block.stderr().stream().map(TranscriptRunner::inOurName).toList();
    new StderrComparison(placeholders)
        .difference(stderr, List.of(result.stderr().split("\n", -1)))
        .ifPresent(difference -> fail("%s%n%s%nstderr:%n%s", context, difference, result.stderr()));
  }

  private InProcess.Result run(TranscriptBlock block) {
    List<String> words = words(placeholders.fill(block.command()));
    assertThat(words.get(0)).isEqualTo("cosign");
    return InProcess.in(folder)
        .environment(environmentOf(block))
        .stdin(block.stdin().orElse(""))
        .run(words.subList(1, words.size()));
  }

  private Map<String, String> environmentOf(TranscriptBlock block) {
    Map<String, String> variables = new HashMap<>(environment);
    for (String remark : block.remarks()) {
      Matcher setting = SETTING.matcher(remark);
      if (setting.matches() && setting.group(3) != null) {
        variables.remove(setting.group(1));
      } else if (setting.matches()) {
        variables.put(setting.group(1), setting.group(2));
      }
    }
    return variables;
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      words.add(word.group(1) != null ? word.group(1) : word.group(2));
    }
    return words;
  }

  /** The program's own name where a message shows it; names of files, formats and advice stay. */
  private static String inOurName(String expected) {
    return expected
        .replaceAll("for \"cosign(?=[ \"])", "for \"bulla")
        .replace("Run 'cosign --help'", "Run 'bulla --help'");
  }
}
