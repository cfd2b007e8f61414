package dev.bulla.testkit.registry;

import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.testkit.http.Waiting;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An OCI registry (distribution-spec 1.1: push, pull, content discovery, content management) on a
 * port of this machine.
 *
 * <pre>{@code
 * try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
 *   Digest digest = SampleImage.image("hello").pushTo(registry.repository("app"), "v1");
 *   … use registry.host() + "/app:v1" …
 *   assertThat(registry.log().lines()).containsExactly(…);
 * }
 * }</pre>
 *
 * <p>Content is in memory, or in a directory where it survives a restart. HTTP/1.1, plain or TLS.
 * Safe for many threads. Closing it ends every connection, whatever a fault is doing to it.
 */
public final class EmbeddedRegistry implements AutoCloseable {

  private static final int MAX_FORM = 64 << 10;

  private final WireServer server;
  private final Catalog catalog;
  private final Faults faults;
  private final RequestLog log;
  private final Gatekeeper gatekeeper;
  private final RegistryApi api;
  private final boolean tls;
  private final @Nullable FileJournal directory;

  /**
   * How a registry is set up. Every method changes this object and returns it; a started registry
   * no longer looks at it.
   */
  public static final class Options {

    InetSocketAddress listen = WireServer.loopback();
    Auth auth = Auth.none();
    InstantSource clock = InstantSource.system();
    @Nullable SSLContext tls;
    boolean clientCertificates;
    @Nullable Path directory;
    long maxManifestBytes = Limits.MAX_MANIFEST;
    long maxBlobBytes = 512L << 20;
    long maxMemoryBytes = 1L << 30;
    long minChunkBytes;
    int tagsPageSize = Integer.MAX_VALUE;
    int referrersPageSize = Integer.MAX_VALUE;
    int loggedRequests = 20_000;
    boolean blobsRequired = true;
    boolean childrenRequired = true;
    boolean conditionalPut = true;
    boolean strictAccept;
    boolean anyManifestType;
    boolean dockerLocations;

    private Options() {}

    private Options(Options other) {
      listen = other.listen;
      auth = other.auth;
      clock = other.clock;
      tls = other.tls;
      clientCertificates = other.clientCertificates;
      directory = other.directory;
      maxManifestBytes = other.maxManifestBytes;
      maxBlobBytes = other.maxBlobBytes;
      maxMemoryBytes = other.maxMemoryBytes;
      minChunkBytes = other.minChunkBytes;
      tagsPageSize = other.tagsPageSize;
      referrersPageSize = other.referrersPageSize;
      loggedRequests = other.loggedRequests;
      blobsRequired = other.blobsRequired;
      childrenRequired = other.childrenRequired;
      conditionalPut = other.conditionalPut;
      strictAccept = other.strictAccept;
      anyManifestType = other.anyManifestType;
      dockerLocations = other.dockerLocations;
    }

    /**
     * Content in this directory, which is made, or was made by an earlier run; in memory otherwise.
     */
    public Options directory(Path path) {
      directory = path;
      return this;
    }

    /** The address and port to listen on; a free port of the loopback address otherwise. */
    public Options listen(InetSocketAddress address) {
      listen = address;
      return this;
    }

    /** TLS with the server's certificate in the context. */
    public Options tls(SSLContext context) {
      tls = context;
      return this;
    }

    /** TLS that lets in only clients with a certificate which the context trusts. */
    public Options tlsWithClientCertificates(SSLContext context) {
      tls = context;
      clientCertificates = true;
      return this;
    }

    /** Who may do what; everybody everything otherwise. */
    public Options auth(Auth rules) {
      auth = rules;
      return this;
    }

    /** The clock by which tokens expire. */
    public Options clock(InstantSource source) {
      clock = source;
      return this;
    }

    /** The largest manifest, in bytes; 4 MiB otherwise. */
    public Options maxManifestBytes(long bytes) {
      maxManifestBytes = bytes;
      return this;
    }

    /** The largest blob, in bytes; 512 MiB otherwise. */
    public Options maxBlobBytes(long bytes) {
      maxBlobBytes = bytes;
      return this;
    }

    /** All content in memory together, in bytes; 1 GiB otherwise. */
    public Options maxMemoryBytes(long bytes) {
      maxMemoryBytes = bytes;
      return this;
    }

    /**
     * The smallest chunk that uploads are told to send ({@code OCI-Chunk-Min-Length}); not
     * enforced.
     */
    public Options minChunkBytes(long bytes) {
      minChunkBytes = bytes;
      return this;
    }

    /** The most tags of one answer; all otherwise. */
    public Options tagsPageSize(int tags) {
      tagsPageSize = tags;
      return this;
    }

    /** The most referrers of one answer; as many as fit 3 MiB otherwise. */
    public Options referrersPageSize(int entries) {
      referrersPageSize = entries;
      return this;
    }

    /** Requests the log keeps; 20,000 otherwise. The count goes on beyond that. */
    public Options loggedRequests(int number) {
      loggedRequests = number;
      return this;
    }

    /** Accepts manifests whose blobs are not there. */
    public Options blobsNotRequired() {
      blobsRequired = false;
      return this;
    }

    /** Accepts indexes whose manifests are not there. */
    public Options childrenNotRequired() {
      childrenRequired = false;
      return this;
    }

    /** Ignores {@code If-Match} and {@code If-None-Match} on a push. */
    public Options withoutConditionalPut() {
      conditionalPut = false;
      return this;
    }

    /**
     * Manifests are not found by clients whose {@code Accept} does not name their type, as in
     * docker-registry 2.8.
     */
    public Options strictAccept() {
      strictAccept = true;
      return this;
    }

    /** Accepts manifests of media types nobody knows. */
    public Options anyManifestType() {
      anyManifestType = true;
      return this;
    }

    /**
     * Upload locations as docker-registry gives them: absolute, with a query that has to be kept.
     */
    public Options dockerLocations() {
      dockerLocations = true;
      return this;
    }
  }

  private EmbeddedRegistry(Options options, @Nullable FileJournal directory, Path content)
      throws IOException {
    this.directory = directory;
    this.catalog =
        directory == null
            ? new Catalog(new MemoryStore(options.maxMemoryBytes), Journal.none())
            : new Catalog(new FileStore(content), directory);
    Quirks quirks = new Quirks();
    this.faults = new Faults(quirks, catalog::delayVisibility);
    this.log = new RequestLog(options.loggedRequests);
    this.gatekeeper = new Gatekeeper(options.auth, options.clock);
    this.api = new RegistryApi(catalog, options, quirks);
    SSLContext context = options.tls;
    this.tls = context != null;
    this.server =
        context == null
            ? WireServer.start(options.listen, this::answer)
            : WireServer.startTls(
                options.listen, context, options.clientCertificates, this::answer);
  }

  /** The usual set-up. */
  public static Options options() {
    return new Options();
  }

  /** In memory, on a free loopback port, open to everybody. */
  public static EmbeddedRegistry start() throws IOException {
    return start(options());
  }

  /**
   * Starts a registry.
   *
   * @throws IOException when the port is taken, or the directory is not one of ours or already
   *     served
   */
  public static EmbeddedRegistry start(Options options) throws IOException {
    Options own = new Options(options);
    Path path = own.directory;
    if (path == null) {
      return new EmbeddedRegistry(own, null, Path.of(""));
    }
    FileJournal journal = FileJournal.open(path);
    boolean started = false;
    try {
      EmbeddedRegistry registry = new EmbeddedRegistry(own, journal, path);
      started = true;
      return registry;
    } finally {
      if (!started) {
        journal.close();
      }
    }
  }

  private WireResponse answer(WireRequest arrived, Waiting waiting) throws IOException {
    String form = form(arrived);
    WireRequest request =
        form.isEmpty() ? arrived : arrived.withBody(dev.bulla.bytes.Bytes.utf8(form));
    long number = log.begin(request, form);
    OptionalInt status = OptionalInt.empty();
    try {
      WireResponse response = faults.apply(request, waiting, this::registryAnswer);
      if (response.delivery().isAnswer()) {
        status = OptionalInt.of(response.status());
      }
      return response;
    } finally {
      log.end(number, status);
    }
  }

  /** The body of a form, for the log: it is where credentials hide in a POST. */
  private static String form(WireRequest request) throws IOException {
    boolean isForm =
        request
            .headers()
            .first("Content-Type")
            .filter(t -> t.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded"))
            .isPresent();
    long length = request.contentLength().orElse(0);
    if (!isForm || length == 0 || length > MAX_FORM) {
      return "";
    }
    try {
      return LimitedInput.readAll(request.body(), MAX_FORM, "form").toUtf8String("form");
    } catch (MalformedInputException e) {
      throw new IOException("form is not text", e);
    }
  }

  private WireResponse registryAnswer(WireRequest request) throws IOException {
    if (request.path().equals("/token")) {
      return gatekeeper.token(request);
    }
    if (!request.path().equals("/v2") && !request.path().startsWith("/v2/")) {
      return RegistryApi.notFound();
    }
    Route route = Route.of(request.path());
    Optional<WireResponse> refusal = gatekeeper.check(route, request);
    WireResponse response = refusal.isPresent() ? refusal.get() : api.answer(route, request);
    return response.with("Docker-Distribution-API-Version", "registry/2.0");
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.address();
  }

  /** Address and port as they stand in an image reference: {@code 127.0.0.1:41234}. */
  public String host() {
    InetAddress address = server.address().getAddress();
    boolean six = address instanceof Inet6Address;
    String name;
    if (address.isAnyLocalAddress()) {
      name = six ? "[::1]" : "127.0.0.1";
    } else {
      name = six ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
    }
    return name + ":" + server.address().getPort();
  }

  /** The root of its URLs: {@code http://127.0.0.1:41234}. */
  public URI uri() {
    return URI.create((tls ? "https://" : "http://") + host());
  }

  /**
   * The repository of that name, behind the API and its faults. It comes into being with its first
   * content.
   */
  public StoredRepository repository(String name) {
    return new StoredRepository(catalog, name);
  }

  /** The names of all repositories. */
  public List<String> repositories() {
    return catalog.names();
  }

  public Faults faults() {
    return faults;
  }

  public RequestLog log() {
    return log;
  }

  /** Makes every token given out so far worthless. */
  public void expireTokens() {
    gatekeeper.expireTokens();
  }

  /** How many TCP connections it has accepted. */
  public long connections() {
    return server.connections();
  }

  /** Waits until another thread closes it. */
  public void awaitClosed() throws InterruptedException {
    server.awaitClosed();
  }

  @Override
  public void close() {
    server.close();
    if (directory != null) {
      try {
        directory.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public String toString() {
    return "EmbeddedRegistry[" + uri() + "]";
  }
}
