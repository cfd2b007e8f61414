package dev.bulla.kms.vault;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.Quoted;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsProxies;
import dev.bulla.keys.kms.KmsTrust;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the server is, who asks, and what is trusted, as the variables say. {@link #toString()}
 * shows the address only.
 *
 * @param address {@code http://host:port} or {@code https://host:port}, perhaps with a path
 * @param mount where the transit engine is, without slashes at the ends
 * @param onlyVersion the version that {@code VAULT_KEY_PREFIX} names
 */
record VaultSettings(
    URI address,
    String token,
    Optional<String> namespace,
    String mount,
    OptionalInt onlyVersion,
    KmsTrust trust,
    Optional<ProxySelector> proxy,
    Duration timeout) {

  private static final Pattern PREFIX = Pattern.compile("vault:v([1-9][0-9]{0,8}):");

  static VaultSettings read(KmsContext context) throws KeyException {
    URI address = address(context);
    refuseUnsupported(context);
    String mount = strip(context.variable("TRANSIT_SECRET_ENGINE_PATH").orElse("transit"));
    if (mount.isEmpty() || !mount.matches("[\\w.~ /-]{1,512}") || mount.contains("..")) {
      throw misconfigured("TRANSIT_SECRET_ENGINE_PATH is not the path of a secrets engine", "");
    }
    boolean anyCertificate = isTrue(context, "VAULT_SKIP_VERIFY", "BAO_SKIP_VERIFY");
    if (anyCertificate) {
      context
          .warnings()
          .accept("VAULT_SKIP_VERIFY is set: whoever is on the way can read the token");
    }
    KmsTrust trust =
        anyCertificate
            ? KmsTrust.insecureAnyCertificate()
            : KmsTrust.of(
                context,
                context.variable("VAULT_CACERT", "BAO_CACERT"),
                context.variable("VAULT_CAPATH", "BAO_CAPATH"));
    return new VaultSettings(
        address,
        VaultToken.find(context),
        context.variable("VAULT_NAMESPACE", "BAO_NAMESPACE"),
        mount,
        onlyVersion(context),
        trust,
        proxy(context),
        context.timeout());
  }

  private static URI address(KmsContext context) throws KeyException {
    String text = context.variable("VAULT_ADDR", "BAO_ADDR").orElse("");
    if (text.isEmpty()) {
      throw misconfigured(
          "VAULT_ADDR or BAO_ADDR is not set", "set it to the server: https://vault.example:8200");
    }
    if (!text.contains("://")) {
      context.warnings().accept("VAULT_ADDR has no scheme; it is taken for https://");
      text = "https://" + text;
    }
    URI address;
    try {
      address = new URI(text);
    } catch (URISyntaxException e) {
      throw misconfigured("VAULT_ADDR is not an address", "it looks like https://host:8200");
    }
    boolean plain = "http".equals(address.getScheme());
    if (address.getHost() == null
        || address.getRawUserInfo() != null
        || address.getRawQuery() != null
        || address.getRawFragment() != null
        || !(plain || "https".equals(address.getScheme()))) {
      throw misconfigured(
          "VAULT_ADDR is not an address of http:// or https://", "it looks like https://host:8200");
    }
    if (plain && !isLoopback(address.getHost())) {
      context
          .warnings()
          .accept(
              "VAULT_ADDR is an http:// address: everybody on the way to "
                  + Quoted.plain(address.getHost())
                  + " can read the token");
    }
    return address;
  }

  private static boolean isLoopback(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    try {
      // digits only: no name is looked up
      return host.matches("[0-9.]+|\\[[0-9a-fA-F:]+]")
          && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** A setting that would silently have no effect is worse than an error. */
  private static void refuseUnsupported(KmsContext context) throws KeyException {
    for (String name :
        new String[] {
          "VAULT_CLIENT_CERT", "BAO_CLIENT_CERT", "VAULT_TLS_SERVER_NAME", "BAO_TLS_SERVER_NAME"
        }) {
      if (context.variable(name).isPresent()) {
        throw misconfigured(
            name + " is not supported in this version of bulla", "unset it, or use a token");
      }
    }
  }

  private static OptionalInt onlyVersion(KmsContext context) throws KeyException {
    Optional<String> prefix = context.variable("VAULT_KEY_PREFIX", "BAO_KEY_PREFIX");
    if (prefix.isEmpty()) {
      return OptionalInt.empty();
    }
    Matcher parts = PREFIX.matcher(prefix.get());
    if (!parts.matches()) {
      throw misconfigured(
          "VAULT_KEY_PREFIX is not of the form vault:v1:",
          "without it, every version that the server accepts counts");
    }
    return OptionalInt.of(Integer.parseInt(parts.group(1)));
  }

  private static Optional<ProxySelector> proxy(KmsContext context) throws KeyException {
    Optional<String> text = context.variable("VAULT_PROXY_ADDR", "VAULT_HTTP_PROXY");
    if (text.isEmpty()) {
      return Optional.of(KmsProxies.of(context));
    }
    try {
      URI proxy = new URI(text.get());
      if ("http".equals(proxy.getScheme()) && proxy.getHost() != null && proxy.getPort() > 0) {
        return Optional.of(
            ProxySelector.of(InetSocketAddress.createUnresolved(proxy.getHost(), proxy.getPort())));
      }
    } catch (URISyntaxException e) {
      // its message would show the text, which may hold a password
    }
    throw misconfigured("the proxy for Vault is not of the form http://host:port", "");
  }

  private static boolean isTrue(KmsContext context, String... names) {
    return switch (context.variable(names).orElse("")) {
      case "1", "t", "T", "TRUE", "true", "True" -> true;
      default -> false;
    };
  }

  private static String strip(String path) {
    return path.replaceAll("/+", "/").replaceAll("^/|/$", "");
  }

  static KeyException misconfigured(String message, String hint) {
    return KeyException.of(Problem.MISCONFIGURED, message, hint.isEmpty() ? null : hint, null);
  }

  @Override
  public String toString() {
    return "VaultSettings[" + address + "]";
  }
}
