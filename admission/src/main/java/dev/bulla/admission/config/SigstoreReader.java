package dev.bulla.admission.config;

import dev.bulla.admission.config.ValidatorConfig.SigstoreHosts;
import dev.bulla.admission.config.ValidatorConfig.TrustRootConfig;
import dev.bulla.admission.config.YamlValue.Scalar;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.trust.TrustedRoot;
import java.util.List;
import java.util.Optional;

/** Reads which Sigstore a validator goes by: {@code host} and {@code trustedRoot}. */
final class SigstoreReader {

  private static final String TRUSTED_ROOT = "trustedRoot";

  private final Problems problems;
  private final KeyMaterial material;
  private final NamedFiles files;

  SigstoreReader(Problems problems, KeyMaterial material, NamedFiles files) {
    this.problems = problems;
    this.material = material;
    this.files = files;
  }

  SigstoreHosts read(Section validator, String name) {
    SigstoreHosts hosts = hosts(validator, name);
    Optional<String> root = validator.text(TRUSTED_ROOT);
    if (root.isEmpty()) {
      return hosts;
    }
    int line = validator.lineOf(TRUSTED_ROOT);
    if (hosts.rekorKey().isPresent()
        || hosts.fulcioCertificates().isPresent()
        || hosts.certificateLogKey().isPresent()) {
      problems.error(
          line,
          "trustedRoot must not be set if host.rekorPubkey, host.fulcioCert or host.ctLogPubkey is",
          "a trusted root holds all of them");
    }
    return hosts.with(ownRoot(root.get().strip(), line));
  }

  /** A text in braces is the root itself; any other is where it is. */
  private Optional<OwnRoot> ownRoot(String text, int line) {
    try {
      Bytes json = text.startsWith("{") ? Bytes.utf8(text) : files.read(text, Limits.MAX_KEY_FILE);
      return Optional.of(new OwnRoot(Digest.sha256(json), TrustedRoot.parse(json)));
    } catch (ConfigurationException e) {
      problems.error(
          line,
          "trustedRoot: " + e.message(),
          "name the trusted_root.json of the instance, from the folder of this file, or write the"
              + " JSON itself");
    } catch (MalformedInputException e) {
      problems.error(
          line,
          "trustedRoot: " + e.message(),
          "it is the trusted_root.json of a Sigstore instance, as bulla trusted-root create writes"
              + " it");
    }
    return Optional.empty();
  }

  /** What a root has to hold for trust roots that are keyless. */
  void check(Section validator, SigstoreHosts hosts, List<TrustRootConfig> trustRoots) {
    if (hosts.trustedRoot().isEmpty()
        || !hosts.trustedRoot().get().root().authorities().isEmpty()) {
      return;
    }
    for (TrustRootConfig root : trustRoots) {
      if (root instanceof TrustRootConfig.Keyless) {
        problems.error(
            validator.lineOf(TRUSTED_ROOT),
            "trustedRoot holds no certificate authority, and the trust root "
                + Quoted.plain(root.name())
                + " is keyless",
            "add the authority to its certificateAuthorities");
        return;
      }
    }
  }

  /** A text is the address of the log, as Connaisseur 2 had it. */
  private SigstoreHosts hosts(Section section, String name) {
    Optional<YamlValue> value = section.value("host");
    if (value.isEmpty()) {
      return SigstoreHosts.PUBLIC;
    }
    if (value.get() instanceof Scalar address) {
      problems.warn(address.line(), "host: ADDRESS is written host: { rekor: ADDRESS } today");
      return SigstoreHosts.loggedAt(rekor(address.text(), address.line(), name));
    }
    Optional<Section> found = Section.of(value.get(), "host", problems);
    if (found.isEmpty()) {
      return SigstoreHosts.PUBLIC;
    }
    Section host = found.get();
    Optional<String> address = host.text("rekor");
    Optional<String> rekor =
        address.isEmpty() ? Optional.empty() : rekor(address.get(), host.lineOf("rekor"), name);
    Optional<String> rekorKey = host.text("rekorPubkey");
    if (rekorKey.isPresent()) {
      material.requireKey(
          rekorKey.get(), host.lineOf("rekorPubkey"), "error adding rekor public key");
    }
    Optional<String> authorities = host.text("fulcioCert");
    if (authorities.isPresent()) {
      material.requireCertificates(
          authorities.get(),
          host.lineOf("fulcioCert"),
          "invalid fulcio certificate for validator " + Quoted.plain(name));
    }
    Optional<String> certificateLog = host.text("ctLogPubkey");
    if (certificateLog.isPresent()) {
      material.requireKey(
          certificateLog.get(), host.lineOf("ctLogPubkey"), "error adding ct log public key");
    }
    host.finish();
    return new SigstoreHosts(rekor, rekorKey, authorities, certificateLog, Optional.empty());
  }

  private Optional<String> rekor(String text, int line, String validator) {
    String address = text.contains("://") ? text : "https://" + text;
    try {
      // with a path below it, as it is going to be asked
      if (ServiceUrl.parse(address).below("/api").host().length() > 0) {
        return Optional.of(address);
      }
    } catch (MalformedInputException e) {
      // said below, without what may be a password
    }
    problems.error(
        line,
        "unable to create Rekor client for "
            + Quoted.plain(validator)
            + ": not an address"
            // before an @ there may be a password
            + (text.indexOf('@') < 0 ? ": " + Quoted.text(text) : ""),
        "write it as in https://rekor.example");
    return Optional.empty();
  }
}
