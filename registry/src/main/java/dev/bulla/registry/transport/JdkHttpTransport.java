package dev.bulla.registry.transport;

import dev.bulla.error.BullaBug;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.registry.transport.TransportException.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's HTTP client: HTTP/2 over TLS, HTTP/1.1 otherwise, each exchange on a virtual thread.
 * For programs that stay: it takes a few hundred milliseconds to start and must be closed.
 *
 * <p>What goes through a proxy goes over {@link SocketTransport}, and so by HTTP/1.1: the JDK's
 * client shows no password to a proxy that tunnels, unless a property of the whole process says so.
 */
public final class JdkHttpTransport implements HttpTransport {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final TlsOptions tls;
  private final Proxies proxies;
  private final SocketTransport throughProxies;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable HttpClient plain;
  private @Nullable HttpClient secure;
  private boolean closed;

  private JdkHttpTransport(TlsOptions tls, Proxies proxies) {
    this.tls = tls;
    this.proxies = proxies;
    this.throughProxies = SocketTransport.create(tls, proxies);
  }

  /** Connects to servers directly. */
  public static JdkHttpTransport create(TlsOptions tls) {
    return create(tls, Proxies.NONE);
  }

  /** Connects through proxies where there are any. */
  public static JdkHttpTransport create(TlsOptions tls, Proxies proxies) {
    return new JdkHttpTransport(tls, proxies);
  }

  @Override
  public Thread.Builder threads() {
    return Thread.ofVirtual();
  }

  @Override
  public boolean usesProxy(Origin server) {
    return throughProxies.usesProxy(server);
  }

  @Override
  public <T> T exchange(TransportRequest request, ResponseReader<T> reader)
      throws IOException, BullaException, InterruptedException {
    // The client's own time-out ends with the head of the response. Interrupting the thread that
    // reads ends everything.
    FutureTask<T> task = new FutureTask<>(() -> exchangeNow(request, reader));
    Thread.ofVirtual().name("bulla-exchange").start(task);
    try {
      return task.get(request.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      task.cancel(true);
      throw new TransportException(Kind.TIMEOUT, "no complete answer in time", e);
    } catch (InterruptedException e) {
      task.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof BullaException bulla) {
        throw bulla;
      }
      if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw new BullaBug("an exchange threw what it does not declare", cause);
    }
  }

  private <T> T exchangeNow(TransportRequest request, ResponseReader<T> reader)
      throws IOException, BullaException, InterruptedException {
    if (proxies.to(request.url().origin()).isPresent()) {
      return throughProxies.exchange(request, reader);
    }
    SourceGuard source = new SourceGuard(request.body());
    HttpResponse<InputStream> response;
    try {
      response =
          client(request.url().origin())
              .send(translate(request, source), BodyHandlers.ofInputStream());
    } catch (IOException e) {
      if (source.failure != null) {
        throw source.failure;
      }
      throw sendFailure(e);
    }
    try (InputStream body = response.body()) {
      Headers headers = headers(response.headers().map());
      long length = Http1Connection.contentLength(headers);
      if (request.method().equals("HEAD")) {
        length = -1;
      }
      return reader.read(
          new TransportResponse(response.statusCode(), headers, length, new ReceivedBody(body)));
    }
  }

  private static HttpRequest translate(TransportRequest request, SourceGuard source)
      throws TransportException {
    URI uri = URI.create(request.url().toString());
    if (uri.getHost() == null) {
      throw new TransportException(
          Kind.NO_CONNECTION,
          "the Java HTTP client cannot reach a host named "
              + Quoted.text(request.url().origin().host()),
          null);
    }
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri)
            .version(
                request.url().origin().isHttps()
                    ? HttpClient.Version.HTTP_2
                    : HttpClient.Version.HTTP_1_1);
    if (request.body().length().isPresent()) {
      builder.method(request.method(), source.publisher());
    } else {
      withoutBody(builder, request.method());
    }
    for (Headers.Field field : request.headers().fields()) {
      builder.header(field.name(), field.value());
    }
    return builder.build();
  }

  /**
   * Through the methods of their own where there are any: the general one announces an empty body.
   */
  private static void withoutBody(HttpRequest.Builder builder, String method) {
    switch (method) {
      case "GET" -> builder.GET();
      case "HEAD" -> builder.HEAD();
      case "DELETE" -> builder.DELETE();
      default -> builder.method(method, BodyPublishers.noBody());
    }
  }

  private static Headers headers(Map<String, List<String>> map) throws TransportException {
    Headers.Builder headers = Headers.builder();
    for (Map.Entry<String, List<String>> entry : map.entrySet()) {
      for (String value : entry.getValue()) {
        // HTTP/2 has its status here, under a name that is no token
        if (!entry.getKey().startsWith(":")) {
          if (!Headers.isToken(entry.getKey()) || !Headers.isFieldValue(value)) {
            throw new TransportException(
                Kind.NOT_HTTP, "not a header field: " + Quoted.text(entry.getKey()), null);
          }
          headers.add(entry.getKey(), value);
        }
      }
    }
    return headers.build();
  }

  private static TransportException sendFailure(IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof TransportException already) {
        return already;
      }
      if (t instanceof HttpConnectTimeoutException) {
        return new TransportException(Kind.CONNECT_TIMEOUT, "no connection in time", e);
      }
      if (t instanceof HttpTimeoutException) {
        return new TransportException(Kind.TIMEOUT, "no complete answer in time", e);
      }
      if (t instanceof UnresolvedAddressException || t instanceof UnknownHostException) {
        return new TransportException(Kind.NO_CONNECTION, "no such host", e);
      }
      if (t instanceof ProtocolException) {
        return new TransportException(
            Kind.NOT_HTTP, "not an HTTP answer: " + Quoted.plain(WireInput.reason(t)), e);
      }
      if (t instanceof SSLException ssl) {
        return SocketTransport.handshakeFailure(ssl);
      }
    }
    if (e instanceof ConnectException) {
      return new TransportException(
          Kind.NO_CONNECTION,
          e.getMessage() == null ? "connection refused" : WireInput.reason(e),
          e);
    }
    return new TransportException(
        Kind.BROKEN, "the connection broke: " + Quoted.plain(WireInput.reason(e)), e);
  }

  private synchronized HttpClient client(Origin origin)
      throws ConfigurationException, TransportException {
    if (closed) {
      throw new TransportException(Kind.NO_CONNECTION, "the transport is closed", null);
    }
    if (origin.isHttps()) {
      if (secure == null) {
        secure = newClient(secureContext());
      }
      return secure;
    }
    if (plain == null) {
      plain = newClient(noTrust());
    }
    return plain;
  }

  private SSLContext secureContext() throws ConfigurationException {
    SSLContext context = TlsContexts.create(tls);
    return tls.serverName().isEmpty()
        ? context
        : RenamedTls.expecting(tls.serverName().get(), context);
  }

  /**
   * Spares the client for plain HTTP the loading of the trust store; no handshake could succeed
   * with it.
   */
  private static SSLContext noTrust() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[0], null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new BullaBug("every Java platform has TLS", e);
    }
  }

  private HttpClient newClient(SSLContext context) {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(CONNECT_TIMEOUT)
        .proxy(HttpClient.Builder.NO_PROXY)
        .executor(threads)
        .sslContext(context)
        .build();
  }

  @Override
  public synchronized void close() {
    closed = true;
    // an open client keeps the process from ending for some 300 ms
    if (plain != null) {
      plain.shutdownNow();
    }
    if (secure != null) {
      secure.shutdownNow();
    }
    threads.shutdownNow();
    throughProxies.close();
  }

  /**
   * Hands a body to the client, and remembers why it could not be read, which the client would
   * blame on the network.
   */
  private static final class SourceGuard {
    private final RequestBody body;
    private volatile @Nullable IOException failure;

    SourceGuard(RequestBody body) {
      this.body = body;
    }

    BodyPublisher publisher() {
      long length = body.lengthOrZero();
      return length == 0
          ? BodyPublishers.noBody()
          : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(this::open), length);
    }

    private InputStream open() {
      try {
        return new Watched(body.open(), body.lengthOrZero());
      } catch (IOException e) {
        failure = e;
        return InputStream.nullInputStream();
      }
    }

    private final class Watched extends FilterInputStream {
      private long left;

      Watched(InputStream in, long length) {
        super(in);
        this.left = length;
      }

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        if (left == 0) {
          return -1;
        }
        try {
          int n = in.read(buffer, offset, (int) Math.min(length, left));
          if (n < 0) {
            throw new IOException("the content to send is shorter than announced");
          }
          left -= n;
          return n;
        } catch (IOException e) {
          failure = e;
          throw e;
        }
      }
    }
  }

  /** The client reports a body that ends early in many ways; here it is one. */
  private static final class ReceivedBody extends FilterInputStream {
    ReceivedBody(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return in.read(buffer, offset, length);
      } catch (IOException e) {
        Kind kind = isReset(e) ? Kind.BROKEN : Kind.CUT;
        throw new TransportException(
            kind, "the body ended early: " + Quoted.plain(WireInput.reason(e)), e);
      }
    }

    private static boolean isReset(Throwable failure) {
      for (Throwable t = failure; t != null; t = t.getCause()) {
        if (t instanceof SocketException) {
          return true;
        }
      }
      return false;
    }

    @Override
    public long skip(long n) throws IOException {
      byte[] sink = new byte[(int) Math.min(n, 8 << 10)];
      return Math.max(read(sink, 0, sink.length), 0);
    }
  }
}
