package dev.bulla.admission.lint;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.config.ValidatorConfig.Cosign;
import dev.bulla.admission.config.ValidatorConfig.Expected;
import dev.bulla.admission.config.ValidatorConfig.TrustRootConfig;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.image.RegistryName;
import dev.bulla.admission.rule.RuleChoice;
import dev.bulla.error.BullaBug;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds what a configuration says and its writer probably did not mean. */
public final class Lint {

  private final AdmissionConfig config;
  private final String file;
  private final List<String> findings = new ArrayList<>();

  private Lint(AdmissionConfig config, String file) {
    this.config = config;
    this.file = file;
  }

  /**
   * The findings, those about rules in the order of the file.
   *
   * @param file its name, for messages
   */
  public static List<String> of(AdmissionConfig config, String file) throws ConfigurationException {
    Lint lint = new Lint(config, file);
    lint.validators();
    for (int i = 0; i < config.rules().size(); i++) {
      lint.rule(i, config.rules().get(i));
    }
    return List.copyOf(lint.findings);
  }

  private void find(String text) {
    findings.add(file + ": " + text);
  }

  private void find(RuleConfig rule, String text) {
    findings.add(
        file + ":" + rule.line() + ": pattern " + Quoted.text(rule.pattern()) + " " + text);
  }

  private void validators() {
    Set<String> used = new HashSet<>();
    config.rules().forEach(rule -> used.add(rule.validator().name()));
    for (ValidatorConfig validator : config.validators()) {
      String name = "validator " + Quoted.text(validator.name());
      if (!used.contains(validator.name())) {
        find(name + " is named by no rule");
      }
      if (validator instanceof Cosign cosign) {
        cosign(name, cosign);
      }
    }
  }

  private void cosign(String name, Cosign cosign) {
    if (cosign.sigstore().rekor().orElse("").startsWith("http://")) {
      find(name + " asks its log without TLS");
    }
    for (TrustRootConfig root : cosign.trustRoots()) {
      if (root instanceof TrustRootConfig.Keyless keyless) {
        String shown = name + ", trust root " + Quoted.text(root.name());
        expression(shown, "issuerRegex", keyless.issuer());
        expression(shown, "subjectRegex", keyless.subject());
      }
    }
  }

  /** The loader warns of expressions without any anchor; half of one is as good as none. */
  private void expression(String where, String option, Expected expected) {
    if (!expected.isPattern()) {
      return;
    }
    String text = expected.text();
    boolean start = text.startsWith("^");
    boolean end = text.endsWith("$");
    if (start && !end) {
      find(where + ": " + option + " has no $ at its end: whatever follows is accepted");
    } else if (end && !start) {
      find(where + ": " + option + " has no ^ at its start: whatever precedes is accepted");
    }
    String core = text.replaceAll("[\\^$()]", "");
    if (core.equals(".*") || core.equals(".+") || core.isEmpty()) {
      find(where + ": " + option + " accepts everybody");
    } else if (text.matches(".*[^\\\\]\\.[a-zA-Z]{2,}.*")) {
      find(where + ": " + option + " has a dot that is any character; \\. is a dot");
    }
  }

  private void rule(int index, RuleConfig rule) throws ConfigurationException {
    String pattern = rule.pattern();
    RuleChoice alone = RuleChoice.of(RuleChoice.Matching.ANCHORED, List.of(pattern));
    if (rule.validator() instanceof ValidatorConfig.Static validator && validator.approve()) {
      if (alone.choose(anybodys()).isPresent()) {
        find(rule, "admits unsigned images of every registry, also of one that an attacker has");
      } else if (PatternText.hasTag(pattern) && !PatternText.hasAnyTag(pattern)) {
        find(rule, "admits by a tag, which can be moved; a digest cannot");
      }
    }
    spelling(rule);
    options(rule);
    samples(index, rule, alone);
    if (!pattern.startsWith("*") && !PatternText.namesRegistry(pattern)) {
      find(
          rule,
          "names no registry and means Docker Hub; to Connaisseur 3 it meant every registry: write "
              + Quoted.text("*/" + pattern)
              + " where that was wanted");
    }
  }

  /** Every spelling of a registry is the same one; a rule that has another may look like two. */
  private void spelling(RuleConfig rule) {
    String pattern = rule.pattern();
    int slash = pattern.indexOf('/');
    if (slash < 0 || !PatternText.namesRegistry(pattern)) {
      return;
    }
    String first = pattern.substring(0, slash);
    String canonical = RegistryName.canonical(first);
    if (!first.equals(canonical) && !first.equals("docker.io")) {
      find(
          rule,
          "describes every spelling of the registry, which is written " + Quoted.text(canonical));
    }
  }

  private void options(RuleConfig rule) {
    if (!(rule.validator() instanceof Cosign cosign) || rule.quorum().isEmpty()) {
      return;
    }
    if (rule.mode() == RuleConfig.Mode.INSECURE_VALIDATE_ONLY) {
      find(rule, "leaves tags as they are, which can mean other images once they are pulled");
    }
    boolean keyless = false;
    for (TrustRootConfig root : cosign.trustRoots()) {
      keyless |=
          root instanceof TrustRootConfig.Keyless
              && rule.quorum().get().asked().contains(root.name());
    }
    if (!rule.verifyLog()) {
      find(
          rule,
          keyless
              ? "asks for no log entry, which is what proves that a certificate counted when it"
                  + " signed"
              : "asks for no log entry: what a stolen key signs leaves no trace");
    }
    if (!rule.verifySct() && keyless) {
      find(rule, "accepts certificates that no certificate log has promised to list");
    }
  }

  private void samples(int index, RuleConfig rule, RuleChoice alone) {
    List<ImageName> described = new ArrayList<>();
    for (ImageName sample : PatternText.samples(rule.pattern())) {
      if (alone.choose(sample).isPresent()) {
        described.add(sample);
      }
    }
    if (described.isEmpty()) {
      if (PatternText.canBeSampled(rule.pattern())) {
        find(rule, "describes no name that an image can have");
      }
      return;
    }
    String closer = "";
    for (ImageName sample : described) {
      RuleChoice.Chosen chosen = config.choice().choose(sample).orElseThrow();
      if (chosen.index() == index) {
        closer = "";
        break;
      }
      closer = chosen.pattern();
    }
    if (!closer.isEmpty()) {
      find(rule, "seems never to be chosen: what it describes falls under " + Quoted.text(closer));
    }
    boolean byDigest = described.stream().anyMatch(sample -> sample.tag().isEmpty());
    if (!byDigest && PatternText.hasTag(rule.pattern()) && rule.pattern().indexOf('*') >= 0) {
      find(rule, "does not describe images that are named by their digest alone");
    }
  }

  private static ImageName anybodys() {
    try {
      return ImageName.parse("registry-of-anybody.invalid/any/image:tag");
    } catch (MalformedInputException e) {
      throw new BullaBug("our own name of an image is none", e);
    }
  }
}
