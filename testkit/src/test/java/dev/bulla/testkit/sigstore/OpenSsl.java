package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The program {@code openssl} in a folder; without it, the test that asks is skipped. */
final class OpenSsl {

  private final Path folder;

  OpenSsl(Path folder) {
    this.folder = folder;
  }

  OpenSsl file(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
    return this;
  }

  OpenSsl file(String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toByteArray());
    return this;
  }

  /** Runs it; what it printed, on either stream, after its exit code. */
  String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(folder, "out", "");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      return Assumptions.abort("openssl is not there");
    }
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("openssl does not end");
    }
    return process.exitValue() + " " + Files.readString(output, StandardCharsets.ISO_8859_1);
  }
}
