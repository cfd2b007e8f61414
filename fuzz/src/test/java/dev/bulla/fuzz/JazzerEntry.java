package dev.bulla.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs targets in Jazzer, one after another in this process: its start takes longer than a short
 * run of a target. What Jazzer calls has names and signatures that it prescribes; it is called by
 * reflection, since only {@code fuzz/run} has it on the class path.
 */
public final class JazzerEntry {

  /** Before a target, on the standard error that Jazzer writes to as well. */
  static final String BEGINS = "== begins: ";

  /** After a target, with its executions. */
  static final String ENDS = "== ends: ";

  /** On a busy machine a short run of a slow target may end with its seeds; then it goes on. */
  private static final int ENOUGH = 500;

  private static final int ROUNDS = 4;

  private static FuzzTarget target = input -> false;

  private static int executions;

  private JazzerEntry() {}

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    executions++;
    target.accepts(input);
  }

  /**
   * Runs targets. A finding ends the process, so what follows the target that has it is not run.
   *
   * @param arguments the folder of the seeds, the folder to work in, and then options of libFuzzer,
   *     which begin with a hyphen, and names of targets
   */
  public static void main(String[] arguments) throws Exception {
    List<String> options = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String argument : List.of(arguments).subList(2, arguments.length)) {
      (argument.startsWith("-") ? options : names).add(argument);
    }
    boolean started = false;
    for (String name : names) {
      choose(name);
      List<String> line = line(Path.of(arguments[0]), Path.of(arguments[1]), options, name);
      System.err.println(BEGINS + name);
      for (int round = 0; round < ROUNDS && executions < ENOUGH; round++) {
        int status = started ? again(line) : start(new ArrayList<>(line));
        started = true;
        if (status != 0) {
          System.exit(status);
        }
      }
      System.err.println(ENDS + name + " " + executions);
    }
    System.exit(0);
  }

  static void choose(String name) {
    target = FuzzTargets.named(name);
    executions = 0;
  }

  /** A command line of libFuzzer; what it finds interesting goes to the first folder of inputs. */
  private static List<String> line(Path seeds, Path work, List<String> options, String name)
      throws IOException {
    Path found = Files.createDirectories(work.resolve("corpus").resolve(name));
    Path findings = Files.createDirectories(work.resolve("findings").resolve(name));
    List<String> line = new ArrayList<>();
    line.add("fuzz/run");
    line.addAll(options);
    line.add("-artifact_prefix=" + findings + "/");
    line.add(found.toString());
    line.add(seeds.resolve(name).toString());
    return line;
  }

  /** Instruments what is loaded from now on, and fuzzes. */
  private static int start(List<String> line) throws Exception {
    return (int)
        Class.forName("com.code_intelligence.jazzer.driver.Driver")
            .getMethod("start", List.class, boolean.class)
            .invoke(null, line, false);
  }

  /** libFuzzer keeps one corpus per call; only its count of covered places goes on counting. */
  private static int again(List<String> line) throws Exception {
    return (int)
        Class.forName("com.code_intelligence.jazzer.driver.FuzzTargetRunner")
            .getMethod("startLibFuzzer", List.class)
            .invoke(null, line);
  }
}
