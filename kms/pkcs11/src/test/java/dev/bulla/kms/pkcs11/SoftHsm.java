package dev.bulla.kms.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** SoftHSM with one token of its own, for tests; the test is skipped where it is not installed. */
final class SoftHsm implements AutoCloseable {

  static final String PIN = "98765432";
  static final String LABEL = "My Token";

  private static final List<String> MODULES =
      List.of(
          "/usr/lib/softhsm/libsofthsm2.so",
          "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
          "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
          "/usr/lib64/pkcs11/libsofthsm2.so",
          "/usr/lib64/softhsm/libsofthsm.so",
          "/usr/local/lib/softhsm/libsofthsm2.so",
          "/opt/homebrew/lib/softhsm/libsofthsm2.so");

  private final Path folder;
  private final Path module;

  private SoftHsm(Path folder, Path module) {
    this.folder = folder;
    this.module = module;
  }

  static SoftHsm start() {
    Path module =
        MODULES.stream()
            .map(Path::of)
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseGet(() -> Assumptions.abort("SoftHSM is not installed"));
    Assumptions.assumeTrue(onPath("softhsm2-util").isPresent(), "softhsm2-util is not installed");
    try {
      SoftHsm token = new SoftHsm(Files.createTempDirectory("softhsm"), module);
      token.makeToken(LABEL);
      return token;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void makeToken(String label) throws IOException {
    Path tokens = Files.createDirectories(folder.resolve("tokens"));
    Path settings = folder.resolve("softhsm2.conf");
    Files.writeString(
        settings,
        "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
    // the module reads it when it is initialised, from the environment of this process
    setVariable("SOFTHSM2_CONF", settings.toString());
    run(
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        label,
        "--pin",
        PIN,
        "--so-pin",
        "5678");
  }

  private static void setVariable(String name, String value) {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      linker
          .downcallHandle(
              linker.defaultLookup().find("setenv").orElseThrow(),
              FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT))
          .invokeWithArguments(arena.allocateFrom(name), arena.allocateFrom(value), 1);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static Optional<Path> onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .map(entry -> Path.of(entry, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Another token with a label. */
  void another(String label) {
    try {
      makeToken(label);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A line of OpenSC's tool on the token, with its PIN; skips the test where it is missing. */
  String tool(String... arguments) {
    Assumptions.assumeTrue(onPath("pkcs11-tool").isPresent(), "OpenSC is not installed");
    List<String> line = new ArrayList<>();
    line.addAll(
        List.of(
            "pkcs11-tool",
            "--module",
            module.toString(),
            "--token-label",
            LABEL,
            "--login",
            "--pin",
            PIN));
    line.addAll(List.of(arguments));
    return run(line.toArray(String[]::new));
  }

  /** As {@link #tool}, making a key pair. */
  void makeKey(String type, String label, String id, String... more) {
    List<String> line = new ArrayList<>();
    line.addAll(
        List.of("--keypairgen", "--key-type", type, "--label", label, "--id", id, "--usage-sign"));
    line.addAll(List.of(more));
    tool(line.toArray(String[]::new));
  }

  Path folder() {
    return folder;
  }

  String modulePath() {
    return module.toString();
  }

  String run(String... line) {
    ProcessBuilder program = new ProcessBuilder(line).redirectErrorStream(true);
    program.directory(folder.toFile());
    program.environment().put("SOFTHSM2_CONF", folder.resolve("softhsm2.conf").toString());
    program.environment().put("LC_ALL", "C.UTF-8");
    try {
      Process process = program.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(String.join(" ", line) + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
