package dev.bulla.sigstore.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CallbackServerTest {

  private CallbackServer server;

  @BeforeEach
  void listen() throws IOException {
    server =
        CallbackServer.listen(
            Redirect.USUAL.address(),
            0,
            "/back",
            parameters ->
                parameters.containsKey("yes") ? CallbackPage.SIGNED_IN : CallbackPage.NOT_OURS);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.port());
  }

  /** The status of the answer; empty when the connection was closed without one. */
  private String send(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.isEmpty() ? "" : answer.substring(9, 12);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /back?yes=1 HTTP/1.1",
        "GET /back?yes=%zz HTTP/1.1",
        "GET /back?yes=1&yes=2 HTTP/1.1",
        "GET /back/?yes=1 HTTP/1.1",
        "GET /?yes=1 HTTP/1.1",
        "GET http://localhost/back?yes=1 HTTP/1.1",
        "GET /back?yes=1 HTTP/3",
        "yes=1",
        " "
      })
  void anythingElseIsNotTheAnswer(String line) throws Exception {
    assertThat(send(line + "\r\n\r\n")).isEqualTo("404");
    assertThatThrownBy(() -> server.await(Duration.ZERO)).isInstanceOf(TimeoutException.class);
    assertThat(send("GET /back?yes=1 HTTP/1.1\r\nHost: x\r\n\r\n")).isEqualTo("200");
    assertThat(server.await(Duration.ofSeconds(30))).isEqualTo(Map.of("yes", "1"));
  }

  @Test
  void aRequestThatStopsEarlyIsClosed() throws Exception {
    assertThat(send("GET /back?yes=1 HTTP/1.1\r\nHost: x\r\n")).isEmpty();
    assertThatThrownBy(() -> server.await(Duration.ZERO)).isInstanceOf(TimeoutException.class);
  }

  /** Browsers open connections in advance, and use the next one. */
  @Test
  void aConnectionThatSaysNothingHoldsNobodyUp() throws Exception {
    try (Socket silent = connect();
        Socket other = connect()) {
      assertThat(silent.isConnected() && other.isConnected()).isTrue();
      assertThat(send("GET /back?yes=%20a%26b+c&no HTTP/1.1\r\n\r\n")).isEqualTo("200");
      assertThat(server.await(Duration.ofSeconds(30))).isEqualTo(Map.of("yes", " a&b c"));
    }
  }

  @Test
  void nothingOfTheRequestGetsOntoAPage() throws Exception {
    for (CallbackPage page : CallbackPage.values()) {
      String text = page.answer().toUtf8String("page");
      assertThat(text).startsWith("HTTP/1.1 ").contains("Cache-Control: no-store\r\n");
      String body = text.substring(text.indexOf("\r\n\r\n") + 4);
      assertThat(text)
          .contains("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n");
    }
  }
}
