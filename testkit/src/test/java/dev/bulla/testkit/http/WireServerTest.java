package dev.bulla.testkit.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireServerTest {

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private WireServer server;

  /** Says what it understood of the request. */
  private WireResponse echo(WireRequest request, Waiting waiting) throws IOException {
    String body = new String(request.body().readAllBytes(), UTF_8);
    seen.add(request.method() + " " + request.path() + " " + body);
    return WireResponse.of(200)
        .withText("text/plain", request.path() + "|" + request.rawQuery() + "|" + body);
  }

  @BeforeEach
  void start() throws IOException {
    server = WireServer.start(WireServer.loopback(), this::echo);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String exchange(String request) throws IOException {
    try (RawClient client = new RawClient(server.address())) {
      client.send(request);
      client.finishSending();
      return client.readToEnd();
    }
  }

  private static String post(String headers, String body) {
    return "POST /p HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n" + body;
  }

  @Test
  void servesSeveralRequestsOnOneConnection() throws IOException {
    try (RawClient client = new RawClient(server.address())) {
      client.get("/one");
      assertThat(client.readUntil("/one||")).startsWith("HTTP/1.1 200 OK\r\n");
      client.get("/two");
      assertThat(client.readUntil("/two||")).startsWith("HTTP/1.1 200 OK\r\n");
    }
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void servesRequestsThatWereSentWithoutWaiting() throws IOException {
    String two = "GET /a HTTP/1.1\r\nHost: t\r\n\r\nGET /b HTTP/1.1\r\nHost: t\r\n\r\n";
    assertThat(exchange(two)).containsSubsequence("/a||", "HTTP/1.1 200", "/b||");
  }

  @Test
  void readsABodyOfAnnouncedLength() throws IOException {
    assertThat(exchange(post("Content-Length: 5\r\n", "hello"))).endsWith("/p||hello");
  }

  @Test
  void readsABodyInChunks() throws IOException {
    String chunks = "3\r\nhel\r\n2;ext=1\r\nlo\r\n0\r\nTrailer: x\r\n\r\n";
    assertThat(exchange(post("Transfer-Encoding: chunked\r\n", chunks))).endsWith("/p||hello");
  }

  @Test
  void asksForABodyThatWaitsToBeAskedFor() throws IOException {
    try (RawClient client = new RawClient(server.address())) {
      client.send(post("Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
      assertThat(client.readUntil("\r\n\r\n")).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      client.send("hello");
      assertThat(client.readUntil("|hello")).contains("200 OK");
    }
  }

  @Test
  void answersWithoutAskingForABodyNobodyWants() throws IOException {
    try (WireServer other =
            WireServer.start(WireServer.loopback(), (r, w) -> WireResponse.of(401));
        RawClient client = new RawClient(other.address())) {
      client.send(post("Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
      assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 401");
      client.finishSending();
      assertThat(client.readToEnd()).isEmpty();
    }
  }

  @Test
  void decodesThePathOnceAndKeepsTheQuery() throws IOException {
    assertThat(exchange("GET /a%2Fb%252F+c?x=%41&y HTTP/1.1\r\nHost: t\r\n\r\n"))
        .endsWith("/a/b%2F+c|x=%41&y|");
  }

  @Test
  void takesThePathFromTheTargetOfAProxy() throws IOException {
    assertThat(exchange("GET http://other:80/a?b HTTP/1.1\r\nHost: t\r\n\r\n")).endsWith("/a|b|");
  }

  @Test
  void answersHeadWithTheLengthAndNoBody() throws IOException {
    assertThat(exchange("HEAD /abc HTTP/1.1\r\nHost: t\r\n\r\n"))
        .contains("Content-Length: 6\r\n")
        .endsWith("\r\n\r\n");
  }

  @Test
  void endsTheConnectionOfAnOldClient() throws IOException {
    try (RawClient client = new RawClient(server.address())) {
      client.send("GET /old HTTP/1.0\r\n\r\n");
      assertThat(client.readToEnd()).contains("Connection: close").endsWith("/old||");
    }
  }

  @Test
  void endsTheConnectionWhenAskedTo() throws IOException {
    try (RawClient client = new RawClient(server.address())) {
      client.send("GET /x HTTP/1.1\r\nHost: t\r\nConnection: TE, Close\r\n\r\n");
      assertThat(client.readToEnd()).endsWith("/x||");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: t\r\n\r\n",
        "G ET / HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\nHost: t\n\n",
        "GET / HTTP/1.1\r\nHost: t\r\nBad Header: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\n folded: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : t\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET nothing HTTP/1.1\r\nHost: t\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"
      })
  void refusesWhatIsNotHttp(String request) throws IOException {
    assertThat(exchange(request)).startsWith("HTTP/1.1 400 Bad Request\r\n");
    assertThat(seen).isEmpty();
  }

  @Test
  void refusesABodyOfTwoLengths() throws IOException {
    String both = "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n";
    assertThat(exchange(post(both, "0\r\n\r\n"))).startsWith("HTTP/1.1 400 ");
    assertThat(seen).isEmpty();
  }

  @Test
  void refusesOtherVersionsAndCodings() throws IOException {
    assertThat(exchange("GET / HTTP/2.0\r\nHost: t\r\n\r\n")).startsWith("HTTP/1.1 505 ");
    assertThat(exchange(post("Transfer-Encoding: gzip\r\n", ""))).startsWith("HTTP/1.1 501 ");
  }

  @Test
  void boundsTheRequestLineAndTheHeaders() throws IOException {
    assertThat(exchange("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: t\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(exchange("GET / HTTP/1.1\r\nHost: t\r\nX: " + "a".repeat(70_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(exchange("GET / HTTP/1.1\r\nHost: t\r\n" + "X: y\r\n".repeat(300) + "\r\n"))
        .startsWith("HTTP/1.1 431 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zz\r\n", "3\r\nhello\r\n0\r\n\r\n", "-1\r\n", "1000000000000000\r\n"})
  void givesUpOnMalformedChunks(String chunks) throws IOException {
    assertThat(exchange(post("Transfer-Encoding: chunked\r\n", chunks))).isEmpty();
    assertThat(seen).isEmpty();
  }

  @Test
  void givesUpOnABodyThatEndsEarly() throws IOException {
    assertThat(exchange(post("Content-Length: 10\r\n", "short"))).isEmpty();
  }

  @Test
  void skipsABodyTheHandlerLeftUnread() throws IOException {
    try (WireServer other =
            WireServer.start(WireServer.loopback(), (r, w) -> WireResponse.of(204));
        RawClient client = new RawClient(other.address())) {
      client.send(post("Content-Length: 5\r\n", "hello"));
      assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 204");
      client.get("/next");
      assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 204");
    }
  }

  @Test
  void keepsTheSpellingOfHeaderNames() throws IOException {
    try (WireServer other =
            WireServer.start(
                WireServer.loopback(),
                (r, w) -> WireResponse.of(200).with("OCI-sUBJECT", "x").with("oci-tag", "y"));
        RawClient client = new RawClient(other.address())) {
      client.get("/");
      assertThat(client.readUntil("\r\n\r\n")).contains("\r\nOCI-sUBJECT: x\r\noci-tag: y\r\n");
    }
  }

  @Test
  void refusesToSendAHeaderWithALineBreak() {
    assertThatThrownBy(() -> WireHeaders.of("X", "a\r\nSet-Cookie: b"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> WireHeaders.of("X: a", "b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sendsABodyOfUnknownLengthInChunks() throws IOException {
    WireBody body =
        WireBody.streamed(out -> {
          out.write("hel".getBytes(UTF_8));
          out.write("lo".getBytes(UTF_8));
        });
    try (WireServer other =
            WireServer.start(WireServer.loopback(), (r, w) -> WireResponse.of(200).withBody(body));
        RawClient client = new RawClient(other.address())) {
      client.get("/");
      assertThat(client.readUntil("0\r\n\r\n"))
          .contains("Transfer-Encoding: chunked")
          .endsWith("3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
      client.send("GET / HTTP/1.0\r\n\r\n");
      assertThat(client.readToEnd()).doesNotContain("chunked").endsWith("\r\n\r\nhello");
    }
  }

  @Test
  void doesNotCompleteABodyThatFailedHalfWay() throws IOException {
    WireBody body =
        WireBody.streamed(out -> {
          out.write("half".getBytes(UTF_8));
          out.flush();
          throw new IOException("disk on fire");
        });
    try (WireServer other =
            WireServer.start(WireServer.loopback(), (r, w) -> WireResponse.of(200).withBody(body));
        RawClient client = new RawClient(other.address())) {
      client.get("/");
      assertThat(client.readToEnd()).endsWith("\r\n\r\n4\r\nhalf\r\n");
    }
  }

  @Test
  void endsAConnectionWhoseBodyWasShorterThanAnnounced() throws IOException {
    WireBody body = WireBody.ofLength(10, out -> out.write("short".getBytes(UTF_8)));
    try (WireServer other =
            WireServer.start(WireServer.loopback(), (r, w) -> WireResponse.of(200).withBody(body));
        RawClient client = new RawClient(other.address())) {
      client.get("/");
      assertThat(client.readToEnd()).contains("Content-Length: 10\r\n").endsWith("short");
    }
  }

  @Test
  void closingEndsConnectionsThatWait() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    WireServer other =
        WireServer.start(
            WireServer.loopback(),
            (r, w) -> {
              waiting.countDown();
              w.untilClosed();
              throw new IOException("closed");
            });
    try (RawClient busy = new RawClient(other.address());
        RawClient idle = new RawClient(other.address())) {
      busy.get("/");
      waiting.await();
      other.close();
      assertThat(endOf(busy)).isEmpty();
      assertThat(endOf(idle)).isEmpty();
    }
    assertThatThrownBy(() -> new RawClient(other.address())).isInstanceOf(ConnectException.class);
    other.awaitClosed();
    other.close();
  }

  /** What is left to read; a connection may end by a reset as well. */
  private static String endOf(RawClient client) throws IOException {
    try {
      return client.readToEnd();
    } catch (SocketException e) {
      return "";
    }
  }

  @Test
  void showsNoSecretsWhenPrinted() {
    WireHeaders headers = WireHeaders.of("Authorization", "Bearer s3cret");
    assertThat(headers).hasToString("[Authorization]");
    assertThat(headers.fields().get(0)).hasToString("Authorization");
    assertThat(WireResponse.of(200).with("Set-Cookie", "s3cret").toString())
        .doesNotContain("s3cret");
  }

  @Test
  void holdsHeaderFieldsInOrderAndWithoutRegardToCase() {
    WireHeaders headers = WireHeaders.of("A", "1", "b", "2", "a", "3");
    assertThat(headers.all("a")).containsExactly("1", "3");
    assertThat(headers.first("B")).contains("2");
    assertThat(headers.with("A", "4").fields())
        .extracting(WireHeaders.Field::value)
        .containsExactly("2", "4");
    assertThat(headers.without("a").has("A")).isFalse();
  }

  @Test
  void carriesLargeBodiesWhole() throws IOException {
    byte[] large = new byte[3 << 20];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) ('a' + i % 26);
    }
    Bytes content = Bytes.owning(large);
    try (WireServer other =
            WireServer.start(
                WireServer.loopback(),
                (r, w) -> WireResponse.of(200).withBody(WireBody.of(content)));
        RawClient client = new RawClient(other.address())) {
      client.get("/");
      client.readUntil("\r\n\r\n");
      assertThat(Bytes.utf8(client.read(large.length))).isEqualTo(content);
    }
  }
}
