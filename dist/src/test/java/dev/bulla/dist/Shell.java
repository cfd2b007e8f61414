package dev.bulla.dist;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs the scripts under test, with an environment that is all stated. */
final class Shell {

  static final Path CHECKOUT = Path.of("").toAbsolutePath().resolveSibling("");

  /** What a script did. */
  record Result(int exit, String out, String err) {}

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();

  Shell(Path folder) {
    this.folder = folder;
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", folder.toString());
  }

  Shell with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Result run(String... command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", "");
    Path err = Files.createTempFile("err", "");
    int exit = start(out, err, command).waitFor();
    Result result = new Result(exit, Files.readString(out), Files.readString(err));
    Files.delete(out);
    Files.delete(err);
    return result;
  }

  Process start(Path out, Path err, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder
        .redirectInput(new File("/dev/null"))
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
  }

  /** Writes a program. */
  static Path program(Path file, String... lines) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, String.join("\n", lines) + "\n", UTF_8);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  /**
   * An installation that says it is of the given version; its java tells what it was asked to do.
   */
  static Path jdk(Path home, String version, String... programs) throws IOException {
    for (String program : programs) {
      program(
          home.resolve("bin").resolve(program),
          "#!/bin/sh",
          "for word; do case $word in -XX:DumpLoadedClassList=*) : >\"${word#*=}\" ;;"
              + " -XX:SharedArchiveFile=*) [ \"$1\" != -Xshare:dump ] || : >\"${word#*=}\" ;; esac; done",
          "echo \"in $(pwd)\"",
          "for word; do echo \"[$word]\"; done");
    }
    Files.writeString(
        home.resolve("release"),
        "IMPLEMENTOR=\"Test\"\nJAVA_RUNTIME_VERSION=\""
            + version
            + "+1\"\nJAVA_VERSION=\""
            + version.replace("-ea", "")
            + "\"\n");
    return home;
  }

  /** Copies a file or folder of the checkout. */
  static void copy(String name, Path into) throws IOException {
    Path source = CHECKOUT.resolve(name);
    List<Path> files;
    try (Stream<Path> walk = Files.walk(source)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path target = into.resolve(CHECKOUT.relativize(file).toString());
      Files.createDirectories(target.resolveSibling(""));
      Files.copy(file, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  static String[] sh(String script, String... arguments) {
    return Stream.concat(Stream.of("sh", "-euc", script, "sh"), Arrays.stream(arguments))
        .toArray(String[]::new);
  }
}
