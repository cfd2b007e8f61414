package dev.bulla.registry;

import dev.bulla.oci.Repository;
import dev.bulla.proxy.IpLiteral;
import dev.bulla.registry.transport.Origin;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the user allowed, and what is allowed to everybody.
 *
 * @param allowHttp whether registries other than loopback may be asked over plain HTTP
 * @param httpRegistries registries, as written in references, for which that is so whatever {@code
 *     allowHttp} says
 * @param allowedRealms hosts, or {@code host:port}, that may be shown the credentials of any
 *     registry
 * @param missingIs403 registries, as written in references, that answer 403 for what does not exist
 */
record HostRules(
    boolean allowHttp,
    Set<String> httpRegistries,
    Set<String> allowedRealms,
    Set<String> missingIs403) {

  /** Registries whose token service has another host, and is known to be theirs. */
  private static final Map<String, String> KNOWN_REALMS =
      Map.of(
          Repository.DOCKER_HUB,
          "auth.docker.io",
          "registry-1.docker.io",
          "auth.docker.io",
          "registry.gitlab.com",
          "gitlab.com",
          "registry.digitalocean.com",
          "api.digitalocean.com");

  HostRules {
    httpRegistries = lowerCase(httpRegistries);
    allowedRealms = lowerCase(allowedRealms);
    missingIs403 = lowerCase(missingIs403);
  }

  private static Set<String> lowerCase(Set<String> hosts) {
    Set<String> lower = new java.util.HashSet<>();
    for (String host : hosts) {
      lower.add(host.toLowerCase(Locale.ROOT));
    }
    return Set.copyOf(lower);
  }

  /**
   * Whether a place may be asked over plain HTTP.
   *
   * @param authority with the port, as a reference to a registry there would be written
   */
  boolean mayUseHttp(String host, String authority) {
    return allowHttp
        || IpLiteral.isLoopback(host)
        || httpRegistries.contains(authority.toLowerCase(Locale.ROOT));
  }

  /** Whether a token service may see the credentials that the user gave for a registry. */
  boolean trustsRealm(Origin registry, Origin realm) {
    if (registry.isHttps() && !realm.isHttps()) {
      return false;
    }
    if (registry.host().equals(realm.host())
        || (IpLiteral.isLoopback(registry.host()) && IpLiteral.isLoopback(realm.host()))) {
      return true;
    }
    return realm.isHttps()
        && (realm.host().equals(KNOWN_REALMS.get(registry.host()))
            || allowedRealms.contains(realm.host())
            || allowedRealms.contains(realm.authority()));
  }

  boolean missingIs403(Repository repository) {
    return missingIs403.contains(repository.registry().toLowerCase(Locale.ROOT));
  }
}
