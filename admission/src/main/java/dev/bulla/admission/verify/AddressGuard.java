package dev.bulla.admission.verify;

import dev.bulla.registry.transport.AddressRule;
import dev.bulla.registry.transport.Origin;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps whoever may create a pod from choosing where the webhook connects to: this machine, the
 * cluster's API server, and the network's own addresses are no registries unless somebody said so.
 */
final class AddressGuard implements AddressRule {

  /** Where clouds keep machine credentials, beside the link-local range. */
  private static final Set<String> METADATA = Set.of("fd00:ec2:0:0:0:0:0:254", "100.100.100.200");

  private final Set<String> allowed = new HashSet<>();
  private final String apiServer;

  /**
   * @param allowed registries as written in references
   * @param environment of a process in a cluster
   */
  AddressGuard(Set<String> allowed, Map<String, String> environment) {
    for (String registry : allowed) {
      this.allowed.add(registry.toLowerCase(Locale.ROOT));
    }
    this.apiServer = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
  }

  @Override
  public Optional<String> refusal(Origin server, InetAddress address) {
    if (allowed.contains(server.host()) || allowed.contains(server.authority())) {
      return Optional.empty();
    }
    if (address.isLoopbackAddress()) {
      return Optional.of("is this machine");
    }
    if (address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || METADATA.contains(address.getHostAddress())) {
      return Optional.of("is an address of the network itself");
    }
    return address.getHostAddress().equals(apiServer)
        ? Optional.of("is the API server of the cluster")
        : Optional.empty();
  }
}
