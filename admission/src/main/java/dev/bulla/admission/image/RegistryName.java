package dev.bulla.admission.image;

import dev.bulla.oci.Repository;
import java.util.Locale;
import java.util.Set;

/**
 * The one spelling of a registry that rules are held against. Hosts have no case, a registry
 * without a port is asked at 443, and Docker Hub answers under several names: whoever may choose
 * the spelling may not choose the rule by it.
 */
public final class RegistryName {

  private static final Set<String> HUB =
      Set.of("docker.io", Repository.DOCKER_HUB, "registry-1.docker.io", "registry.hub.docker.com");

  private RegistryName() {}

  /**
   * The spelling in lower case, without leading zeros of the port and without port 443; Docker Hub
   * as {@code index.docker.io}.
   *
   * @param registry host, with a port if one was given
   */
  public static String canonical(String registry) {
    String lower = registry.toLowerCase(Locale.ROOT);
    int colon = lower.lastIndexOf(':');
    if (colon > lower.lastIndexOf(']')) {
      String port = withoutZeros(lower.substring(colon + 1));
      lower = lower.substring(0, colon) + (port.equals("443") ? "" : ":" + port);
    }
    return HUB.contains(lower) ? Repository.DOCKER_HUB : lower;
  }

  private static String withoutZeros(String port) {
    int start = 0;
    while (start < port.length() - 1 && port.charAt(start) == '0') {
      start++;
    }
    return port.substring(start);
  }
}
