package dev.bulla.registry.transport;

/**
 * What a credential is bound to: scheme, host and port. Two URLs belong together exactly when these
 * three agree.
 *
 * @param scheme {@code http} or {@code https}
 * @param host lower case; an IPv6 address in brackets
 * @param port 1 to 65535, also when it is the scheme's own
 */
public record Origin(String scheme, String host, int port) {

  public boolean isHttps() {
    return scheme.equals("https");
  }

  // Written out: the generated methods of a record are linked at first use, which costs
  // milliseconds of a short run.
  @Override
  public boolean equals(Object other) {
    return other instanceof Origin that
        && port == that.port
        && scheme.equals(that.scheme)
        && host.equals(that.host);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * host.hashCode() + port) + scheme.hashCode();
  }

  /** {@code https://host} or {@code https://host:port}; the scheme's own port is left out. */
  @Override
  public String toString() {
    return scheme.concat("://").concat(authority());
  }

  /** {@code host} or {@code host:port}, as in a {@code Host} header. */
  public String authority() {
    return port == defaultPort(scheme) ? host : host.concat(":").concat(Integer.toString(port));
  }

  static int defaultPort(String scheme) {
    return scheme.equals("https") ? 443 : 80;
  }
}
