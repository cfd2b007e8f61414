package dev.bulla.admission.command;

import dev.bulla.admission.cache.RedisCache;
import dev.bulla.admission.cache.RedisOptions;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.terminal.WorkingFiles;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * The Redis that replicas share verdicts through, where the command line or the container names
 * one.
 *
 * @param secret by which replicas know each other's entries
 */
record SharedVerdicts(RedisCache cache, Bytes secret) {

  /** Where the container has the authority of Redis. */
  private static final Path AUTHORITY = Path.of("/app/redis-certs/tls.crt");

  private static final int LEAST_SECRET = 16;
  private static final String NEEDED =
      "CACHE_SECRET has to have at least "
          + LEAST_SECRET
          + " bytes, the same for every replica, or whoever writes there could admit images";

  /**
   * Those of a webhook.
   *
   * @param named by the command line; without it, by the container's variables
   * @throws ConfigurationException when the command line names one and nothing seals the entries
   */
  static Optional<SharedVerdicts> of(
      Optional<RedisOptions> named,
      Map<String, String> environment,
      InstantSource clock,
      JsonLog log)
      throws BullaException {
    String host = environment.getOrDefault("REDIS_HOST", "");
    if (named.isEmpty() && host.isEmpty()) {
      return Optional.empty();
    }
    Bytes secret = Bytes.utf8(environment.getOrDefault("CACHE_SECRET", ""));
    if (secret.size() < LEAST_SECRET) {
      if (named.isPresent()) {
        throw new ConfigurationException("verdicts cannot be shared through --redis: " + NEEDED);
      }
      log.warn("verdicts are not shared through REDIS_HOST: " + NEEDED);
      return Optional.empty();
    }
    RedisOptions options = named.isPresent() ? named.get() : inContainer(host);
    String password = environment.getOrDefault("REDIS_PASSWORD", "");
    if (!password.isEmpty()) {
      options = options.withPassword(password);
    }
    return Optional.of(new SharedVerdicts(RedisCache.at(options, clock, log::warn), secret));
  }

  private static RedisOptions inContainer(String host) throws BullaException {
    return Files.exists(AUTHORITY)
        ? RedisOptions.at(host)
            .withAuthority(
                new WorkingFiles(Path.of("")).read(AUTHORITY.toString(), ConfigFiles.MAX_BYTES))
        : RedisOptions.at(host);
  }

  /**
   * The one at an address.
   *
   * @param address a host, and a port unless it is the usual one; IPv6 in brackets
   */
  static RedisOptions at(String address) throws ConfigurationException {
    int colon = address.lastIndexOf(':');
    boolean hasPort = colon > address.lastIndexOf(']');
    String host = hasPort ? address.substring(0, colon) : address;
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw noAddress(address);
    }
    try {
      int port = hasPort ? Integer.parseInt(address.substring(colon + 1)) : RedisOptions.PORT;
      if (!host.isEmpty() && port > 0 && port <= 65535) {
        return RedisOptions.at(host).withPort(port);
      }
    } catch (NumberFormatException e) {
      // said below, with an example
    }
    throw noAddress(address);
  }

  private static ConfigurationException noAddress(String address) {
    return new ConfigurationException(
        "--redis " + Quoted.text(address) + " is no host and port",
        "for example redis.example:6379");
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
