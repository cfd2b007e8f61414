package dev.bulla.admission.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.testkit.http.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class HttpServerTest {

  private static final Duration SHORT = Duration.ofMillis(150);
  private static final Duration LONG = Duration.ofMinutes(5);

  /** Everything takes as long as it wants. */
  private static final HttpLimits PATIENT =
      new HttpLimits(4 << 10, 100, 100, 100, 1 << 20, LONG, LONG, LONG, LONG);

  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final List<Socket> clients = new ArrayList<>();
  private HttpServer server;

  private void start(HttpLimits limits) throws IOException {
    start(limits, Optional.empty());
  }

  private void start(HttpLimits limits, Optional<Supplier<SSLContext>> tls) throws IOException {
    server =
        HttpServer.start(
            new HttpServer.Options(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls, false, limits),
            HttpServerTest::handle,
            failures::add);
  }

  private static HttpResponse handle(HttpRequest request) {
    if (request.path().equals("/bug")) {
      throw new IllegalStateException("a bug");
    }
    if (request.path().equals("/large")) {
      return HttpResponse.of(200, "text/plain", Bytes.owning(new byte[32 << 20]));
    }
    if (request.path().equals("/unread")) {
      return HttpResponse.text(200, "unread");
    }
    try {
      Bytes body = request.body(1 << 20);
      return HttpResponse.text(
          200, request.method() + " " + request.path() + " " + body.toUtf8String("body"));
    } catch (BusyException e) {
      return HttpResponse.text(503, "busy");
    } catch (IOException e) {
      return HttpResponse.text(500, "unreadable: " + e.getMessage());
    } catch (MalformedInputException e) {
      return HttpResponse.text(413, "too large");
    }
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
    if (server != null) {
      server.close(Duration.ZERO);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    socket.setSoTimeout(60_000);
    clients.add(socket);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** One answer: its status and its body. */
  private static String answer(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        return "closed";
      }
      head.write(c);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    String status = text.substring(9, 12);
    if (status.equals("100")) {
      return "100, " + answer(socket);
    }
    int at = text.indexOf("Content-Length: ") + 16;
    int length = Integer.parseInt(text.substring(at, text.indexOf('\r', at)));
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8).strip();
    return status + " " + body + (text.contains("Connection: close") ? " (last)" : "");
  }

  /** Whether the server ended the connection, be it politely or not. */
  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  private String ask(String text) throws IOException {
    Socket socket = connect();
    send(socket, text);
    return answer(socket);
  }

  @Test
  @SuppressWarnings("StringConcatToTextBlock") // the line ends are those of HTTP
  void requestsOnOneConnectionAreAnsweredInTheirOrder() throws Exception {
    start(PATIENT);
    Socket socket = connect();
    send(
        socket,
        "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\noneGET /b?x=1 HTTP/1.1\r\n\r\n"
            + "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2;ext=1\r\nab\r\n1\r\nc\r\n0\r\nTrailer: x\r\n\r\n"
            + "GET /d HTTP/1.1\r\nConnection: close\r\n\r\n");
    assertThat(answer(socket)).isEqualTo("200 POST /a one");
    assertThat(answer(socket)).isEqualTo("200 GET /b");
    assertThat(answer(socket)).isEqualTo("200 POST /c abc");
    assertThat(answer(socket)).isEqualTo("200 GET /d (last)");
    assertThat(isClosed(socket)).isTrue();
  }

  @Test
  void aBodyIsAskedForWhenTheClientWaitsForThat() throws Exception {
    start(PATIENT);
    Socket socket = connect();
    send(socket, "POST /a HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    socket.getInputStream().readNBytes("HTTP/1.1 100 Continue\r\n\r\n".length());
    send(socket, "one");
    assertThat(answer(socket)).isEqualTo("200 POST /a one");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /a HTTP/2.0\\r\\n\\r\\n | 505 only HTTP/1.1 is spoken here (last)",
        "GET  /a HTTP/1.1\\r\\n\\r\\n | 505 only HTTP/1.1 is spoken here (last)",
        "GET a HTTP/1.1\\r\\n\\r\\n | 400 the target of the request is no path (last)",
        "G T\\r\\n\\r\\n | 400 no request line (last)",
        "\\r\\n\\r\\n | 400 no request line (last)",
        "GET /a HTTP/1.1\\nHost: a\\n\\n | 400 a line of the head ends wrongly (last)",
        "GET /a HTTP/1.1\\r\\nHost: a\\r\\n"
            + " folded\\r\\n\\r\\n"
            + " | 400 a line of the head is no header (last)",
        "GET /a HTTP/1.1\\r\\nHost : a\\r\\n\\r\\n | 400 a line of the head is no header (last)",
        "POST /a HTTP/1.1\\r\\nContent-Length: 1\\r\\nContent-Length: 1\\r\\n\\r\\n"
            + " | 400 the length of the body is given twice (last)",
        "POST /a HTTP/1.1\\r\\nContent-Length: 1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n"
            + " | 400 the length of the body is given twice (last)",
        "POST /a HTTP/1.1\\r\\nContent-Length: +1\\r\\n\\r\\n"
            + " | 400 the length of the body is no number (last)",
        "POST /a HTTP/1.1\\r\\nContent-Length: 99999999999999999999\\r\\n\\r\\n"
            + " | 400 the length of the body is no number (last)",
        "POST /a HTTP/1.1\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n | 501 the only transfer"
            + " encoding known here is chunked (last)",
        "POST /a HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nx\\r\\n"
            + " | 500 unreadable: the size of a chunk is no number (last)",
        "POST /a HTTP/1.1\\r\\nTransfer-Encoding:\\vchunked\\r\\n\\r\\n"
            + " | 400 a line of the head holds a control character (last)",
        "POST /a HTTP/1.1\\r\\nX: a\\0b\\r\\n\\r\\n"
            + " | 400 a line of the head holds a control character (last)",
        "GET /a\\tb HTTP/1.1\\r\\n\\r\\n | 400 the target of the request is no path (last)",
        "POST /a HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1;x\\na\\r\\n"
            + " | 500 unreadable: a line between chunks holds a control character (last)",
        "POST /a HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n\\v1\\r\\na\\r\\n"
            + " | 500 unreadable: a line between chunks holds a control character (last)",
        "POST /a HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1\\r\\nabc | 500 unreadable: a"
            + " chunk is longer than it said (last)",
      })
  void whatHasTwoMeaningsIsRefused(String request, String answer) throws Exception {
    start(PATIENT);
    String sent = request.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t");
    assertThat(ask(sent.replace("\\v", "\u000b").replace("\\0", "\0"))).isEqualTo(answer);
  }

  @Test
  void aBodyThatEndsEarlyIsUnreadable() throws Exception {
    start(PATIENT);
    Socket socket = connect();
    send(socket, "POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
    socket.shutdownOutput();
    assertThat(answer(socket)).isEqualTo("500 unreadable: the body ended too early (last)");
  }

  @Test
  void aHeadIsBounded() throws Exception {
    start(PATIENT);
    String large = "GET /a HTTP/1.1\r\nX: " + "x".repeat(5000) + "\r\n\r\n";
    assertThat(ask(large)).isEqualTo("431 the head of the request is too large (last)");
    assertThat(ask("GET /a HTTP/1.1\r\n\r\n")).isEqualTo("200 GET /a");
  }

  @Test
  void anAnswerArrivesThoughTheBodyWasNotRead() throws Exception {
    start(PATIENT);
    assertThat(ask("POST /unread HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000)))
        .isEqualTo("200 unread (last)");
  }

  @Test
  void aHandlersBugIsAnAnswerAndIsTold() throws Exception {
    start(PATIENT);
    Socket socket = connect();
    send(socket, "GET /bug HTTP/1.1\r\n\r\nGET /a HTTP/1.1\r\n\r\n");
    assertThat(answer(socket)).isEqualTo("500 internal error");
    assertThat(answer(socket)).isEqualTo("200 GET /a");
    assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);
  }

  @Test
  void bodiesThatAreHeldAreBoundedAllTogether() throws Exception {
    start(PATIENT.withBodies(1000));
    String head = "POST /a HTTP/1.1\r\nContent-Length: ";
    assertThat(ask(head + "2000\r\n\r\n" + "x".repeat(2000))).startsWith("503 busy");
    for (int i = 0; i < 3; i++) {
      assertThat(ask(head + "700\r\n\r\n" + "x".repeat(700))).startsWith("200 ");
    }
  }

  @Test
  void onePeerLeavesOthersRoomForBodies() throws Exception {
    start(PATIENT.withBodies(1000));
    String head = "POST /a HTTP/1.1\r\nContent-Length: ";
    Socket slow = connect();
    send(slow, head + "800\r\n\r\n" + "x".repeat(750));
    assertThat(ask(head + "751\r\n\r\n" + "x".repeat(751))).startsWith("503 busy");
    InetAddress other = InetAddress.getByName("127.0.0.2");
    Socket honest =
        new Socket(InetAddress.getLoopbackAddress(), server.address().getPort(), other, 0);
    clients.add(honest);
    honest.setSoTimeout(60_000);
    send(honest, head + "250\r\n\r\n" + "x".repeat(250));
    assertThat(answer(honest)).startsWith("200 ");
  }

  @Test
  void whoIsSlowWithAHeadIsLeft() throws Exception {
    start(PATIENT.withTimes(SHORT, LONG, LONG, LONG));
    Socket socket = connect();
    send(socket, "GET /a HT");
    assertThat(isClosed(socket)).isTrue();
    assertThat(isClosed(connect())).isTrue();
  }

  @Test
  void whoIsSlowWithABodyIsLeft() throws Exception {
    start(PATIENT.withTimes(LONG, SHORT, LONG, LONG));
    Socket socket = connect();
    send(socket, "POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
    assertThat(isClosed(socket)).isTrue();
  }

  @Test
  void whoIsSilentBetweenRequestsIsLeft() throws Exception {
    start(PATIENT.withTimes(LONG, LONG, LONG, SHORT));
    Socket socket = connect();
    send(socket, "GET /a HTTP/1.1\r\n\r\n");
    assertThat(answer(socket)).isEqualTo("200 GET /a");
    assertThat(isClosed(socket)).isTrue();
  }

  @Test
  void whoAsksAndDoesNotReadIsLeftAndOthersAreServed() throws Exception {
    // one connection at a time: the second client is served when the first has been given up
    start(PATIENT.withConnections(1, 1, 1).withTimes(LONG, LONG, SHORT, LONG));
    Socket greedy = connect();
    send(greedy, "GET /large HTTP/1.1\r\n\r\n");
    String answer = "closed";
    while (answer.equals("closed")) {
      try {
        answer = ask("GET /a HTTP/1.1\r\n\r\n");
      } catch (SocketException e) {
        // refused, as long as the first one is there
      }
    }
    assertThat(answer).isEqualTo("200 GET /a");
  }

  @Test
  void whoHasBeenIdleLongestMakesRoom() throws Exception {
    start(PATIENT.withConnections(2, 2, 2));
    Socket first = connect();
    send(first, "GET /1 HTTP/1.1\r\n\r\n");
    assertThat(answer(first)).isEqualTo("200 GET /1");
    Socket second = connect();
    send(second, "GET /2 HTTP/1.1\r\n\r\n");
    assertThat(answer(second)).isEqualTo("200 GET /2");

    Socket third = connect();
    send(third, "GET /3 HTTP/1.1\r\n\r\n");
    String answer = answer(third);
    while (answer.equals("closed")) {
      // neither of the others was idle yet
      answer = ask("GET /3 HTTP/1.1\r\n\r\n");
    }
    assertThat(answer).isEqualTo("200 GET /3");
    assertThat(isClosed(first)).isTrue();
  }

  @Test
  void whoIsSlowInManyConnectionsPushesOutHimself() throws Exception {
    start(PATIENT.withConnections(4, 3, 4));
    Socket honest = connect();
    send(honest, "GET /1 HTTP/1.1\r\n\r\n");
    assertThat(answer(honest)).isEqualTo("200 GET /1");
    InetAddress other = InetAddress.getByName("127.0.0.2");
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), server.address().getPort(), other, 0);
      clients.add(socket);
      slow.add(socket);
      send(socket, i % 2 == 0 ? "GET /slo" : "POST /slow HTTP/1.1\r\nContent-Length: 9\r\n\r\n1");
    }
    // three of them are left, whichever they are
    CountDownLatch closed = new CountDownLatch(9);
    for (Socket socket : slow) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              if (isClosed(socket)) {
                closed.countDown();
              }
            } catch (IOException e) {
              closed.countDown();
            }
          });
    }
    assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(ask("GET /2 HTTP/1.1\r\n\r\n")).isEqualTo("200 GET /2");
    send(honest, "GET /3 HTTP/1.1\r\n\r\n");
    assertThat(answer(honest)).isEqualTo("200 GET /3");
  }

  @Test
  void noiseDisturbsNobody() throws Exception {
    start(PATIENT);
    Random random = new Random(19);
    for (int i = 0; i < 100; i++) {
      byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      Socket socket = connect();
      try {
        socket.getOutputStream().write(noise);
        socket.shutdownOutput();
        while (socket.getInputStream().read() >= 0) {
          // whatever it says
        }
      } catch (SocketException e) {
        // closed before all was sent
      }
    }
    assertThat(ask("GET /a HTTP/1.1\r\n\r\n")).isEqualTo("200 GET /a");
    assertThat(failures).isEmpty();
  }

  @Test
  void whoSpeaksNoTlsOrStopsInItIsLeft() throws Exception {
    TestAuthority authority = TestAuthority.create("http");
    SSLContext context = authority.serverContext("localhost");
    start(PATIENT.withTimes(SHORT, LONG, LONG, LONG), Optional.of(() -> context));
    Socket plain = connect();
    send(plain, "GET /a HTTP/1.1\r\n\r\n");
    drain(plain);
    Socket silent = connect();
    assertThat(isClosed(silent)).isTrue();
    assertThat(failures).isEmpty();
  }

  private static void drain(Socket socket) throws IOException {
    try {
      while (socket.getInputStream().read() >= 0) {
        // an alert, perhaps
      }
    } catch (SocketException e) {
      // closed without one
    }
  }
}
