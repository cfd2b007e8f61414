package dev.bulla.registry;

import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.registry.transport.HostNames;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.NetworkAddresses;
import dev.bulla.registry.transport.Origin;
import dev.bulla.registry.transport.TransportException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * Decides where a registry may send us. It may name other places for content, uploads and tokens;
 * it may not lead us off TLS, to this machine, or to the network's own services (link-local
 * addresses, where clouds keep machine credentials).
 *
 * <p>Whether a credential goes along is not decided here: it goes to the user's own origin only.
 */
final class Egress {

  /** Finds the addresses of a name. */
  @FunctionalInterface
  interface NameLookup {
    InetAddress[] addresses(String host) throws UnknownHostException, TransportException;
  }

  /** Longer than systems themselves take until they give up. */
  private static final Duration LOOKING_UP = Duration.ofSeconds(20);

  /** As the system finds them, within a time. */
  static final NameLookup OF_SYSTEM = host -> HostNames.addresses(host, LOOKING_UP);

  private final HostRules rules;
  private final NameLookup names;

  Egress(HostRules rules, NameLookup names) {
    this.rules = rules;
    this.names = names;
  }

  /**
   * The place that a header of an answer names.
   *
   * @param home the origin that the user chose
   * @param what the header, for the message
   */
  HttpUrl follow(Origin home, String method, HttpUrl from, String reference, String what)
      throws RegistryException {
    HttpUrl next;
    try {
      next = from.resolve(reference);
    } catch (MalformedInputException e) {
      throw RegistryErrors.unsafe(method, from, what + " is not followed: " + e.message());
    }
    if (next.origin().equals(home) || next.origin().equals(from.origin())) {
      return next;
    }
    String problem = problem(home, from.origin(), next.origin());
    if (!problem.isEmpty()) {
      throw RegistryErrors.unsafe(
          method,
          from,
          what + " is not followed: " + Quoted.plain(next.origin().toString()) + " " + problem);
    }
    return next;
  }

  private String problem(Origin home, Origin from, Origin next) {
    if ((home.isHttps() || from.isHttps()) && !next.isHttps()) {
      return "would leave TLS";
    }
    if (next.host().equals(home.host())) {
      return "";
    }
    if (!next.isHttps() && !rules.mayUseHttp(next.host(), next.authority())) {
      return "is plain HTTP";
    }
    return addressProblem(home, next);
  }

  private String addressProblem(Origin home, Origin next) {
    String host = next.host();
    InetAddress[] addresses;
    try {
      addresses =
          names.addresses(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
    } catch (UnknownHostException e) {
      // then nothing is sent there either; or a proxy does it, whose network has rules of its own
      return "";
    } catch (TransportException e) {
      // what is not known in time may be known a moment later, when nobody checks it any more
      return e.kind() == TransportException.Kind.NO_CONNECTION ? "" : "was not found in time";
    }
    for (InetAddress found : addresses) {
      InetAddress address = NetworkAddresses.behindTranslator(found).orElse(found);
      if (NetworkAddresses.isOfNetwork(address)) {
        return "is an address of the network itself";
      }
      if ((address.isLoopbackAddress() || found.isLoopbackAddress())
          && !HostRules.isLoopback(home.host())) {
        return "is this machine";
      }
    }
    return "";
  }
}
