package dev.bulla.keys.kms;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The proxy that {@code HTTPS_PROXY}, {@code HTTP_PROXY} or {@code ALL_PROXY} names, or the same in
 * small letters, but for what {@code NO_PROXY} lists: as with registries. This machine is never
 * reached through one.
 *
 * <p>Registries have {@code dev.bulla.registry.transport.Proxies} for connections of our own
 * making. This one speaks to the JDK's client, which offers less: the proxy is {@code http://} and
 * asks for no password. Neither module may know the other, and core may not know sockets.
 */
public final class KmsProxies extends ProxySelector {

  private record Setting(String variable, String value) {
    @Override
    public String toString() {
      return "Setting[" + variable + "]";
    }
  }

  /** What goes without a proxy. */
  private interface Bypass {
    boolean covers(String host, int port, @Nullable InetAddress address);
  }

  private final @Nullable Setting forHttp;
  private final @Nullable Setting forHttps;
  private final List<Bypass> exceptions = new ArrayList<>();

  private KmsProxies(KmsContext context) {
    // a web server that calls us by CGI sets HTTP_PROXY to what a header named Proxy says
    boolean calledByCgi = context.environment().apply("REQUEST_METHOD").isPresent();
    forHttp =
        setting(
            context,
            calledByCgi ? "http_proxy" : "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy");
    forHttps = setting(context, "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy");
    Setting none = setting(context, "NO_PROXY", "no_proxy");
    for (String text : none == null ? new String[0] : none.value().split("[, \t]+", -1)) {
      Bypass exception = text.isEmpty() ? null : exception(text.toLowerCase(Locale.ROOT));
      if (exception != null) {
        exceptions.add(exception);
      }
    }
  }

  private static @Nullable Setting setting(KmsContext context, String... names) {
    for (String name : names) {
      Optional<String> value = context.variable(name).map(String::strip);
      if (value.isPresent() && !value.get().isEmpty()) {
        return new Setting(name, value.get());
      }
    }
    return null;
  }

  /** As the environment says. What cannot be used is an error only once it would be used. */
  public static KmsProxies of(KmsContext context) {
    return new KmsProxies(context);
  }

  /**
   * The proxy for requests to an address.
   *
   * @throws IOException when one is named that cannot be used; the message shows no password
   */
  public Optional<InetSocketAddress> to(URI address) throws IOException {
    boolean https = "https".equals(address.getScheme());
    Setting setting = https ? forHttps : forHttp;
    String host = address.getHost();
    if (setting == null || host == null) {
      return Optional.empty();
    }
    String name = host.toLowerCase(Locale.ROOT);
    InetAddress literal = literal(name);
    int port = address.getPort() >= 0 ? address.getPort() : https ? 443 : 80;
    if (name.equals("localhost") || (literal != null && literal.isLoopbackAddress())) {
      return Optional.empty();
    }
    for (Bypass exception : exceptions) {
      if (exception.covers(name, port, literal)) {
        return Optional.empty();
      }
    }
    return Optional.of(parse(setting));
  }

  private static InetSocketAddress parse(Setting setting) throws IOException {
    String text = setting.value();
    try {
      URI proxy = new URI(text.contains("://") ? text : "http://" + text);
      if ("http".equals(proxy.getScheme())
          && proxy.getHost() != null
          && proxy.getRawUserInfo() == null) {
        return InetSocketAddress.createUnresolved(
            proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort());
      }
    } catch (URISyntaxException e) {
      // its message would show the text, which may hold a password
    }
    throw new IOException(
        "$"
            + setting.variable()
            + " names no proxy that can be used here: http://HOST:PORT, without a password");
  }

  /** The address that a host is written as; {@code null} when it is a name. Asks nobody. */
  private static @Nullable InetAddress literal(String host) {
    if (!host.matches("[0-9]+(\\.[0-9]+){3}|\\[?[0-9a-f.]*:[0-9a-f:.]*]?")) {
      return null;
    }
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static @Nullable Bypass exception(String text) {
    if (text.equals("*")) {
      return (host, port, address) -> true;
    }
    int slash = text.indexOf('/');
    if (slash > 0) {
      return range(literal(text.substring(0, slash)), number(text.substring(slash + 1)));
    }
    InetAddress whole = literal(text);
    if (whole != null) {
      return (host, port, address) -> whole.equals(address);
    }
    int colon = text.lastIndexOf(':');
    String named = colon < 0 ? text : text.substring(0, colon);
    int only = colon < 0 ? 0 : number(text.substring(colon + 1));
    if (only < 0 || named.isEmpty()) {
      return null;
    }
    InetAddress one = literal(named);
    if (one != null) {
      return (host, port, address) -> one.equals(address) && (only == 0 || only == port);
    }
    String name = named.startsWith("*.") ? named.substring(1) : named;
    String below = name.startsWith(".") ? name : "." + name;
    return (host, port, address) ->
        (host.equals(name) || host.endsWith(below)) && (only == 0 || only == port);
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
  }

  private static @Nullable Bypass range(@Nullable InetAddress base, int bits) {
    if (base == null || bits < 0 || bits > 8 * base.getAddress().length) {
      return null;
    }
    byte[] wanted = base.getAddress();
    return (host, port, address) -> {
      byte[] given = address == null ? new byte[0] : address.getAddress();
      if (given.length != wanted.length) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int mask = 0x80 >> (i & 7);
        if ((given[i >> 3] & mask) != (wanted[i >> 3] & mask)) {
          return false;
        }
      }
      return true;
    };
  }

  /** For the JDK's client, which cannot be told of an error: {@link KmsHttp} asks before it. */
  @Override
  public List<Proxy> select(URI address) {
    try {
      return to(address)
          .map(proxy -> List.of(new Proxy(Proxy.Type.HTTP, proxy)))
          .orElse(List.of(Proxy.NO_PROXY));
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  @Override
  public void connectFailed(URI address, SocketAddress proxy, IOException e) {
    // the request fails with it
  }

  /** Shows no values: they may hold passwords. */
  @Override
  public String toString() {
    return "KmsProxies[http=" + (forHttp != null) + ", https=" + (forHttps != null) + "]";
  }
}
