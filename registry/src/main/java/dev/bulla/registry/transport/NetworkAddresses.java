package dev.bulla.registry.transport;

import dev.bulla.bytes.Bytes;
import dev.bulla.proxy.IpLiteral;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Addresses that belong to the network itself, where no registry is. */
public final class NetworkAddresses {

  /**
   * Where clouds keep machine credentials and settings beside the link-local range: EC2 and its
   * identities of pods, Google, Azure, Alibaba.
   */
  private static final Set<InetAddress> METADATA =
      literals("fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "168.63.129.16", "100.100.100.200");

  /** RFC 6052: an IPv4 address as seen from a network that has none, in the last four bytes. */
  private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

  /** The same in the old form that some systems still take, {@code ::192.0.2.1}. */
  private static final byte[] COMPATIBLE = new byte[12];

  private NetworkAddresses() {}

  /**
   * Whether an address is link-local, of no machine, multicast, or where a cloud keeps its
   * metadata.
   */
  public static boolean isOfNetwork(InetAddress address) {
    return address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || METADATA.contains(address);
  }

  /** The IPv4 address that an IPv6 address stands for; what is refused there is refused here. */
  public static Optional<InetAddress> behindTranslator(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != 16 || !(startsWith(bytes, NAT64) || startsWith(bytes, COMPATIBLE))) {
      return Optional.empty();
    }
    return Optional.of(address(Arrays.copyOfRange(bytes, 12, 16)));
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("neither 4 bytes nor 16", e);
    }
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  /**
   * The address that a text is; nothing for a name, which is not looked up.
   *
   * @param text an address as {@link IpLiteral} reads it
   */
  public static Optional<InetAddress> literal(String text) {
    Optional<Bytes> bytes = IpLiteral.of(text);
    return bytes.isEmpty() ? Optional.empty() : Optional.of(address(bytes.get().toByteArray()));
  }

  private static Set<InetAddress> literals(String... texts) {
    Set<InetAddress> addresses = new HashSet<>();
    for (String text : texts) {
      addresses.add(literal(text).orElseThrow());
    }
    return Set.copyOf(addresses);
  }
}
