package dev.bulla.testkit.http;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/**
 * An HTTP proxy on the loopback address: tunnels by {@code CONNECT}, and passes on plain requests.
 * It knows where names lead, so that clients reach servers here under any name, and remembers the
 * heads of the requests that it got.
 */
public final class ForwardProxy implements AutoCloseable {

  private static final int MAX_HEAD = 64 << 10;

  private final ServerSocket listener;
  private final Map<String, InetSocketAddress> names = new ConcurrentHashMap<>();
  private final List<String> heads = Collections.synchronizedList(new ArrayList<>());
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile String wanted = "";
  private volatile String refusal = "";

  private ForwardProxy(ServerSocket listener) {
    this.listener = listener;
  }

  /** Starts one that is spoken to without TLS. */
  public static ForwardProxy start() throws IOException {
    return start(ServerSocketFactory.getDefault());
  }

  /** Starts one that is spoken to over TLS. */
  public static ForwardProxy startTls(SSLContext context) throws IOException {
    return start(context.getServerSocketFactory());
  }

  private static ForwardProxy start(ServerSocketFactory factory) throws IOException {
    ServerSocket listener = factory.createServerSocket();
    try {
      listener.bind(WireServer.loopback(), 256);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    ForwardProxy proxy = new ForwardProxy(listener);
    Thread.ofVirtual().name("proxy-accept").start(proxy::acceptAll);
    return proxy;
  }

  /** Leads a name, with its port, to a server here. What is not named cannot be reached. */
  public ForwardProxy leading(String hostAndPort, InetSocketAddress server) {
    names.put(hostAndPort, server);
    return this;
  }

  /** Asks everybody for this name and password. */
  public ForwardProxy asking(String name, String password) {
    wanted = "Basic " + Base64Text.encode(Bytes.utf8(name + ":" + password));
    return this;
  }

  /** Answers everything with this status line, such as {@code 403 Forbidden}. */
  public ForwardProxy refusing(String status) {
    refusal = status;
    return this;
  }

  /** Address and port: {@code 127.0.0.1:41234}. */
  public String host() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** Request line and header of every request, in their order. */
  public List<String> heads() {
    return List.copyOf(heads);
  }

  /** The first lines of {@link #heads()}. */
  public List<String> lines() {
    return heads().stream().map(head -> head.lines().findFirst().orElse("")).toList();
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().name("proxy-client").start(() -> serve(client));
      } catch (IOException e) {
        // closed, or one connection failed before it began
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      OutputStream out = client.getOutputStream();
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        heads.add(head);
        String[] first = head.lines().findFirst().orElse("").split(" ", 3);
        String problem = problem(head);
        boolean tunnel = first[0].equals("CONNECT");
        if (problem.isEmpty() && !names.containsKey(target(first))) {
          problem = "502 Bad Gateway";
        }
        if (!problem.isEmpty()) {
          say(out, "HTTP/1.1 " + problem + "\r\nContent-Length: 0\r\n\r\n");
          return;
        }
        try (Socket server = new Socket()) {
          open.add(server);
          server.connect(names.get(target(first)));
          if (tunnel) {
            say(out, "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n");
          } else {
            server
                .getOutputStream()
                .write(passedOn(head, first).getBytes(StandardCharsets.ISO_8859_1));
          }
          Thread up = Thread.ofVirtual().start(() -> pump(in, server));
          pass(server.getInputStream(), out);
          client.close();
          up.join();
        }
        return;
      }
    } catch (IOException e) {
      // the client went away
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String problem(String head) {
    if (!refusal.isEmpty()) {
      return refusal;
    }
    boolean known =
        wanted.isEmpty()
            || head.lines().anyMatch(line -> line.equals("Proxy-Authorization: " + wanted));
    return known ? "" : "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=p";
  }

  private static String target(String[] first) {
    if (first.length < 3) {
      return "";
    }
    if (first[0].equals("CONNECT")) {
      return first[1];
    }
    String rest = first[1].startsWith("http://") ? first[1].substring(7) : "";
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    return authority.indexOf(':') < 0 ? authority + ":80" : authority;
  }

  /** As the server is to see it: the path alone, and nothing that was meant for the proxy. */
  private static String passedOn(String head, String[] first) {
    StringBuilder out = new StringBuilder();
    out.append(first[0]).append(' ');
    out.append(first[1].substring(first[1].indexOf('/', 7))).append(" HTTP/1.1\r\n");
    head.lines()
        .skip(1)
        .filter(line -> !line.toLowerCase(Locale.ROOT).startsWith("proxy-"))
        .forEach(line -> out.append(line).append("\r\n"));
    return out.append("\r\n").toString();
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static void pump(InputStream in, Socket to) {
    try {
      pass(in, to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // one of the two went away
    }
  }

  private static void pass(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[8192];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
      out.flush();
    }
  }

  /** Up to the empty line, without it; empty at the end of the connection. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && head.size() < MAX_HEAD; b = in.read()) {
      head.write(b);
      String text = head.toString(StandardCharsets.ISO_8859_1);
      if (text.endsWith("\r\n\r\n")) {
        return text.substring(0, text.length() - 2);
      }
    }
    return "";
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // a listener that cannot be closed is closed
    }
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        // as good as closed
      }
    }
  }
}
