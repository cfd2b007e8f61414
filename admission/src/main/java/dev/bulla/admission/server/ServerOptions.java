package dev.bulla.admission.server;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the webhook is served.
 *
 * @param listen where reviews, probes and metrics are answered, over TLS; port 0 means any
 * @param metricsListen where probes and metrics are answered too, in plain text
 * @param certificate PEM file with the chain, leaf first; read again when it changes
 * @param key PEM file with its key, without password; read again when it changes
 * @param clientAuthority PEM file: reviews are only answered to clients with a certificate from
 *     these authorities; read again when it changes. Probes and metrics need none
 * @param lookEvery how often files are looked at for changes
 * @param lameDuck how long requests are still taken once the end was announced, so that whoever
 *     balances load hears of it first
 * @param drain how long requests may take to finish after that
 */
public record ServerOptions(
    InetSocketAddress listen,
    Optional<InetSocketAddress> metricsListen,
    Path certificate,
    Path key,
    Optional<Path> clientAuthority,
    Duration lookEvery,
    Duration lameDuck,
    Duration drain) {

  /** Nothing but what is needed; files are looked at every ten seconds. */
  public static ServerOptions of(InetSocketAddress listen, Path certificate, Path key) {
    return new ServerOptions(
        listen,
        Optional.empty(),
        certificate,
        key,
        Optional.empty(),
        Duration.ofSeconds(10),
        Duration.ZERO,
        Duration.ofSeconds(30));
  }

  public ServerOptions withMetricsListen(InetSocketAddress address) {
    return new ServerOptions(
        listen,
        Optional.of(address),
        certificate,
        key,
        clientAuthority,
        lookEvery,
        lameDuck,
        drain);
  }

  /** With another certificate and key. */
  public ServerOptions withIdentity(Path newCertificate, Path newKey) {
    return new ServerOptions(
        listen, metricsListen, newCertificate, newKey, clientAuthority, lookEvery, lameDuck, drain);
  }

  public ServerOptions withClientAuthority(Path file) {
    return new ServerOptions(
        listen, metricsListen, certificate, key, Optional.of(file), lookEvery, lameDuck, drain);
  }

  public ServerOptions withLookEvery(Duration interval) {
    return new ServerOptions(
        listen, metricsListen, certificate, key, clientAuthority, interval, lameDuck, drain);
  }

  /** With times for the end. */
  public ServerOptions withEnd(Duration newLameDuck, Duration newDrain) {
    return new ServerOptions(
        listen, metricsListen, certificate, key, clientAuthority, lookEvery, newLameDuck, newDrain);
  }
}
