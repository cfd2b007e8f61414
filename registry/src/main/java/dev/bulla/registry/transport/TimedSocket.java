package dev.bulla.registry.transport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;

/**
 * A socket that waits no longer than a deadline, however the bytes are spread. A plain socket's
 * time-out starts anew with every byte that arrives, so a server that drips could hold it for ever;
 * TLS layered over this one reads through it and is bounded too.
 */
final class TimedSocket extends Socket {

  private volatile Deadline deadline;

  TimedSocket(Deadline deadline) {
    super(Proxy.NO_PROXY);
    this.deadline = deadline;
  }

  void setDeadline(Deadline deadline) {
    this.deadline = deadline;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new TimedInput(super.getInputStream());
  }

  private final class TimedInput extends FilterInputStream {
    TimedInput(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      setSoTimeout(deadline.remainingMillis());
      return in.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      setSoTimeout(deadline.remainingMillis());
      return in.read(buffer, offset, length);
    }
  }
}
