package dev.bulla.cli.command;

import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where this program lies on disk. */
final class Installation {

  private Installation() {}

  /** The jar or folder that this program was started from; empty when it was started otherwise. */
  static Optional<Path> program() {
    CodeSource source = Installation.class.getProtectionDomain().getCodeSource();
    return program(
        System.getProperty("java.class.path", ""), source == null ? null : source.getLocation());
  }

  /** A folder beside the program's jar; empty when the program is in no jar. */
  static Optional<Path> folder(String name) {
    return program()
        .filter(program -> program.toString().endsWith(".jar"))
        .map(program -> program.resolveSibling(name));
  }

  /**
   * The class path comes first. Of a class out of a class archive the JVM tells where its jar lay
   * when the archive was made: on another machine nothing, or something else.
   */
  static Optional<Path> program(String classPath, @Nullable URL source) {
    try {
      if (classPath.endsWith(".jar") && classPath.indexOf(File.pathSeparatorChar) < 0) {
        return Optional.of(Path.of(classPath).toAbsolutePath());
      }
      return source == null || !source.getProtocol().equals("file")
          ? Optional.empty()
          : Optional.of(Path.of(new URI(source.toString())));
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      return Optional.empty();
    }
  }
}
