package dev.bulla.proxy;

import dev.bulla.bytes.Bytes;
import java.util.Optional;

/** A range of IP addresses, written as in {@code 10.96.0.0/12} or {@code fd00::/8}. */
public final class IpRange {

  private final Bytes base;
  private final int bits;

  private IpRange(Bytes base, int bits) {
    this.base = base;
    this.bits = bits;
  }

  /** The range that a text names, of one address when no length follows; empty when it is none. */
  public static Optional<IpRange> parse(String text) {
    int slash = text.indexOf('/');
    Optional<Bytes> base = IpLiteral.of(slash < 0 ? text : text.substring(0, slash));
    if (base.isEmpty()) {
      return Optional.empty();
    }
    int most = 8 * base.get().size();
    int bits = slash < 0 ? most : IpLiteral.number(text.substring(slash + 1), 10, 5);
    return bits < 0 || bits > most ? Optional.empty() : Optional.of(new IpRange(base.get(), bits));
  }

  /**
   * Whether an address is in it.
   *
   * @param address 4 bytes, or 16
   */
  public boolean contains(Bytes address) {
    if (base.size() != address.size()) {
      return false;
    }
    for (int i = 0; i < bits; i++) {
      int mask = 0x80 >> (i & 7);
      if ((base.at(i >> 3) & mask) != (address.at(i >> 3) & mask)) {
        return false;
      }
    }
    return true;
  }
}
