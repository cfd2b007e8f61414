package dev.bulla.registry.transport;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.registry.transport.Http1Connection.Response;
import dev.bulla.registry.transport.Http1Connection.SilentConnection;
import dev.bulla.registry.transport.Proxies.Proxy;
import dev.bulla.registry.transport.TransportException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLProtocolException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 over plain sockets, for programs that live for a second. It loads nothing but sockets
 * (TLS only when a URL wants it), keeps connections of its own between requests, and leaves no
 * thread behind that could hold up the exit.
 *
 * <p>Why not {@code HttpURLConnection}, which starts as fast: it repeats requests on its own,
 * {@code PUT} included; it answers {@code Negotiate} challenges with the user's Kerberos ticket; it
 * drops the body of a 401; its pool is shared by the whole process; and a server that drips cannot
 * be timed out.
 *
 * <p>The deadline covers everything, looking up the server's name included ({@link HostNames}).
 */
public final class SocketTransport implements HttpTransport {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration MAX_IDLE = Duration.ofSeconds(30);
  private static final Duration SUSPECT_AFTER = Duration.ofMillis(500);
  private static final int MAX_IDLE_PER_ORIGIN = 16;

  /** Over all origins; the connection that was used longest ago is closed for another. */
  static final int MAX_IDLE_IN_ALL = 64;

  private final TlsOptions tls;
  private final Proxies proxies;
  private final AddressRule rule;
  private final HostNames names;
  private final Map<Origin, Deque<Http1Connection>> idle = new HashMap<>();
  private final Map<Origin, FutureTask<Http1Connection>> prepared = new HashMap<>();
  private final Set<Http1Connection> busy = new HashSet<>();

  /** All that are idle, the one that was used longest ago first. */
  private final Map<Http1Connection, Origin> idleInAll = new LinkedHashMap<>();

  private @Nullable SSLContext sslContext;
  private @Nullable SSLContext sslContextForProxies;
  private boolean closed;

  private SocketTransport(TlsOptions tls, Proxies proxies, AddressRule rule, HostNames names) {
    this.tls = tls;
    this.proxies = proxies;
    this.rule = rule;
    this.names = names;
  }

  /** Connects to servers directly. */
  public static SocketTransport create(TlsOptions tls) {
    return create(tls, Proxies.NONE);
  }

  /** Connects through proxies where there are any. */
  public static SocketTransport create(TlsOptions tls, Proxies proxies) {
    return create(tls, proxies, AddressRule.ANY);
  }

  /** As {@link #create(TlsOptions, Proxies)}, only to addresses that a rule lets pass. */
  public static SocketTransport create(TlsOptions tls, Proxies proxies, AddressRule rule) {
    return new SocketTransport(tls, proxies, rule, HostNames.shared());
  }

  /** As {@link #create(TlsOptions)}, with another way to look up names. */
  static SocketTransport create(TlsOptions tls, HostNames names) {
    return new SocketTransport(tls, Proxies.NONE, AddressRule.ANY, names);
  }

  @Override
  public <T> T exchange(TransportRequest request, ResponseReader<T> reader)
      throws IOException, BullaException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Deadline deadline = Deadline.after(request.timeout());
    boolean repeatable = request.method().equals("GET") || request.method().equals("HEAD");
    try {
      while (true) {
        Http1Connection kept = takeIdle(request.url().origin(), deadline);
        Http1Connection connection =
            kept != null ? kept : connect(request.url().origin(), deadline);
        try {
          return exchangeOn(connection, request, reader, deadline);
        } catch (SilentConnection e) {
          if (kept == null || !repeatable) {
            throw e.failure();
          }
        }
      }
    } catch (IOException e) {
      // a virtual thread's socket is closed when the thread is interrupted
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw e;
    }
  }

  private <T> T exchangeOn(
      Http1Connection connection,
      TransportRequest request,
      ResponseReader<T> reader,
      Deadline deadline)
      throws IOException, BullaException {
    boolean reusable = false;
    begin(connection);
    try {
      connection.setDeadline(deadline);
      Response response = connection.exchange(request, deadline);
      T result =
          reader.read(
              new TransportResponse(
                  response.status(),
                  response.headers(),
                  response.announcedLength(),
                  response.body()));
      reusable = connection.reusableAfter(response.body());
      return result;
    } finally {
      end(request.url().origin(), connection, reusable);
    }
  }

  /**
   * Starts to connect, so that the connection is there when the first request needs it. Returns at
   * once; a failure shows when the request is made.
   */
  @Override
  public void prepare(Origin origin, Duration timeout) {
    FutureTask<Http1Connection> task =
        new FutureTask<>(() -> {
          Http1Connection connection = connect(origin, Deadline.after(timeout));
          begin(connection);
          return connection;
        });
    synchronized (idle) {
      if (closed || prepared.putIfAbsent(origin, task) != null) {
        return;
      }
    }
    Thread thread = new Thread(task, "bulla-connect");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Platform threads. The first virtual one costs a fresh JVM 10 to 20 ms, and once one of them has
   * waited for a socket, the JDK's own polling thread keeps the process 300 ms longer at its end.
   * An interrupted exchange goes on until its deadline, or until this transport is closed.
   */
  @Override
  public Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }

  private @Nullable Http1Connection takeIdle(Origin origin, Deadline deadline)
      throws InterruptedException, TransportException {
    FutureTask<Http1Connection> coming;
    synchronized (idle) {
      if (closed) {
        throw new TransportException(Kind.NO_CONNECTION, "the transport is closed", null);
      }
      coming = prepared.remove(origin);
    }
    if (coming != null) {
      try {
        return coming.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException | TimeoutException e) {
        // the request's own attempt will tell what is wrong
        coming.cancel(true);
      }
    }
    while (true) {
      Http1Connection candidate;
      synchronized (idle) {
        Deque<Http1Connection> kept = idle.get(origin);
        candidate = kept == null ? null : kept.pollFirst();
        if (kept != null && kept.isEmpty()) {
          idle.remove(origin);
        }
        if (candidate != null) {
          idleInAll.remove(candidate);
        }
      }
      if (candidate == null) {
        return null;
      }
      if (candidate.isStillOpen(SUSPECT_AFTER, MAX_IDLE)) {
        return candidate;
      }
      candidate.close();
    }
  }

  /** Makes sure that {@link #close()} finds the connection. */
  private void begin(Http1Connection connection) throws TransportException {
    synchronized (idle) {
      if (!closed) {
        busy.add(connection);
        return;
      }
    }
    connection.close();
    throw new TransportException(Kind.NO_CONNECTION, "the transport is closed", null);
  }

  private void end(Origin origin, Http1Connection connection, boolean reusable) {
    Http1Connection surplus = connection;
    synchronized (idle) {
      busy.remove(connection);
      if (reusable && !closed) {
        surplus = keep(origin, connection);
      }
    }
    if (surplus != null) {
      surplus.close();
    }
  }

  /** The connection that is to be closed for it, or it itself; the lock is held. */
  private @Nullable Http1Connection keep(Origin origin, Http1Connection connection) {
    Deque<Http1Connection> kept = idle.get(origin);
    if (kept == null) {
      kept = new ArrayDeque<>();
      idle.put(origin, kept);
    }
    if (kept.size() >= MAX_IDLE_PER_ORIGIN) {
      return connection;
    }
    connection.markIdle();
    kept.addFirst(connection);
    idleInAll.put(connection, origin);
    if (idleInAll.size() <= MAX_IDLE_IN_ALL) {
      return null;
    }
    Map.Entry<Http1Connection, Origin> oldest = idleInAll.entrySet().iterator().next();
    Http1Connection surplus = oldest.getKey();
    Origin other = oldest.getValue();
    idleInAll.remove(surplus);
    Deque<Http1Connection> others = idle.get(other);
    if (others != null && others.remove(surplus) && others.isEmpty()) {
      idle.remove(other);
    }
    return surplus;
  }

  /** Connections that wait for another request. */
  int idleInAll() {
    synchronized (idle) {
      return idleInAll.size();
    }
  }

  @Override
  public boolean usesProxy(Origin server) {
    try {
      return proxies.to(server).isPresent();
    } catch (ConfigurationException e) {
      return true; // through one that cannot be used, which the request tells
    }
  }

  private Http1Connection connect(Origin origin, Deadline deadline)
      throws TransportException, ConfigurationException {
    Optional<Proxy> proxy = proxies.to(origin);
    if (proxy.isEmpty()) {
      return connect(origin, null, origin, deadline);
    }
    Optional<InetAddress> literal = NetworkAddresses.literal(origin.host());
    if (literal.isPresent()) {
      requireAllowed(origin, literal.get());
    }
    try {
      return connect(proxy.get().origin(), proxy.get(), origin, deadline);
    } catch (TransportException e) {
      throw e.kind() == Kind.NO_CONNECTION || e.kind() == Kind.CONNECT_TIMEOUT
          ? new TransportException(
              Kind.PROXY,
              "through the proxy " + Quoted.plain(proxy.get().shown()) + ": " + e.message(),
              e)
          : e;
    }
  }

  /**
   * @param peer where the connection ends: the server, or the proxy
   * @param proxy what is there, when it is a proxy
   * @param server where the requests are to end
   */
  private Http1Connection connect(
      Origin peer, @Nullable Proxy proxy, Origin server, Deadline deadline)
      throws TransportException, ConfigurationException {
    String host = bare(peer.host());
    InetAddress[] addresses = names.find(host, Duration.ofNanos(deadline.remainingNanos()));
    TransportException failure = null;
    for (InetAddress address : addresses) {
      if (proxy == null) {
        requireAllowed(server, address);
      }
      try {
        return open(new InetSocketAddress(address, peer.port()), proxy, server, deadline);
      } catch (TransportException e) {
        if (e.kind() != Kind.NO_CONNECTION && e.kind() != Kind.CONNECT_TIMEOUT) {
          throw e;
        }
        failure = failure == null ? e : failure;
      }
    }
    throw failure == null
        ? new TransportException(Kind.NO_CONNECTION, "no address: " + Quoted.plain(host), null)
        : failure;
  }

  private void requireAllowed(Origin server, InetAddress address) throws ConfigurationException {
    Optional<String> refusal = rule.refusal(server, address);
    if (refusal.isPresent()) {
      String message = Quoted.plain(server.toString()) + " is not asked: it " + refusal.get();
      throw new ConfigurationException(message, new RefusedAddressException(message));
    }
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private Http1Connection open(
      InetSocketAddress address, @Nullable Proxy proxy, Origin server, Deadline deadline)
      throws TransportException, ConfigurationException {
    TimedSocket raw = new TimedSocket(deadline);
    boolean done = false;
    try {
      try {
        int wait = (int) Math.min(deadline.remainingMillis(), CONNECT_TIMEOUT.toMillis());
        raw.connect(address, wait);
        // small requests must not wait for the acknowledgement of the one before
        raw.setTcpNoDelay(true);
      } catch (IOException e) {
        throw WireInput.timedOut(e)
            ? new TransportException(Kind.CONNECT_TIMEOUT, "no connection in time", e)
            : new TransportException(Kind.NO_CONNECTION, lowerFirst(WireInput.reason(e)), e);
      }
      Socket way = proxy == null ? raw : Tunnel.through(proxy, toProxy(proxy, raw), server);
      Http1Connection connection;
      try {
        connection =
            new Http1Connection(
                raw,
                server.isHttps() ? toServer(server, way) : way,
                server.isHttps() ? null : proxy);
      } catch (IOException e) {
        throw handshakeFailure(e);
      }
      done = true;
      return connection;
    } finally {
      if (!done) {
        closeQuietly(raw);
      }
    }
  }

  private SSLSocket toServer(Origin server, Socket way) throws IOException, ConfigurationException {
    return overTls(context(), way, tls.serverName().orElse(bare(server.host())), server.port());
  }

  /** The way to the proxy itself, which may be asked for over TLS too. */
  private Socket toProxy(Proxy proxy, TimedSocket raw)
      throws TransportException, ConfigurationException {
    if (!proxy.origin().isHttps()) {
      return raw;
    }
    try {
      return overTls(contextForProxies(), raw, bare(proxy.origin().host()), proxy.origin().port());
    } catch (IOException e) {
      throw new TransportException(
          Kind.PROXY,
          "the proxy "
              + Quoted.plain(proxy.shown())
              + ": "
              + Quoted.plain(handshakeFailure(e).message()),
          e);
    }
  }

  private static SSLSocket overTls(SSLContext context, Socket way, String name, int port)
      throws IOException {
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(way, name, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    // without this, a socket accepts a certificate for any name
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private synchronized SSLContext context() throws ConfigurationException {
    if (sslContext == null) {
      sslContext = TlsContexts.create(tls);
    }
    return sslContext;
  }

  private synchronized SSLContext contextForProxies() throws ConfigurationException {
    if (sslContextForProxies == null) {
      sslContextForProxies = TlsContexts.create(tls.forProxy());
    }
    return sslContextForProxies;
  }

  /**
   * Tells a peer that speaks TLS and disagrees from one that does not speak it. Only the latter may
   * be asked without TLS.
   */
  static TransportException handshakeFailure(IOException e) {
    if (WireInput.timedOut(e)) {
      return new TransportException(Kind.CONNECT_TIMEOUT, "no TLS handshake in time", e);
    }
    String reason = WireInput.reason(e);
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof CertificateException || t instanceof CertPathValidatorException) {
        return new TransportException(
            Kind.TLS, "the server's certificate is not trusted: " + WireInput.reason(t), e);
      }
      if (t instanceof EOFException) {
        return new TransportException(
            Kind.NOT_TLS, "the server ended the connection during the TLS handshake", e);
      }
    }
    boolean tlsSpoken =
        reason.contains("Received fatal alert")
            || e instanceof SSLHandshakeException
            || e instanceof SSLProtocolException
            || e instanceof SSLPeerUnverifiedException
            || e instanceof SSLKeyException;
    if (tlsSpoken) {
      return new TransportException(Kind.TLS, "TLS handshake failed: " + reason, e);
    }
    return new TransportException(
        Kind.NOT_TLS,
        e instanceof SSLException
            ? "the server does not speak TLS: " + reason
            : "the connection broke during the TLS handshake: " + reason,
        e);
  }

  private static String lowerFirst(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + text.substring(1);
  }

  private static void closeQuietly(TimedSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // a socket that does not close is closed
      return;
    }
  }

  @Override
  public void close() {
    List<Http1Connection> all;
    synchronized (idle) {
      closed = true;
      all = new ArrayList<>(busy);
      for (Deque<Http1Connection> kept : idle.values()) {
        all.addAll(kept);
      }
      idle.clear();
      idleInAll.clear();
    }
    for (Http1Connection connection : all) {
      connection.close();
    }
  }
}
