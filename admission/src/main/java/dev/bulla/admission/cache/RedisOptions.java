package dev.bulla.admission.cache;

import dev.bulla.bytes.Bytes;
import java.time.Duration;
import java.util.Optional;

/**
 * Where Redis, or something that speaks like it, is.
 *
 * @param host name or address
 * @param password asked for by the server; absent where it asks for none
 * @param authority PEM, whose certificates the server shows; the platform's authorities unless
 *     given
 * @param tls whether it is reached over TLS
 * @param patience for one question, connecting included
 */
public record RedisOptions(
    String host,
    int port,
    Optional<String> password,
    Optional<Bytes> authority,
    boolean tls,
    Duration patience) {

  /** The port of Redis. */
  public static final int PORT = 6379;

  /** Over TLS, at the usual port. */
  public static RedisOptions at(String host) {
    return new RedisOptions(
        host, PORT, Optional.empty(), Optional.empty(), true, Duration.ofMillis(500));
  }

  public RedisOptions withPort(int other) {
    return new RedisOptions(host, other, password, authority, tls, patience);
  }

  public RedisOptions withPassword(String secret) {
    return new RedisOptions(host, port, Optional.of(secret), authority, tls, patience);
  }

  public RedisOptions withAuthority(Bytes pem) {
    return new RedisOptions(host, port, password, Optional.of(pem), tls, patience);
  }

  public RedisOptions withPatience(Duration most) {
    return new RedisOptions(host, port, password, authority, tls, most);
  }

  /** Without TLS: who sits on the way sees the password, and can make the cache forget. */
  public RedisOptions insecureWithoutTls() {
    return new RedisOptions(host, port, password, authority, false, patience);
  }

  /** Shows no secret. */
  @Override
  public String toString() {
    return "RedisOptions[" + host + ":" + port + "]";
  }
}
