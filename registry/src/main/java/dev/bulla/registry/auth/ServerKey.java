package dev.bulla.registry.auth;

import dev.bulla.oci.Repository;
import java.util.Locale;

/**
 * The name under which a credential is kept, brought to one spelling. Docker writes {@code host},
 * {@code https://host/v1/} and, for Docker Hub, {@code https://index.docker.io/v1/}; podman writes
 * {@code host} or {@code host/namespace}.
 *
 * @param host lower case, with the port when there is one
 * @param path the namespace that the credential is limited to, or empty
 */
record ServerKey(String host, String path) {

  /** What Docker calls its own registry when it keeps credentials. */
  private static final String HUB_KEY = "https://index.docker.io/v1/";

  static ServerKey parse(String text) {
    // docker drops what follows the host of a URL; only podman's bare keys have namespaces
    return parse(text, false);
  }

  /** As Kubernetes reads it: what follows the host of a URL is a namespace too. */
  static ServerKey parseWithNamespace(String text) {
    return parse(text, true);
  }

  private static ServerKey parse(String text, boolean namespacesInUrls) {
    String rest = text.strip();
    boolean hasScheme = false;
    for (String scheme : new String[] {"https://", "http://"}) {
      if (rest.regionMatches(true, 0, scheme, 0, scheme.length())) {
        rest = rest.substring(scheme.length());
        hasScheme = true;
      }
    }
    int slash = rest.indexOf('/');
    String path = slash < 0 ? "" : rest.substring(slash + 1);
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    if ((hasScheme && !namespacesInUrls) || path.equals("v1") || path.equals("v2")) {
      path = "";
    }
    return new ServerKey(canonicalHost(slash < 0 ? rest : rest.substring(0, slash)), path);
  }

  static String canonicalHost(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    if (lower.endsWith(":443")) {
      lower = lower.substring(0, lower.length() - 4);
    }
    return switch (lower) {
      case "docker.io", "registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com" ->
          Repository.DOCKER_HUB;
      default -> lower;
    };
  }

  /** What a credential helper is asked for. */
  static String helperArgument(Repository repository) {
    String host = canonicalHost(repository.registry());
    return host.equals(Repository.DOCKER_HUB) ? HUB_KEY : host;
  }

  /** Whether a credential kept under this name is for the repository. */
  boolean covers(Repository repository) {
    return host.equals(canonicalHost(repository.registry()))
        && (path.isEmpty()
            || repository.path().equals(path)
            || repository.path().startsWith(path + "/"));
  }
}
