package dev.bulla.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Scripts of this checkout in a folder of their own, among programs that only pretend. */
final class Checkout {

  /** What a script did; standard output and error in the order in which they were written. */
  record Result(int exit, List<String> lines) {

    String last() {
      return lines.get(lines.size() - 1);
    }
  }

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();

  Checkout(Path folder) {
    this.folder = folder;
    with("JAVA_HOME", System.getProperty("java.home"));
  }

  Path resolve(String name) {
    return folder.resolve(name);
  }

  Checkout with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** A script as it is. */
  void copy(String name) throws IOException {
    Files.copy(Tree.ROOT.resolve(name), parentOf(name));
  }

  void write(String name, String text) throws IOException {
    Files.writeString(parentOf(name), text);
  }

  /** A program that does what this script of bash says. */
  void program(String name, String script) throws IOException {
    write(name, "#!/usr/bin/env bash\n" + script + "\n");
    assertThat(resolve(name).toFile().setExecutable(true)).isTrue();
  }

  /** A JDK whose {@code java} does what this script of bash says. */
  void java(String script) throws IOException {
    program("jdk/bin/javac", "exit 1");
    program("jdk/bin/java", script);
    write("jdk/release", "JAVA_VERSION=\"25\"\n");
    with("JAVA_HOME", resolve("jdk").toString());
  }

  Result run(String script, String... arguments) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(resolve(script).toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().remove("CI");
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return new Result(process.waitFor(), output.lines().toList());
  }

  private Path parentOf(String name) throws IOException {
    Path file = resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    return file;
  }
}
