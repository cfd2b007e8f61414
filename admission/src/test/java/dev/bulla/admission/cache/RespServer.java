package dev.bulla.admission.cache;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** As much of Redis as a cache needs: AUTH, GET, SET with PX, whose times it only notes. */
public final class RespServer implements AutoCloseable {

  public final Map<String, String> values = new ConcurrentHashMap<>();
  public final List<List<String>> commands = new CopyOnWriteArrayList<>();

  /** Sent instead of every answer, when set. */
  volatile @Nullable String instead;

  private final ServerSocket listener;
  private final @Nullable String password;
  private final Thread accepting;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  public RespServer(@Nullable SSLContext tls, @Nullable String password) throws IOException {
    this.password = password;
    this.listener =
        tls == null ? new ServerSocket() : tls.getServerSocketFactory().createServerSocket();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    this.accepting = Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      boolean known = password == null;
      while (true) {
        List<String> command = command(in);
        if (command.isEmpty()) {
          return;
        }
        commands.add(command);
        String answer;
        if (command.get(0).equals("AUTH")) {
          known = command.get(1).equals(password);
          answer = known ? "+OK\r\n" : "-WRONGPASS\r\n";
        } else {
          answer = known ? answer(command) : "-NOAUTH\r\n";
        }
        String other = instead;
        out.write((other == null ? answer : other).getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (IOException e) {
      return; // the client has gone
    }
  }

  private String answer(List<String> command) {
    if (command.get(0).equals("SET")) {
      values.put(command.get(1), command.get(2));
      return "+OK\r\n";
    }
    String value = values.get(command.get(1));
    return value == null
        ? "$-1\r\n"
        : "$" + value.getBytes(StandardCharsets.UTF_8).length + "\r\n" + value + "\r\n";
  }

  private static List<String> command(InputStream in) throws IOException {
    List<String> words = new ArrayList<>();
    String head = line(in);
    if (head.isEmpty()) {
      return words;
    }
    int number = Integer.parseInt(head.substring(1));
    for (int i = 0; i < number; i++) {
      int size = Integer.parseInt(line(in).substring(1));
      words.add(new String(in.readNBytes(size), StandardCharsets.UTF_8));
      line(in);
    }
    return words;
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** Ends every connection, as a restart does. */
  void hangUp() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    open.clear();
  }

  /** Afterwards nobody comes in any more: who was just being let in is shown out again. */
  @Override
  public void close() throws IOException {
    listener.close();
    try {
      accepting.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    hangUp();
  }
}
