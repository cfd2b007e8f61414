package dev.bulla.testkit.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on a TCP port, plain or TLS, one virtual thread per connection.
 *
 * <p>Bounds: 1,024 connections at once, 16 KiB of request line, 64 KiB and 200 fields of headers,
 * two minutes without a byte. The body is the handler's to bound. Closing ends every connection,
 * whatever it is doing, and waits for their threads.
 */
public final class WireServer implements AutoCloseable {

  private static final int MAX_CONNECTIONS = 1024;
  private static final int MAX_REQUEST_LINE = 16 << 10;
  private static final int MAX_HEADER_BYTES = 64 << 10;
  private static final int MAX_HEADER_FIELDS = 200;
  private static final int IDLE_MILLIS = 120_000;
  private static final long MAX_DRAINED = 1 << 20;
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final ServerSocket listener;
  private final @Nullable SSLContext tls;
  private final boolean clientCertificates;
  private final WireHandler handler;
  private final Waiting waiting = new Waiting();
  private final Semaphore places = new Semaphore(MAX_CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicLong accepted = new AtomicLong();

  private WireServer(
      ServerSocket listener,
      @Nullable SSLContext tls,
      boolean clientCertificates,
      WireHandler handler) {
    this.listener = listener;
    this.tls = tls;
    this.clientCertificates = clientCertificates;
    this.handler = handler;
  }

  /** A free port of the loopback address. */
  public static InetSocketAddress loopback() {
    return new InetSocketAddress(loopbackAddress(), 0);
  }

  private static InetAddress loopbackAddress() {
    try {
      return InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /** Serves plain HTTP. */
  public static WireServer start(InetSocketAddress listen, WireHandler handler) throws IOException {
    return start(listen, null, false, handler);
  }

  /**
   * Serves HTTP over TLS.
   *
   * @param clientCertificates whether a client must present a certificate that the context trusts
   */
  public static WireServer startTls(
      InetSocketAddress listen, SSLContext tls, boolean clientCertificates, WireHandler handler)
      throws IOException {
    return start(listen, tls, clientCertificates, handler);
  }

  private static WireServer start(
      InetSocketAddress listen,
      @Nullable SSLContext tls,
      boolean clientCertificates,
      WireHandler handler)
      throws IOException {
    ServerSocket listener = new ServerSocket();
    try {
      // a server that was just stopped leaves connections in TIME_WAIT; its port can be taken again
      // at once
      listener.setReuseAddress(true);
      listener.bind(listen, 256);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    WireServer server = new WireServer(listener, tls, clientCertificates, handler);
    server.spawn("accept", server::acceptAll);
    return server;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** How many connections were accepted so far. */
  public long connections() {
    return accepted.get();
  }

  /** Waits until it is closed. */
  public void awaitClosed() throws InterruptedException {
    try {
      waiting.untilClosed();
    } catch (IOException e) {
      throw new InterruptedException("interrupted while serving");
    }
  }

  /** The waits of this server; they end when it is closed. */
  public Waiting waiting() {
    return waiting;
  }

  private void spawn(String what, Runnable task) {
    Thread thread =
        Thread.ofVirtual()
            .name("wire-" + what + "-" + listener.getLocalPort())
            .unstarted(() -> {
              try {
                task.run();
              } finally {
                threads.remove(Thread.currentThread());
              }
            });
    threads.add(thread);
    thread.start();
  }

  private void acceptAll() {
    while (!waiting.isClosed()) {
      try {
        places.acquire();
        Socket socket = listener.accept();
        accepted.incrementAndGet();
        open.add(socket);
        spawn("connection", () -> serve(socket));
        if (waiting.isClosed()) {
          closeQuietly(socket);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (IOException e) {
        // closed, or one connection failed before it began
        places.release();
        breathe();
      }
    }
  }

  /** A machine out of sockets has none the very next moment either. */
  private void breathe() {
    try {
      waiting.pause(Duration.ofMillis(10));
    } catch (IOException e) {
      // closing: the loop ends by itself
    }
  }

  private void serve(Socket transport) {
    try (transport) {
      transport.setTcpNoDelay(true);
      transport.setSoTimeout(IDLE_MILLIS);
      Socket socket = tls == null ? transport : overTls(tls, transport);
      Line line = new Line(transport, socket, waiting);
      LineInput in = new LineInput(socket.getInputStream());
      try {
        while (in.hasMore() && exchange(in, line)) {
          // the next request of the connection
        }
        line.end();
      } catch (BadRequest e) {
        refuse(line, e);
      }
    } catch (IOException e) {
      // the client went away, or the server is closing: nobody is left to be told
    } finally {
      open.remove(transport);
      places.release();
    }
  }

  private Socket overTls(SSLContext context, Socket transport) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(
                    transport,
                    transport.getInetAddress().getHostAddress(),
                    transport.getPort(),
                    true);
    socket.setUseClientMode(false);
    socket.setNeedClientAuth(clientCertificates);
    return socket;
  }

  /** Serves one request and returns whether another may follow. */
  private boolean exchange(LineInput in, Line line) throws IOException, BadRequest {
    String[] start = in.line(MAX_REQUEST_LINE).split(" ", -1);
    if (start.length != 3 || !isToken(start[0]) || start[1].isEmpty()) {
      throw new BadRequest(400, "malformed request line");
    }
    boolean version10 = start[2].equals("HTTP/1.0");
    if (!version10 && !start[2].equals("HTTP/1.1")) {
      throw new BadRequest(505, "unsupported HTTP version");
    }
    WireHeaders headers = headers(in);
    if (!version10 && headers.all("Host").size() != 1) {
      throw new BadRequest(400, "exactly one Host is required");
    }
    RequestBody body = RequestBody.of(in, headers, line::invite);
    line.startRequest(keepAlive(version10, headers), version10, !body.isFinished());
    WireRequest request = WireRequest.arrived(start[0], start[1], headers, body, tls != null);
    WireResponse response = handler.answer(request, waiting);
    if (body.isFinished()) {
      line.requestWasRead();
    }
    response.delivery().deliver(line, request, response);
    if (!line.isPersistent() || !body.drain(MAX_DRAINED)) {
      return false;
    }
    line.requestWasRead();
    return true;
  }

  private static boolean keepAlive(boolean version10, WireHeaders headers) {
    return !version10
        && Stream.of(String.join(",", headers.all("Connection")).split(",", -1))
            .noneMatch(option -> option.strip().equalsIgnoreCase("close"));
  }

  private static WireHeaders headers(LineInput in) throws IOException, BadRequest {
    List<WireHeaders.Field> fields = new ArrayList<>();
    int left = MAX_HEADER_BYTES;
    while (true) {
      String line = in.line(left);
      if (line.isEmpty()) {
        return WireHeaders.of(fields);
      }
      left -= line.length();
      int colon = line.indexOf(':');
      // no space before the colon, no continuation lines (RFC 9112 §5.1 and §5.2)
      if (colon < 1 || !isToken(line.substring(0, colon))) {
        throw new BadRequest(400, "malformed header field");
      }
      if (fields.size() == MAX_HEADER_FIELDS) {
        throw new BadRequest(431, "more than " + MAX_HEADER_FIELDS + " header fields");
      }
      String value = line.substring(colon + 1).strip();
      if (value.indexOf('\r') >= 0 || value.indexOf(0) >= 0) {
        throw new BadRequest(400, "malformed header field");
      }
      fields.add(new WireHeaders.Field(line.substring(0, colon), value));
    }
  }

  private static boolean isToken(String text) {
    return !text.isEmpty() && text.chars().allMatch(WireHeaders::isTokenChar);
  }

  private static void refuse(Line line, BadRequest problem) throws IOException {
    line.startRequest(false, false, true);
    WireResponse response =
        WireResponse.of(problem.status()).withText("text/plain", problem.problem() + "\n");
    response.body().writeTo(line.beginUntilClose(response));
    line.end();
  }

  @Override
  public void close() {
    waiting.close();
    try {
      listener.close();
    } catch (IOException e) {
      // a listener that cannot be closed is closed
    }
    open.forEach(WireServer::closeQuietly);
    long deadline = System.nanoTime() + CLOSING.toNanos();
    for (Thread thread : threads) {
      if (thread.equals(Thread.currentThread())) {
        continue;
      }
      try {
        thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // as good as closed
    }
  }
}
