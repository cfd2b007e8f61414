package dev.bulla.registry.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import dev.bulla.registry.transport.TransportException.Kind;
import dev.bulla.testkit.http.Delivery;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireHandler;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link HttpTransport} promises, kept by each implementation. */
class HttpTransportTest {

  private static final Duration AMPLE = Duration.ofSeconds(30);
  private static final Duration BRIEF = Duration.ofMillis(400);

  /** What came back. */
  private record Got(int status, Headers headers, String body) {}

  private static Got read(TransportResponse response) throws IOException, MalformedInputException {
    return new Got(
        response.status(),
        response.headers(),
        LimitedInput.readAll(response.body(), 1 << 20, "test").toUtf8String("test"));
  }

  private static TransportRequest get(HttpUrl url, Duration timeout) {
    return new TransportRequest("GET", url, Headers.NONE, RequestBody.NONE, timeout);
  }

  private static Got get(HttpTransport transport, HttpUrl url) throws Exception {
    return transport.exchange(get(url, AMPLE), HttpTransportTest::read);
  }

  private static TransportException failure(HttpTransport transport, TransportRequest request) {
    return catchThrowableOfType(
        TransportException.class, () -> transport.exchange(request, HttpTransportTest::read));
  }

  private static HttpUrl url(WireServer server, String path) throws Exception {
    return HttpUrl.parse("http://127.0.0.1:" + server.address().getPort() + path);
  }

  private static WireServer server(WireHandler handler) throws IOException {
    return WireServer.start(WireServer.loopback(), handler);
  }

  private static WireResponse text(String text) {
    return WireResponse.of(200).withText("text/plain", text);
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKET,GET", "SOCKET,PUT", "SOCKET,POST", "SOCKET,DELETE", "SOCKET,PATCH",
    "JDK,GET", "JDK,PUT", "JDK,POST", "JDK,DELETE", "JDK,PATCH"
  })
  void carriesMethodTargetHeadersAndBody(TransportKind kind, String method) throws Exception {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    try (WireServer server =
            server((request, waiting) -> {
              seen.add(request.method() + " " + request.target());
              seen.add(request.headers().first("X-Test").orElse("none"));
              seen.add(request.headers().first("Content-Length").orElse("none"));
              seen.add(new String(request.body().readNBytes(1000), UTF_8));
              return text("ok").with("X-Answer", "yes");
            });
        HttpTransport transport = kind.create()) {
      boolean hasBody = !method.equals("GET");
      Got got =
          transport.exchange(
              new TransportRequest(
                  method,
                  url(server, "/v2/a?b=c%2Fd&e"),
                  Headers.builder().add("X-Test", "1").build(),
                  hasBody ? RequestBody.of(Bytes.utf8("content")) : RequestBody.NONE,
                  AMPLE),
              HttpTransportTest::read);
      assertThat(got.status()).isEqualTo(200);
      assertThat(got.body()).isEqualTo("ok");
      assertThat(got.headers().first("x-ANSWER")).contains("yes");
      assertThat(seen)
          .containsExactly(
              method + " /v2/a?b=c%2Fd&e", "1", hasBody ? "7" : "none", hasBody ? "content" : "");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void announcesAnEmptyBody(TransportKind kind) throws Exception {
    try (WireServer server =
            server((request, waiting) ->
                text(request.headers().first("Content-Length").orElse("none")));
        HttpTransport transport = kind.create()) {
      Got got =
          transport.exchange(
              new TransportRequest(
                  "POST", url(server, "/"), Headers.NONE, RequestBody.of(Bytes.EMPTY), AMPLE),
              HttpTransportTest::read);
      assertThat(got.body()).isEqualTo("0");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void streamsLargeBodiesWithoutHoldingThem(TransportKind kind) throws Exception {
    long length = 48L << 20;
    try (WireServer server =
            server((request, waiting) -> {
              long count = 0;
              byte[] buffer = new byte[8192];
              for (int n; (n = request.body().read(buffer)) >= 0; ) {
                count += n;
              }
              return text(Long.toString(count));
            });
        HttpTransport transport = kind.create()) {
      Got got =
          transport.exchange(
              new TransportRequest(
                  "PUT",
                  url(server, "/"),
                  Headers.NONE,
                  RequestBody.streaming(length, () -> new Zeros(length)),
                  AMPLE),
              HttpTransportTest::read);
      assertThat(got.body()).isEqualTo(Long.toString(length));
    }
  }

  /** That many zero bytes. */
  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long count) {
      left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int n = (int) Math.min(length, left);
      left -= n;
      return n;
    }
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,100", "SOCKET,100000", "JDK,100", "JDK,100000"})
  void refusesToSendLessThanItAnnounced(TransportKind kind, int length) throws Exception {
    try (WireServer server = server((request, waiting) -> text("ok"));
        HttpTransport transport = kind.create()) {
      TransportRequest request =
          new TransportRequest(
              "PUT",
              url(server, "/"),
              Headers.NONE,
              RequestBody.streaming(length, () -> new ByteArrayInputStream(new byte[10])),
              AMPLE);
      assertThatThrownBy(() -> transport.exchange(request, HttpTransportTest::read))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(TransportException.class)
          .hasMessageContaining("shorter than announced");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void passesOnWhyContentCouldNotBeRead(TransportKind kind) throws Exception {
    try (WireServer server = server((request, waiting) -> text("ok"));
        HttpTransport transport = kind.create()) {
      TransportRequest request =
          new TransportRequest(
              "PUT",
              url(server, "/"),
              Headers.NONE,
              RequestBody.streaming(
                  10,
                  () -> {
                    throw new IOException("disk on fire");
                  }),
              AMPLE);
      assertThatThrownBy(() -> transport.exchange(request, HttpTransportTest::read))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("disk on fire");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void readsBodiesHoweverTheyAreDelimited(TransportKind kind) throws Exception {
    String body = "0123456789".repeat(5000);
    try (WireServer server =
            server((request, waiting) ->
                switch (request.path()) {
                  case "/chunked" ->
                      WireResponse.of(200)
                          .withBody(WireBody.streamed(out -> out.write(body.getBytes(UTF_8))));
                  case "/close" -> text(body).deliveredBy(Delivery.untilClose());
                  default -> text(body);
                });
        HttpTransport transport = kind.create()) {
      for (String path : List.of("/fixed", "/chunked", "/close")) {
        assertThat(get(transport, url(server, path)).body()).as(path).isEqualTo(body);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void readsChunksInAllTheirForms(TransportKind kind) throws Exception {
    try (RawServer server =
            RawServer.saying(
                String.join(
                    "\r\n",
                    "HTTP/1.1 200 OK",
                    "Transfer-Encoding: Chunked",
                    "",
                    "5;name=value",
                    "hello",
                    "0006",
                    " world",
                    "0",
                    "X-Trailer: 1",
                    "",
                    ""));
        HttpTransport transport = kind.create()) {
      assertThat(get(transport, server.url("/")).body()).isEqualTo("hello world");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void skipsInterimResponses(TransportKind kind) throws Exception {
    try (RawServer server =
            RawServer.saying(
                "HTTP/1.1 102 Processing\r\nX: y\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        HttpTransport transport = kind.create()) {
      assertThat(get(transport, server.url("/")).body()).isEqualTo("ok");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void readsNoBodyWhereThereIsNone(TransportKind kind) throws Exception {
    try (WireServer server =
            server((request, waiting) -> text("invisible").withStatus(status(request.path())));
        HttpTransport transport = kind.create()) {
      Got head =
          transport.exchange(
              new TransportRequest(
                  "HEAD", url(server, "/200"), Headers.NONE, RequestBody.NONE, AMPLE),
              HttpTransportTest::read);
      assertThat(head.body()).isEmpty();
      assertThat(head.headers().first("Content-Length")).contains("9");
      assertThat(get(transport, url(server, "/304")).body()).isEmpty();
      assertThat(get(transport, url(server, "/200")).body()).isEqualTo("invisible");
    }
  }

  private static int status(String path) {
    return Integer.parseInt(path.substring(1));
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aBodyThatEndsEarlyIsAnErrorNeverAShortSuccess(TransportKind kind) throws Exception {
    try (WireServer fixed =
            server((request, waiting) -> text("0123456789").deliveredBy(Delivery.cutAfter(4)));
        WireServer empty =
            server((request, waiting) -> text("0123456789").deliveredBy(Delivery.cutAfter(0)));
        RawServer chunked =
            RawServer.saying(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        HttpTransport transport = kind.create()) {
      assertThat(failure(transport, get(url(fixed, "/"), AMPLE)).kind()).isEqualTo(Kind.CUT);
      assertThat(failure(transport, get(url(empty, "/"), AMPLE)).kind()).isEqualTo(Kind.CUT);
      assertThat(failure(transport, get(chunked.url("/"), AMPLE)).kind()).isEqualTo(Kind.CUT);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void tellsBrokenFromUnreachable(TransportKind kind) throws Exception {
    int freePort;
    try (ServerSocket taken = new ServerSocket(0)) {
      freePort = taken.getLocalPort();
    }
    try (WireServer drop =
            server((request, waiting) -> WireResponse.of(200).deliveredBy(Delivery.drop()));
        WireServer reset =
            server((request, waiting) -> WireResponse.of(200).deliveredBy(Delivery.reset()));
        HttpTransport transport = kind.create()) {
      assertThat(failure(transport, get(url(drop, "/"), AMPLE)).kind()).isEqualTo(Kind.BROKEN);
      assertThat(failure(transport, get(url(reset, "/"), AMPLE)).kind()).isEqualTo(Kind.BROKEN);
      TransportException refused =
          failure(transport, get(HttpUrl.parse("http://127.0.0.1:" + freePort + "/"), AMPLE));
      assertThat(refused.kind()).isEqualTo(Kind.NO_CONNECTION);
      assertThat(refused.nothingSent()).isTrue();
      TransportException unknown =
          failure(transport, get(HttpUrl.parse("http://no-such-host.invalid/"), AMPLE));
      assertThat(unknown.kind()).isEqualTo(Kind.NO_CONNECTION);
      assertThat(unknown).hasMessageContaining("no such host");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void theDeadlineEndsSilence(TransportKind kind) throws Exception {
    try (WireServer server =
            server((request, waiting) -> WireResponse.of(200).deliveredBy(Delivery.hang()));
        HttpTransport transport = kind.create()) {
      assertThat(failure(transport, get(url(server, "/"), BRIEF)).kind()).isEqualTo(Kind.TIMEOUT);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKET,'HTTP/1.1 200 OK\r\nX-Slow: '",
    "SOCKET,'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n'",
    "SOCKET,'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;'",
    "JDK,'HTTP/1.1 200 OK\r\nX-Slow: '",
    "JDK,'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n'",
    "JDK,'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;'"
  })
  void theDeadlineEndsAServerThatDrips(TransportKind kind, String start) throws Exception {
    try (RawServer server =
            RawServer.start((line, number) -> {
              line.readHead();
              line.send(start);
              while (line.pause(20)) {
                line.send("x");
              }
            });
        HttpTransport transport = kind.create()) {
      assertThat(failure(transport, get(server.url("/"), BRIEF)).kind()).isEqualTo(Kind.TIMEOUT);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void theDeadlineEndsAnUploadThatNobodyReads(TransportKind kind) throws Exception {
    try (RawServer server = RawServer.start((line, number) -> line.hold());
        HttpTransport transport = kind.create()) {
      long length = 64L << 20;
      TransportRequest request =
          new TransportRequest(
              "PUT",
              server.url("/"),
              Headers.NONE,
              RequestBody.streaming(length, () -> new Zeros(length)),
              BRIEF);
      assertThat(failure(transport, request).kind()).isEqualTo(Kind.TIMEOUT);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void interruptionEndsAnExchange(TransportKind kind) throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    try (WireServer server =
            server((request, waiting) -> {
              arrived.countDown();
              return WireResponse.of(200).deliveredBy(Delivery.hang());
            });
        HttpTransport transport = kind.create()) {
      FutureTask<Throwable> outcome =
          new FutureTask<>(() -> {
            try {
              return new AssertionError(get(transport, url(server, "/")).toString());
            } catch (InterruptedException e) {
              return e;
            }
          });
      Thread thread = Thread.ofVirtual().start(outcome);
      assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
      thread.interrupt();
      assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void followsNoRedirectAndKeepsNoCookie(TransportKind kind) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    List<String> cookies = Collections.synchronizedList(new ArrayList<>());
    try (WireServer server =
            server((request, waiting) -> {
              requests.incrementAndGet();
              request.headers().first("Cookie").ifPresent(cookies::add);
              return WireResponse.of(302)
                  .with("Location", "/elsewhere")
                  .with("Set-Cookie", "a=b; Path=/");
            });
        HttpTransport transport = kind.create()) {
      Got got = get(transport, url(server, "/"));
      assertThat(got.status()).isEqualTo(302);
      assertThat(got.headers().first("Location")).contains("/elsewhere");
      get(transport, url(server, "/"));
      assertThat(requests).hasValue(2);
      assertThat(cookies).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKET,Basic realm=x", "SOCKET,Negotiate", "SOCKET,NTLM", "SOCKET,'Digest realm=a, nonce=b'",
    "JDK,Basic realm=x", "JDK,Negotiate", "JDK,NTLM", "JDK,'Digest realm=a, nonce=b'"
  })
  void answersNoChallengeAndShowsItsBody(TransportKind kind, String challenge) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (WireServer server =
            server((request, waiting) -> {
              requests.incrementAndGet();
              request.body().readNBytes(1 << 20);
              return text("why").withStatus(401).with("WWW-Authenticate", challenge);
            });
        HttpTransport transport = kind.create()) {
      for (int size : new int[] {0, 10, 100_000}) {
        Got got =
            transport.exchange(
                new TransportRequest(
                    "PUT",
                    url(server, "/"),
                    Headers.NONE,
                    RequestBody.of(Bytes.of(new byte[size])),
                    AMPLE),
                HttpTransportTest::read);
        assertThat(got.status()).isEqualTo(401);
        assertThat(got.body()).isEqualTo("why");
        assertThat(got.headers().first("WWW-Authenticate")).contains(challenge);
      }
      assertThat(requests).hasValue(3);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void undoesNoContentCoding(TransportKind kind) throws Exception {
    try (WireServer server =
            server((request, waiting) -> text("not really").with("Content-Encoding", "gzip"));
        HttpTransport transport = kind.create()) {
      assertThat(get(transport, url(server, "/")).body()).isEqualTo("not really");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKET,'SSH-2.0-OpenSSH_9.2\r\n'",
    "SOCKET,'\u0015\u0003\u0003\u0000\u0002\u0002\n'",
    "SOCKET,'HTTP/1.1 2x0 OK\r\n\r\n'",
    "SOCKET,'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'",
    "SOCKET,'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'",
    "SOCKET,'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n'",
    "SOCKET,'HTTP/1.1 200 OK\r\nno colon\r\n\r\n'",
    "SOCKET,'HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n'",
    "SOCKET,'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'",
    "SOCKET,'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'",
    "SOCKET,'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n'",
    "SOCKET,'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n'",
    "SOCKET,'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n'",
    "SOCKET,'HTTP/1.1 101 Switching Protocols\r\n\r\n'",
    "JDK,'SSH-2.0-OpenSSH_9.2\r\n'",
    "JDK,'HTTP/1.1 2x0 OK\r\n\r\n'",
    "JDK,'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'"
  })
  void refusesWhatIsNotPlainHttp(TransportKind kind, String answer) throws Exception {
    try (RawServer server = RawServer.saying(answer);
        HttpTransport transport = kind.create()) {
      assertThat(failure(transport, get(server.url("/"), AMPLE)).kind()).isEqualTo(Kind.NOT_HTTP);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void refusesHeadersWithoutEnd(TransportKind kind) throws Exception {
    try (RawServer oneLine =
            RawServer.start((line, number) -> {
              line.readHead();
              line.send("HTTP/1.1 200 OK\r\nX: ");
              for (int i = 0; i < 2000; i++) {
                line.send("x".repeat(1000));
              }
            });
        RawServer manyLines =
            RawServer.start((line, number) -> {
              line.readHead();
              line.send("HTTP/1.1 200 OK\r\n");
              for (int i = 0; i < 20_000; i++) {
                line.send("X-" + i + ": " + "y".repeat(100) + "\r\n");
              }
            });
        HttpTransport transport = kind.create()) {
      assertThat(failure(transport, get(oneLine.url("/"), AMPLE)).kind())
          .isIn(Kind.NOT_HTTP, Kind.BROKEN);
      assertThat(failure(transport, get(manyLines.url("/"), AMPLE)).kind())
          .isIn(Kind.NOT_HTTP, Kind.BROKEN);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void keepsConnectionsBetweenRequests(TransportKind kind) throws Exception {
    try (WireServer server = server((request, waiting) -> text("ok"));
        HttpTransport transport = kind.create()) {
      for (int i = 0; i < 20; i++) {
        get(transport, url(server, "/" + i));
      }
      // the JDK's client gives a connection back a moment after the answer
      assertThat(server.connections()).isLessThan(kind == TransportKind.SOCKET ? 2 : 20);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aResponseLeftHalfReadDoesNotSpoilTheNext(TransportKind kind) throws Exception {
    try (WireServer server = server((request, waiting) -> text(request.path().repeat(20_000)));
        HttpTransport transport = kind.create()) {
      int first = transport.exchange(get(url(server, "/a"), AMPLE), r -> r.body().read());
      assertThat(first).isEqualTo('/');
      assertThat(get(transport, url(server, "/b")).body()).startsWith("/b/b/b");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void whatTheReaderThrowsComesThrough(TransportKind kind) throws Exception {
    try (WireServer server = server((request, waiting) -> text("ok"));
        HttpTransport transport = kind.create()) {
      TransportRequest request = get(url(server, "/"), AMPLE);
      assertThatThrownBy(() ->
              transport.exchange(
                  request,
                  r -> {
                    throw new MalformedInputException("test", "checked");
                  }))
          .isInstanceOf(MalformedInputException.class);
      assertThatThrownBy(() ->
              transport.exchange(
                  request,
                  r -> {
                    throw new IllegalStateException("unchecked");
                  }))
          .isInstanceOf(IllegalStateException.class);
      assertThat(get(transport, url(server, "/")).body()).isEqualTo("ok");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aGetIsRepeatedOnAConnectionThatHadBeenIdle(TransportKind kind) throws Exception {
    try (RawServer server =
            RawServer.start((line, number) -> {
              line.readHead();
              line.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + number);
              if (number > 1) {
                line.hold();
              }
              // the first connection closes once it has answered, as servers do after a while
            });
        HttpTransport transport = kind.create()) {
      assertThat(get(transport, server.url("/")).body()).isEqualTo("1");
      assertThat(get(transport, server.url("/")).body()).isEqualTo("2");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aRequestThatWritesIsNeverRepeatedSilently(TransportKind kind) throws Exception {
    AtomicInteger puts = new AtomicInteger();
    try (RawServer server =
            RawServer.start((line, number) -> {
              if (line.readHead().startsWith("PUT")) {
                puts.incrementAndGet();
              }
            });
        HttpTransport transport = kind.create()) {
      TransportRequest put =
          new TransportRequest(
              "PUT", server.url("/"), Headers.NONE, RequestBody.of(Bytes.utf8("x")), AMPLE);
      assertThat(failure(transport, put).kind()).isEqualTo(Kind.BROKEN);
      assertThat(puts).hasValue(1);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aClosedTransportFails(TransportKind kind) throws Exception {
    try (WireServer server = server((request, waiting) -> text("ok"))) {
      HttpTransport transport = kind.create();
      get(transport, url(server, "/"));
      transport.close();
      transport.close();
      assertThat(failure(transport, get(url(server, "/"), AMPLE)).kind())
          .isEqualTo(Kind.NO_CONNECTION);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aConnectionPreparedAheadIsUsed(TransportKind kind) throws Exception {
    try (WireServer server = server((request, waiting) -> text("ok"));
        HttpTransport transport = kind.create()) {
      transport.prepare(url(server, "/").origin(), AMPLE);
      transport.prepare(url(server, "/").origin(), AMPLE);
      assertThat(get(transport, url(server, "/")).body()).isEqualTo("ok");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void preparingForNobodyHarmsNothing(TransportKind kind) throws Exception {
    try (HttpTransport transport = kind.create()) {
      HttpUrl nowhere = HttpUrl.parse("http://no-such-host.invalid/");
      transport.prepare(nowhere.origin(), AMPLE);
      assertThat(failure(transport, get(nowhere, AMPLE)).kind()).isEqualTo(Kind.NO_CONNECTION);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void servesManyThreadsAtOnce(TransportKind kind) throws Exception {
    try (WireServer server = server((request, waiting) -> text(request.path()));
        HttpTransport transport = kind.create()) {
      List<FutureTask<String>> tasks = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        HttpUrl url = url(server, "/" + i);
        FutureTask<String> task = new FutureTask<>(() -> get(transport, url).body());
        tasks.add(task);
        Thread.ofVirtual().start(task);
      }
      for (int i = 0; i < tasks.size(); i++) {
        assertThat(tasks.get(i).get(30, TimeUnit.SECONDS)).isEqualTo("/" + i);
      }
    }
  }

  @org.junit.jupiter.api.Test
  void anEarlyRefusalOfALargeUploadIsRead() throws Exception {
    try (RawServer server =
            RawServer.start((line, number) -> {
              line.readHead();
              line.send(
                  "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
              for (int i = 0; i < (32 << 20) && line.read() >= 0; i++) {
                // takes it all, as servers do that want their answer to be seen
              }
            });
        HttpTransport transport = TransportKind.SOCKET.create()) {
      Got got =
          transport.exchange(
              new TransportRequest(
                  "PUT",
                  server.url("/"),
                  Headers.NONE,
                  RequestBody.of(Bytes.of(new byte[1 << 20])),
                  AMPLE),
              HttpTransportTest::read);
      assertThat(got.status()).isEqualTo(413);
      assertThat(got.body()).isEqualTo("big");
    }
  }
}
