package dev.bulla.admission.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.bulla.admission.config.ValidatorConfig.Expected;
import dev.bulla.admission.config.ValidatorConfig.RegistryLogin;
import dev.bulla.admission.config.ValidatorConfig.SigstoreHosts;
import dev.bulla.admission.config.ValidatorConfig.TrustRootConfig;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the entries of {@code validators}. */
final class ValidatorReader {

  private final Problems problems;
  private final PemReader pem;
  private final SigstoreReader sigstore;

  ValidatorReader(Problems problems, NamedFiles files) {
    this.problems = problems;
    this.pem = new PemReader(problems);
    this.sigstore = new SigstoreReader(problems, pem, files);
  }

  Optional<ValidatorConfig> read(YamlValue value) {
    Optional<Section> entry = Section.of(value, "a validator", problems);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    Section section = entry.get();
    Optional<String> name = section.text("name");
    Optional<String> type = section.text("type");
    if (name.isEmpty()) {
      problems.error(
          section.line(),
          section.names("name") ? "Name is a required field" : "validator is missing a name");
    } else if (name.get().isEmpty()) {
      problems.error(section.lineOf("name"), "Name is a required field");
    }
    if (type.isEmpty()) {
      problems.error(section.line(), "validator is missing a type");
      return Optional.empty();
    }
    String called = name.orElse("");
    return switch (type.get()) {
      case "static" -> {
        boolean approve = section.truth("approve").orElse(false);
        section.finish();
        yield Optional.of(new ValidatorConfig.Static(called, approve));
      }
      case "cosign" -> Optional.of(cosign(section, called));
      case "notaryv1", "notaryv2", "notation" -> {
        problems.error(
            section.lineOf("type"),
            "validators of type "
                + type.get()
                + " are not supported: bulla verifies Sigstore signatures only; use type cosign, or"
                + " keep the images of this rule on a static validator");
        yield Optional.empty();
      }
      default -> {
        problems.error(
            section.lineOf("type"),
            "unsupported type " + Quoted.text(type.get()) + " for validator",
            "write static or cosign");
        yield Optional.empty();
      }
    };
  }

  private ValidatorConfig.Cosign cosign(Section section, String name) {
    SigstoreHosts hosts = sigstore.read(section, name);
    Optional<String> certificate = section.text("cert");
    if (certificate.isPresent()) {
      pem.requireCertificates(
          certificate.get(),
          section.lineOf("cert"),
          "invalid certificate for validator " + Quoted.plain(name));
    }
    Optional<RegistryLogin> login = section.section("auth", "auth").flatMap(this::login);
    List<YamlValue> entries = section.list("trustRoots", "trust_roots").orElse(List.of());
    if (entries.isEmpty()) {
      problems.error(section.line(), "no trust roots provided for validator " + Quoted.plain(name));
    }
    List<TrustRootConfig> trustRoots = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (YamlValue value : entries) {
      Optional<TrustRootConfig> root =
          Section.of(value, "a trust root", problems).flatMap(this::trustRoot);
      if (root.isPresent() && !names.add(root.get().name())) {
        problems.error(
            value.line(), "two trust roots are called " + Quoted.text(root.get().name()));
      }
      root.ifPresent(trustRoots::add);
    }
    sigstore.check(section, hosts, trustRoots);
    section.finish();
    return new ValidatorConfig.Cosign(name, hosts, certificate, login, trustRoots);
  }

  private Optional<RegistryLogin> login(Section auth) {
    Optional<String> secret = auth.text("secretName", "secret_name");
    boolean keychain = auth.truth("useKeychain", "k8sKeychain", "k8s_keychain").orElse(false);
    if (secret.isEmpty()
        && !auth.names("useKeychain")
        && !auth.names("k8sKeychain")
        && !auth.names("k8s_keychain")) {
      problems.error(auth.line(), "neither secretName nor useKeychain defined");
    }
    if (auth.has("is_acr")) {
      problems.warn(auth.lineOf("is_acr"), "is_acr has no effect");
    }
    auth.passOver("is_acr");
    auth.finish();
    if (secret.isPresent()) {
      return Optional.of(new RegistryLogin.Secret(secret.get()));
    }
    return keychain ? Optional.of(new RegistryLogin.Keychain()) : Optional.empty();
  }

  private Optional<TrustRootConfig> trustRoot(Section root) {
    String name = root.text("name").orElse("");
    if (name.isEmpty()) {
      problems.error(root.line(), "Name is a required field");
    }
    Optional<String> key = root.text("key");
    Optional<Section> keyless = root.section("keyless", "keyless");
    boolean certificate = root.names("cert");
    root.passOver("cert", "tsCert");
    root.finish();
    if (certificate) {
      problems.error(
          root.lineOf("cert"), "a trust root of a cosign validator is a key or keyless, not cert");
      return Optional.empty();
    }
    if (key.isPresent() && keyless.isPresent()) {
      problems.error(root.line(), "Key must not be set if Keyless is");
      return Optional.empty();
    }
    if (key.isPresent() && !key.get().isBlank()) {
      String text = key.get().strip();
      if (text.startsWith("-----")) {
        pem.requireKey(text, root.lineOf("key"), "trust root " + Quoted.plain(name));
      }
      return Optional.of(new TrustRootConfig.Key(name, text));
    }
    if (keyless.isEmpty()) {
      problems.error(root.line(), "Key must be set if [Cert Keyless] isn't");
      return Optional.empty();
    }
    Section identity = keyless.get();
    Optional<Expected> issuer = expected(identity, "issuer", "Issuer");
    Optional<Expected> subject = expected(identity, "subject", "Subject");
    identity.finish();
    return issuer.isEmpty() || subject.isEmpty()
        ? Optional.empty()
        : Optional.of(new TrustRootConfig.Keyless(name, issuer.get(), subject.get()));
  }

  private Optional<Expected> expected(Section in, String name, String shown) {
    Optional<String> exact = in.text(name).filter(text -> !text.isEmpty());
    Optional<String> pattern = in.text(name + "Regex").filter(text -> !text.isEmpty());
    if (exact.isPresent() && pattern.isPresent()) {
      problems.error(in.lineOf(name), shown + " must not be set if " + shown + "Regex is");
      return Optional.empty();
    }
    if (pattern.isPresent()) {
      String text = pattern.get();
      try {
        Pattern.compile(text);
      } catch (PatternSyntaxException e) {
        problems.error(
            in.lineOf(name + "Regex"),
            name + "Regex is no RE2 expression: " + Quoted.plain(String.valueOf(e.getMessage())));
        return Optional.empty();
      }
      if (!text.startsWith("^") && !text.endsWith("$")) {
        problems.warn(
            in.lineOf(name + "Regex"),
            name + "Regex is found anywhere in the text: ^ and $ make it describe the whole");
      }
      return Optional.of(new Expected(text, true));
    }
    if (exact.isEmpty()) {
      problems.error(in.line(), shown + " must be set if " + shown + "Regex isn't");
      return Optional.empty();
    }
    return Optional.of(new Expected(exact.get(), false));
  }
}
