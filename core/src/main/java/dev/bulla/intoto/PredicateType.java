package dev.bulla.intoto;

import java.util.Optional;

/** The short names by which cosign calls predicate types. */
public final class PredicateType {

  private PredicateType() {}

  /**
   * The URI that a name or a URI on a command line means; empty when it is neither.
   *
   * @param typed a short name, an absolute URI, or an absolute path as Go's {@code
   *     url.ParseRequestURI} takes it
   */
  public static Optional<String> uri(String typed) {
    return switch (typed) {
      case "custom" -> Optional.of("https://cosign.sigstore.dev/attestation/v1");
      case "slsaprovenance", "slsaprovenance02" -> Optional.of("https://slsa.dev/provenance/v0.2");
      case "slsaprovenance1" -> Optional.of("https://slsa.dev/provenance/v1");
      case "spdx", "spdxjson" -> Optional.of("https://spdx.dev/Document");
      case "cyclonedx" -> Optional.of("https://cyclonedx.org/bom");
      case "link" -> Optional.of("https://in-toto.io/Link/v1");
      case "vuln" -> Optional.of("https://cosign.sigstore.dev/attestation/vuln/v1");
      case "openvex" -> Optional.of("https://openvex.dev/ns");
      default -> isUri(typed) ? Optional.of(typed) : Optional.empty();
    };
  }

  private static boolean isUri(String typed) {
    for (int i = 0; i < typed.length(); i++) {
      if (typed.charAt(i) <= ' ' || typed.charAt(i) == 0x7f) {
        return false;
      }
    }
    return typed.startsWith("/") || hasScheme(typed);
  }

  /** RFC 3986 §3.1. */
  private static boolean hasScheme(String typed) {
    int colon = typed.indexOf(':');
    if (colon < 1) {
      return false;
    }
    for (int i = 0; i < colon; i++) {
      char c = typed.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      if (!letter && (i == 0 || !other)) {
        return false;
      }
    }
    return true;
  }
}
