package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaBug;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;

/**
 * Where the issuer sends the browser back to: a page of this machine.
 *
 * @param host as the issuer is told: {@code localhost}, {@code 127.0.0.1} or {@code [::1]}
 * @param port 0 for a free one
 * @param path the page
 */
record Redirect(String host, int port, String path) {

  /** A free port; the host and path that issuers know from cosign. */
  static final Redirect USUAL = new Redirect("localhost", 0, "/auth/callback");

  /** Reads the URL that a user gave. */
  static Redirect parse(String text) throws ConfigurationException {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw refused(text);
    }
    String host = url.getHost() == null ? "" : url.getHost();
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    if (!"http".equals(url.getScheme())
        || !(host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]"))
        || url.getRawUserInfo() != null
        || url.getRawQuery() != null
        || url.getRawFragment() != null
        || url.getPort() > 65535) {
      throw refused(text);
    }
    return new Redirect(host, url.getPort() < 0 ? 80 : url.getPort(), path.isEmpty() ? "/" : path);
  }

  private static ConfigurationException refused(String text) {
    return new ConfigurationException(
        "--oidc-redirect-url: "
            + Quoted.text(text)
            + " is no page of this machine, where the browser could be waited for",
        "it is like http://localhost:8912/auth/callback; without it a free port is taken");
  }

  /** The URL with the port that was taken. */
  String on(int taken) {
    return "http://" + host + ":" + taken + path;
  }

  /** Where to listen; no name is looked up for it. */
  InetAddress address() {
    byte[] bytes =
        host.equals("[::1]")
            ? new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}
            : new byte[] {127, 0, 0, 1};
    try {
      return InetAddress.getByAddress(host, bytes);
    } catch (UnknownHostException e) {
      throw new BullaBug("four or sixteen bytes are an address", e);
    }
  }

  @Override
  public String toString() {
    return on(port);
  }
}
