package dev.bulla.sigstore.http;

import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.proxy.IpLiteral;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;

/**
 * Where a service is, as the user or a configuration says: an absolute {@code http} or {@code
 * https} URL without user information and fragment.
 */
public final class ServiceUrl {

  private static final int MAX_LENGTH = 8 << 10;
  private static final String WHAT = "URL";

  private final String text;
  private final boolean tls;
  private final String host;

  private ServiceUrl(String text, boolean tls, String host) {
    this.text = text;
    this.tls = tls;
    this.host = host;
  }

  /** Reads an absolute URL. */
  public static ServiceUrl parse(String text) throws MalformedInputException {
    if (text.length() > MAX_LENGTH) {
      throw new MalformedInputException(WHAT, "longer than " + MAX_LENGTH + " characters");
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      // not the cause: its message holds the whole text, which may hold a password
      throw new MalformedInputException(WHAT, "not a URL");
    }
    if (uri.getRawUserInfo() != null || (text.indexOf('@') >= 0 && uri.getHost() == null)) {
      throw new MalformedInputException(WHAT, "user information is not accepted in a URL");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new MalformedInputException(
          WHAT, Quoted.text(text) + ": the scheme is neither http nor https");
    }
    String host = uri.getHost();
    if (host == null || host.isEmpty() || uri.getPort() == 0 || uri.getPort() > 65535) {
      throw new MalformedInputException(WHAT, Quoted.text(text) + ": no valid host and port");
    }
    if (uri.getRawFragment() != null) {
      throw new MalformedInputException(WHAT, Quoted.text(text) + ": a fragment means nothing");
    }
    // what URI takes beyond ASCII cannot be sent
    return new ServiceUrl(
        uri.toASCIIString(), scheme.equals("https"), host.toLowerCase(Locale.ROOT));
  }

  /**
   * A path below this URL, whatever slashes this one ends with.
   *
   * @param below starts with a slash; encoded by the caller; may have a query
   */
  public ServiceUrl below(String below) throws MalformedInputException {
    if (text.indexOf('?') >= 0) {
      throw new MalformedInputException(
          WHAT, Quoted.text(text) + ": a query cannot be continued by a path");
    }
    int end = text.length();
    while (text.charAt(end - 1) == '/') {
      end--;
    }
    return parse(text.substring(0, end) + below);
  }

  /** The whole URL, in ASCII. */
  public String text() {
    return text;
  }

  /** Lower case, without the port; an IPv6 address in brackets. */
  public String host() {
    return host;
  }

  /** Whether what is sent there is read by nobody on the way: over TLS, or to this machine. */
  public boolean isConfidential() {
    return tls || IpLiteral.isLoopback(host);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ServiceUrl that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(text);
  }

  /** Without the query, in which some services take secrets. */
  @Override
  public String toString() {
    int query = text.indexOf('?');
    return Quoted.plain(query < 0 ? text : text.substring(0, query));
  }
}
