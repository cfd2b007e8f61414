package dev.bulla.registry.transport;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;
import dev.bulla.fuzz.Input;
import dev.bulla.limits.LimitedInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link Http1Connection}: whatever a server sends ends as a response or a {@link
 * TransportException}, and does not depend on how the bytes fall into packets.
 */
public final class HttpResponseTarget {

  private static final int MAX_BODY = 1 << 16;
  private static final Deadline DEADLINE = Deadline.after(Duration.ofDays(365));
  private static final TransportRequest REQUEST = request();

  private HttpResponseTarget() {}

  private static TransportRequest request() {
    try {
      return new TransportRequest(
          "GET",
          HttpUrl.parse("http://registry.test/v2/"),
          Headers.NONE,
          RequestBody.NONE,
          Duration.ofDays(1));
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  /** What came of an exchange, in a form that can be compared. */
  private record Outcome(
      int status, List<String> fields, Bytes body, String failure, boolean reusable, int left) {}

  public static boolean accepts(byte[] input) throws IOException {
    Outcome whole = exchange(input, input.length);
    Outcome dripped = exchange(input, 1);
    Check.equal(whole.status(), dripped.status(), "status, in one packet or many");
    Check.equal(whole.fields(), dripped.fields(), "fields, in one packet or many");
    Check.equal(whole.body(), dripped.body(), "body, in one packet or many");
    Check.equal(whole.failure(), dripped.failure(), "failure, in one packet or many");
    if (whole.reusable()) {
      Check.equal(0, whole.left(), "a connection is used again at the end of a response");
    }
    if (whole.status() != 0) {
      Check.that(whole.status() >= 200 && whole.status() <= 599, "a final status");
      noControlCharacterInFields(Input.latin1(input));
    }
    return whole.failure().isEmpty();
  }

  /**
   * RFC 9110 §5.5: blanks and tabs may surround a value, and nothing else that a reader may take
   * away.
   */
  private static void noControlCharacterInFields(String said) {
    int status = 0;
    for (String line : Input.lines(said)) {
      String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      if (status == 0) {
        status = Integer.parseInt(text.substring(9, 12));
      } else if (!text.isEmpty()) {
        Check.that(
            text.chars().allMatch(c -> c == '\t' || (c >= 0x20 && c != 0x7f)),
            "a field without control characters");
      } else if (status >= 200) {
        return;
      } else {
        status = 0;
      }
    }
  }

  private static Outcome exchange(byte[] input, int packet) throws IOException {
    ServerSocket socket = new ServerSocket(input, Math.max(1, packet));
    int status = 0;
    List<String> fields = List.of();
    Bytes body = Bytes.EMPTY;
    String failure = "";
    boolean reusable = false;
    try (TimedSocket raw = new TimedSocket(DEADLINE);
        Http1Connection connection = new Http1Connection(raw, socket, null)) {
      Http1Connection.Response response = connection.exchange(REQUEST, DEADLINE);
      status = response.status();
      fields = fields(response.headers());
      body = LimitedInput.readAll(response.body(), MAX_BODY, "body");
      if (response.announcedLength() >= 0) {
        Check.equal(response.announcedLength(), (long) body.size(), "a body as long as announced");
      }
      Check.equal(-1, response.body().read(), "a body that has ended stays so");
      reusable = connection.reusableAfter(response.body());
    } catch (TransportException e) {
      failure = e.kind() + " " + e.message();
      Check.message(e.message());
    } catch (Http1Connection.SilentConnection e) {
      failure = e.failure().kind() + " " + e.failure().message();
      Check.equal(0, input.length, "a server that said something was not silent");
    } catch (MalformedInputException e) {
      failure = e.message();
    }
    return new Outcome(status, fields, body, failure, reusable, socket.left());
  }

  private static List<String> fields(Headers headers) {
    List<String> fields = new ArrayList<>();
    for (Headers.Field field : headers.fields()) {
      Check.that(
          Headers.isToken(field.name()) && Headers.isFieldValue(field.value()),
          "fields that can be sent on");
      fields.add(field.name() + ": " + field.value());
    }
    return fields;
  }

  /** The end of a connection to a server that says all this, so many bytes at a time. */
  private static final class ServerSocket extends Socket {
    private final ByteArrayInputStream said;
    private final int packet;

    ServerSocket(byte[] says, int packet) {
      this.said = new ByteArrayInputStream(says);
      this.packet = packet;
    }

    int left() {
      return said.available();
    }

    @Override
    public InputStream getInputStream() {
      return new InputStream() {
        @Override
        public int read() {
          return said.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
          return said.read(target, offset, Math.min(length, packet));
        }
      };
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStream.nullOutputStream();
    }
  }
}
