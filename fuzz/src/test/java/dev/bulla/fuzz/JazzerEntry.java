package dev.bulla.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs targets in Jazzer, one after another in this process: its start takes longer than a short
 * run of a target. What Jazzer calls has names and signatures that it prescribes; it is called by
 * reflection, since only {@code fuzz/run} has it on the class path.
 */
public final class JazzerEntry {

  /** Before a target, on the standard error that Jazzer writes to as well. */
  static final String BEGINS = "== begins: ";

  /** After a target, with its executions and how many of them were more than the inputs it had. */
  static final String ENDS = "== ends: ";

  /** On a busy machine a short run of a slow target may end with its seeds; then it goes on. */
  private static final int ENOUGH = 500;

  private static final int ROUNDS = 4;

  private static FuzzTarget target = input -> false;

  private static int executions;

  private static int own;

  private static boolean started;

  /** One call of libFuzzer; it begins with every input it is given. */
  interface Round {

    int run() throws Exception;
  }

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
    for (String name : names) {
      choose(name);
      Path work = Path.of(arguments[1]);
      Path found = Files.createDirectories(work.resolve("corpus").resolve(name));
      Path findings = Files.createDirectories(work.resolve("findings").resolve(name));
      Path seeds = Path.of(arguments[0]).resolve(name);
      List<String> line = line(options, findings, found, seeds);
      System.err.println(BEGINS + name);
      int status = rounds(() -> libFuzzer(line), found, seeds);
      if (status != 0) {
        System.exit(status);
      }
      System.err.println(ENDS + name + " " + executions + " " + own);
    }
    System.exit(0);
  }

  static void choose(String name) {
    target = FuzzTargets.named(name);
    executions = 0;
    own = 0;
  }

  /**
   * Calls libFuzzer until it has run enough inputs of its own making, or often.
   *
   * @return its status when that is not 0
   */
  static int rounds(Round round, Path... folders) throws Exception {
    int status = 0;
    for (int i = 0; i < ROUNDS && own < ENOUGH && status == 0; i++) {
      int given = given(folders);
      int before = executions;
      status = round.run();
      own += Math.max(0, executions - before - given);
    }
    return status;
  }

  /** How many inputs libFuzzer ran that it had not been given, of the target chosen last. */
  static int own() {
    return own;
  }

  /** What libFuzzer runs first: nothing, the end of a line, and every file. */
  private static int given(Path... folders) throws IOException {
    int inputs = 2;
    for (Path folder : folders) {
      try (Stream<Path> files = Files.list(folder)) {
        inputs += (int) files.count();
      }
    }
    return inputs;
  }

  /** A command line of libFuzzer; what it finds interesting goes to the first folder of inputs. */
  private static List<String> line(List<String> options, Path findings, Path found, Path seeds) {
    List<String> line = new ArrayList<>();
    line.add("fuzz/run");
    line.addAll(options);
    line.add("-artifact_prefix=" + findings + "/");
    line.add(found.toString());
    line.add(seeds.toString());
    return line;
  }

  private static int libFuzzer(List<String> line) throws Exception {
    if (started) {
      return again(line);
    }
    started = true;
    return start(new ArrayList<>(line));
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
