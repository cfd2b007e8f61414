package dev.bulla.cli;

import dev.bulla.cli.terminal.Io;
import dev.bulla.cli.terminal.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs a command line in this process, the way a user's shell would run it in another. */
public final class InProcess {

  /** What came of it. */
  public record Result(int exit, String stdout, String stderr) {}

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private InputStream stdin = InputStream.nullInputStream();
  private Terminal terminal = Terminal.ABSENT;

  private InProcess(Path folder) {
    this.folder = folder;
  }

  /** In this folder, with an empty environment and an empty stdin; verify trusts no instance. */
  public static InProcess in(Path folder) {
    return new InProcess(folder);
  }

  /** Without a folder, for lines that touch no file. */
  public static InProcess nowhere() {
    return new InProcess(Path.of("no-such-folder"));
  }

  public InProcess environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  public InProcess environment(Map<String, String> variables) {
    environment.putAll(variables);
    return this;
  }

  public InProcess stdin(String text) {
    this.stdin = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  public InProcess terminal(Terminal person) {
    this.terminal = person;
    return this;
  }

  public Result run(String... arguments) {
    return run(List.of(arguments));
  }

  public Result run(List<String> arguments) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Map<String, String> variables = new HashMap<>(environment);
    if (arguments.contains("verify")) {
      // an instance without a root: whoever needs one fails before anybody is asked
      variables.putIfAbsent("TUF_MIRROR", "http://127.0.0.1:9");
    }
    int exit = Main.run(arguments, new Io(stdin, stdout, stderr, variables, folder, terminal));
    return new Result(
        exit, stdout.toString(StandardCharsets.UTF_8), stderr.toString(StandardCharsets.UTF_8));
  }
}
