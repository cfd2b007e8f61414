package dev.bulla.admission.config;

import dev.bulla.verify.SignatureFormat;
import java.util.List;
import java.util.Optional;

/** Who decides about the images of a rule. */
public sealed interface ValidatorConfig {

  String name();

  /** Decides without looking. */
  record Static(String name, boolean approve) implements ValidatorConfig {}

  /**
   * Decides by signatures.
   *
   * @param certificate PEM, issuers that are trusted for the registry beside the system's
   * @param trustRoots each name once; at least one
   * @param onlyFormat the one that counts; empty when both do
   */
  record Cosign(
      String name,
      SigstoreHosts sigstore,
      Optional<String> certificate,
      Optional<RegistryLogin> login,
      List<TrustRootConfig> trustRoots,
      Optional<SignatureFormat> onlyFormat)
      implements ValidatorConfig {
    public Cosign {
      trustRoots = List.copyOf(trustRoots);
    }

    /** Whether what pods are pulled with is shown to registries, too. */
    public boolean usesPodPullSecrets() {
      return login.orElse(null) instanceof RegistryLogin.OfPod;
    }

    /** How to log in without a pod. */
    public Optional<RegistryLogin> ownLogin() {
      return login.orElse(null) instanceof RegistryLogin.OfPod pod ? pod.otherwise() : login;
    }

    /** The names of the trust roots, in their order. */
    public List<String> trustRootNames() {
      return trustRoots.stream().map(TrustRootConfig::name).toList();
    }
  }

  /**
   * A Sigstore of one's own. Each part replaces that of the public one.
   *
   * @param rekor address of the transparency log
   * @param rekorKey PEM
   * @param fulcioCertificates PEM
   * @param certificateLogKey PEM
   * @param trustedRoot all of the keys and certificates at once, and timestamp authorities
   */
  record SigstoreHosts(
      Optional<String> rekor,
      Optional<String> rekorKey,
      Optional<String> fulcioCertificates,
      Optional<String> certificateLogKey,
      Optional<OwnRoot> trustedRoot) {

    static final SigstoreHosts PUBLIC = loggedAt(Optional.empty());

    static SigstoreHosts loggedAt(Optional<String> rekor) {
      return new SigstoreHosts(
          rekor, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    SigstoreHosts with(Optional<OwnRoot> root) {
      return new SigstoreHosts(rekor, rekorKey, fulcioCertificates, certificateLogKey, root);
    }
  }

  /** How to log in at the registry. */
  sealed interface RegistryLogin {
    /**
     * With a secret that is mounted under its name.
     *
     * @param where file and line that name it, for messages
     */
    record Secret(String name, String where) implements RegistryLogin {}

    /** With what the surroundings provide. */
    record Keychain() implements RegistryLogin {}

    /**
     * With the secrets that the pod is pulled with.
     *
     * @param otherwise where those do not help
     */
    record OfPod(Optional<RegistryLogin> otherwise) implements RegistryLogin {}
  }

  /** Whose signature counts. */
  sealed interface TrustRootConfig {

    String name();

    /**
     * A key.
     *
     * @param key PEM, or a reference
     */
    record Key(String name, String key) implements TrustRootConfig {}

    /** An identity that a certificate has to name. */
    record Keyless(String name, Expected issuer, Expected subject) implements TrustRootConfig {}
  }

  /**
   * A text that is expected.
   *
   * @param isPattern whether it is an RE2 expression, found anywhere unless it is anchored
   */
  record Expected(String text, boolean isPattern) {}
}
