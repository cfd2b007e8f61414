package dev.bulla.admission.server;

import dev.bulla.admission.decide.Decider;
import dev.bulla.admission.http.HttpLimits;
import dev.bulla.admission.http.HttpRequest;
import dev.bulla.admission.http.HttpResponse;
import dev.bulla.admission.http.HttpServer;
import dev.bulla.admission.live.Watched;
import dev.bulla.admission.live.Watching;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.metrics.MetricRegistry;
import dev.bulla.admission.metrics.Metrics;
import dev.bulla.admission.review.ParsingRoom;
import dev.bulla.admission.tls.ServerIdentity;
import dev.bulla.admission.tls.ServerTls;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The webhook, listening. It takes the decider anew for each review, so that a new configuration
 * needs no restart.
 */
public final class AdmissionServer implements AutoCloseable {

  /** Certificate files are no larger, in bytes. */
  private static final int MAX_FILE = 1 << 20;

  private final ServerOptions options;
  private final Parts parts;
  private final HttpLimits limits;
  private final ReviewHandler reviews;
  private final List<HttpServer> servers = new ArrayList<>();
  private @Nullable Watching watching;
  private volatile @Nullable Watched<Shown> shown;
  private volatile boolean ending;
  private volatile boolean wasReady;

  /**
   * What the server works with.
   *
   * @param deciders asked for each review
   */
  public record Parts(
      Supplier<Decider> deciders,
      Metrics metrics,
      JsonLog log,
      Announcer announcer,
      ReviewListener listener,
      Readiness ready) {

    /** With nothing that has to be waited for or told. */
    public static Parts of(Supplier<Decider> deciders) {
      return new Parts(
          deciders,
          new Metrics(),
          JsonLog.silent(),
          Announcer.NONE,
          ReviewListener.NONE,
          () -> true);
    }
  }

  private AdmissionServer(ServerOptions options, Parts parts, HttpLimits limits, ParsingRoom room) {
    this.options = options;
    this.limits = limits;
    this.parts = parts;
    this.reviews =
        new ReviewHandler(parts, room, limits.bodies(), options.clientAuthority().isPresent());
  }

  /**
   * Listens from now on.
   *
   * @throws BullaException when the certificate files cannot be used
   * @throws IOException when they cannot be read, or an address cannot be had
   */
  public static AdmissionServer start(ServerOptions options, Parts parts)
      throws BullaException, IOException {
    long heap = Runtime.getRuntime().maxMemory();
    return start(options, parts, HttpLimits.in(heap), ParsingRoom.in(heap));
  }

  static AdmissionServer start(
      ServerOptions options, Parts parts, HttpLimits limits, ParsingRoom room)
      throws BullaException, IOException {
    List<Path> files = new ArrayList<>(List.of(options.certificate(), options.key()));
    options.clientAuthority().ifPresent(files::add);
    AdmissionServer server = new AdmissionServer(options, parts, limits, room);
    Watched<Shown> tls =
        Watched.start(
            files, () -> shown(options), new Reloads("certificate", parts.metrics(), parts.log()));
    server.listen(() -> tls.get().context());
    server.shown = tls;
    parts
        .metrics()
        .registry()
        .gauge(
            "bulla_admission_certificate_expiry_timestamp_seconds",
            "When the server's certificate expires, in seconds since 1970.",
            () -> tls.get().until().getEpochSecond());
    server.watching = Watching.start(List.of(tls), options.lookEvery());
    return server;
  }

  /**
   * What clients are shown.
   *
   * @param until when the first of its certificates expires
   */
  private record Shown(SSLContext context, Instant until) {}

  private static Shown shown(ServerOptions options) throws BullaException, IOException {
    Optional<Bytes> authorities =
        options.clientAuthority().isPresent()
            ? Optional.of(read(options.clientAuthority().get()))
            : Optional.empty();
    ServerIdentity identity =
        ServerIdentity.parse(read(options.certificate()), read(options.key()));
    Instant until = Instant.MAX;
    for (X509Certificate certificate : identity.chain()) {
      Instant end = certificate.getNotAfter().toInstant();
      until = end.isBefore(until) ? end : until;
    }
    return new Shown(ServerTls.context(identity, authorities), until);
  }

  private static Bytes read(Path file) throws IOException, MalformedInputException {
    try (InputStream in = Files.newInputStream(file)) {
      return LimitedInput.readAll(in, MAX_FILE, file.toString());
    }
  }

  private void listen(Supplier<SSLContext> tls) throws IOException, ConfigurationException {
    try {
      servers.add(
          HttpServer.start(
              new HttpServer.Options(
                  options.listen(),
                  Optional.of(tls),
                  options.clientAuthority().isPresent(),
                  limits),
              this::serve,
              parts.log()::failure));
      if (options.metricsListen().isPresent()) {
        servers.add(
            HttpServer.start(
                new HttpServer.Options(
                    options.metricsListen().get(), Optional.empty(), false, limits),
                this::serveProbes,
                parts.log()::failure));
      }
    } catch (IOException e) {
      servers.forEach(server -> server.close(Duration.ZERO));
      throw e;
    }
  }

  /** Where reviews are answered, with the port that was chosen. */
  public InetSocketAddress address() {
    return servers.get(0).address();
  }

  /** Where metrics are answered in plain text, when they are. */
  public Optional<InetSocketAddress> metricsAddress() {
    return servers.size() < 2 ? Optional.empty() : Optional.of(servers.get(1).address());
  }

  /** When the first of the certificates that clients are shown expires. */
  public Instant certificateUntil() {
    Watched<Shown> now = shown;
    return now == null ? Instant.MAX : now.get().until();
  }

  private HttpResponse serve(HttpRequest request) throws InterruptedException {
    String path = request.path();
    if (path.equals(ReviewHandler.MUTATE)) {
      return counted(ReviewHandler.MUTATE, reviews.handle(ReviewHandler.MUTATE, request));
    }
    if (path.equals(ReviewHandler.VALIDATE)) {
      return counted(ReviewHandler.VALIDATE, reviews.handle(ReviewHandler.VALIDATE, request));
    }
    return serveProbes(request);
  }

  private HttpResponse serveProbes(HttpRequest request) {
    return switch (request.path()) {
      case "/health" -> counted("/health", get(request, HttpResponse.empty(200)));
      case "/ready" -> counted("/ready", get(request, readiness()));
      case "/metrics" -> counted("/metrics", get(request, metrics()));
      default -> counted("other", HttpResponse.text(404, "not found"));
    };
  }

  /**
   * Once ready is ready until the end: what happens later, such as a key service that is away,
   * happens to all replicas at once, and then answers that say why are better than none.
   */
  private HttpResponse readiness() {
    if (!wasReady && parts.ready().isReady()) {
      wasReady = true;
    }
    List<String> missing = new ArrayList<>();
    if (!wasReady) {
      missing.add("keys or trust material are not there yet");
    }
    if (ending) {
      missing.add("it is ending");
    }
    missing.addAll(parts.ready().missing());
    int status = wasReady && !ending ? 200 : 503;
    return missing.isEmpty()
        ? HttpResponse.empty(status)
        : HttpResponse.text(status, String.join("\n", missing));
  }

  private HttpResponse metrics() {
    return HttpResponse.of(
        200, MetricRegistry.CONTENT_TYPE, Bytes.utf8(parts.metrics().registry().render()));
  }

  private static HttpResponse get(HttpRequest request, HttpResponse response) {
    return request.method().equals("GET")
        ? response
        : HttpResponse.text(405, "Method not allowed.");
  }

  private HttpResponse counted(String path, HttpResponse response) {
    parts.metrics().answered(path, response.status());
    return response;
  }

  /**
   * Stops: not ready any more, then after the lame-duck time no more connections, then the end of
   * what is being worked on, within the drain time. The second call does nothing.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (ending) {
        return;
      }
      ending = true;
    }
    servers.forEach(HttpServer::startDraining);
    try {
      TimeUnit.NANOSECONDS.sleep(options.lameDuck().toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    servers.get(0).close(options.drain());
    servers.stream().skip(1).forEach(server -> server.close(Duration.ZERO));
    if (watching != null) {
      watching.close();
    }
  }
}
