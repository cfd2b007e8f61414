package dev.bulla.sigstore.oidc;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Another program of the machine. It gets the variables that it needs, and none of our secrets. */
final class Program {

  private final Path file;
  private final Map<String, String> variables;

  private Program(Path file, Map<String, String> variables) {
    this.file = file;
    this.variables = variables;
  }

  /**
   * Looks in the folders of the PATH, never in the current one.
   *
   * @param passed which variables it gets
   */
  static Optional<Program> find(String name, Surroundings machine, Predicate<String> passed) {
    String path = machine.variable("PATH").or(() -> machine.variable("Path")).orElse("");
    int from = 0;
    while (from <= path.length()) {
      int end = path.indexOf(File.pathSeparatorChar, from);
      end = end < 0 ? path.length() : end;
      String folder = path.substring(from, end);
      from = end + 1;
      try {
        if (!folder.isEmpty() && Path.of(folder).isAbsolute()) {
          Path file = Path.of(folder, name);
          if (Files.isRegularFile(file) && Files.isExecutable(file)) {
            Map<String, String> variables = new HashMap<>();
            machine
                .variables()
                .forEach((variable, value) -> {
                  if (passed.test(variable)) {
                    variables.put(variable, value);
                  }
                });
            return Optional.of(new Program(file, variables));
          }
        }
      } catch (InvalidPathException e) {
        // a folder that cannot be, so nothing is in it
      }
    }
    return Optional.empty();
  }

  private ProcessBuilder builder(List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(file.toString());
    line.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().clear();
    builder.environment().putAll(variables);
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD);
  }

  /** Starts it and leaves it alone; it outlives us. */
  void start(List<String> arguments) throws IOException {
    builder(arguments)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .getOutputStream()
        .close();
  }

  /**
   * Runs it to its end.
   *
   * @return what it printed, without the white space around it
   * @throws IOException when it cannot be run, fails, or takes longer
   */
  String run(List<String> arguments, Duration patience)
      throws IOException, MalformedInputException {
    Process process = builder(arguments).start();
    try {
      process.getOutputStream().close();
      FutureTask<Bytes> output =
          new FutureTask<>(() ->
              LimitedInput.readAll(
                  process.getInputStream(), Limits.MAX_IDENTITY_TOKEN + 2L, "output"));
      Thread.ofVirtual().name("program-output").start(output);
      long end = System.nanoTime() + patience.toNanos();
      Bytes printed = output.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new IOException("it does not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException("it failed with exit code " + process.exitValue());
      }
      return printed.toUtf8String("output").strip();
    } catch (TimeoutException e) {
      throw new IOException("no answer in time", e);
    } catch (ExecutionException e) {
      throw new IOException("its output cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
