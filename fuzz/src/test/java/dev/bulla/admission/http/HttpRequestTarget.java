package dev.bulla.admission.http;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;
import dev.bulla.fuzz.Input;
import dev.bulla.limits.LimitedInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@link RequestHead} and {@link BodyInput}: whatever a client sends ends as a request, a refusal
 * or the end of the connection. Where the request ends does not depend on how the bytes fall into
 * packets, and a head that can be read in two ways is refused.
 */
public final class HttpRequestTarget {

  private static final int MAX_HEAD = 4 << 10;
  private static final int MAX_BODY = 1 << 14;

  private HttpRequestTarget() {}

  /**
   * What came of one request.
   *
   * @param left bytes behind it
   */
  private record Outcome(
      Optional<RequestHead> head, Optional<Bytes> body, String failure, int left) {}

  public static boolean accepts(byte[] input) {
    Outcome whole = read(input, Integer.MAX_VALUE);
    Outcome dripped = read(input, 1);
    Check.equal(
        whole.head().map(HttpRequestTarget::text),
        dripped.head().map(HttpRequestTarget::text),
        "a head, in one packet or many");
    Check.equal(whole.body(), dripped.body(), "a body, in one packet or many");
    Check.equal(whole.failure(), dripped.failure(), "a failure, in one packet or many");
    if (whole.head().isPresent()) {
      head(whole.head().get());
      oneFraming(Input.latin1(input));
    }
    if (whole.body().isPresent()) {
      Check.equal(whole.left(), dripped.left(), "the end of a request, in one packet or many");
      ends(Input.latin1(input), whole);
    }
    return whole.body().isPresent();
  }

  private static Outcome read(byte[] input, int packet) {
    ByteArrayInputStream in =
        new ByteArrayInputStream(input) {
          @Override
          public synchronized int read(byte[] into, int from, int length) {
            return super.read(into, from, Math.min(length, packet));
          }
        };
    Optional<RequestHead> head = Optional.empty();
    try {
      head = Optional.of(RequestHead.read(in, MAX_HEAD));
      Check.that(input.length - in.available() <= MAX_HEAD + 2, "a head within its limit");
      BodyInput body = new BodyInput(in, head.get().length());
      Bytes bytes = LimitedInput.readAll(body, MAX_BODY, "body");
      Check.that(body.ended() && body.read() < 0, "a body that was read has ended");
      return new Outcome(head, Optional.of(bytes), "", in.available());
    } catch (BadRequestException e) {
      HttpResponse response = e.response();
      Check.that(response.status() >= 400 && response.status() < 600, "a refusal");
      Check.message(String.valueOf(e.getMessage()));
      return new Outcome(head, Optional.empty(), String.valueOf(e.getMessage()), 0);
    } catch (IOException e) {
      Check.message(String.valueOf(e.getMessage()));
      return new Outcome(head, Optional.empty(), String.valueOf(e.getMessage()), 0);
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return new Outcome(head, Optional.empty(), e.message(), 0);
    }
  }

  private static String text(RequestHead head) {
    return head.method()
        + " "
        + head.target()
        + " "
        + head.old()
        + " "
        + new TreeMap<>(head.headers())
        + " "
        + head.length();
  }

  private static void head(RequestHead head) {
    Check.that(!head.method().isEmpty() && head.method().length() <= 32, "a short method");
    Check.that(head.target().startsWith("/"), "a target that is a path");
    Check.that(head.length() >= -1, "a length");
    for (Map.Entry<String, String> header : head.headers().entrySet()) {
      Check.equal(
          header.getKey().toLowerCase(Locale.ROOT), header.getKey(), "a name in lower case");
      Check.that(
          (header.getKey() + header.getValue() + head.target())
              .chars()
              .noneMatch(c -> c == '\r' || c == '\n' || c == 0),
          "a head without line ends inside");
    }
  }

  /** Read anew, line by line: at most one word on where the body ends. */
  private static void oneFraming(String said) {
    int framings = 0;
    String head = said.substring(0, said.indexOf("\r\n\r\n") + 2);
    Check.that(head.replace("\r\n", "").indexOf('\n') < 0, "one spelling of line ends");
    for (String line : Input.lines(head)) {
      String lower = line.toLowerCase(Locale.ROOT);
      framings +=
          lower.startsWith("content-length:") || lower.startsWith("transfer-encoding:") ? 1 : 0;
      Check.that(!line.startsWith(" ") && !line.startsWith("\t"), "no folded line");
    }
    Check.that(framings <= 1, "one meaning of the end of a body");
  }

  private static void ends(String said, Outcome outcome) {
    int begin = said.indexOf("\r\n\r\n") + 4;
    int end = said.length() - outcome.left();
    long length = outcome.head().orElseThrow().length();
    if (length >= 0) {
      Check.equal(length, (long) (end - begin), "a body as long as announced");
      Check.equal(
          said.substring(begin, end),
          Input.latin1(outcome.body().orElseThrow().toByteArray()),
          "the body that was sent");
    } else {
      Check.that(said.substring(begin, end).endsWith("\r\n"), "chunks end with an empty line");
      Check.that(
          outcome.body().orElseThrow().size() < end - begin, "chunks are longer than their body");
    }
  }
}
