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
 * @param address {@code null} for names
 * @param bits how many of the address count
 * @param port 0 for all
 */
record Exemption(
    @Nullable String name, @Nullable String below, @Nullable Bytes address, int bits, int port) {

  private static final Exemption EVERYTHING = new Exemption("", "", null, 0, 0);

  /** What an entry says; empty when that is nothing. */
  static Optional<Exemption> parse(String entry) {
    String text = entry.toLowerCase(Locale.ROOT);
    if (text.equals("*")) {
      return Optional.of(EVERYTHING);
    }
    int slash = text.indexOf('/');
    if (slash > 0) {
      return range(IpLiteral.of(text.substring(0, slash)), text.substring(slash + 1));
    }
    Optional<Bytes> whole = IpLiteral.of(text);
    if (whole.isPresent()) {
      return Optional.of(of(whole.get(), 0));
    }
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    int port = colon < 0 ? 0 : IpLiteral.number(text.substring(colon + 1), 10, 5);
    if (port < 0 || host.isEmpty()) {
      return Optional.empty();
    }
    Optional<Bytes> one = IpLiteral.of(host);
    if (one.isPresent()) {
      return Optional.of(of(one.get(), port));
    }
    String name = host.startsWith("*.") ? host.substring(1) : host;
    return Optional.of(
        new Exemption(name, name.startsWith(".") ? name : "." + name, null, 0, port));
  }

  private static Exemption of(Bytes address, int port) {
    return new Exemption(null, null, address, 8 * address.size(), port);
  }

  private static Optional<Exemption> range(Optional<Bytes> base, String length) {
    int bits = IpLiteral.number(length, 10, 5);
    return base.isEmpty() || bits < 0 || bits > 8 * base.get().size()
        ? Optional.empty()
        : Optional.of(new Exemption(null, null, base.get(), bits, 0));
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
    return address != null && literal.isPresent() && begin(address, literal.get(), bits);
  }

  private static boolean begin(Bytes wanted, Bytes given, int bits) {
    if (wanted.size() != given.size()) {
      return false;
    }
    for (int i = 0; i < bits; i++) {
      int mask = 0x80 >> (i & 7);
      if ((wanted.at(i >> 3) & mask) != (given.at(i >> 3) & mask)) {
        return false;
      }
    }
    return true;
  }
}
