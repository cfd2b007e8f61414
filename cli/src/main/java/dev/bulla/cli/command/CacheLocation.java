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
      return folder(environment).map(DiskCache::in);
    } catch (InvalidPathException e) {
      return Optional.empty(); // a cache is never needed
    }
  }

  private static Optional<Path> folder(Environment environment) {
    Optional<String> own = environment.value(VARIABLE);
    if (own.isPresent()) {
      return own.get().equals(OFF) ? Optional.empty() : absolute(own.get());
    }
    Optional<Path> caches = environment.value("XDG_CACHE_HOME").flatMap(CacheLocation::absolute);
    if (caches.isEmpty()) {
      caches = environment.value("HOME").flatMap(CacheLocation::absolute);
      caches = caches.map(home -> home.resolve(".cache"));
    }
    return caches.map(folder -> folder.resolve("bulla"));
  }

  /** A relative path would be another folder for each command; the XDG specification ignores it. */
  private static Optional<Path> absolute(String text) {
    Path path = Path.of(text);
    return path.isAbsolute() ? Optional.of(path) : Optional.empty();
  }
}
