package dev.bulla.registry.transport;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which requests go through which proxy, as {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code
 * NO_PROXY} say, or the same in small letters. Read as Go programs read them, cosign and docker
 * among them; this machine is never reached through a proxy. Where neither of the first two says
 * anything, {@code ALL_PROXY} does, as for curl; Go programs do without it.
 *
 * <p>{@code NO_PROXY} is a list of {@code *}, addresses, CIDR ranges, names (with everything below
 * them) and names with a dot in front (only what is below); each with a port if only that is meant.
 */
public final class Proxies {

  /** No proxy for anything. */
  public static final Proxies NONE = new Proxies(Map.of());

  /**
   * One proxy.
   *
   * @param origin where it is
   * @param authorization what it wants to be shown, and nobody else; {@code null} for nothing
   * @param variable what named it
   */
  record Proxy(Origin origin, @Nullable String authorization, String variable) {
    /** For messages: without the credentials. */
    String shown() {
      return origin.authority() + " ($" + variable + ")";
    }

    @Override
    public String toString() {
      return "Proxy[" + shown() + "]";
    }
  }

  /** A variable as it was set. */
  private record Setting(String variable, String value) {
    @Override
    public String toString() {
      return "Setting[" + variable + "]";
    }
  }

  private final @Nullable Setting forHttp;
  private final @Nullable Setting forHttps;
  private final List<Bypass> exceptions;

  private Proxies(Map<String, String> environment) {
    // a web server that calls us by CGI sets HTTP_PROXY to what a header named Proxy says
    boolean calledByCgi = environment.containsKey("REQUEST_METHOD");
    this.forHttp =
        setting(
            environment,
            calledByCgi ? "http_proxy" : "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy");
    this.forHttps = setting(environment, "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy");
    Setting none = setting(environment, "NO_PROXY", "no_proxy");
    this.exceptions = none == null ? List.of() : exceptions(none.value());
  }

  private static @Nullable Setting setting(Map<String, String> environment, String... names) {
    for (String name : names) {
      String value = environment.getOrDefault(name, "").strip();
      if (!value.isEmpty()) {
        return new Setting(name, value);
      }
    }
    return null;
  }

  /**
   * As an environment says, which the caller has read. What cannot be used is an error only once it
   * would be used.
   */
  public static Proxies of(Map<String, String> environment) {
    return new Proxies(environment);
  }

  /** The proxy for requests to a place; empty for none. */
  Optional<Proxy> to(Origin origin) throws ConfigurationException {
    Setting setting = origin.isHttps() ? forHttps : forHttp;
    if (setting == null || isThisMachine(origin.host()) || isExcepted(origin)) {
      return Optional.empty();
    }
    return Optional.of(parse(setting));
  }

  private static Proxy parse(Setting setting) throws ConfigurationException {
    String text = setting.value();
    int scheme = text.indexOf("://");
    if (scheme < 0) {
      text = "http://" + text;
      scheme = 4;
    }
    if (text.regionMatches(true, 0, "socks", 0, 5)) {
      throw new ConfigurationException(
          "$" + setting.variable() + " names a SOCKS proxy, which cannot be used",
          "name a proxy that takes CONNECT, http://HOST:PORT or https://HOST:PORT; or list the"
              + " registry in NO_PROXY, so that it is reached without one");
    }
    int end = scheme + 3;
    while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    String authority = text.substring(scheme + 3, end);
    int at = authority.lastIndexOf('@');
    try {
      // never the whole value in a message: it may hold a password
      Origin origin =
          HttpUrl.parse(text.substring(0, scheme + 3) + authority.substring(at + 1)).origin();
      return new Proxy(
          origin, at < 0 ? null : basic(authority.substring(0, at)), setting.variable());
    } catch (MalformedInputException e) {
      throw new ConfigurationException(
          "$" + setting.variable() + " names no proxy that can be used",
          "it takes http://HOST:PORT or https://HOST:PORT, with NAME:PASSWORD@ before the host if"
              + " the proxy asks for them");
    }
  }

  private static String basic(String userInfo) throws MalformedInputException {
    int colon = userInfo.indexOf(':');
    String name = colon < 0 ? userInfo : userInfo.substring(0, colon);
    String password = colon < 0 ? "" : userInfo.substring(colon + 1);
    Bytes pair = Bytes.utf8(HttpUrl.decode(name) + ":" + HttpUrl.decode(password));
    return "Basic " + Base64Text.encode(pair);
  }

  private static boolean isThisMachine(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    InetAddress address = address(host);
    return address != null && address.isLoopbackAddress();
  }

  private boolean isExcepted(Origin origin) {
    InetAddress address = address(origin.host());
    for (Bypass exception : exceptions) {
      if (exception.covers(origin, address)) {
        return true;
      }
    }
    return false;
  }

  /** The address that a host is written as; {@code null} when it is a name. Asks nobody. */
  private static @Nullable InetAddress address(String host) {
    String text = host;
    if (text.startsWith("[") && text.endsWith("]")) {
      text = text.substring(1, text.length() - 1);
    }
    boolean v6 = text.indexOf(':') >= 0;
    int dots = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      dots += c == '.' ? 1 : 0;
      boolean ok =
          (c >= '0' && c <= '9')
              || c == '.'
              || (v6 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':'));
      if (!ok) {
        return null;
      }
    }
    if (!v6 && dots != 3) {
      return null;
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  // ---- NO_PROXY

  /** What goes without a proxy. */
  private interface Bypass {
    boolean covers(Origin origin, @Nullable InetAddress address);
  }

  private static List<Bypass> exceptions(String text) {
    List<Bypass> found = new ArrayList<>();
    int start = 0;
    while (start <= text.length()) {
      int end = start;
      while (end < text.length() && ", \t".indexOf(text.charAt(end)) < 0) {
        end++;
      }
      Bypass one = exception(text.substring(start, end).toLowerCase(Locale.ROOT));
      if (one != null) {
        found.add(one);
      }
      start = end + 1;
    }
    return List.copyOf(found);
  }

  private static @Nullable Bypass exception(String text) {
    if (text.isEmpty()) {
      return null;
    }
    if (text.equals("*")) {
      return (origin, address) -> true;
    }
    int slash = text.indexOf('/');
    if (slash > 0) {
      return range(text, slash);
    }
    InetAddress whole = address(text);
    if (whole != null) {
      return (origin, address) -> whole.equals(address);
    }
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    int port = colon < 0 ? 0 : port(text.substring(colon + 1));
    if (port < 0 || host.isEmpty()) {
      return null;
    }
    InetAddress one = address(host);
    if (one != null) {
      return (origin, address) -> one.equals(address) && (port == 0 || port == origin.port());
    }
    String name = host.startsWith("*.") ? host.substring(1) : host;
    String below = name.startsWith(".") ? name : "." + name;
    return (origin, address) ->
        (origin.host().equals(name) || origin.host().endsWith(below))
            && (port == 0 || port == origin.port());
  }

  private static int port(String text) {
    int port = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9 || i == 5) {
        return -1;
      }
      port = port * 10 + digit;
    }
    return port;
  }

  private static @Nullable Bypass range(String text, int slash) {
    InetAddress base = address(text.substring(0, slash));
    int bits = port(text.substring(slash + 1));
    if (base == null || bits < 0 || bits > 8 * base.getAddress().length) {
      return null;
    }
    byte[] wanted = base.getAddress();
    return (origin, address) -> {
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

  /** Shows no values: they may hold passwords. */
  @Override
  public String toString() {
    return "Proxies[http=" + (forHttp != null) + ", https=" + (forHttps != null) + "]";
  }
}
