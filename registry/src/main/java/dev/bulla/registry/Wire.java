package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.DigestingInputStream;
import dev.bulla.digest.DigestingInputStream.WrongDigestException;
import dev.bulla.error.BullaBug;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.RefusedAddressException;
import dev.bulla.registry.transport.RequestBody;
import dev.bulla.registry.transport.ResponseReader;
import dev.bulla.registry.transport.TransportException;
import dev.bulla.registry.transport.TransportRequest;
import dev.bulla.registry.transport.TransportResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request and reads its answer: bounded, checked, written to the log. Knows nothing of
 * credentials but to keep them out of the log.
 */
final class Wire {

  private final HttpTransport transport;
  private final String userAgent;
  private final WireLog log;
  private final boolean logging;
  private final Pace pace;

  Wire(HttpTransport transport, String userAgent, WireLog log, Pace pace) {
    this.transport = transport;
    this.userAgent = userAgent;
    this.log = log;
    this.logging = !log.equals(WireLog.SILENT);
    this.pace = pace;
  }

  HttpTransport transport() {
    return transport;
  }

  /** What goes out, and how much may come back. */
  record Outgoing(
      String method,
      HttpUrl url,
      Headers headers,
      RequestBody body,
      long maxBody,
      Optional<Digest> expected,
      @Nullable BodySink sink) {

    Outgoing(String method, HttpUrl url, Headers headers, RequestBody body, long maxBody) {
      this(method, url, headers, body, maxBody, Optional.empty(), null);
    }
  }

  /**
   * One exchange.
   *
   * @param authorization the value of the {@code Authorization} header, or {@code null} for none
   * @throws FailedExchange when there was no answer
   * @throws RegistryException when the answer is not to be used, or the deadline has passed
   */
  Answer send(Outgoing out, @Nullable String authorization, Duration patience, CallBudget budget)
      throws FailedExchange, RegistryException {
    Duration left = budget.remaining();
    if (left.isNegative() || left.isZero()) {
      throw new RegistryException(
          Kind.TIMEOUT,
          RegistryErrors.prefix(out.method(), out.url())
              + "no time left of "
              + budget.total().toSeconds()
              + " s");
    }
    Headers.Builder headers = Headers.builder();
    headers.add("User-Agent", userAgent);
    // nothing we fetch may be unpacked on the way: digests are of the packed bytes, and bombs are
    // packed small
    headers.add("Accept-Encoding", "identity");
    for (Headers.Field field : out.headers().fields()) {
      headers.add(field.name(), field.value());
    }
    if (authorization != null) {
      headers.add("Authorization", authorization);
    }
    TransportRequest request =
        new TransportRequest(
            out.method(),
            out.url(),
            headers.build(),
            out.body(),
            left.compareTo(patience) < 0 ? left : patience);
    long start = pace.nanoTime();
    logRequest(request);
    try {
      Answer answer = transport.exchange(request, new AnswerReader(out));
      logAnswer(answer, start);
      return answer;
    } catch (TransportException e) {
      logFailure(request, reason(e), start);
      throw new FailedExchange(out.method(), out.url(), e);
    } catch (WrongDigestException e) {
      logFailure(request, reason(e), start);
      throw RegistryErrors.bad(out.method(), out.url(), reason(e));
    } catch (IOException e) {
      throw new RegistryException(
          Kind.UNREACHABLE, RegistryErrors.prefix(out.method(), out.url()) + reason(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException(
          Kind.UNREACHABLE, RegistryErrors.prefix(out.method(), out.url()) + "interrupted", e);
    } catch (RegistryException e) {
      logFailure(request, e.message(), start);
      throw e;
    } catch (ConfigurationException e) {
      throw new RegistryException(
          e.getCause() instanceof RefusedAddressException ? Kind.UNSAFE : Kind.TLS,
          RegistryErrors.prefix(out.method(), out.url()) + e.message(),
          0,
          List.of(),
          e.hint().orElse(null),
          e);
    } catch (BullaException e) {
      throw new BullaBug("a transport threw what no reader throws", e);
    }
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return Quoted.plain(message == null ? e.getClass().getSimpleName() : message);
  }

  /** A class with a name starts quicker than a lambda that captures, in every process anew. */
  private record AnswerReader(Outgoing out) implements ResponseReader<Answer> {
    @Override
    public Answer read(TransportResponse response) throws IOException, RegistryException {
      return new Answer(
          out.method(), out.url(), response.status(), response.headers(), body(out, response));
    }
  }

  private static Bytes body(Outgoing out, TransportResponse response)
      throws IOException, RegistryException {
    if (out.method().equals("HEAD")) {
      return Bytes.EMPTY;
    }
    if (response.status() < 200 || response.status() > 299) {
      return start(response.body());
    }
    String coding = response.headers().first("Content-Encoding").orElse("identity");
    if (!coding.equalsIgnoreCase("identity") && !coding.isEmpty()) {
      throw RegistryErrors.bad(
          out.method(), out.url(), "unexpected content coding " + Quoted.text(coding));
    }
    if (response.announcedLength() > out.maxBody()) {
      throw tooLarge(out);
    }
    InputStream body = response.body();
    if (out.sink() != null) {
      out.sink().take(response.status(), response.headers(), body);
      return Bytes.EMPTY;
    }
    if (out.expected().isPresent()) {
      body = new DigestingInputStream(body, out.expected().get());
    }
    try {
      return LimitedInput.readAll(body, out.maxBody(), "answer");
    } catch (MalformedInputException e) {
      throw tooLarge(out);
    }
  }

  private static RegistryException tooLarge(Outgoing out) {
    return new RegistryException(
        Kind.TOO_LARGE,
        RegistryErrors.prefix(out.method(), out.url())
            + "the answer is larger than the limit of "
            + out.maxBody()
            + " bytes");
  }

  /** As much as an error message needs; the rest stays unread. */
  private static Bytes start(InputStream body) throws IOException {
    byte[] buffer = new byte[Limits.MAX_ERROR_BODY];
    int filled = 0;
    while (filled < buffer.length) {
      int n = body.read(buffer, filled, buffer.length - filled);
      if (n < 0) {
        break;
      }
      filled += n;
    }
    return Bytes.of(buffer, 0, filled);
  }

  private void logRequest(TransportRequest request) {
    if (logging) {
      List<String> lines = new ArrayList<>();
      lines.add("--> " + request.method() + " " + Redaction.url(request.url()));
      lines.addAll(Redaction.headers(request.headers(), request.url()));
      log.entry(lines);
    }
  }

  private void logAnswer(Answer answer, long start) {
    if (logging) {
      List<String> lines = new ArrayList<>();
      lines.add(
          "<-- "
              + HttpStatus.text(answer.status())
              + " "
              + answer.method()
              + " "
              + Redaction.url(answer.url())
              + " ("
              + millis(start)
              + " ms)");
      lines.addAll(Redaction.headers(answer.headers(), answer.url()));
      log.entry(lines);
    }
  }

  private void logFailure(TransportRequest request, String why, long start) {
    if (logging) {
      log.entry(
          List.of(
              "<-- failed "
                  + request.method()
                  + " "
                  + Redaction.url(request.url())
                  + " ("
                  + millis(start)
                  + " ms): "
                  + why));
    }
  }

  private long millis(long start) {
    return (pace.nanoTime() - start) / 1_000_000;
  }
}
