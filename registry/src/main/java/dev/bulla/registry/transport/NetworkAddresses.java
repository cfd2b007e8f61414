package dev.bulla.registry.transport;

import dev.bulla.bytes.Bytes;
import dev.bulla.proxy.IpLiteral;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
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

  /** RFC 8215: the same within one network, which says itself how long the prefix is. */
  private static final byte[] LOCAL_NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 1};

  /** RFC 6052, section 2.2: where the four bytes are behind a prefix of 48, 56, 64 and 96 bits. */
  private static final int[][] POSITIONS = {
    {6, 7, 9, 10}, {7, 9, 10, 11}, {9, 10, 11, 12}, {12, 13, 14, 15}
  };

  /** What a shorter prefix leaves empty, and no address. */
  private static final byte[] NOTHING = new byte[4];

  /** RFC 3056: a network behind an IPv4 address, which follows. */
  private static final byte[] SIX_TO_FOUR = {0x20, 0x02};

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

  /**
   * All that an address may mean: itself, and the IPv4 addresses that it stands for where it is one
   * of IPv6; several only where it does not tell which of its bytes they are. What is refused of
   * one of them is refused of all.
   */
  public static Set<InetAddress> meantBy(InetAddress address) {
    Set<InetAddress> meant = new LinkedHashSet<>(Set.of(address));
    byte[] bytes = address.getAddress();
    if (bytes.length != 16) {
      return meant;
    }
    if (startsWith(bytes, NAT64) || startsWith(bytes, COMPATIBLE)) {
      meant.add(address(Arrays.copyOfRange(bytes, 12, 16)));
    } else if (startsWith(bytes, SIX_TO_FOUR)) {
      meant.add(address(Arrays.copyOfRange(bytes, 2, 6)));
    } else if (startsWith(bytes, LOCAL_NAT64)) {
      for (int[] at : POSITIONS) {
        byte[] four = {bytes[at[0]], bytes[at[1]], bytes[at[2]], bytes[at[3]]};
        if (!Arrays.equals(four, NOTHING)) {
          meant.add(address(four));
        }
      }
    }
    return meant;
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
