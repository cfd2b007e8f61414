package dev.bulla.proxy;

import dev.bulla.bytes.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} say, or the same in small
 * letters. Read as Go programs read them, cosign and docker among them; this machine is never
 * reached through a proxy. Where neither of the first two says anything, {@code ALL_PROXY} does, as
 * for curl; Go programs do without it.
 */
public final class ProxyRules {

  /**
   * A variable as it was set.
   *
   * @param value may hold a password, and is not shown
   */
  public record Setting(String variable, String value) {
    @Override
    public String toString() {
      return "Setting[" + variable + "]";
    }
  }

  private final @Nullable Setting forHttp;
  private final @Nullable Setting forHttps;
  private final List<Exemption> exemptions;

  private ProxyRules(Function<String, Optional<String>> environment) {
    // a web server that calls us by CGI sets HTTP_PROXY to what a header named Proxy says
    boolean calledByCgi = environment.apply("REQUEST_METHOD").isPresent();
    this.forHttp =
        setting(
            environment,
            calledByCgi ? "http_proxy" : "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy");
    this.forHttps = setting(environment, "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy");
    Setting none = setting(environment, "NO_PROXY", "no_proxy");
    this.exemptions = none == null ? List.of() : exemptions(none.value());
  }

  /**
   * As an environment says, which the caller has read.
   *
   * @param environment from names of variables to their values
   */
  public static ProxyRules of(Function<String, Optional<String>> environment) {
    return new ProxyRules(environment);
  }

  private static @Nullable Setting setting(
      Function<String, Optional<String>> environment, String... names) {
    for (String name : names) {
      Optional<String> value = environment.apply(name);
      if (value.isPresent() && !value.get().isBlank()) {
        return new Setting(name, value.get().strip());
      }
    }
    return null;
  }

  private static List<Exemption> exemptions(String text) {
    List<Exemption> found = new ArrayList<>();
    int start = 0;
    for (int end = 0; end <= text.length(); end++) {
      if (end == text.length() || ", \t".indexOf(text.charAt(end)) >= 0) {
        Exemption.parse(text.substring(start, end)).ifPresent(found::add);
        start = end + 1;
      }
    }
    return List.copyOf(found);
  }

  /**
   * The variable that names the proxy for a place; empty for none.
   *
   * @param https whether it is reached over TLS
   * @param host a name or an address, one of IPv6 in brackets or not
   */
  public Optional<Setting> to(boolean https, String host, int port) {
    Setting setting = https ? forHttps : forHttp;
    if (setting == null) {
      return Optional.empty();
    }
    String name = host.toLowerCase(Locale.ROOT);
    if (IpLiteral.isLoopback(name)) {
      return Optional.empty();
    }
    Optional<Bytes> literal = IpLiteral.of(name);
    for (Exemption exemption : exemptions) {
      if (exemption.covers(name, port, literal)) {
        return Optional.empty();
      }
    }
    return Optional.of(setting);
  }

  /** Shows no values: they may hold passwords. */
  @Override
  public String toString() {
    return "[http=" + (forHttp != null) + ", https=" + (forHttps != null) + "]";
  }
}
