package dev.bulla.registry.transport;

import dev.bulla.error.Quoted;
import dev.bulla.registry.transport.Proxies.Proxy;
import dev.bulla.registry.transport.TransportException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The way through a proxy to a server that is to be spoken to over TLS (RFC 9110 §9.3.6). The proxy
 * sees the server's name and port, and its own credentials; nothing of what is said inside.
 */
final class Tunnel {

  private static final int MAX_HEAD = 16 << 10;

  private Tunnel() {}

  /**
   * Asks the proxy for a tunnel, where one is needed.
   *
   * @param way the connection to the proxy
   * @return the same, which now leads to the server; or to the proxy, for requests without TLS
   */
  static Socket through(Proxy proxy, Socket way, Origin server) throws TransportException {
    if (!server.isHttps()) {
      return way;
    }
    String target = server.host() + ":" + server.port();
    StringBuilder head = new StringBuilder(256);
    head.append("CONNECT ").append(target).append(" HTTP/1.1\r\nHost: ").append(target);
    if (proxy.authorization() != null) {
      head.append("\r\nProxy-Authorization: ").append(proxy.authorization());
    }
    head.append("\r\n\r\n");
    String answer;
    try {
      way.getOutputStream().write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      way.getOutputStream().flush();
      answer = head(way.getInputStream());
    } catch (IOException e) {
      throw new TransportException(
          Kind.PROXY,
          says(proxy) + (WireInput.timedOut(e) ? "gave no answer in time" : "hung up"),
          e);
    }
    int end = answer.indexOf("\r\n");
    int status = Http1Connection.status(end < 0 ? answer : answer.substring(0, end));
    if (status / 100 != 2) {
      throw refused(proxy, status);
    }
    return way;
  }

  /** Byte by byte: what follows belongs to the server. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
      int b = in.read();
      if (b < 0 || head.length() == MAX_HEAD) {
        throw new IOException("no complete answer");
      }
      head.append((char) b);
    }
    return head.toString();
  }

  private static String says(Proxy proxy) {
    return "the proxy " + Quoted.plain(proxy.shown()) + " ";
  }

  static TransportException refused(Proxy proxy, int status) {
    if (status == 407) {
      return new TransportException(
          Kind.PROXY,
          says(proxy)
              + (proxy.authorization() == null
                  ? "asks for credentials (407)"
                  : "does not accept its credentials (407)"),
          null);
    }
    return new TransportException(
        Kind.PROXY,
        says(proxy)
            + (status == 0
                ? "gives no HTTP answer"
                : (status >= 500 ? "cannot reach the server (" : "refuses (") + status + ")"),
        null);
  }
}
