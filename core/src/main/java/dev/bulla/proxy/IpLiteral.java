package dev.bulla.proxy;

import dev.bulla.bytes.Bytes;
import java.util.Optional;

/**
 * IP addresses in text, of one spelling: no octal, hexadecimal or shortened IPv4, which programs
 * read differently; no zone. A name is none, and nobody is asked for one.
 */
public final class IpLiteral {

  private static final int GROUPS = 8;

  private IpLiteral() {}

  /**
   * The address that a host is written as: 4 bytes, or 16. IPv4 within IPv6 ({@code
   * ::ffff:10.0.0.1}) is IPv4; brackets around IPv6 do not count.
   */
  public static Optional<Bytes> of(String host) {
    String text =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    return text.indexOf(':') < 0 ? v4(text) : v6(text).map(IpLiteral::unmapped);
  }

  /**
   * Whether some program would read a host as an IPv4 address, as the last of its labels is a
   * number. Unless {@link #of} reads it too, nobody can say which one. Source: WHATWG URL, "ends in
   * a number checker".
   */
  public static boolean isNumeric(String host) {
    String text = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    String last = text.substring(text.lastIndexOf('.') + 1);
    boolean hex = last.startsWith("0x") || last.startsWith("0X");
    for (int i = hex ? 2 : 0; i < last.length(); i++) {
      char c = last.charAt(i);
      if (c >= 0x80 || Character.digit(c, hex ? 16 : 10) < 0) {
        return false;
      }
    }
    return !last.isEmpty();
  }

  /**
   * Whether a host is always this machine: {@code localhost} in lower case, 127.0.0.0/8, ::1 in any
   * spelling. No name is looked up for this.
   */
  public static boolean isLoopback(String host) {
    return host.equals("localhost") || of(host).filter(IpLiteral::isLoopback).isPresent();
  }

  private static boolean isLoopback(Bytes address) {
    if (address.size() == 4) {
      return address.at(0) == 127;
    }
    for (int i = 0; i < 15; i++) {
      if (address.at(i) != 0) {
        return false;
      }
    }
    return address.at(15) == 1;
  }

  private static Optional<Bytes> v4(String text) {
    byte[] address = new byte[4];
    int start = 0;
    for (int part = 0; part < 4; part++) {
      int end = part == 3 ? text.length() : text.indexOf('.', start);
      int value = end < 0 ? -1 : number(text.substring(start, end), 10, 3);
      if (value < 0 || value > 255 || (text.charAt(start) == '0' && end - start > 1)) {
        return Optional.empty();
      }
      address[part] = (byte) value;
      start = end + 1;
    }
    return Optional.of(Bytes.owning(address));
  }

  private static Optional<Bytes> v6(String text) {
    int gap = text.indexOf("::");
    Optional<Bytes> head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
    Optional<Bytes> tail =
        gap < 0 ? Optional.of(Bytes.EMPTY) : groups(text.substring(gap + 2), true);
    if (head.isEmpty() || tail.isEmpty()) {
      return Optional.empty();
    }
    int missing = 2 * GROUPS - head.get().size() - tail.get().size();
    if (gap < 0 ? missing != 0 : missing < 2) {
      return Optional.empty();
    }
    return Optional.of(Bytes.concat(head.get(), Bytes.of(new byte[missing]), tail.get()));
  }

  /**
   * What is on one side of the gap.
   *
   * @param last whether it ends the address, where it may be written as IPv4
   */
  private static Optional<Bytes> groups(String text, boolean last) {
    Bytes all = Bytes.EMPTY;
    int start = 0;
    while (start < text.length()) {
      int colon = text.indexOf(':', start);
      int end = colon < 0 ? text.length() : colon;
      String group = text.substring(start, end);
      if (last && colon < 0 && group.indexOf('.') >= 0) {
        Optional<Bytes> inner = v4(group);
        return inner.isEmpty() ? inner : Optional.of(Bytes.concat(all, inner.get()));
      }
      int value = number(group, 16, 4);
      if (value < 0 || all.size() == 2 * GROUPS || colon == text.length() - 1) {
        return Optional.empty();
      }
      all = Bytes.concat(all, Bytes.of((byte) (value >> 8), (byte) value));
      start = end + 1;
    }
    return Optional.of(all);
  }

  private static Bytes unmapped(Bytes address) {
    for (int i = 0; i < 12; i++) {
      if (address.at(i) != (i < 10 ? 0 : -1)) {
        return address;
      }
    }
    return address.slice(12, 16);
  }

  /** A number of that many digits at most; -1 for anything else. */
  static int number(String text, int radix, int digits) {
    if (text.isEmpty() || text.length() > digits) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value;
  }
}
