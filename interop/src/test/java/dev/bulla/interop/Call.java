package dev.bulla.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A call of a program in a {@link Workplace}, with an environment of its own and a limit on its
 * time.
 */
final class Call {

  /** Generous: a loaded machine must not look like a fault. */
  static final long LIMIT_SECONDS = 90;

  private static final int SHOWN_OUTPUT = 20_000;

  private final Workplace place;
  private final String name;
  private final List<String> command;
  private final List<String> arguments;
  private final Map<String, String> environment = new TreeMap<>();
  private byte[] input = {};
  private Path folder;

  Call(Workplace place, String name, List<String> command, List<String> arguments) {
    this.place = place;
    this.name = name;
    this.command = command;
    this.arguments = arguments;
    this.folder = place.folder();
  }

  Call env(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Call env(Map<String, String> variables) {
    environment.putAll(variables);
    return this;
  }

  Call input(byte[] content) {
    input = content.clone();
    return this;
  }

  Call input(String content) {
    return input(content.getBytes(StandardCharsets.UTF_8));
  }

  Call in(Path folder) {
    this.folder = folder;
    return this;
  }

  Finished run() {
    try {
      Path out = Files.createTempFile(place.root(), "out", "");
      Path err = Files.createTempFile(place.root(), "err", "");
      Process process = start(out, err);
      try {
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
          stop(process);
        }
        Finished finished =
            new Finished(
                shown(),
                ended ? process.exitValue() : -1,
                Files.readAllBytes(out),
                shorten(Files.readString(err)));
        place.remember(finished);
        if (!ended) {
          throw new AssertionError("not done within " + LIMIT_SECONDS + " s: " + finished);
        }
        return finished;
      } catch (InterruptedException e) {
        stop(process);
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted during: " + shown(), e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it and returns at once; whoever started it stops it. */
  Process start() {
    try {
      return start(
          Files.createTempFile(place.root(), "out", ""),
          Files.createTempFile(place.root(), "err", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process start(Path out, Path err) throws IOException {
    // input from a file, so that a program that does not read cannot block us
    Path stdin = Files.createTempFile(place.root(), "in", "");
    Files.write(stdin, input);
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", script().toString())
            .directory(folder.toFile())
            .redirectInput(stdin.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    return builder.start();
  }

  /**
   * Arguments and variables go through a file: in a plain C locale Java itself can pass only ASCII.
   */
  private Path script() throws IOException {
    StringBuilder script = new StringBuilder();
    variables()
        .forEach((name, value) ->
            script.append("export ").append(name).append('=').append(quoted(value)).append('\n'));
    script.append("exec");
    Stream.concat(command.stream(), arguments.stream())
        .forEach(word -> script.append(' ').append(quoted(word)));
    return Files.writeString(
        Files.createTempFile(place.root(), "call", ".sh"), script.append('\n'));
  }

  private Map<String, String> variables() {
    Map<String, String> variables = new TreeMap<>();
    variables.put(
        "PATH",
        place.root().resolve("bin") + ":" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    variables.put("HOME", place.root().resolve("home").toString());
    variables.put("TMPDIR", place.root().resolve("tmp").toString());
    variables.put("DOCKER_CONFIG", place.root().resolve("docker").toString());
    variables.put("LC_ALL", "C.UTF-8");
    // nobody listens there: cosign gives up at once instead of asking the public repository
    variables.put("TUF_MIRROR", "http://127.0.0.1:1");
    String java = System.getenv("JAVA_HOME");
    if (java != null) {
      variables.put("JAVA_HOME", java);
    }
    variables.put("COSIGN_PASSWORD", KeyRing.PASSWORD);
    variables.putAll(environment);
    return variables;
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  static void stop(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** For programs that take their time to end and leave nothing that anybody needs. */
  static void kill(Process process) {
    try {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String shown() {
    StringBuilder line = new StringBuilder();
    environment.forEach((key, value) -> line.append(key).append('=').append(value).append(' '));
    line.append(name);
    for (String argument : arguments) {
      line.append(' ').append(argument);
    }
    return line.toString();
  }

  private static String shorten(String text) {
    return text.length() <= SHOWN_OUTPUT ? text : text.substring(0, SHOWN_OUTPUT) + "\n[...]";
  }
}
