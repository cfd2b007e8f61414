package dev.bulla.registry.transport;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Decides to which addresses a transport may connect. It is asked about the very address that is
 * connected to, so that a name cannot mean another one by then. Not asked about proxies; of what is
 * reached through one it is asked about addresses, while names are looked up by the proxy, whose
 * network has rules of its own.
 */
@FunctionalInterface
public interface AddressRule {

  /** Every address will do. */
  AddressRule ANY = (server, address) -> Optional.empty();

  /**
   * Why a server at this address is not connected to; empty when it may be.
   *
   * @return continues a sentence that begins with the server's name
   */
  Optional<String> refusal(Origin server, InetAddress address);
}
