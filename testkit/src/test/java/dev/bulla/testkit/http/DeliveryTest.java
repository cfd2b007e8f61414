package dev.bulla.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeliveryTest {

  private static WireServer serving(Delivery delivery) throws IOException {
    WireResponse response = WireResponse.of(200).withText("text/plain", "0123456789");
    return WireServer.start(WireServer.loopback(), (r, w) -> response.deliveredBy(delivery));
  }

  private static String get(Delivery delivery) throws IOException {
    try (WireServer server = serving(delivery);
        RawClient client = new RawClient(server.address())) {
      return client.get("/").readToEnd();
    }
  }

  @Test
  void cutsTheBodyAndAnnouncesTheWhole() throws IOException {
    assertThat(get(Delivery.cutAfter(4)))
        .contains("Content-Length: 10\r\n")
        .endsWith("\r\n\r\n0123");
  }

  @Test
  void cutsBeforeTheFirstByte() throws IOException {
    assertThat(get(Delivery.cutAfter(0))).contains("Content-Length: 10\r\n").endsWith("\r\n\r\n");
  }

  @Test
  void endsTheConnectionWithoutAnAnswer() throws IOException {
    assertThat(get(Delivery.drop())).isEmpty();
    assertThat(Delivery.drop().isAnswer()).isFalse();
  }

  @Test
  void resetsTheConnection() {
    assertThatThrownBy(() -> get(Delivery.reset())).isInstanceOf(SocketException.class);
    assertThat(Delivery.reset().isAnswer()).isFalse();
  }

  @Test
  void sendsTheWholeBodyPieceByPiece() throws IOException {
    try (WireServer server = serving(Delivery.drip(3, Duration.ZERO));
        RawClient client = new RawClient(server.address())) {
      client.get("/");
      assertThat(client.readUntil("0123456789")).contains("Content-Length: 10\r\n");
      client.get("/");
      assertThat(client.readUntil("0123456789")).startsWith("HTTP/1.1 200 OK");
    }
  }

  @Test
  void stopsDrippingWhenTheServerIsClosed() throws IOException {
    WireServer server = serving(Delivery.drip(1, Duration.ofDays(1)));
    try (RawClient client = new RawClient(server.address())) {
      client.get("/");
      client.readUntil("\r\n\r\n");
      server.close();
      assertThat(endOf(client)).isEmpty();
    }
  }

  @Test
  void hangsUntilTheServerIsClosed() throws IOException {
    WireServer server = serving(Delivery.hang());
    try (RawClient client = new RawClient(server.address())) {
      client.get("/");
      server.close();
      assertThat(endOf(client)).isEmpty();
    }
    assertThat(Delivery.hang().isAnswer()).isFalse();
  }

  private static String endOf(RawClient client) throws IOException {
    try {
      return client.readToEnd();
    } catch (SocketException e) {
      return "";
    }
  }

  @Test
  void announcesAnotherLength() throws IOException {
    assertThat(get(Delivery.announcing(1_000)))
        .contains("Content-Length: 1000\r\n")
        .endsWith("0123456789");
  }

  @Test
  void announcesNoLengthAtAll() throws IOException {
    assertThat(get(Delivery.untilClose()))
        .contains("Connection: close\r\n")
        .doesNotContain("Content-Length")
        .doesNotContain("chunked")
        .endsWith("0123456789");
  }
}
