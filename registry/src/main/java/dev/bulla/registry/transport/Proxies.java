package dev.bulla.registry.transport;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.proxy.ProxyRules;
import dev.bulla.proxy.ProxyRules.Setting;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which requests go through which proxy, by {@link ProxyRules}: the proxies themselves, as
 * connections of our own making can use them.
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

  /** A class with a name starts quicker than a lambda that captures, in every process anew. */
  private record Environment(Map<String, String> variables)
      implements Function<String, Optional<String>> {
    @Override
    public Optional<String> apply(String name) {
      return Optional.ofNullable(variables.get(name));
    }
  }

  private final ProxyRules rules;

  private Proxies(Map<String, String> environment) {
    this.rules = ProxyRules.of(new Environment(environment));
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
    Optional<Setting> setting = rules.to(origin.isHttps(), origin.host(), origin.port());
    return setting.isEmpty() ? Optional.empty() : Optional.of(parse(setting.get()));
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

  /** Shows no values: they may hold passwords. */
  @Override
  public String toString() {
    return "Proxies" + rules;
  }
}
