package dev.bulla.admission.http;

import java.io.IOException;
import java.io.InputStream;

/** A body whose bytes count against what the server holds, until it is released. */
final class HeldBody extends InputStream {

  private final BodyInput body;
  private final Shares room;
  private final String peer;
  private final Arrival arrival;
  private boolean arrived;
  private int held;

  /** Told when the body is there. */
  @FunctionalInterface
  interface Arrival {
    void arrived() throws IOException;
  }

  HeldBody(BodyInput body, Shares room, String peer, Arrival arrival) {
    this.body = body;
    this.room = room;
    this.peer = peer;
    this.arrival = arrival;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    int n = body.read(into, from, length);
    if (n > 0) {
      // taken as it arrives: what a client only announces holds nothing
      if (!room.take(peer, n)) {
        throw new BusyException();
      }
      held += n;
    }
    settle();
    return n;
  }

  /** Tells when the body is there, once. */
  void settle() throws IOException {
    if (body.ended() && !arrived) {
      arrived = true;
      arrival.arrived();
    }
  }

  /**
   * Holds this much instead of what was read.
   *
   * @throws BusyException when that is more, and there is no room for it
   */
  void hold(int bytes) throws BusyException {
    if (bytes > held && !room.take(peer, bytes - held)) {
      throw new BusyException();
    }
    if (bytes < held) {
      room.release(peer, held - bytes);
    }
    held = bytes;
  }

  void release() {
    room.release(peer, held);
    held = 0;
  }
}
