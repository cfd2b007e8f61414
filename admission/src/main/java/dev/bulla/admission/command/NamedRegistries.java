package dev.bulla.admission.command;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.oci.Repository;
import java.net.URI;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** The registries and logs that the configuration and the flags spell out: a closed set. */
final class NamedRegistries {

  private static final String HTTPS = ":443";

  private NamedRegistries() {}

  /** Each in lower case, with its port where that is not the one of HTTPS. */
  static Set<String> of(AdmissionConfig config, VerifierOptions options) {
    Set<String> all = new HashSet<>();
    for (RuleConfig rule : config.rules()) {
      add(host(rule.pattern()), all);
    }
    for (ValidatorConfig validator : config.validators()) {
      if (validator instanceof ValidatorConfig.Cosign cosign) {
        cosign.sigstore().rekor().ifPresent(log -> add(URI.create(log).getAuthority(), all));
      }
    }
    options.httpRegistries().forEach(registry -> add(registry, all));
    options.innerRegistries().forEach(registry -> add(registry, all));
    return all;
  }

  private static void add(String host, Set<String> all) {
    String name = host.toLowerCase(Locale.ROOT);
    if (!name.isEmpty()) {
      all.add(name.endsWith(HTTPS) ? name.substring(0, name.length() - HTTPS.length()) : name);
    }
  }

  /** Docker Hub where a pattern names no registry; empty where its registry is a wildcard. */
  private static String host(String pattern) {
    int slash = pattern.indexOf('/');
    String first = slash < 0 ? "" : pattern.substring(0, slash);
    for (int i = 0; i < (slash < 0 ? 1 : slash) && i < pattern.length(); i++) {
      if ("*?[{\\".indexOf(pattern.charAt(i)) >= 0) {
        return "";
      }
    }
    boolean registry =
        first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
    return !registry || first.equals("docker.io") ? Repository.DOCKER_HUB : first;
  }
}
