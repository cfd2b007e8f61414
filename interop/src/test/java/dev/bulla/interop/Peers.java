package dev.bulla.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * Where the programs are: bulla by property or variable, the peers where {@code interop/setup} put
 * them.
 */
final class Peers {

  private final Map<Program, Path> paths = new EnumMap<>(Program.class);

  private Peers() {}

  static Peers load() {
    Peers peers = new Peers();
    peers.paths.put(Program.BULLA, bulla());
    Map<String, String> named = read(list());
    for (Program program : Program.values()) {
      String path = named.getOrDefault(program.variable(), "");
      if (!path.isEmpty()) {
        peers.paths.put(program, Path.of(path));
      }
    }
    return peers;
  }

  /** The program; without it, the cell that asks is skipped and says so. */
  Path path(Program program) {
    Path path = paths.get(program);
    if (path == null) {
      return Assumptions.abort(program + " is not there (see interop/setup)");
    }
    return path;
  }

  boolean has(List<Program> programs) {
    return paths.keySet().containsAll(programs);
  }

  /** The same with another program in the place of one. */
  Peers with(Program program, Path path) {
    Peers peers = new Peers();
    peers.paths.putAll(paths);
    peers.paths.put(program, path);
    return peers;
  }

  Map<Program, Path> all() {
    return Map.copyOf(paths);
  }

  private static Path bulla() {
    return property("bulla.command")
        .or(() -> variable("BULLA_COMMAND"))
        .map(Path::of)
        .orElseGet(() -> root().resolve("bulla"))
        .toAbsolutePath();
  }

  private static Path list() {
    return property("bulla.peers")
        .map(Path::of)
        .orElseGet(() ->
            variable("BULLA_INTEROP_CACHE")
                .map(Path::of)
                .or(() -> variable("XDG_CACHE_HOME").map(home -> Path.of(home, "bulla-interop")))
                .orElseGet(
                    () -> Path.of(System.getProperty("user.home"), ".cache", "bulla-interop"))
                .resolve("peers.env"));
  }

  /** The checkout: the nearest folder above that has the list of peers. */
  static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("interop/peers.txt"))) {
        return folder;
      }
    }
    throw new IllegalStateException("not started inside a checkout of bulla");
  }

  /** Lines {@code NAME=value} as the shell quotes them: a backslash before what is special. */
  private static Map<String, String> read(Path file) {
    Map<String, String> values = new HashMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        int equals = line.indexOf('=');
        if (equals > 0 && !line.startsWith("#")) {
          String value = line.substring(equals + 1);
          values.put(
              line.substring(0, equals),
              value.equals("''") ? "" : value.replaceAll("\\\\(.)", "$1"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no peers: run interop/setup first", e);
    }
    return values;
  }

  private static Optional<String> property(String name) {
    return Optional.ofNullable(System.getProperty(name)).filter(value -> !value.isEmpty());
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }
}
