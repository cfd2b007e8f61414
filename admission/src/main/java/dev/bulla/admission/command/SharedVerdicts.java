package dev.bulla.admission.command;

import dev.bulla.admission.cache.RedisCache;
import dev.bulla.admission.cache.RedisOptions;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.terminal.WorkingFiles;
import dev.bulla.error.BullaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * The Redis that replicas share verdicts through, where the container names one.
 *
 * @param secret by which replicas know each other's entries
 */
record SharedVerdicts(RedisCache cache, Bytes secret) {

  /** Where the container has the authority of Redis. */
  private static final Path AUTHORITY = Path.of("/app/redis-certs/tls.crt");

  private static final int LEAST_SECRET = 16;

  static Optional<SharedVerdicts> of(
      Map<String, String> environment, InstantSource clock, JsonLog log) throws BullaException {
    String host = environment.getOrDefault("REDIS_HOST", "");
    if (host.isEmpty()) {
      return Optional.empty();
    }
    Bytes secret = Bytes.utf8(environment.getOrDefault("CACHE_SECRET", ""));
    if (secret.size() < LEAST_SECRET) {
      log.warn(
          "verdicts are not shared through REDIS_HOST: CACHE_SECRET has to have at least "
              + LEAST_SECRET
              + " bytes, the same for every replica, or whoever writes there could admit images");
      return Optional.empty();
    }
    RedisOptions options = RedisOptions.at(host);
    String password = environment.getOrDefault("REDIS_PASSWORD", "");
    if (!password.isEmpty()) {
      options = options.withPassword(password);
    }
    if (Files.exists(AUTHORITY)) {
      options =
          options.withAuthority(
              new WorkingFiles(Path.of("")).read(AUTHORITY.toString(), ConfigFiles.MAX_BYTES));
    }
    return Optional.of(new SharedVerdicts(RedisCache.at(options, clock, log::warn), secret));
  }

  void close() {
    cache.close();
  }

  /** Shows no secret. */
  @Override
  public String toString() {
    return "SharedVerdicts";
  }
}
