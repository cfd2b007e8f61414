package dev.bulla.kms.azure;

import dev.bulla.error.MalformedInputException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a vault says about the token it wants: for which resource, from which tenant. A server could
 * ask for a token that is good elsewhere, so the resource has to be the vault's own.
 *
 * <p>Source: Azure Key Vault, "Authentication, requests and responses"; RFC 9110 §11.6.1.
 */
record VaultChallenge(TokenRequest wanted) {

  private static final int MAX = 4096;
  private static final Pattern PARAMETER =
      Pattern.compile("\\s*([A-Za-z_-]{1,40})=\"([^\"\\\\]*)\"\\s*(?:,|$)");
  private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9.-]{1,253}");

  /**
   * Reads the challenge that a vault of this name sent.
   *
   * @param headers the values of {@code WWW-Authenticate}
   * @param host the vault's, lower case, without port
   */
  static VaultChallenge parse(List<String> headers, String host) throws MalformedInputException {
    for (String header : headers) {
      if (header.length() <= MAX && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
        return parse(header.substring(7), host);
      }
    }
    throw new MalformedInputException("challenge", "it asks for no bearer token");
  }

  private static VaultChallenge parse(String parameters, String host)
      throws MalformedInputException {
    String authorization = "";
    String resource = "";
    Matcher next = PARAMETER.matcher(parameters);
    int at = 0;
    while (at < parameters.length()) {
      if (!next.find(at) || next.start() != at) {
        throw new MalformedInputException("challenge", "its parameters cannot be read");
      }
      switch (next.group(1).toLowerCase(Locale.ROOT)) {
        case "authorization", "authorization_uri" -> authorization = next.group(2);
        case "resource" -> resource = next.group(2);
        case "scope" -> resource = resource.isEmpty() ? withoutDefault(next.group(2)) : resource;
        default -> {
          // what it says beyond that changes nothing
        }
      }
      at = next.end();
    }
    return new VaultChallenge(new TokenRequest(checked(resource, host), tenant(authorization)));
  }

  private static String withoutDefault(String scope) {
    return scope.endsWith("/.default")
        ? scope.substring(0, scope.length() - "/.default".length())
        : scope;
  }

  /** The resource if a token for it is good for this host only, or for hosts of its cloud. */
  private static String checked(String resource, String host) throws MalformedInputException {
    String named = host(resource);
    Optional<AzureCloud> cloud = AzureCloud.ofVault(host);
    boolean own =
        cloud.isPresent()
            ? cloud.get().resourceOf(host).equals(Optional.of("https://" + named))
            : named.equals(host) || (named.indexOf('.') > 0 && host.endsWith("." + named));
    if (!own) {
      throw MalformedInputException.withHint(
          "challenge",
          "it asks for a token that is not for this vault but for " + named,
          "no token was sent; compare the vault's name with the one in the portal");
    }
    return resource.endsWith("/") ? resource.substring(0, resource.length() - 1) : resource;
  }

  private static String host(String resource) throws MalformedInputException {
    try {
      URI uri = new URI(resource);
      if ("https".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && uri.getRawPath().matches("/?")) {
        return uri.getHost().toLowerCase(Locale.ROOT);
      }
    } catch (URISyntaxException e) {
      // as below
    }
    throw new MalformedInputException("challenge", "it names no resource");
  }

  /** The tenant at the end of the address; whose address it is does not matter: it is not asked. */
  private static Optional<String> tenant(String authorization) {
    String path = authorization.replaceFirst("^https://[^/]*", "").replaceAll("^/|/$", "");
    return TENANT.matcher(path).matches() ? Optional.of(path) : Optional.empty();
  }
}
