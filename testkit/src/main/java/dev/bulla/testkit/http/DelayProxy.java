package dev.bulla.testkit.http;

import dev.bulla.bytes.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A TCP proxy on the loopback address that makes a near server as slow to reach as a far one: half
 * the round trip is added to every byte in each direction, and a whole one before the first byte of
 * a connection, as its handshake would take.
 *
 * <p>It delays without throttling: bytes that follow each other closely arrive as closely. It looks
 * at nothing it carries, so it serves for plain HTTP and TLS alike. Closing it ends every
 * connection and waits for their threads.
 */
public final class DelayProxy implements AutoCloseable {

  private static final int CHUNK_BYTES = 16 << 10;
  private static final int CHUNKS_IN_FLIGHT = 256;
  private static final Duration CLOSING = Duration.ofSeconds(5);

  /** The time, and waiting for it; replaced in tests. */
  interface Timer {

    /** Nanoseconds since some fixed moment. */
    long now();

    void waitUntil(long nanos) throws InterruptedException;

    static Timer system() {
      return new Timer() {
        @Override
        public long now() {
          return System.nanoTime();
        }

        @Override
        public void waitUntil(long nanos) throws InterruptedException {
          for (long left = nanos - now(); left > 0; left = nanos - now()) {
            TimeUnit.NANOSECONDS.sleep(left);
          }
        }
      };
    }
  }

  /** Bytes on their way; none for the end of the stream. */
  private record Chunk(Bytes bytes, long due) {}

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final long oneWay;
  private final Timer timer;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private DelayProxy(
      ServerSocket listener, InetSocketAddress target, Duration roundTrip, Timer timer) {
    this.listener = listener;
    this.target = target;
    this.oneWay = roundTrip.toNanos() / 2;
    this.timer = timer;
  }

  /**
   * Starts a proxy on a free port.
   *
   * @param roundTrip what every round trip to the target takes longer
   */
  public static DelayProxy start(InetSocketAddress target, Duration roundTrip) throws IOException {
    return start(target, roundTrip, Timer.system());
  }

  static DelayProxy start(InetSocketAddress target, Duration roundTrip, Timer timer)
      throws IOException {
    ServerSocket listener = new ServerSocket();
    try {
      listener.bind(WireServer.loopback(), 256);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    DelayProxy proxy = new DelayProxy(listener, target, roundTrip, timer);
    proxy.spawn("accept", proxy::acceptAll);
    return proxy;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** Address and port as they stand in an image reference: {@code 127.0.0.1:41234}. */
  public String host() {
    return "127.0.0.1:" + address().getPort();
  }

  private void spawn(String what, Runnable task) {
    Thread thread =
        Thread.ofVirtual()
            .name("delay-" + what)
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
    while (!closed) {
      try {
        Socket client = listener.accept();
        long connected = timer.now() + 2 * oneWay;
        track(client);
        spawn("connection", () -> connect(client, connected));
      } catch (IOException e) {
        // closed, or one connection failed before it began
      }
    }
  }

  private void connect(Socket client, long connected) {
    Socket server = new Socket();
    track(server);
    try {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      server.connect(target);
    } catch (IOException e) {
      forget(client);
      forget(server);
      return;
    }
    // whichever direction ends last closes both
    CloseBoth both = new CloseBoth(client, server);
    carry(client, server, connected, both);
    carry(server, client, connected, both);
  }

  private void carry(Socket from, Socket to, long notBefore, CloseBoth both) {
    BlockingQueue<Chunk> way = new ArrayBlockingQueue<>(CHUNKS_IN_FLIGHT);
    spawn("in", () -> take(from, way, notBefore));
    spawn(
        "out",
        () -> {
          deliver(way, to);
          both.oneEnded();
        });
  }

  private void take(Socket from, BlockingQueue<Chunk> way, long notBefore) {
    try {
      byte[] buffer = new byte[CHUNK_BYTES];
      try {
        InputStream in = from.getInputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          way.put(new Chunk(Bytes.of(buffer, 0, n), due(notBefore)));
        }
      } catch (IOException e) {
        // reset: ends the stream for the other side too
      }
      way.put(new Chunk(Bytes.EMPTY, due(notBefore)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long due(long notBefore) {
    return Math.max(timer.now(), notBefore) + oneWay;
  }

  private void deliver(BlockingQueue<Chunk> way, Socket to) {
    try {
      OutputStream out = to.getOutputStream();
      for (Chunk chunk = way.take(); !chunk.bytes().isEmpty(); chunk = way.take()) {
        timer.waitUntil(chunk.due());
        chunk.bytes().writeTo(out);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // the receiver is gone; unblock the sender, which would otherwise fill the way
      closeQuietly(to);
      drainInBackground(way);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void drainInBackground(BlockingQueue<Chunk> way) {
    spawn(
        "drain",
        () -> {
          try {
            while (!way.take().bytes().isEmpty()) {
              // nobody is left to read it
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void track(Socket socket) {
    open.add(socket);
    if (closed) {
      closeQuietly(socket);
    }
  }

  private void forget(Socket socket) {
    open.remove(socket);
    closeQuietly(socket);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // as good as closed
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
    } catch (IOException e) {
      // a listener that cannot be closed is closed
    }
    open.forEach(DelayProxy::closeQuietly);
    threads.forEach(Thread::interrupt);
    long deadline = System.nanoTime() + CLOSING.toNanos();
    for (Thread thread : threads) {
      try {
        thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Closes the two sockets of a connection when both directions have ended. */
  private final class CloseBoth {

    private final Socket client;
    private final Socket server;
    private boolean first = true;

    CloseBoth(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    synchronized void oneEnded() {
      if (first) {
        first = false;
        return;
      }
      forget(client);
      forget(server);
    }
  }
}
