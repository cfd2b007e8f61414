package dev.bulla.admission.verify;

import dev.bulla.bytes.Bytes;
import dev.bulla.proxy.IpRange;
import dev.bulla.registry.transport.AddressRule;
import dev.bulla.registry.transport.NetworkAddresses;
import dev.bulla.registry.transport.Origin;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps whoever may create a pod from choosing where the webhook connects to: this machine, the
 * cluster's API server, and the network's own addresses are no registries unless somebody said so.
 */
final class AddressGuard implements AddressRule {

  private final Set<String> allowed = new HashSet<>();
  private final Optional<InetAddress> apiServer;
  private final List<IpRange> refused;

  /** For what the options name. What is refused without them is refused whatever they refuse. */
  AddressGuard(VerifierOptions options) {
    options.innerRegistries().forEach(this::allow);
    options.httpRegistries().forEach(this::allow);
    this.refused = options.refusedNetworks();
    this.apiServer =
        NetworkAddresses.literal(options.environment().getOrDefault("KUBERNETES_SERVICE_HOST", ""));
  }

  /**
   * @param registry as written in references
   */
  private void allow(String registry) {
    allowed.add(registry.toLowerCase(Locale.ROOT));
  }

  @Override
  public Optional<String> refusal(Origin server, InetAddress address) {
    if (allowed.contains(server.host()) || allowed.contains(server.authority())) {
      return Optional.empty();
    }
    for (InetAddress meant : NetworkAddresses.meantBy(address)) {
      Optional<String> refusal = refusal(meant);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  private Optional<String> refusal(InetAddress address) {
    if (address.isLoopbackAddress()) {
      return Optional.of("is this machine");
    }
    if (NetworkAddresses.isOfNetwork(address)) {
      return Optional.of("is an address of the network itself");
    }
    if (apiServer.equals(Optional.of(address))) {
      return Optional.of("is the API server of the cluster");
    }
    Bytes bytes = Bytes.of(address.getAddress());
    return refused.stream().anyMatch(range -> range.contains(bytes))
        ? Optional.of("is in a network that is refused")
        : Optional.empty();
  }
}
