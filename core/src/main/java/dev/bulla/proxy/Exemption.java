package dev.bulla.proxy;

import dev.bulla.bytes.Bytes;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code NO_PROXY}: {@code *}, an address, a CIDR range, a name with everything below
 * it, or with a dot in front only what is below; with a port if only that is meant.
 *
 * @param name of a host, empty for what is below any; {@code null} for addresses
 * @param below a dot and the name that hosts end in; {@code null} for addresses
 * @param addresses {@code null} for names
 * @param port 0 for all
 */
record Exemption(
    @Nullable String name, @Nullable String below, @Nullable IpRange addresses, int port) {

  private static final Exemption EVERYTHING = new Exemption("", "", null, 0);

  /** What an entry says; empty when that is nothing. */
  static Optional<Exemption> parse(String entry) {
    String text = entry.toLowerCase(Locale.ROOT);
    if (text.equals("*")) {
      return Optional.of(EVERYTHING);
    }
    Optional<IpRange> range = IpRange.parse(text);
    if (range.isPresent() || text.indexOf('/') > 0) {
      return range.map(addresses -> of(addresses, 0));
    }
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    int port = colon < 0 ? 0 : IpLiteral.number(text.substring(colon + 1), 10, 5);
    if (port < 0 || host.isEmpty()) {
      return Optional.empty();
    }
    Optional<IpRange> one = IpRange.parse(host);
    if (one.isPresent()) {
      return Optional.of(of(one.get(), port));
    }
    String name = host.startsWith("*.") ? host.substring(1) : host;
    return Optional.of(new Exemption(name, name.startsWith(".") ? name : "." + name, null, port));
  }

  private static Exemption of(IpRange addresses, int port) {
    return new Exemption(null, null, addresses, port);
  }

  /**
   * Whether it covers a place.
   *
   * @param host in small letters
   * @param literal the address that the host is written as
   */
  boolean covers(String host, int at, Optional<Bytes> literal) {
    if (port != 0 && port != at) {
      return false;
    }
    if (name != null && below != null) {
      return host.equals(name) || host.endsWith(below);
    }
    return addresses != null && literal.isPresent() && addresses.contains(literal.get());
  }
}
