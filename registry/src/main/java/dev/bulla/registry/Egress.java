package dev.bulla.registry;

import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.proxy.IpLiteral;
import dev.bulla.registry.transport.HostNames;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.NetworkAddresses;
import dev.bulla.registry.transport.Origin;
import dev.bulla.registry.transport.TransportException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

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
    InetAddress[] addresses(String host, Duration within)
        throws UnknownHostException, TransportException;
  }

  /** Longer than systems themselves take until they give up. */
  private static final Duration LOOKING_UP = Duration.ofSeconds(20);

  /** As the system finds them. */
  static final NameLookup OF_SYSTEM = HostNames::addresses;

  private final HostRules rules;
  private final NameLookup names;
  private final Predicate<Origin> proxied;

  /**
   * @param proxied whether a proxy looks up the names of a place
   */
  Egress(HostRules rules, NameLookup names, Predicate<Origin> proxied) {
    this.rules = rules;
    this.names = names;
    this.proxied = proxied;
  }

  /**
   * The place that a header of an answer names.
   *
   * @param home the origin that the user chose
   * @param what the header, for the message
   * @param budget whose time it takes to look up a name
   */
  HttpUrl follow(
      Origin home, String method, HttpUrl from, String reference, String what, CallBudget budget)
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
    String problem = problem(home, from.origin(), next.origin(), budget);
    if (!problem.isEmpty()) {
      throw RegistryErrors.unsafe(
          method,
          from,
          what + " is not followed: " + Quoted.plain(next.origin().toString()) + " " + problem);
    }
    return next;
  }

  private String problem(Origin home, Origin from, Origin next, CallBudget budget) {
    if ((home.isHttps() || from.isHttps()) && !next.isHttps()) {
      return "would leave TLS";
    }
    if (next.host().equals(home.host())) {
      return "";
    }
    if (!next.isHttps() && !rules.mayUseHttp(next.host(), next.authority())) {
      return "is plain HTTP";
    }
    return addressProblem(home, next, budget);
  }

  private String addressProblem(Origin home, Origin next, CallBudget budget) {
    InetAddress[] addresses;
    try {
      addresses = addresses(next, budget);
    } catch (UnknownHostException e) {
      // then nothing is sent there either
      return "";
    } catch (TransportException e) {
      // what is not known in time may be known a moment later, when nobody checks it any more
      return e.kind() == TransportException.Kind.NO_CONNECTION ? "" : "was not found in time";
    }
    boolean atHome = IpLiteral.isLoopback(home.host());
    for (InetAddress found : addresses) {
      for (InetAddress address : NetworkAddresses.meantBy(found)) {
        if (NetworkAddresses.isOfNetwork(address)) {
          return "is an address of the network itself";
        }
        if (address.isLoopbackAddress() && !atHome) {
          return "is this machine";
        }
      }
    }
    return "";
  }

  /** None for a name that a proxy looks up: its network has names and rules of its own. */
  private InetAddress[] addresses(Origin next, CallBudget budget)
      throws UnknownHostException, TransportException {
    Optional<InetAddress> literal = NetworkAddresses.literal(next.host());
    if (literal.isPresent()) {
      return new InetAddress[] {literal.get()};
    }
    if (proxied.test(next)) {
      return new InetAddress[0];
    }
    Duration left = budget.remaining();
    return names.addresses(next.host(), left.compareTo(LOOKING_UP) < 0 ? left : LOOKING_UP);
  }
}
