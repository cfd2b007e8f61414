package dev.bulla.cli.command;

import dev.bulla.cli.terminal.Environment;
import dev.bulla.registry.cache.DiskCache;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Where the cache is: {@code BULLA_CACHE}, else below the user's folder for caches. */
final class CacheLocation {

  static final String VARIABLE = "BULLA_CACHE";

  static final String OFF = "off";

  private CacheLocation() {}

  /** The cache; none when it is off or there is no place for it. */
  static Optional<DiskCache> open(Environment environment) {
    try {
      Optional<Path> folder = folder(environment);
      return folder.isPresent() ? Optional.of(DiskCache.in(folder.get())) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty(); // a cache is never needed
    }
  }

  /** Without lambdas: which are needed depends on the environment, so no class archive has them. */
  private static Optional<Path> folder(Environment environment) {
    Optional<String> own = environment.value(VARIABLE);
    if (own.isPresent()) {
      return own.get().equals(OFF) ? Optional.empty() : absolute(own);
    }
    Optional<Path> caches = absolute(environment.value("XDG_CACHE_HOME"));
    if (caches.isPresent()) {
      return Optional.of(caches.get().resolve("bulla"));
    }
    Optional<Path> home = absolute(environment.value("HOME"));
    return home.isPresent()
        ? Optional.of(home.get().resolve(".cache").resolve("bulla"))
        : Optional.empty();
  }

  /** A relative path would be another folder for each command; the XDG specification ignores it. */
  private static Optional<Path> absolute(Optional<String> text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Path path = Path.of(text.get());
    return path.isAbsolute() ? Optional.of(path) : Optional.empty();
  }
}
