package dev.bulla.keys.kms;

import dev.bulla.proxy.ProxyRules;
import dev.bulla.proxy.ProxyRules.Setting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/**
 * The proxy for requests to a key service, by {@link ProxyRules}: as with registries.
 *
 * <p>Registries have {@code dev.bulla.registry.transport.Proxies} for connections of our own
 * making. This one speaks to the JDK's client, which offers less: the proxy is {@code http://} and
 * asks for no password.
 */
public final class KmsProxies extends ProxySelector {

  private final ProxyRules rules;

  private KmsProxies(KmsContext context) {
    rules = ProxyRules.of(context.environment());
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
    String host = address.getHost();
    if (host == null) {
      return Optional.empty();
    }
    boolean https = "https".equals(address.getScheme());
    int port = address.getPort() >= 0 ? address.getPort() : https ? 443 : 80;
    Optional<Setting> setting = rules.to(https, host, port);
    return setting.isEmpty() ? Optional.empty() : Optional.of(parse(setting.get()));
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
    return "KmsProxies" + rules;
  }
}
