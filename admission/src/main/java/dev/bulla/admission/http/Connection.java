package dev.bulla.admission.http;

import dev.bulla.admission.http.Connections.Phase;
import dev.bulla.bytes.Bytes;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One client's connection, from its first byte to its end, on a thread of its own. Each step has a
 * time; when that is over the socket below TLS is closed, which wakes whoever waits for it and
 * never waits itself.
 */
final class Connection implements Runnable {

  private static final Bytes CONTINUE = Bytes.utf8("HTTP/1.1 100 Continue\r\n\r\n");

  /** What is read after an answer that came before the end of a body, so that it arrives. */
  private static final long LINGER_BYTES = 16 << 20;

  private static final Duration LINGER = Duration.ofSeconds(2);

  private final HttpServer server;
  private final Socket raw;

  Connection(HttpServer server, Socket raw) {
    this.server = server;
    this.raw = raw;
  }

  @Override
  public void run() {
    try {
      serve();
    } catch (IOException e) {
      // the client went away, spoke no TLS or was too slow: there is nobody to tell
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      abort();
      server.ended(this);
    }
  }

  /** Ends it at once, from any thread. */
  void abort() {
    try {
      raw.close();
    } catch (IOException e) {
      // then it is closed
    }
  }

  private void serve() throws IOException, InterruptedException {
    raw.setTcpNoDelay(true);
    if (server.tls().isPresent() && !server.enters(this, Phase.HANDSHAKE)) {
      return;
    }
    Socket socket = server.tls().isPresent() ? encrypted() : raw;
    InputStream in = new BufferedInputStream(socket.getInputStream(), 8 << 10);
    OutputStream out = socket.getOutputStream();
    Duration wait = server.limits().head();
    while (server.enters(this, Phase.IDLE)
        && another(in, wait)
        && server.enters(this, Phase.CLIENT)) {
      if (!exchange(in, out, client(socket))) {
        break;
      }
      wait = server.limits().idle();
    }
    within(server.limits().answer(), socket::close);
  }

  private Socket encrypted() throws IOException {
    SSLSocketFactory factory = server.tls().orElseThrow().get().getSocketFactory();
    SSLSocket socket = (SSLSocket) factory.createSocket(raw, null, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    parameters.setWantClientAuth(server.asksForCertificate());
    socket.setSSLParameters(parameters);
    within(server.limits().head(), socket::startHandshake);
    return socket;
  }

  private static Optional<String> client(Socket socket) {
    if (!(socket instanceof SSLSocket encrypted)) {
      return Optional.empty();
    }
    try {
      Certificate[] chain = encrypted.getSession().getPeerCertificates();
      return chain[0] instanceof X509Certificate leaf
          ? Optional.of(leaf.getSubjectX500Principal().getName())
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  private boolean another(InputStream in, Duration wait) throws IOException {
    return asked(
        wait,
        () -> {
          in.mark(1);
          if (in.read() < 0) {
            return false;
          }
          in.reset();
          return true;
        });
  }

  /** Whether the connection can be used again. */
  private boolean exchange(InputStream in, OutputStream out, Optional<String> client)
      throws IOException, InterruptedException {
    RequestHead head;
    try {
      head = asked(server.limits().head(), () -> RequestHead.read(in, server.limits().maxHead()));
    } catch (BadRequestException e) {
      answer(out, e.response(), true, false);
      linger(in);
      return false;
    }
    BodyInput body = new BodyInput(in, head.length());
    HttpResponse response = handled(head, body, out, client);
    String wish = head.headers().getOrDefault("connection", "");
    boolean last =
        head.old() || wish.equalsIgnoreCase("close") || !body.ended() || server.isDraining();
    answer(out, response, last, head.method().equals("HEAD"));
    if (!body.ended()) {
      linger(body);
    }
    return !last;
  }

  private HttpResponse handled(
      RequestHead head, BodyInput body, OutputStream out, Optional<String> client)
      throws IOException, InterruptedException {
    if (!body.ended()
        && head.headers().getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
      within(server.limits().answer(), () -> CONTINUE.writeTo(out));
    }
    Future<?> alarm = server.after(server.limits().body(), this::abort);
    HeldBody held =
        new HeldBody(
            body,
            server.bodies(),
            Connections.peer(raw.getInetAddress()),
            () -> {
              alarm.cancel(false);
              // not given up any more for others: from here on it is the server that is waited for
              if (!server.enters(this, Phase.WORKING)) {
                throw new EOFException("given up for others");
              }
            });
    held.settle();
    // as a task, so that whatever goes wrong inside is an answer and no lost connection
    FutureTask<HttpResponse> task =
        new FutureTask<>(() -> server.handler().handle(new HttpRequest(head, held, client)));
    try {
      task.run();
      return task.get();
    } catch (ExecutionException e) {
      server.failed(e.getCause() == null ? e : e.getCause());
      return HttpResponse.text(500, "internal error");
    } finally {
      alarm.cancel(false);
      held.release();
    }
  }

  private void answer(OutputStream out, HttpResponse response, boolean last, boolean headOnly)
      throws IOException {
    if (!server.enters(this, Phase.CLIENT)) {
      throw new EOFException("given up for others");
    }
    within(
        server.limits().answer(),
        () -> {
          response.onTheLine(last, headOnly).writeTo(out);
          out.flush();
        });
  }

  /** Closing with unread bytes would take the answer away from the client. */
  private void linger(InputStream in) throws IOException {
    within(
        LINGER,
        () -> {
          byte[] buffer = new byte[8 << 10];
          long left = LINGER_BYTES;
          try {
            raw.shutdownOutput();
            for (int n = in.read(buffer); n >= 0 && left > 0; n = in.read(buffer)) {
              left -= n;
            }
          } catch (EOFException e) {
            // as far as it goes
          }
        });
  }

  private interface Step {
    void run() throws IOException;
  }

  private interface Question<T, E extends Exception> {
    T ask() throws IOException, E;
  }

  private void within(Duration limit, Step step) throws IOException {
    Future<?> alarm = server.after(limit, this::abort);
    try {
      step.run();
    } finally {
      alarm.cancel(false);
    }
  }

  private <T, E extends Exception> T asked(Duration limit, Question<T, E> question)
      throws IOException, E {
    Future<?> alarm = server.after(limit, this::abort);
    try {
      return question.ask();
    } finally {
      alarm.cancel(false);
    }
  }
}
