package dev.bulla.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder of its own in which programs are called, with a home, a docker configuration and a PATH
 * that hold nothing of the user's. Remembers every call, so that a failing cell can show them.
 */
final class Workplace implements AutoCloseable {

  private final Peers peers;
  private final Path root;
  private final Path folder;
  private final StringBuilder transcript = new StringBuilder();

  private Workplace(Peers peers, Path root) throws IOException {
    this.peers = peers;
    this.root = root;
    this.folder = Files.createDirectory(root.resolve("here"));
    Files.createDirectory(root.resolve("home"));
    Files.createDirectory(root.resolve("docker"));
    Files.createDirectory(root.resolve("tmp"));
    Path bin = Files.createDirectory(root.resolve("bin"));
    for (Map.Entry<Program, Path> program : peers.all().entrySet()) {
      // a script, not a link: the programs look for their parts beside themselves
      Path script = bin.resolve(program.getKey().command());
      Files.writeString(script, "#!/bin/sh\nexec '" + program.getValue() + "' \"$@\"\n");
      script.toFile().setExecutable(true);
    }
  }

  static Workplace create(Peers peers) {
    try {
      return new Workplace(peers, Files.createTempDirectory("bulla-interop"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Peers peers() {
    return peers;
  }

  Path folder() {
    return folder;
  }

  /** Home, configuration and scratch space that are outside {@link #folder()}. */
  Path root() {
    return root;
  }

  Call call(Program program, String... arguments) {
    return call(program, List.of(arguments));
  }

  Call call(Program program, List<String> arguments) {
    return new Call(this, program.toString(), List.of(peers.path(program).toString()), arguments);
  }

  /** A line for the shell, which finds the programs by {@link Program#command()}. */
  Call shell(String line) {
    return new Call(this, "$", List.of("/bin/sh", "-c"), List.of(line));
  }

  /** Calls the program and expects it to succeed. */
  Finished run(Program program, String... arguments) {
    return call(program, arguments).run().expect(0);
  }

  /** What jq makes of a document, as text. */
  String jq(String filter, byte[] json) {
    return call(Program.JQ, "-r", filter)
        .input(json)
        .run()
        .expect(0)
        .text()
        .replaceFirst("\n$", "");
  }

  Path write(String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path write(String name, String content) {
    return write(name, content.getBytes(StandardCharsets.UTF_8));
  }

  byte[] read(String name) {
    try {
      return Files.readAllBytes(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void remember(Finished finished) {
    synchronized (transcript) {
      transcript.append(finished).append('\n');
    }
  }

  String transcript() {
    synchronized (transcript) {
      return transcript.toString();
    }
  }

  @Override
  public void close() {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
