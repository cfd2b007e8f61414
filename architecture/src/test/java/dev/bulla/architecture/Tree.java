package dev.bulla.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The checkout as files: what a commit would hold, without what the build makes. */
final class Tree {

  static final Path ROOT = root();

  private static final Set<String> NOT_OURS =
      Set.of(".git", "target", ".idea", ".vscode", ".cache", "node_modules");

  private Tree() {}

  /** The folders that the root pom names as modules. */
  static List<String> modules() {
    Matcher module =
        Pattern.compile("<module>([^<]+)</module>").matcher(text(ROOT.resolve("pom.xml")));
    List<String> modules = new ArrayList<>();
    while (module.find()) {
      modules.add(module.group(1));
    }
    if (modules.isEmpty()) {
      throw new IllegalStateException("no modules in the root pom");
    }
    return modules;
  }

  /** Java sources below {@code MODULE/src/KIND/java} of every module. */
  static List<Path> javaSources(String kind) {
    List<Path> sources = new ArrayList<>();
    for (String module : modules()) {
      Path folder = ROOT.resolve(module).resolve("src").resolve(kind).resolve("java");
      if (Files.isDirectory(folder)) {
        files(folder).stream()
            .filter(file -> file.toString().endsWith(".java"))
            .forEach(sources::add);
      }
    }
    if (sources.isEmpty()) {
      throw new IllegalStateException("no " + kind + " sources found below " + ROOT);
    }
    return sources;
  }

  /** Every file below a folder that could be committed. */
  static List<Path> files(Path folder) {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              return NOT_OURS.contains(name(dir))
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (attributes.isRegularFile()) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.sort(null);
    return files;
  }

  static String name(Path path) {
    return path.getNameCount() == 0 ? "" : path.getName(path.getNameCount() - 1).toString();
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  /** A path as it is written in messages and lists. */
  static String relative(Path file) {
    return ROOT.relativize(file).toString();
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    for (Path at = folder; at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("mvnw")) && Files.exists(at.resolve("config/forbidden.txt"))) {
        return at;
      }
    }
    throw new IllegalStateException("not inside a checkout: " + folder);
  }
}
