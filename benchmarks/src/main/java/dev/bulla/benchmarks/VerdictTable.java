package dev.bulla.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks of verdicts in memory, and prints them as a table in Markdown. */
public final class VerdictTable {

  private static final String KEYED = VerifierBenchmark.class.getName();
  private static final String KEYLESS = KeylessBenchmark.class.getName();
  private static final String BARE = KEYED + ".bareSignature";

  private VerdictTable() {}

  /**
   * Prints to standard output; what JMH says of its progress goes there before the table.
   *
   * @param arguments the providers, with commas between them
   */
  public static void main(String[] arguments) throws RunnerException {
    List<String> providers = List.of(arguments[0].split(","));
    Options options =
        new OptionsBuilder()
            .include(KEYED + "[.](verifier|bareSignature)$")
            .include(KEYLESS + "[.](verifier|parser)$")
            .param("provider", providers.toArray(String[]::new))
            .mode(Mode.Throughput)
            .shouldFailOnError(true)
            .build();
    Map<String, Double> perSecond = new TreeMap<>();
    for (RunResult result : new Runner(options).run()) {
      perSecond.put(
          result.getParams().getBenchmark() + " " + result.getParams().getParam("provider"),
          result.getPrimaryResult().getScore());
    }
    table(providers, perSecond).forEach(System.out::println);
  }

  private static List<String> table(List<String> providers, Map<String, Double> perSecond) {
    List<String> lines = new ArrayList<>();
    lines.add("| provider | what | in a second | bare checks that cost the same |");
    lines.add("|---|---|---|---|");
    for (String provider : providers) {
      double bare = perSecond.getOrDefault(BARE + " " + provider, 0.0);
      row(lines, provider, "P-256 signature, bare", bare, bare);
      row(
          lines,
          provider,
          "legacy signature by a key",
          perSecond.getOrDefault(KEYED + ".verifier " + provider, 0.0),
          bare);
      row(
          lines,
          provider,
          "keyless bundle, read before",
          perSecond.getOrDefault(KEYLESS + ".verifier " + provider, 0.0),
          bare);
      row(
          lines,
          provider,
          "reading that bundle alone",
          perSecond.getOrDefault(KEYLESS + ".parser " + provider, 0.0),
          bare);
    }
    return lines;
  }

  private static void row(
      List<String> lines, String provider, String what, double score, double bare) {
    lines.add(
        "| "
            + provider
            + " | "
            + what
            + " | "
            + Math.round(score)
            + " | "
            + Math.round(100 * bare / score) / 100.0
            + " |");
  }
}
