package dev.bulla.admission.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** A body whose bytes count against what the server holds, until it is released. */
final class HeldBody extends InputStream {

  private final BodyInput body;
  private final Semaphore room;
  private final Future<?> alarm;
  private int held;

  /**
   * @param alarm cancelled when the body is there, or is not waited for any more
   */
  HeldBody(BodyInput body, Semaphore room, Future<?> alarm) {
    this.body = body;
    this.room = room;
    this.alarm = alarm;
    if (body.ended()) {
      alarm.cancel(false);
    }
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
      if (!room.tryAcquire(n)) {
        throw new BusyException();
      }
      held += n;
    }
    if (body.ended()) {
      alarm.cancel(false);
    }
    return n;
  }

  void release() {
    alarm.cancel(false);
    room.release(held);
    held = 0;
  }
}
