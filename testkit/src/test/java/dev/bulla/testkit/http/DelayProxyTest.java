package dev.bulla.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class DelayProxyTest {

  /** A clock that stands still, and remembers until when it was waited. */
  private static final class StillTimer implements DelayProxy.Timer {

    private final List<Long> waits = new CopyOnWriteArrayList<>();

    @Override
    public long now() {
      return 1_000;
    }

    @Override
    public void waitUntil(long nanos) {
      waits.add(nanos);
    }
  }

  private static WireServer echo() throws IOException {
    return WireServer.start(
        WireServer.loopback(),
        (r, w) ->
            WireResponse.of(200)
                .withText(
                    "text/plain",
                    new String(r.body().readAllBytes(), StandardCharsets.ISO_8859_1)));
  }

  @Test
  void carriesRequestsAndAnswers() throws IOException {
    String large = "x".repeat(200_000);
    try (WireServer server = echo();
        DelayProxy proxy = DelayProxy.start(server.address(), Duration.ZERO);
        RawClient client = new RawClient(proxy.address())) {
      for (String body : List.of("one", large, "two")) {
        client.send(
            "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        client.readUntil("\r\n\r\n");
        assertThat(client.read(body.length())).isEqualTo(body);
      }
    }
  }

  @Test
  void delaysEachDirectionByHalfAndTheBeginningByAWholeRoundTrip() throws IOException {
    StillTimer timer = new StillTimer();
    try (WireServer server = echo();
        DelayProxy proxy = DelayProxy.start(server.address(), Duration.ofNanos(100), timer);
        RawClient client = new RawClient(proxy.address())) {
      client.get("/");
      client.readUntil("\r\n\r\n");
    }
    // connected at 1,000: nothing is under way before 1,100, and each way takes 50
    assertThat(timer.waits).isNotEmpty().containsOnly(1_150L);
  }

  @Test
  void passesOnTheEndOfEitherDirection() throws IOException {
    try (ServerSocket target = new ServerSocket()) {
      target.bind(WireServer.loopback());
      try (DelayProxy proxy =
              DelayProxy.start(
                  new java.net.InetSocketAddress(target.getInetAddress(), target.getLocalPort()),
                  Duration.ZERO);
          RawClient client = new RawClient(proxy.address());
          Socket accepted = target.accept()) {
        client.send("request");
        client.finishSending();
        assertThat(accepted.getInputStream().readAllBytes()).hasSize(7);
        accepted.getOutputStream().write("answer".getBytes(StandardCharsets.US_ASCII));
        accepted.shutdownOutput();
        assertThat(client.readToEnd()).isEqualTo("answer");
      }
    }
  }

  @Test
  void endsTheConnectionWhenTheTargetIsNotThere() throws IOException {
    WireServer gone = echo();
    gone.close();
    try (DelayProxy proxy = DelayProxy.start(gone.address(), Duration.ZERO);
        RawClient client = new RawClient(proxy.address())) {
      assertThat(endOf(client)).isEmpty();
    }
  }

  @Test
  void closingEndsConnectionsUnderWay() throws IOException {
    try (WireServer server = echo()) {
      DelayProxy proxy = DelayProxy.start(server.address(), Duration.ofDays(1));
      try (RawClient client = new RawClient(proxy.address())) {
        client.get("/");
        proxy.close();
        assertThat(endOf(client)).isEmpty();
      }
    }
  }

  private static String endOf(RawClient client) throws IOException {
    try {
      return client.readToEnd();
    } catch (SocketException e) {
      return "";
    }
  }
}
