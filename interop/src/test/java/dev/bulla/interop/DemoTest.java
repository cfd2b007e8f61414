package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The lines that {@code bulla demo} prints, typed again: each in a process of its own, in an empty
 * folder.
 */
@Interop
@DisplayName("demo")
final class DemoTest {

  private static final Pattern EXPORT = Pattern.compile("export (\\w+)=(\\S+)");
  private static final Pattern EXPECTED =
      Pattern.compile("\\(exit code (\\d+), as it should be\\)");
  private static final Pattern LISTEN = Pattern.compile("--listen (\\S+)");

  /** A printed command and the exit code that was printed with it. */
  private record Step(String line, int exit) {}

  @Test
  @DisplayName("its printed lines do, replayed, what it showed")
  void printedLinesCanBeTyped(Workplace place) throws IOException {
    Finished demo = place.run(Program.BULLA, "demo", "--keep", "kept");
    List<Step> steps = steps(demo.text());
    assertThat(steps).hasSizeGreaterThan(10);
    assertThat(steps.stream().map(Step::exit)).contains(0, 10, 12);
    assertThat(place.folder().resolve("kept/cosign.pub")).exists();

    Path folder = Files.createDirectory(place.folder().resolve("typed"));
    Map<String, String> exported = new TreeMap<>();
    List<Process> background = new ArrayList<>();
    try {
      for (Step step : steps) {
        Matcher export = EXPORT.matcher(step.line());
        if (export.matches()) {
          exported.put(export.group(1), export.group(2));
        } else if (step.line().endsWith(" &")) {
          String line = "exec " + step.line().substring(0, step.line().length() - 2);
          Process process = place.shell(line).env(exported).in(folder).start();
          background.add(process);
          awaitRegistry(process, step.line());
        } else {
          place.shell(step.line()).env(exported).in(folder).run().expect(step.exit());
        }
      }
    } finally {
      background.forEach(Call::stop);
    }
    assertThat(background).hasSize(1);
  }

  private static List<Step> steps(String printed) {
    List<Step> steps = new ArrayList<>();
    for (String line : printed.split("\n")) {
      Matcher expected = EXPECTED.matcher(line);
      if (line.startsWith("$ ")) {
        steps.add(new Step(line.substring(2), 0));
      } else if (expected.matches()) {
        Step last = steps.remove(steps.size() - 1);
        steps.add(new Step(last.line(), Integer.parseInt(expected.group(1))));
      }
    }
    return steps;
  }

  private static void awaitRegistry(Process process, String line) {
    Matcher listen = LISTEN.matcher(line);
    assertThat(listen.find()).as("names where it listens: " + line).isTrue();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + listen.group(1) + "/v2/"))
            .timeout(Duration.ofSeconds(5))
            .build();
    long end = System.nanoTime() + Duration.ofSeconds(Call.LIMIT_SECONDS).toNanos();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (System.nanoTime() < end) {
        assertThat(process.waitFor(50, TimeUnit.MILLISECONDS)).as("ended: " + line).isFalse();
        try {
          if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
            return;
          }
        } catch (IOException e) {
          // not yet
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionError("did not come up: " + line);
  }
}
