package dev.bulla.admission.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The connections there are, and which of them goes when there are too many: of the peer that has
 * most, the one that has waited for its client longest. What is being worked on never goes. So
 * whoever opens many connections, or is slow in many of them, pushes out himself and nobody else.
 *
 * <p>Thread-safe; wakes who waits on it when a connection has ended.
 *
 * @param <C> a connection
 */
final class Connections<C> {

  /** What a connection is doing. */
  enum Phase {
    /** The client is to do its part of the TLS handshake. */
    HANDSHAKE,
    /** There is no request. */
    IDLE,
    /** The client is to send the rest of a request, or to read the answer. */
    CLIENT,
    /** The request is being answered. */
    WORKING
  }

  private record Entry(String peer, Phase phase) {}

  private final int most;
  private final int mostOfPeer;
  private final int mostHandshakes;

  /** Begins with the one that has been in its phase longest. */
  private final Map<C, Entry> entries = new LinkedHashMap<>();

  /** How many each peer has; without those who have none. */
  private final Map<String, Integer> peers = new HashMap<>();

  private int handshakes;

  /**
   * @param mostOfPeer of one peer at the same time
   * @param mostHandshakes TLS handshakes at the same time
   */
  Connections(int most, int mostOfPeer, int mostHandshakes) {
    this.most = most;
    this.mostOfPeer = mostOfPeer;
    this.mostHandshakes = mostHandshakes;
  }

  /** Whose connection it is: an address, of IPv6 the network, since one host has all of it. */
  static String peer(InetAddress address) {
    return address instanceof Inet6Address
        ? Arrays.toString(Arrays.copyOf(address.getAddress(), 8))
        : address.getHostAddress();
  }

  /**
   * What has to be closed for a new connection, which is the connection itself when there is no
   * room for it. It begins as waiting for its client.
   */
  synchronized Optional<C> add(C connection, String peer) {
    Optional<C> goes = Optional.empty();
    if (peers.getOrDefault(peer, 0) >= mostOfPeer) {
      goes = longestWaiting(peer, false);
    } else if (entries.size() >= most) {
      goes = longestWaiting(busiest(false), false);
    } else {
      put(connection, new Entry(peer, Phase.CLIENT));
      return goes;
    }
    if (goes.isEmpty()) {
      return Optional.of(connection);
    }
    remove(goes.get());
    put(connection, new Entry(peer, Phase.CLIENT));
    return goes;
  }

  /** The result of {@link #enter}. */
  record Entered<C>(boolean stays, Optional<C> goes) {}

  /**
   * A connection begins something else.
   *
   * @return whether it may, or has been given up meanwhile; and what has to be closed for it
   */
  synchronized Entered<C> enter(C connection, Phase phase) {
    Entry before = entries.get(connection);
    if (before == null) {
      return new Entered<>(false, Optional.empty());
    }
    remove(connection);
    Optional<C> goes = Optional.empty();
    if (phase == Phase.HANDSHAKE && handshakes >= mostHandshakes) {
      goes = longestWaiting(busiest(true), true);
      goes.ifPresent(this::remove);
    }
    put(connection, new Entry(before.peer(), phase));
    return new Entered<>(true, goes);
  }

  /** It has ended. */
  synchronized void end(C connection) {
    if (entries.containsKey(connection)) {
      remove(connection);
    }
    notifyAll();
  }

  /** Those that are in this phase; all of them for none. */
  synchronized List<C> in(Optional<Phase> phase) {
    List<C> found = new ArrayList<>();
    entries.forEach((connection, entry) -> {
      if (phase.isEmpty() || entry.phase() == phase.get()) {
        found.add(connection);
      }
    });
    return found;
  }

  synchronized int size() {
    return entries.size();
  }

  private void put(C connection, Entry entry) {
    entries.put(connection, entry);
    peers.merge(entry.peer(), 1, Integer::sum);
    handshakes += entry.phase() == Phase.HANDSHAKE ? 1 : 0;
  }

  private void remove(C connection) {
    Entry entry = entries.remove(connection);
    if (entry != null) {
      peers.computeIfPresent(entry.peer(), (peer, count) -> count == 1 ? null : count - 1);
      handshakes -= entry.phase() == Phase.HANDSHAKE ? 1 : 0;
    }
  }

  /** The peer with most connections that may go; the one that has waited longest of several. */
  private String busiest(boolean inHandshake) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    entries
        .values()
        .forEach(entry -> {
          if (mayGo(entry, inHandshake)) {
            counts.merge(entry.peer(), 1, Integer::sum);
          }
        });
    String busiest = "";
    int highest = 0;
    for (Map.Entry<String, Integer> count : counts.entrySet()) {
      if (count.getValue() > highest) {
        highest = count.getValue();
        busiest = count.getKey();
      }
    }
    return busiest;
  }

  private Optional<C> longestWaiting(String peer, boolean inHandshake) {
    for (Map.Entry<C, Entry> entry : entries.entrySet()) {
      if (entry.getValue().peer().equals(peer) && mayGo(entry.getValue(), inHandshake)) {
        return Optional.of(entry.getKey());
      }
    }
    return Optional.empty();
  }

  private static boolean mayGo(Entry entry, boolean inHandshake) {
    return inHandshake ? entry.phase() == Phase.HANDSHAKE : entry.phase() != Phase.WORKING;
  }
}
