package dev.bulla.admission.http;

import dev.bulla.admission.http.Connections.Phase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** Listens at one address. */
public final class HttpServer {

  private static final int BACKLOG = 512;

  private final ServerSocket listener;
  private final Options options;
  private final HttpHandler handler;
  private final Consumer<Throwable> failures;
  private final ScheduledThreadPoolExecutor timer;
  private final Connections<Connection> connections;
  private final Shares bodies;

  private volatile boolean draining;

  /**
   * How to listen.
   *
   * @param address port 0 means any that is free
   * @param tls asked once for each connection, so that a new certificate needs no restart; absent
   *     for plain text
   * @param asksForCertificate whether clients may prove who they are; none has to
   */
  public record Options(
      InetSocketAddress address,
      Optional<Supplier<SSLContext>> tls,
      boolean asksForCertificate,
      HttpLimits limits) {}

  private HttpServer(
      ServerSocket listener, Options options, HttpHandler handler, Consumer<Throwable> failures) {
    this.listener = listener;
    this.options = options;
    this.handler = handler;
    this.failures = failures;
    this.connections =
        new Connections<>(
            options.limits().maxConnections(),
            options.limits().maxOfPeer(),
            options.limits().maxHandshakes());
    this.bodies = new Shares(options.limits().bodies(), options.limits().bodiesOfPeer());
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofPlatform().daemon().name("bulla-http-timer").factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * Listens from now on.
   *
   * @param failures told what a handler throws; the client is told of an internal error
   * @throws IOException when the address cannot be had
   */
  public static HttpServer start(Options options, HttpHandler handler, Consumer<Throwable> failures)
      throws IOException {
    ServerSocket listener = new ServerSocket();
    try {
      listener.setReuseAddress(true);
      listener.bind(options.address(), BACKLOG);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    HttpServer server = new HttpServer(listener, options, handler, failures);
    Thread.ofPlatform().daemon().name("bulla-http-accept").start(server::accept);
    return server;
  }

  /** Where it listens, with the port that was chosen. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** From now on every answer is the last of its connection. */
  public void startDraining() {
    draining = true;
  }

  /**
   * Stops: takes no more connections, lets requests that are being worked on finish, then ends what
   * is left.
   *
   * @param patience how long requests may take to finish
   */
  public void close(Duration patience) {
    draining = true;
    try {
      listener.close();
    } catch (IOException e) {
      // nobody can connect to it either way
    }
    long end = System.nanoTime() + patience.toNanos();
    connections.in(Optional.of(Phase.IDLE)).forEach(Connection::abort);
    try {
      synchronized (connections) {
        long left = end - System.nanoTime();
        while (connections.size() > 0 && left > 0) {
          connections.wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
          left = end - System.nanoTime();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.in(Optional.empty()).forEach(Connection::abort);
    timer.shutdownNow();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        admit(listener.accept());
      } catch (IOException e) {
        // closed; or no file descriptor is left, until a connection ends
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    }
  }

  private void admit(Socket socket) throws IOException {
    if (draining && listener.isClosed()) {
      socket.close();
      return;
    }
    Connection connection = new Connection(this, socket);
    Optional<Connection> goes =
        connections.add(connection, Connections.peer(socket.getInetAddress()));
    goes.ifPresent(Connection::abort);
    if (goes.equals(Optional.of(connection))) {
      return;
    }
    Thread.ofVirtual().name("bulla-http").start(connection);
  }

  /** Whether a connection may begin this, or is not wanted any more. */
  boolean enters(Connection connection, Phase phase) {
    if ((phase == Phase.IDLE || phase == Phase.HANDSHAKE) && listener.isClosed()) {
      return false;
    }
    Connections.Entered<Connection> entered = connections.enter(connection, phase);
    entered.goes().ifPresent(Connection::abort);
    return entered.stays();
  }

  void ended(Connection connection) {
    connections.end(connection);
  }

  Future<?> after(Duration limit, Runnable action) {
    return timer.schedule(action, limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  void failed(Throwable cause) {
    failures.accept(cause);
  }

  boolean isDraining() {
    return draining;
  }

  Optional<Supplier<SSLContext>> tls() {
    return options.tls();
  }

  boolean asksForCertificate() {
    return options.asksForCertificate();
  }

  /** Room for bytes of bodies that are held. */
  Shares bodies() {
    return bodies;
  }

  HttpLimits limits() {
    return options.limits();
  }

  HttpHandler handler() {
    return handler;
  }
}
