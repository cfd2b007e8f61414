package dev.bulla.sigstore.oidc;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Waits on this machine for the browser to come back from the issuer (RFC 8252 §7.3). Every other
 * page that the browser has open, and every program on the machine, can ask here too: what is not
 * the answer that is waited for changes nothing, and a connection that says nothing holds nobody
 * up.
 */
final class CallbackServer implements AutoCloseable {

  private static final int MAX_CONNECTIONS = 32;
  private static final int MAX_HEAD = 16 << 10;
  private static final int MAX_PARAMETERS = 32;
  private static final int IDLE_MILLIS = 5000;

  private final ServerSocket listener;
  private final String path;
  private final Function<Map<String, String>, CallbackPage> judge;
  private final Semaphore places = new Semaphore(MAX_CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Map<String, String>> answer = new CompletableFuture<>();

  private CallbackServer(
      ServerSocket listener, String path, Function<Map<String, String>, CallbackPage> judge) {
    this.listener = listener;
    this.path = path;
    this.judge = judge;
  }

  /**
   * Starts to listen.
   *
   * @param at an address of this machine; port 0 for a free one
   * @param path the only one that is answered
   * @param judge says of the parameters of a request whether they are the answer: {@link
   *     CallbackPage#NOT_OURS} when they are not
   */
  static CallbackServer listen(
      InetAddress at, int port, String path, Function<Map<String, String>, CallbackPage> judge)
      throws IOException {
    ServerSocket listener = new ServerSocket();
    try {
      listener.bind(new InetSocketAddress(at, port), MAX_CONNECTIONS);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    CallbackServer server = new CallbackServer(listener, path, judge);
    Thread.ofVirtual().name("sign-in").start(server::acceptAll);
    return server;
  }

  int port() {
    return listener.getLocalPort();
  }

  /**
   * The parameters of the answer.
   *
   * @throws TimeoutException when none came
   */
  Map<String, String> await(Duration patience) throws TimeoutException, InterruptedException {
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody fails this", e);
    }
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        if (!places.tryAcquire()) {
          socket.close();
          continue;
        }
        open.add(socket);
        Thread.ofVirtual().name("sign-in-page").start(() -> serve(socket));
      } catch (IOException e) {
        // closed, or one connection failed before it began
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout(IDLE_MILLIS);
      Optional<Map<String, String>> parameters = parameters(head(socket.getInputStream()));
      CallbackPage page = parameters.map(judge).orElse(CallbackPage.NOT_FOUND);
      page.answer().writeTo(socket.getOutputStream());
      socket.getOutputStream().flush();
      // the page is on its way before the program may end
      socket.shutdownOutput();
      if (page == CallbackPage.SIGNED_IN || page == CallbackPage.REFUSED) {
        answer.complete(parameters.orElse(Map.of()));
      }
    } catch (IOException e) {
      // the browser went away, or asked for something that is no request
    } finally {
      open.remove(socket);
      places.release();
    }
  }

  /** The request line; what follows it up to the empty line is read and not looked at. */
  private static String head(InputStream in) throws IOException {
    byte[] head = new byte[MAX_HEAD];
    int filled = 0;
    while (filled < head.length) {
      int n = in.read(head, filled, head.length - filled);
      if (n < 0) {
        break;
      }
      filled += n;
      String text = new String(head, 0, filled, StandardCharsets.ISO_8859_1);
      if (text.contains("\r\n\r\n")) {
        return text.substring(0, text.indexOf("\r\n"));
      }
    }
    throw new IOException("not a request");
  }

  private Optional<Map<String, String>> parameters(String line) {
    if (!line.startsWith("GET ") || !line.endsWith(" HTTP/1.1")) {
      return Optional.empty();
    }
    String target = line.substring("GET ".length(), line.length() - " HTTP/1.1".length());
    int question = target.indexOf('?');
    if (!(question < 0 ? target : target.substring(0, question)).equals(path)) {
      return Optional.empty();
    }
    return parse(question < 0 ? "" : target.substring(question + 1));
  }

  /** Nothing when a name comes twice: which of them would count? */
  private static Optional<Map<String, String>> parse(String query) {
    Map<String, String> found = new HashMap<>();
    int from = 0;
    while (from <= query.length()) {
      int end = query.indexOf('&', from);
      end = end < 0 ? query.length() : end;
      int equals = query.indexOf('=', from);
      if (equals >= 0 && equals < end) {
        try {
          String name = URLDecoder.decode(query.substring(from, equals), StandardCharsets.UTF_8);
          String value =
              URLDecoder.decode(query.substring(equals + 1, end), StandardCharsets.UTF_8);
          if (found.put(name, value) != null || found.size() > MAX_PARAMETERS) {
            return Optional.empty();
          }
        } catch (IllegalArgumentException e) {
          return Optional.empty();
        }
      }
      from = end + 1;
    }
    return Optional.of(found);
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
