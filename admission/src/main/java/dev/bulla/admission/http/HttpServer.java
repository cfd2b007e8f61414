package dev.bulla.admission.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
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
  private final Object lock = new Object();
  private final Set<Connection> connections = new HashSet<>();

  /** Between requests, the longest waiting first. */
  private final Set<Connection> idle = new LinkedHashSet<>();

  private final Semaphore bodies;

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
    this.bodies = new Semaphore(options.limits().bodies());
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
    synchronized (lock) {
      idle.forEach(Connection::abort);
      try {
        long left = end - System.nanoTime();
        while (!connections.isEmpty() && left > 0) {
          lock.wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
          left = end - System.nanoTime();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      connections.forEach(Connection::abort);
    }
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
    Connection connection = new Connection(this, socket);
    synchronized (lock) {
      if (draining && listener.isClosed()) {
        socket.close();
        return;
      }
      if (connections.size() >= options.limits().maxConnections()) {
        Iterator<Connection> longest = idle.iterator();
        if (!longest.hasNext()) {
          socket.close();
          return;
        }
        longest.next().abort();
        longest.remove();
      }
      connections.add(connection);
    }
    Thread.ofVirtual().name("bulla-http").start(connection);
  }

  /** Whether a connection should wait for another request. */
  boolean awaiting(Connection connection) {
    synchronized (lock) {
      if (listener.isClosed()) {
        return false;
      }
      idle.add(connection);
      return true;
    }
  }

  /** Whether a connection has not been ended while it waited. */
  boolean working(Connection connection) {
    synchronized (lock) {
      return idle.remove(connection);
    }
  }

  void ended(Connection connection) {
    synchronized (lock) {
      connections.remove(connection);
      idle.remove(connection);
      lock.notifyAll();
    }
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
  Semaphore bodies() {
    return bodies;
  }

  HttpLimits limits() {
    return options.limits();
  }

  HttpHandler handler() {
    return handler;
  }
}
