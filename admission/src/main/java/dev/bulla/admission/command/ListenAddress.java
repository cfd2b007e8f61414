package dev.bulla.admission.command;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Reads {@code HOST:PORT}. */
final class ListenAddress {

  private ListenAddress() {}

  /**
   * The address to listen on; without a host, every address of this machine.
   *
   * @param flag for the message
   */
  static InetSocketAddress parse(String flag, String text) throws ConfigurationException {
    return parse(flag, text, false);
  }

  /** As {@link #parse}, except that without a host only this machine can connect. */
  static InetSocketAddress parseLoopback(String flag, String text) throws ConfigurationException {
    return parse(flag, text, true);
  }

  private static InetSocketAddress parse(String flag, String text, boolean loopback)
      throws ConfigurationException {
    int colon = text.lastIndexOf(':');
    try {
      String host = colon < 0 ? "" : text.substring(0, colon);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon >= 0 && port >= 0 && port <= 65535) {
        if (host.isEmpty()) {
          return loopback
              ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
              : new InetSocketAddress(port);
        }
        return new InetSocketAddress(InetAddress.getByName(host), port);
      }
    } catch (NumberFormatException | UnknownHostException e) {
      // said below, with an example
    }
    throw new ConfigurationException(
        "--" + flag + " " + Quoted.text(text) + " is no address and port",
        "for example 0.0.0.0:5000, or 127.0.0.1:0 for a free port");
  }
}
