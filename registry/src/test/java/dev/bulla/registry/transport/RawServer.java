package dev.bulla.registry.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that says exactly the bytes a test wants, however wrong. */
public final class RawServer implements AutoCloseable {

  /** What happens on one connection; the number counts connections from 1. */
  @FunctionalInterface
  public interface Conversation {
    void run(Line line, int number) throws IOException, InterruptedException;
  }

  /** One connection. */
  public final class Line {
    private final Socket socket;

    private Line(Socket socket) {
      this.socket = socket;
    }

    /** Reads to the end of the request's head; empty when the client went away. */
    public String readHead() throws IOException {
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          return "";
        }
        head.append((char) b);
      }
      return head.toString();
    }

    public int read() throws IOException {
      return socket.getInputStream().read();
    }

    public void send(String text) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    public void hold() throws InterruptedException {
      closing.await();
    }

    /** Waits a moment, or until the server is closed. Returns whether to go on. */
    public boolean pause(int millis) throws InterruptedException {
      return !closing.await(millis, TimeUnit.MILLISECONDS);
    }

    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicInteger connections = new AtomicInteger();

  private RawServer(ServerSocket listener) {
    this.listener = listener;
  }

  public static RawServer start(Conversation conversation) throws IOException {
    RawServer server = new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().start(() -> server.accept(conversation));
    return server;
  }

  /** Reads one request head per connection, says the text and hangs up. */
  public static RawServer saying(String text) throws IOException {
    return start((line, number) -> {
      line.readHead();
      line.send(text);
    });
  }

  private void accept(Conversation conversation) {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        int number = connections.incrementAndGet();
        Thread.ofVirtual()
            .start(() -> {
              try (socket) {
                conversation.run(new Line(socket), number);
              } catch (IOException | InterruptedException e) {
                open.remove(socket);
              }
            });
      } catch (IOException e) {
        return;
      }
    }
  }

  public int connections() {
    return connections.get();
  }

  public String authority() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  public HttpUrl url(String path) throws Exception {
    return HttpUrl.parse("http://" + authority() + path);
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
