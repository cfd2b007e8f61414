package dev.bulla.admission.command;

import dev.bulla.cli.Main;
import dev.bulla.cli.terminal.Io;
import dev.bulla.cli.terminal.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs command lines in this process, in a folder. */
final class Lines {

  /** What came of one. */
  record Result(int exit, String stdout, String stderr) {}

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private Terminal terminal = Terminal.ABSENT;

  Lines(Path folder) {
    this.folder = folder;
  }

  Lines environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** From now on a person reads what is said on a terminal. */
  Lines watched() {
    terminal =
        new Terminal() {
          @Override
          public boolean stdinIsCharacterDevice() {
            return false;
          }

          @Override
          public boolean stderrIsTerminal() {
            return true;
          }

          @Override
          public byte[] readWithoutEcho() throws IOException {
            throw new IOException("nobody types");
          }
        };
    return this;
  }

  /** Writes a file into the folder. */
  Lines file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, text);
    return this;
  }

  Result run(String... arguments) {
    return typing("", arguments);
  }

  Result typing(String stdin, String... arguments) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    int exit =
        Main.run(
            List.of(arguments),
            new Io(
                new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                stdout,
                stderr,
                environment,
                folder,
                terminal));
    return new Result(
        exit, stdout.toString(StandardCharsets.UTF_8), stderr.toString(StandardCharsets.UTF_8));
  }
}
