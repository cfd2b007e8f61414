package dev.bulla.admission.cache;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.config.ValidatorConfig.Expected;
import dev.bulla.admission.config.ValidatorConfig.RegistryLogin;
import dev.bulla.admission.config.ValidatorConfig.TrustRootConfig;
import dev.bulla.admission.decide.PullLogin;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.quorum.Quorum;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.verify.SignatureFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names under which verdicts are remembered. A verdict depends on the repository, the digest,
 * and everything in the configuration that has a part in it; so does its name. Names are the same
 * in every process with the same configuration.
 */
final class CacheKeys {

  /** Rules are as many as the configuration has. */
  private final Map<RuleConfig, String> rules = new ConcurrentHashMap<>();

  /** Of a verdict about a digest. */
  String verdict(ImageName image, RuleConfig rule, PullLogin login, Digest digest) {
    return asked(rule, login) + "/" + image.repository() + "@" + digest;
  }

  /** Of the digest that a tag names: it depends on how the registry is reached. */
  String tag(ImageName image, RuleConfig rule, PullLogin login) {
    return asked(rule, login) + "/" + image.repository() + ":" + image.tag().orElse("");
  }

  private String asked(RuleConfig rule, PullLogin login) {
    return login.isOwn() ? rule(rule) : rule(rule) + "+" + login.fingerprint();
  }

  private String rule(RuleConfig rule) {
    return rules.computeIfAbsent(rule, CacheKeys::hash);
  }

  private static String hash(RuleConfig rule) {
    StringBuilder text = new StringBuilder();
    add(text, rule.verifyLog() ? "log" : "", rule.verifySct() ? "sct" : "");
    if (rule.quorum().isPresent()) {
      Quorum quorum = rule.quorum().get();
      add(text, Integer.toString(quorum.threshold()));
      add(text, quorum.asked());
      add(text, quorum.required());
    }
    add(text, rule.validator().name());
    if (rule.validator() instanceof ValidatorConfig.Cosign cosign) {
      add(text, cosign.sigstore().rekor());
      add(text, cosign.sigstore().rekorKey());
      add(text, cosign.sigstore().fulcioCertificates());
      add(text, cosign.sigstore().certificateLogKey());
      add(text, cosign.sigstore().trustedRoot().map(root -> root.digest().toString()));
      add(text, cosign.certificate());
      add(text, login(cosign.login()));
      add(text, cosign.onlyFormat().map(SignatureFormat::name));
      for (TrustRootConfig root : cosign.trustRoots()) {
        if (root instanceof TrustRootConfig.Key key) {
          add(text, "key", key.name(), key.key());
        } else {
          TrustRootConfig.Keyless keyless = (TrustRootConfig.Keyless) root;
          add(text, "keyless", keyless.name());
          add(text, keyless.issuer());
          add(text, keyless.subject());
        }
      }
    }
    return Digest.sha256(Bytes.utf8(text.toString())).hex();
  }

  private static String login(Optional<RegistryLogin> login) {
    if (login.isEmpty()) {
      return "";
    }
    return switch (login.get()) {
      case RegistryLogin.Secret secret -> "secret " + secret.name();
      case RegistryLogin.Keychain keychain -> "keychain";
      case RegistryLogin.OfPod pod -> "pod, " + login(pod.otherwise());
    };
  }

  private static void add(StringBuilder text, Expected expected) {
    add(text, expected.isPattern() ? "pattern" : "exactly", expected.text());
  }

  private static void add(StringBuilder text, Optional<String> part) {
    add(text, part.isPresent() ? "1" : "0", part.orElse(""));
  }

  private static void add(StringBuilder text, List<String> parts) {
    add(text, Integer.toString(parts.size()));
    add(text, parts.toArray(String[]::new));
  }

  /** With its length, so that no two lists of parts become one text. */
  private static void add(StringBuilder text, String... parts) {
    for (String part : parts) {
      text.append(part.length()).append(':').append(part);
    }
  }
}
