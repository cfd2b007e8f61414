package dev.bulla.admission.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.http.Connections.Phase;
import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConnectionsTest {

  private final Connections<String> connections = new Connections<>(4, 3, 2);

  private void add(String connection, String peer, Phase phase) {
    assertThat(connections.add(connection, peer)).isEmpty();
    enter(connection, phase);
  }

  private void enter(String connection, Phase phase) {
    assertThat(connections.enter(connection, phase))
        .isEqualTo(new Connections.Entered<String>(true, Optional.empty()));
  }

  @Test
  void ofWhoHasMostTheLongestWaitingGoes() {
    add("honest", "a", Phase.IDLE);
    add("slow 1", "b", Phase.CLIENT);
    add("slow 2", "b", Phase.IDLE);
    add("slow 3", "b", Phase.HANDSHAKE);
    assertThat(connections.add("new", "c")).contains("slow 1");
    enter("slow 2", Phase.CLIENT);
    assertThat(connections.add("newer", "c")).contains("slow 3");
    assertThat(connections.enter("slow 3", Phase.IDLE).stays()).isFalse();
    assertThat(connections.enter("honest", Phase.CLIENT).stays()).isTrue();
    assertThat(connections.size()).isEqualTo(4);
  }

  @Test
  void whatIsWorkedOnStays() {
    add("1", "a", Phase.WORKING);
    add("2", "b", Phase.WORKING);
    add("3", "c", Phase.WORKING);
    add("4", "d", Phase.WORKING);
    assertThat(connections.add("5", "e")).contains("5");
    connections.end("2");
    assertThat(connections.add("5", "e")).isEmpty();
    enter("5", Phase.WORKING);
    enter("1", Phase.IDLE);
    assertThat(connections.add("6", "f")).contains("1");
  }

  @Test
  void whoHasAsManyAsOneMayMakesRoomHimself() {
    add("idle", "other", Phase.IDLE);
    add("1", "a", Phase.WORKING);
    add("2", "a", Phase.IDLE);
    add("3", "a", Phase.WORKING);
    assertThat(connections.add("4", "a")).contains("2");
    enter("4", Phase.WORKING);
    assertThat(connections.add("5", "a")).contains("5");
    connections.end("1");
    connections.end("1");
    assertThat(connections.add("5", "a")).isEmpty();
  }

  @Test
  void handshakesAtOnceAreBounded() {
    add("honest", "a", Phase.HANDSHAKE);
    add("slow 1", "b", Phase.HANDSHAKE);
    assertThat(connections.add("slow 2", "b")).isEmpty();
    // nobody has more than another: the longest waiting goes
    assertThat(connections.enter("slow 2", Phase.HANDSHAKE).goes()).contains("honest");
    assertThat(connections.add("next", "c")).isEmpty();
    assertThat(connections.enter("next", Phase.HANDSHAKE).goes()).contains("slow 1");
    enter("next", Phase.IDLE);
    enter("slow 2", Phase.HANDSHAKE);
    assertThat(connections.in(Optional.of(Phase.HANDSHAKE))).containsExactly("slow 2");
    assertThat(connections.in(Optional.empty())).containsExactly("next", "slow 2");
  }

  @Test
  void oneNetworkIsOnePeer() throws Exception {
    assertThat(Connections.peer(InetAddress.getByName("2001:db8::1")))
        .isEqualTo(Connections.peer(InetAddress.getByName("2001:db8::ffff:2")))
        .isNotEqualTo(Connections.peer(InetAddress.getByName("2001:db8:0:1::1")));
    assertThat(Connections.peer(InetAddress.getByName("192.0.2.1")))
        .isNotEqualTo(Connections.peer(InetAddress.getByName("192.0.2.2")));
  }
}
