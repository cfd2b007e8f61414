package dev.bulla.keys.plugin;

import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Finds the plugin program of a scheme. */
public final class PluginPrograms {

  private static final int MAX_FOLDERS = 1024;
  private static final int MAX_NAME = 64;

  private PluginPrograms() {}

  /** What the program of a scheme is called: {@code sigstore-kms-NAME}. */
  public static String programName(String scheme) {
    return "sigstore-kms-" + scheme;
  }

  /**
   * The key that a reference names, if there is a program for its scheme. The program is not run
   * yet.
   *
   * @param scheme without {@code ://}
   * @param reference the whole text; what stands behind {@code ://} is handed to the program
   * @param patience for one run of the program, which may have to wait for a person
   */
  public static Optional<KmsKey> find(
      String scheme, String reference, KmsContext context, Duration patience) {
    return locate(scheme, context)
        .map(program -> {
          PluginProcess process = new PluginProcess(scheme, program, context, patience);
          String resource = reference.substring(reference.indexOf("://") + "://".length());
          return new PluginKey(process, new PluginRequests(resource));
        });
  }

  /** Only absolute folders: a program in the current folder may be anybody's. */
  private static Optional<Path> locate(String scheme, KmsContext context) {
    if (!isName(scheme)) {
      return Optional.empty();
    }
    for (String folder :
        context.variable("PATH").orElse("").split(File.pathSeparator, MAX_FOLDERS)) {
      for (String extension : new String[] {"", ".exe"}) {
        Optional<Path> program = program(folder, programName(scheme) + extension);
        if (program.isPresent()) {
          return program;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> program(String folder, String name) {
    try {
      Path path = Path.of(folder, name);
      return path.isAbsolute() && Files.isRegularFile(path) && Files.isExecutable(path)
          ? Optional.of(path)
          : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Whether it can be part of a file's name and nothing more. */
  private static boolean isName(String scheme) {
    return !scheme.isEmpty()
        && scheme.length() <= MAX_NAME
        && scheme
            .chars()
            .allMatch(c ->
                (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '_'
                    || c == '+'
                    || c == '.');
  }
}
