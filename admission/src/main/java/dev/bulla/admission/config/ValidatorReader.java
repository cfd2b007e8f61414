package dev.bulla.admission.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.bulla.admission.config.ValidatorConfig.Expected;
import dev.bulla.admission.config.ValidatorConfig.RegistryLogin;
import dev.bulla.admission.config.ValidatorConfig.SigstoreHosts;
import dev.bulla.admission.config.ValidatorConfig.TrustRootConfig;
import dev.bulla.error.Quoted;
import dev.bulla.verify.SignatureFormat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the entries of {@code validators}. */
final class ValidatorReader {

  private static final String SIGNATURE_FORMAT = "signatureFormat";
  private static final String NAME_IT = "write name: with a name that rules can refer to";

  private final Problems problems;
  private final KeyMaterial material;
  private final SigstoreReader sigstore;

  ValidatorReader(Problems problems, NamedFiles files) {
    this.problems = problems;
    this.material = new KeyMaterial(problems);
    this.sigstore = new SigstoreReader(problems, material, files);
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
          section.names("name") ? "Name is a required field" : "validator is missing a name",
          NAME_IT);
    } else if (name.get().isEmpty()) {
      problems.error(section.lineOf("name"), "Name is a required field", NAME_IT);
    }
    String called = name.orElse("");
    if (type.isEmpty()) {
      problems.error(section.line(), "validator is missing a type", "write static or cosign");
      return inPlace(called);
    }
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
        yield inPlace(called);
      }
      default -> {
        problems.error(
            section.lineOf("type"),
            "unsupported type " + Quoted.text(type.get()) + " for validator",
            "write static or cosign");
        yield inPlace(called);
      }
    };
  }

  /** What stands for a validator with mistakes, so that a rule that names it is none as well. */
  private static Optional<ValidatorConfig> inPlace(String name) {
    return name.isEmpty() ? Optional.empty() : Optional.of(new ValidatorConfig.Static(name, false));
  }

  private ValidatorConfig.Cosign cosign(Section section, String name) {
    SigstoreHosts hosts = sigstore.read(section, name);
    Optional<String> certificate = section.text("cert");
    if (certificate.isPresent()) {
      material.requireCertificates(
          certificate.get(),
          section.lineOf("cert"),
          "invalid certificate for validator " + Quoted.plain(name));
    }
    Optional<RegistryLogin> login = section.section("auth", "auth").flatMap(this::login);
    List<YamlValue> entries =
        section.someOf(
            "trustRoots",
            "no trust roots provided for validator " + Quoted.plain(name),
            "write trustRoots: and below it one that begins with - name: and has key or keyless",
            "trust_roots");
    List<TrustRootConfig> trustRoots = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (YamlValue value : entries) {
      Optional<TrustRootConfig> root =
          Section.of(value, "a trust root", problems).map(this::trustRoot);
      if (root.isPresent() && !root.get().name().isEmpty() && !names.add(root.get().name())) {
        problems.error(
            value.line(),
            "two trust roots are called " + Quoted.text(root.get().name()),
            "rename one of them");
      }
      root.ifPresent(trustRoots::add);
    }
    sigstore.check(section, hosts, trustRoots);
    Optional<SignatureFormat> onlyFormat = onlyFormat(section, hosts);
    section.finish();
    return new ValidatorConfig.Cosign(name, hosts, certificate, login, trustRoots, onlyFormat);
  }

  private Optional<SignatureFormat> onlyFormat(Section section, SigstoreHosts hosts) {
    Optional<YamlValue> value = section.value(SIGNATURE_FORMAT);
    if (!section.names(SIGNATURE_FORMAT)) {
      return Optional.empty();
    }
    Optional<String> format =
        value.map(it -> it instanceof YamlValue.Scalar scalar ? scalar.text() : it.kind());
    return switch (format.orElse("")) {
      case "auto" -> Optional.empty();
      case "legacy" -> Optional.of(SignatureFormat.LEGACY);
      case "bundle" -> {
        if (hosts.rekor().isPresent()) {
          problems.warn(
              section.lineOf(SIGNATURE_FORMAT),
              "host.rekor has no effect where signatureFormat is bundle: the log is asked about"
                  + " signatures of the older format only");
        }
        yield Optional.of(SignatureFormat.BUNDLE);
      }
      default -> {
        problems.error(
            section.lineOf(SIGNATURE_FORMAT),
            "signatureFormat must be one of [auto legacy bundle], not "
                + format.map(Quoted::text).orElse("empty"),
            "auto counts signatures of both formats and can be left out");
        yield Optional.empty();
      }
    };
  }

  private Optional<RegistryLogin> login(Section auth) {
    Optional<String> secret = auth.text("secretName", "secret_name");
    boolean keychain = auth.truth("useKeychain", "k8sKeychain", "k8s_keychain").orElse(false);
    boolean ofPod = auth.truth("usePodPullSecrets").orElse(false);
    if (secret.isEmpty()
        && !auth.names("usePodPullSecrets")
        && !auth.names("useKeychain")
        && !auth.names("k8sKeychain")
        && !auth.names("k8s_keychain")
        && auth.lacks("usePodPullSecrets")
        && auth.lacks("secretName")
        && auth.lacks("useKeychain")) {
      problems.error(
          auth.line(),
          "neither secretName nor useKeychain defined",
          "write one of them, or usePodPullSecrets: true, or take auth away to ask without a login");
    }
    if (auth.has("is_acr")) {
      problems.warn(auth.lineOf("is_acr"), "is_acr has no effect");
    }
    auth.passOver("is_acr");
    auth.finish();
    Optional<RegistryLogin> own =
        secret
            .<RegistryLogin>map(
                name -> new RegistryLogin.Secret(name, problems.place(auth.lineOf("secretName"))))
            .or(() -> keychain ? Optional.of(new RegistryLogin.Keychain()) : Optional.empty());
    return ofPod ? Optional.of(new RegistryLogin.OfPod(own)) : own;
  }

  private TrustRootConfig trustRoot(Section root) {
    String name = root.text("name").orElse("");
    // stands for one with mistakes, so that a rule that names it is none as well
    TrustRootConfig inPlace = new TrustRootConfig.Key(name, "");
    if (name.isEmpty() && root.lacks("name")) {
      problems.error(root.line(), "Name is a required field", NAME_IT);
    }
    Optional<String> key = root.text("key");
    Optional<Section> keyless = root.section("keyless", "keyless");
    boolean certificate = root.names("cert");
    root.passOver("cert", "tsCert");
    root.finish();
    if (certificate) {
      problems.error(
          root.lineOf("cert"),
          "a trust root of a cosign validator is a key or keyless, not cert",
          "write key: with the public key, or keyless: with issuer and subject");
      return inPlace;
    }
    if (key.isPresent() && keyless.isPresent()) {
      problems.error(
          root.line(), "Key must not be set if Keyless is", "make two trust roots of them");
      return inPlace;
    }
    if (key.isPresent() && !key.get().isBlank()) {
      String text = key.get().strip();
      if (text.startsWith("-----")) {
        material.requireKey(text, root.lineOf("key"), "trust root " + Quoted.plain(name));
      } else {
        material.requireReference(text, root.lineOf("key"), "trust root " + Quoted.plain(name));
      }
      return new TrustRootConfig.Key(name, text);
    }
    if (keyless.isEmpty()) {
      if (root.lacks("key") && root.lacks("keyless")) {
        problems.error(
            root.line(),
            "Key must be set if [Cert Keyless] isn't",
            "write key: with the public key, or keyless: with issuer and subject");
      }
      return inPlace;
    }
    Section identity = keyless.get();
    Optional<Expected> issuer = expected(identity, "issuer", "Issuer");
    Optional<Expected> subject = expected(identity, "subject", "Subject");
    identity.finish();
    return issuer.isEmpty() || subject.isEmpty()
        ? inPlace
        : new TrustRootConfig.Keyless(name, issuer.get(), subject.get());
  }

  private Optional<Expected> expected(Section in, String name, String shown) {
    Optional<String> exact = in.text(name).filter(text -> !text.isEmpty());
    Optional<String> pattern = in.text(name + "Regex").filter(text -> !text.isEmpty());
    if (exact.isPresent() && pattern.isPresent()) {
      problems.error(
          in.lineOf(name), shown + " must not be set if " + shown + "Regex is", "keep one of them");
      return Optional.empty();
    }
    if (pattern.isPresent()) {
      String text = pattern.get();
      try {
        Pattern.compile(text);
      } catch (PatternSyntaxException e) {
        problems.error(
            in.lineOf(name + "Regex"),
            name + "Regex is no RE2 expression: " + Quoted.plain(String.valueOf(e.getMessage())),
            "RE2 has no look-ahead, no look-behind and no back references");
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
      if (in.lacks(name) && in.lacks(name + "Regex")) {
        problems.error(
            in.line(),
            shown + " must be set if " + shown + "Regex isn't",
            "write " + name + ": as the certificates have it");
      }
      return Optional.empty();
    }
    return Optional.of(new Expected(exact.get(), false));
  }
}
