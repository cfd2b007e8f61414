package dev.bulla.registry.transport;

import dev.bulla.error.Quoted;
import dev.bulla.registry.transport.Proxies.Proxy;
import dev.bulla.registry.transport.TransportException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection that speaks HTTP/1.1 (RFC 9112), one exchange at a time. Reads strictly: whatever
 * can be understood in two ways is refused.
 */
final class Http1Connection implements AutoCloseable {

  private static final int MAX_LINE = 16 << 10;
  private static final int MAX_FIELDS = 200;
  private static final int MAX_HEAD = 128 << 10;
  private static final int MAX_INTERIM = 16;

  /**
   * What the kernel surely takes without the peer reading. More than that is written under guard.
   */
  private static final int SMALL_BODY = 8 << 10;

  private final TimedSocket raw;
  private final Socket socket;
  private final OutputStream out;
  private final WireInput in;
  private final @Nullable Proxy plainProxy;
  private boolean persistent = true;
  private long idleSince;

  /**
   * @param raw the connection
   * @param socket the same, or TLS over it
   * @param plainProxy the proxy at its other end that passes requests on one by one; {@code null}
   *     when the server is there, or a tunnel to it
   */
  Http1Connection(TimedSocket raw, Socket socket, @Nullable Proxy plainProxy) throws IOException {
    this.raw = raw;
    this.plainProxy = plainProxy;
    this.socket = socket;
    this.out = socket.getOutputStream();
    this.in = new WireInput(socket.getInputStream());
  }

  void setDeadline(Deadline deadline) {
    raw.setDeadline(deadline);
  }

  /** Sends a request and reads the head of its response. */
  Response exchange(TransportRequest request, Deadline deadline) throws IOException {
    long before = in.received();
    try {
      send(request, deadline);
    } catch (TransportException e) {
      if (e.kind() == Kind.BROKEN) {
        // a server may answer and hang up before it has taken the whole body
        Optional<Response> early = earlyAnswer(request);
        if (early.isPresent()) {
          return early.get();
        }
      }
      throw e;
    }
    try {
      return receive(request);
    } catch (TransportException e) {
      if (e.kind() == Kind.BROKEN && in.received() == before) {
        throw new SilentConnection(e);
      }
      throw e;
    }
  }

  /**
   * The connection ended before the server said anything: on one that had been idle, it may never
   * have seen the request.
   */
  static final class SilentConnection extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient TransportException failure;

    SilentConnection(TransportException failure) {
      super(failure);
      this.failure = failure;
    }

    TransportException failure() {
      return failure;
    }
  }

  private Optional<Response> earlyAnswer(TransportRequest request) {
    persistent = false;
    try {
      return Optional.of(receive(request));
    } catch (TransportException e) {
      return Optional.empty();
    }
  }

  private void send(TransportRequest request, Deadline deadline) throws IOException {
    long length = request.body().lengthOrZero();
    byte[] head = head(request);
    if (length <= SMALL_BODY) {
      // one write, one packet
      ByteArrayOutputStream all = new ByteArrayOutputStream(head.length + (int) length);
      all.write(head);
      copyBody(request, length, all);
      write(all.toByteArray(), all.size());
      return;
    }
    CountDownLatch written = new CountDownLatch(1);
    Thread guard = new Thread(() -> closeUnless(written, deadline), "bulla-upload-deadline");
    guard.setDaemon(true);
    guard.start();
    try {
      write(head, head.length);
      copyBody(
          request,
          length,
          new OutputStream() {
            @Override
            public void write(int b) throws IOException {
              write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int count) throws IOException {
              writeTo(bytes, offset, count, deadline);
            }
          });
    } finally {
      written.countDown();
    }
  }

  /** A blocked write knows no time-out; only closing the socket ends it. */
  private void closeUnless(CountDownLatch written, Deadline deadline) {
    try {
      if (!written.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
        raw.close();
      }
    } catch (InterruptedException | IOException e) {
      // nobody interrupts this thread, and a socket that does not close is closed
      Thread.currentThread().interrupt();
    }
  }

  private static void copyBody(TransportRequest request, long length, OutputStream to)
      throws IOException {
    if (length == 0) {
      return;
    }
    try (InputStream body = request.body().open()) {
      byte[] buffer = new byte[(int) Math.min(length, 64 << 10)];
      long left = length;
      while (left > 0) {
        int n = body.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (n < 0) {
          throw new IOException("the content to send is shorter than announced");
        }
        to.write(buffer, 0, n);
        left -= n;
      }
    }
  }

  private void write(byte[] bytes, int count) throws TransportException {
    try {
      out.write(bytes, 0, count);
      out.flush();
    } catch (IOException e) {
      throw WireInput.broken(e);
    }
  }

  private void writeTo(byte[] bytes, int offset, int count, Deadline deadline)
      throws TransportException {
    try {
      out.write(bytes, offset, count);
      out.flush();
    } catch (IOException e) {
      if (deadline.remainingNanos() <= 0) {
        throw new TransportException(Kind.TIMEOUT, "the server takes the body too slowly", e);
      }
      throw WireInput.broken(e);
    }
  }

  private byte[] head(TransportRequest request) {
    StringBuilder head = new StringBuilder(512);
    head.append(request.method()).append(' ');
    if (plainProxy != null) {
      head.append(request.url().origin());
    }
    head.append(request.url().pathAndQuery());
    head.append(" HTTP/1.1\r\nHost: ").append(request.url().origin().authority()).append("\r\n");
    List<Headers.Field> fields = request.headers().fields();
    for (int i = 0; i < fields.size(); i++) {
      head.append(fields.get(i).name()).append(": ").append(fields.get(i).value()).append("\r\n");
    }
    if (plainProxy != null && plainProxy.authorization() != null) {
      head.append("Proxy-Authorization: ").append(plainProxy.authorization()).append("\r\n");
    }
    if (request.body().length().isPresent()) {
      head.append("Content-Length: ").append(request.body().lengthOrZero()).append("\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A response whose body is still on the wire. */
  record Response(int status, Headers headers, long announcedLength, WireBody body) {}

  private Response receive(TransportRequest request) throws TransportException {
    for (int interim = 0; interim <= MAX_INTERIM; interim++) {
      int status = statusLine();
      Headers headers = fields();
      if (status == 407 && plainProxy != null) {
        throw Tunnel.refused(plainProxy, status);
      }
      if (status >= 200) {
        return framed(request, status, headers);
      }
      if (status == 101) {
        break;
      }
    }
    throw new TransportException(Kind.NOT_HTTP, "no final response", null);
  }

  private int statusLine() throws TransportException {
    String line = in.line(MAX_LINE);
    if (line == null) {
      throw new TransportException(
          Kind.BROKEN, "the connection was closed without an answer", null);
    }
    int status = status(line);
    if (status == 0) {
      throw new TransportException(
          Kind.NOT_HTTP, "not an HTTP answer: " + Quoted.text(shortened(line)), null);
    }
    if (line.startsWith("HTTP/1.0")) {
      persistent = false;
    }
    return status;
  }

  /** The status in a status line; 0 when it is none. */
  static int status(String line) {
    boolean http =
        line.length() >= 12
            && (line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "))
            && (line.length() == 12 || line.charAt(12) == ' ');
    int status = 0;
    for (int i = 9; http && i < 12; i++) {
      int digit = line.charAt(i) - '0';
      http = digit >= 0 && digit <= 9;
      status = status * 10 + digit;
    }
    return http && status >= 100 && status <= 599 ? status : 0;
  }

  private static String shortened(String line) {
    return line.length() > 60 ? line.substring(0, 60) : line;
  }

  private Headers fields() throws TransportException {
    Headers.Builder headers = Headers.builder();
    int size = 0;
    for (int count = 0; ; count++) {
      String line = in.line(MAX_LINE);
      if (line == null) {
        throw new TransportException(Kind.BROKEN, "the connection broke within a header", null);
      }
      if (line.isEmpty()) {
        return headers.build();
      }
      size += line.length();
      if (count == MAX_FIELDS || size > MAX_HEAD) {
        throw new TransportException(Kind.NOT_HTTP, "too many header fields", null);
      }
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon);
      String value = colon < 0 ? "" : withoutBlanks(line, colon + 1);
      if (!Headers.isToken(name) || !Headers.isFieldValue(value)) {
        throw new TransportException(
            Kind.NOT_HTTP, "not a header field: " + Quoted.text(shortened(line)), null);
      }
      headers.add(name, value);
    }
  }

  /**
   * Takes away blanks and tabs only (RFC 9110 §5.6.3); {@code strip} would also take control
   * characters.
   */
  private static String withoutBlanks(String line, int from) {
    int start = from;
    int end = line.length();
    while (start < end && (line.charAt(start) == ' ' || line.charAt(start) == '\t')) {
      start++;
    }
    while (end > start && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
      end--;
    }
    return line.substring(start, end);
  }

  /** Finds out where the body ends (RFC 9112 §6.3). */
  private Response framed(TransportRequest request, int status, Headers headers)
      throws TransportException {
    if (mentions(headers, "Connection", "close")) {
      persistent = false;
    }
    if (status >= 300 && request.body().lengthOrZero() > SMALL_BODY) {
      // who refuses an upload may not have read it, and may hang up without saying so
      persistent = false;
    }
    if (request.method().equals("HEAD") || status == 204 || status == 304) {
      return new Response(status, headers, -1, new WireBody.Fixed(in, 0));
    }
    List<String> codings = headers.all("Transfer-Encoding");
    long length = contentLength(headers);
    if (!codings.isEmpty()) {
      if (codings.size() != 1 || !codings.get(0).equalsIgnoreCase("chunked")) {
        throw new TransportException(
            Kind.NOT_HTTP, "unknown transfer coding " + Quoted.text(codings.get(0)), null);
      }
      if (length >= 0) {
        // two framings: the chunks count, and nothing that follows on this connection is believed
        persistent = false;
      }
      return new Response(status, headers, -1, new WireBody.Chunked(in));
    }
    if (length >= 0) {
      return new Response(status, headers, length, new WireBody.Fixed(in, length));
    }
    persistent = false;
    return new Response(status, headers, -1, new WireBody.UntilClose(in));
  }

  static long contentLength(Headers headers) throws TransportException {
    long length = -1;
    for (String value : headers.all("Content-Length")) {
      long one = 0;
      boolean digits = !value.isEmpty() && value.length() <= 18;
      for (int i = 0; digits && i < value.length(); i++) {
        int digit = value.charAt(i) - '0';
        digits = digit >= 0 && digit <= 9;
        one = one * 10 + digit;
      }
      if (!digits || (length >= 0 && length != one)) {
        throw new TransportException(
            Kind.NOT_HTTP, "not a content length: " + Quoted.text(shortened(value)), null);
      }
      length = one;
    }
    return length;
  }

  private static boolean mentions(Headers headers, String name, String token) {
    for (String value : headers.all(name)) {
      int start = 0;
      while (start <= value.length()) {
        int comma = value.indexOf(',', start);
        int end = comma < 0 ? value.length() : comma;
        if (value.substring(start, end).strip().equalsIgnoreCase(token)) {
          return true;
        }
        start = end + 1;
      }
    }
    return false;
  }

  /** Whether another exchange can follow the one whose body this is. */
  boolean reusableAfter(WireBody body) {
    return persistent && body.finished() && !in.hasBuffered();
  }

  void markIdle() {
    idleSince = System.nanoTime();
  }

  /**
   * Whether the server has left the connection open while it was idle. Waits a millisecond when it
   * had time to close it.
   */
  boolean isStillOpen(Duration suspectAfter, Duration maxIdle) {
    long idle = System.nanoTime() - idleSince;
    if (idle > maxIdle.toNanos()) {
      return false;
    }
    if (idle < suspectAfter.toNanos()) {
      return true;
    }
    setDeadline(Deadline.after(Duration.ofMillis(2)));
    try {
      in.read();
      return false;
    } catch (TransportException e) {
      return e.kind() == Kind.TIMEOUT;
    }
  }

  @Override
  public void close() {
    try {
      // the raw one: closing TLS in good order would wait for the peer
      raw.close();
      socket.close();
    } catch (IOException e) {
      // it is of no use either way
      persistent = false;
    }
  }
}
