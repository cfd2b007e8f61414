package dev.bulla.cli.command;

import dev.bulla.certificate.FulcioExtension;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.FlagGroup;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.keys.KeyFetcher;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.verify.IdentityPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What a signer's certificate has to say, and who may have issued it. */
final class CertificateFlags {

  static final Flag<String> IDENTITY = expectation("certificate-identity", "the signer's name");

  static final Flag<String> IDENTITY_REGEXP =
      pattern("certificate-identity-regexp", "a pattern for the signer's name");

  static final Flag<String> OIDC_ISSUER =
      expectation("certificate-oidc-issuer", "who vouched for the signer");

  static final Flag<String> OIDC_ISSUER_REGEXP =
      pattern("certificate-oidc-issuer-regexp", "a pattern for who vouched for the signer");

  static final Flag<String> GITHUB_TRIGGER =
      expectation("certificate-github-workflow-trigger", "the GitHub event");

  static final Flag<String> GITHUB_SHA =
      expectation("certificate-github-workflow-sha", "the GitHub commit");

  static final Flag<String> GITHUB_NAME =
      expectation("certificate-github-workflow-name", "the GitHub workflow");

  static final Flag<String> GITHUB_REPOSITORY =
      expectation("certificate-github-workflow-repository", "the GitHub repository");

  static final Flag<String> GITHUB_REF =
      expectation("certificate-github-workflow-ref", "the GitHub branch or tag");

  static final Flag<Boolean> INSECURE_IGNORE_SCT =
      Flag.onOff("insecure-ignore-sct", "accept certificates without a certificate log entry")
          .hidden();

  static final Flag<String> CERTIFICATE =
      older("certificate", "the signer's certificate")
          .deprecated("please use --bundle with --trusted-root to provide the public certificate");

  static final Flag<String> CERTIFICATE_CHAIN =
      older("certificate-chain", "the chain of the authority to trust")
          .deprecated("please use --trusted-root to provide the certificate chain");

  static final Flag<String> CA_ROOTS =
      older("ca-roots", "the authorities to trust")
          .deprecated("please use --trusted-root to provide CA certificates");

  static final Flag<String> CA_INTERMEDIATES =
      older("ca-intermediates", "the authorities below --ca-roots")
          .deprecated("please use --trusted-root to provide CA certificates");

  static final Flag<String> SCT =
      older("sct", "the certificate log's promise")
          .deprecated("a Signed Certificate Timestamp is now provided via a Sigstore bundle");

  static final Flag<String> TRUSTED_ROOT =
      Flag.text("trusted-root", "file with the keys of the logs and services to trust");

  static final Flag<String> TIMESTAMP_CERTIFICATE_CHAIN =
      older("timestamp-certificate-chain", "the timestamp authority's certificates")
          .deprecated(
              "please use --trusted-root to provide the timestamp authority certificate chain");

  static final Flag<Boolean> USE_SIGNED_TIMESTAMPS =
      Flag.onOff("use-signed-timestamps", "require a timestamp by a trusted authority");

  static final FlagGroup GROUP =
      FlagGroup.of(
          "Certificate",
          IDENTITY,
          IDENTITY_REGEXP,
          OIDC_ISSUER,
          OIDC_ISSUER_REGEXP,
          GITHUB_TRIGGER,
          GITHUB_SHA,
          GITHUB_NAME,
          GITHUB_REPOSITORY,
          GITHUB_REF,
          INSECURE_IGNORE_SCT,
          CERTIFICATE,
          CERTIFICATE_CHAIN,
          CA_ROOTS,
          CA_INTERMEDIATES,
          SCT,
          TRUSTED_ROOT,
          TIMESTAMP_CERTIFICATE_CHAIN,
          USE_SIGNED_TIMESTAMPS);

  private CertificateFlags() {}

  private static Flag<String> expectation(String name, String what) {
    return Flag.text(name, what + ", as the certificate has to say it");
  }

  private static Flag<String> pattern(String name, String what) {
    return Flag.text(name, what + ", in RE2 syntax; it may fit anywhere in it");
  }

  private static Flag<String> older(String name, String what) {
    return Flag.text(name, "file with " + what);
  }

  /**
   * Says what is not read where a key is given, as it needs no certificate; cosign passes over it
   * in silence.
   *
   * @param readsRoot whether a trusted root is needed for something else
   */
  static void notePassedOver(ParsedFlags flags, CommandContext context, boolean readsRoot) {
    List<String> ignored = new ArrayList<>();
    for (Flag<String> flag :
        List.of(
            CERTIFICATE,
            CERTIFICATE_CHAIN,
            CA_ROOTS,
            CA_INTERMEDIATES,
            SCT,
            OIDC_ISSUER,
            OIDC_ISSUER_REGEXP,
            GITHUB_TRIGGER,
            GITHUB_SHA,
            GITHUB_NAME,
            GITHUB_REPOSITORY,
            GITHUB_REF,
            TRUSTED_ROOT)) {
      if (!flags.get(flag).isEmpty() && !(flag == TRUSTED_ROOT && readsRoot)) {
        ignored.add("--" + flag.name());
      }
    }
    if (!ignored.isEmpty()) {
      context.note(
          String.join(" and ", ignored)
              + (ignored.size() == 1 ? " was" : " were")
              + " not read: a signature by the key of --key needs no certificate");
    }
  }

  /** Whom the certificate has to name; for lines that name a signer by certificate. */
  static IdentityPolicy identity(ParsedFlags flags, CommandContext context)
      throws ConfigurationException {
    IdentityPolicy identity =
        IdentityPolicy.matching(
            matcher(flags, IDENTITY, IDENTITY_REGEXP, context),
            matcher(flags, OIDC_ISSUER, OIDC_ISSUER_REGEXP, context));
    if (!flags.get(OIDC_ISSUER).isEmpty() && !flags.get(OIDC_ISSUER_REGEXP).isEmpty()) {
      identity = identity.withIssuerInBundles(flags.get(OIDC_ISSUER)::equals);
    }
    identity = and(identity, flags, GITHUB_TRIGGER, FulcioExtension.GITHUB_WORKFLOW_TRIGGER);
    identity = and(identity, flags, GITHUB_SHA, FulcioExtension.GITHUB_WORKFLOW_SHA);
    identity = and(identity, flags, GITHUB_NAME, FulcioExtension.GITHUB_WORKFLOW_NAME);
    identity = and(identity, flags, GITHUB_REPOSITORY, FulcioExtension.GITHUB_WORKFLOW_REPOSITORY);
    return and(identity, flags, GITHUB_REF, FulcioExtension.GITHUB_WORKFLOW_REF);
  }

  /** By the pattern where there is one, as cosign does; else by the exact text. */
  private static Predicate<String> matcher(
      ParsedFlags flags, Flag<String> exact, Flag<String> pattern, CommandContext context)
      throws ConfigurationException {
    String typed = flags.get(pattern);
    // no lambda around the pattern, so that its library is loaded for a pattern only
    return typed.isEmpty()
        ? flags.get(exact)::equals
        : IdentityPattern.parse(pattern.name(), typed, context::note);
  }

  private static IdentityPolicy and(
      IdentityPolicy identity, ParsedFlags flags, Flag<String> flag, FulcioExtension extension) {
    String value = flags.get(flag);
    return value.isEmpty() ? identity : identity.withExtension(extension, value);
  }

  /** The trusted root of the line, read; empty when it names none. */
  static Optional<TrustedRoot> trustedRoot(ParsedFlags flags, CommandContext context)
      throws BullaException {
    String file = flags.get(TRUSTED_ROOT);
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(new TrustFiles(context, KeyFetcher.none()).trustedRoot(file));
  }

  /** Refuses a line that names two signers. */
  static void refuseTwoSigners(ParsedFlags flags, String key) throws ConfigurationException {
    if (signers(flags, key) > 1) {
      throw new ConfigurationException(
          "exactly one of: key reference (--key) or certificate identity (--certificate-identity"
              + " or --certificate-identity-regexp), must be provided. To determine which to use,"
              + " inspect the bundle's 'verificationMaterial' field: if 'publicKey' is present, use"
              + " key reference; if 'certificate' or 'x509CertificateChain' is present, use"
              + " certificate identity");
    }
  }

  private static int signers(ParsedFlags flags, String key) {
    int signers = SecurityKey.isNamed(flags, key) ? 1 : 0;
    signers += flags.get(IDENTITY).isEmpty() ? 0 : 1;
    return signers + (flags.get(IDENTITY_REGEXP).isEmpty() ? 0 : 1);
  }

  /** Refuses a line that names no signer, or two. */
  static void requireOneSigner(ParsedFlags flags, String key) throws ConfigurationException {
    refuseTwoSigners(flags, key);
    if (SecurityKey.isNamed(flags, key)) {
      return;
    }
    if (signers(flags, key) == 0) {
      throw new ConfigurationException(
          "--certificate-identity or --certificate-identity-regexp is required for verification in"
              + " keyless mode",
          "to verify with a key, name it with --key");
    }
    if (flags.get(OIDC_ISSUER).isEmpty() && flags.get(OIDC_ISSUER_REGEXP).isEmpty()) {
      throw new ConfigurationException(
          "--certificate-oidc-issuer or --certificate-oidc-issuer-regexp is required for"
              + " verification in keyless mode");
    }
  }
}
