package dev.bulla.oci;

import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;

/**
 * A repository in a registry, fully qualified.
 *
 * <p>A name without a registry belongs to Docker Hub, and a Docker Hub name of one component gets
 * {@code library/} in front. The first component is a registry when it contains a dot or a colon or
 * is {@code localhost}.
 *
 * @param registry host, with a port if one was given: {@code index.docker.io}, {@code
 *     127.0.0.1:5000}, {@code [::1]:5000}
 * @param path 2 to 255 characters of components separated by {@code /}
 */
public record Repository(String registry, String path) {

  /** Docker Hub's name in image references. */
  public static final String DOCKER_HUB = "index.docker.io";

  public Repository {
    if (!isRegistry(registry)) {
      throw new IllegalArgumentException("not a registry: " + Quoted.text(registry));
    }
    if (!isPath(path)) {
      throw new IllegalArgumentException("not a repository path: " + Quoted.text(path));
    }
  }

  /** The repository that a text names; neither tag nor digest may follow. */
  public static Repository parse(String text) throws MalformedInputException {
    int slash = text.indexOf('/');
    String registry = DOCKER_HUB;
    String path = text;
    if (slash > 0 && looksLikeRegistry(text.substring(0, slash))) {
      registry = text.substring(0, slash);
      path = text.substring(slash + 1);
      if (registry.equals("docker.io")) {
        registry = DOCKER_HUB;
      }
    }
    if (registry.equals(DOCKER_HUB) && path.indexOf('/') < 0) {
      path = "library/" + path;
    }
    if (!isRegistry(registry) || !isPath(path)) {
      throw new MalformedInputException("repository", "could not parse " + Quoted.text(text));
    }
    return new Repository(registry, path);
  }

  private static boolean looksLikeRegistry(String component) {
    return component.indexOf('.') >= 0
        || component.indexOf(':') >= 0
        || component.equals("localhost");
  }

  /**
   * RFC 3986 host, bracketed IPv6 included, and an optional port. No userinfo, nothing to be
   * decoded.
   */
  private static boolean isRegistry(String text) {
    String host = text;
    if (text.startsWith("[")) {
      int close = text.indexOf(']');
      return close > 0
          && isIpv6(text.substring(1, close))
          && (close == text.length() - 1
              || (text.charAt(close + 1) == ':' && isPort(text.substring(close + 2))));
    }
    int colon = text.indexOf(':');
    if (colon >= 0) {
      host = text.substring(0, colon);
      if (!isPort(text.substring(colon + 1))) {
        return false;
      }
    }
    if (host.isEmpty() || host.length() > 253) {
      return false;
    }
    boolean startOfLabel = true;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean alphanumeric =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (startOfLabel ? !alphanumeric : !(alphanumeric || c == '-' || c == '_' || c == '.')) {
        return false;
      }
      startOfLabel = c == '.';
    }
    return !startOfLabel;
  }

  /**
   * The characters of an IPv6 address, which has two colons at least; whether it is one shows when
   * it is used.
   */
  private static boolean isIpv6(String text) {
    if (text.length() > 45 || text.indexOf(':') == text.lastIndexOf(':')) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!hex && c != ':' && c != '.') {
        return false;
      }
    }
    return true;
  }

  private static boolean isPort(String text) {
    if (text.isEmpty() || text.length() > 5) {
      return false;
    }
    int port = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return false;
      }
      port = port * 10 + (c - '0');
    }
    return port >= 1 && port <= 65535;
  }

  /**
   * Lower-case letters, digits, {@code . _ -} in components that start with a letter or digit;
   * never {@code .} or {@code ..}.
   */
  private static boolean isPath(String text) {
    if (text.length() < 2 || text.length() > 255) {
      return false;
    }
    boolean startOfComponent = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (c == '/') {
        if (startOfComponent) {
          return false;
        }
        startOfComponent = true;
        continue;
      }
      if (startOfComponent ? !alphanumeric : !(alphanumeric || c == '.' || c == '_' || c == '-')) {
        return false;
      }
      startOfComponent = false;
    }
    return !startOfComponent;
  }

  public DigestReference at(dev.bulla.digest.Digest digest) {
    return new DigestReference(this, digest, this + "@" + digest);
  }

  public TagReference tag(String tag) {
    return new TagReference(this, tag, this + ":" + tag);
  }

  /** The full name: {@code index.docker.io/library/alpine}. */
  @Override
  public String toString() {
    return registry + "/" + path;
  }

  // by hand: a record's own would be made at run time, in every process anew

  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof Repository that
        && registry.equals(that.registry)
        && path.equals(that.path);
  }

  @Override
  public int hashCode() {
    return 31 * registry.hashCode() + path.hashCode();
  }
}
