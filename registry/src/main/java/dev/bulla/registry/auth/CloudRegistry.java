package dev.bulla.registry.auth;

import java.util.Locale;
import java.util.Optional;

/**
 * A registry that belongs to a cloud, told by its host name alone. Only such a registry is ever
 * shown a token made from a machine's own identity, so the rules are exact: whole labels, the
 * cloud's own domain at the end, TLS's own port.
 *
 * @param cloud whose
 * @param host lower case, without port
 * @param account the account in the name; empty when the name has none
 * @param region the region in the name; empty when the name has none
 */
public record CloudRegistry(Cloud cloud, String host, String account, String region) {

  /** Whose. */
  public enum Cloud {
    AMAZON_ECR("Amazon ECR"),
    GOOGLE_ARTIFACT_REGISTRY("Google Artifact Registry"),
    AZURE_CONTAINER_REGISTRY("Azure Container Registry");

    private final String label;

    Cloud(String label) {
      this.label = label;
    }

    /** The name that people know it by. */
    @Override
    public String toString() {
      return label;
    }
  }

  private static final int MAX_HOST = 253;

  /**
   * The cloud registry of this name.
   *
   * @param registry as written in references: a host, perhaps with a port
   */
  public static Optional<CloudRegistry> of(String registry) {
    String host = registry.toLowerCase(Locale.ROOT);
    if (host.endsWith(":443")) {
      host = host.substring(0, host.length() - 4);
    }
    if (host.length() > MAX_HOST || !isPlainName(host)) {
      return Optional.empty();
    }
    if (host.equals("public.ecr.aws")) {
      return Optional.of(new CloudRegistry(Cloud.AMAZON_ECR, host, "", "us-east-1"));
    }
    Optional<CloudRegistry> amazon = amazon(host);
    if (amazon.isPresent()) {
      return amazon;
    }
    if (host.equals("gcr.io") || isBelow(host, ".gcr.io") || isBelow(host, ".pkg.dev")) {
      return Optional.of(new CloudRegistry(Cloud.GOOGLE_ARTIFACT_REGISTRY, host, "", ""));
    }
    if (isOneLabelBelow(host, ".azurecr.io")
        || isOneLabelBelow(host, ".azurecr.cn")
        || isOneLabelBelow(host, ".azurecr.us")) {
      return Optional.of(
          new CloudRegistry(
              Cloud.AZURE_CONTAINER_REGISTRY, host, host.substring(0, host.indexOf('.')), ""));
    }
    return Optional.empty();
  }

  /** {@code 123456789012.dkr.ecr.eu-west-1.amazonaws.com}, with {@code .cn} in China. */
  private static Optional<CloudRegistry> amazon(String host) {
    String rest = without(host, ".amazonaws.com");
    rest = rest.isEmpty() ? without(host, ".amazonaws.com.cn") : rest;
    int afterAccount = rest.indexOf('.');
    if (afterAccount != 12 || !isDigits(rest.substring(0, 12))) {
      return Optional.empty();
    }
    String service = rest.substring(afterAccount + 1);
    String region = "";
    for (String prefix : new String[] {"dkr.ecr.", "dkr.ecr-fips."}) {
      if (service.startsWith(prefix)) {
        region = service.substring(prefix.length());
      }
    }
    return region.isEmpty() || region.indexOf('.') >= 0
        ? Optional.empty()
        : Optional.of(new CloudRegistry(Cloud.AMAZON_ECR, host, rest.substring(0, 12), region));
  }

  private static String without(String host, String suffix) {
    return host.endsWith(suffix) ? host.substring(0, host.length() - suffix.length()) : "";
  }

  private static boolean isBelow(String host, String domain) {
    return host.length() > domain.length() && host.endsWith(domain);
  }

  private static boolean isOneLabelBelow(String host, String domain) {
    return isBelow(host, domain) && host.indexOf('.') == host.length() - domain.length();
  }

  private static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** Letters, digits and hyphens in labels that are not empty; nothing that needs interpreting. */
  private static boolean isPlainName(String host) {
    char before = '.';
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
      if (!ok || (c == '.' && before == '.')) {
        return false;
      }
      before = c;
    }
    return before != '.';
  }
}
