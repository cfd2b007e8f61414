package dev.bulla.cli.command;

import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateAuthority;
import dev.bulla.certificate.CertificateLog;
import dev.bulla.certificate.SignedCertificateTimestamp;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.timestamp.TimestampAuthority;
import dev.bulla.tlog.TransparencyLog;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.verify.Policy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a line of {@code verify} and its environment name to check certificates, log entries and
 * timestamps against: a trusted root, or its parts one by one, as cosign did before there were
 * roots. Whatever it comes from becomes one {@link TrustedRoot}. What the line does not need is not
 * read.
 */
final class VerificationTrust {

  static final String REKOR_KEY = "SIGSTORE_REKOR_PUBLIC_KEY";
  static final String CT_KEY = "SIGSTORE_CT_LOG_PUBLIC_KEY_FILE";
  static final String ROOT_FILE = "SIGSTORE_ROOT_FILE";
  static final String TSA_FILE = "SIGSTORE_TSA_CERTIFICATE_FILE";

  private final Optional<TrustedRoot> root;
  private final Optional<Certificate> signer;
  private final List<SignedCertificateTimestamp> promises;
  private final boolean ownAuthorities;
  private final boolean lacksIntermediates;
  private final List<String> digests;

  private VerificationTrust(
      Optional<TrustedRoot> root,
      Optional<Certificate> signer,
      List<SignedCertificateTimestamp> promises,
      boolean ownAuthorities,
      boolean lacksIntermediates,
      List<String> digests) {
    this.root = root;
    this.signer = signer;
    this.promises = promises;
    this.ownAuthorities = ownAuthorities;
    this.lacksIntermediates = lacksIntermediates;
    this.digests = digests;
  }

  /** Empty where the line names none and can go without. */
  Optional<TrustedRoot> root() {
    return root;
  }

  /** What tells it from other material, for whoever remembers what was verified by it. */
  List<String> digests() {
    return digests;
  }

  /** The policy, with all of this. */
  Policy addTo(Policy policy, boolean ignoreLog) {
    Policy whole = root.isPresent() ? policy.withTrustedRoot(root.get()) : policy;
    if (signer.isPresent()) {
      whole = whole.withSignerCertificate(signer.get());
    }
    if (!promises.isEmpty()) {
      whole = whole.withCertificateTimestamps(promises);
    }
    if (lacksIntermediates) {
      whole = whole.acceptingIntermediatesOfSignatures();
    }
    // who runs an authority without log and timestamps has nothing else: ADR 14
    return ownAuthorities
            && ignoreLog
            && root.isPresent()
            && root.get().timestampAuthorities().isEmpty()
        ? whole.insecurelyJudgingCertificatesAt(InstantSource.system().instant())
        : whole;
  }

  /** Whether timestamps are asked for, by name or by naming who made them. */
  static boolean wantsTimestamps(ParsedFlags flags) {
    return flags.get(CertificateFlags.USE_SIGNED_TIMESTAMPS)
        || !flags.get(CertificateFlags.TIMESTAMP_CERTIFICATE_CHAIN).isEmpty();
  }

  /**
   * Reads what the line needs.
   *
   * @param byKey whether it names a key, so that certificates say nothing
   * @throws ConfigurationException when it needs something that nothing names
   */
  static VerificationTrust of(
      ParsedFlags flags, CommandContext context, boolean byKey, boolean ignoreLog)
      throws BullaException {
    return new Reader(flags, context, byKey, ignoreLog).read();
  }

  private static final class Reader {
    private final ParsedFlags flags;
    private final CommandContext context;
    private final boolean byKey;
    private final boolean ignoreLog;
    private final boolean timestamps;
    private final TrustFiles files;

    Reader(ParsedFlags flags, CommandContext context, boolean byKey, boolean ignoreLog) {
      this.flags = flags;
      this.context = context;
      this.byKey = byKey;
      this.ignoreLog = ignoreLog;
      this.timestamps = wantsTimestamps(flags);
      this.files = new TrustFiles(context, Keys.downloads(flags, context));
    }

    VerificationTrust read() throws BullaException {
      if (byKey && ignoreLog && !timestamps) {
        return material(Optional.empty(), false, false);
      }
      String file = flags.get(CertificateFlags.TRUSTED_ROOT);
      if (!file.isEmpty()) {
        notePassedOver();
        return material(Optional.of(files.trustedRoot(file)), false, false);
      }
      Optional<String> rekor = variable(REKOR_KEY);
      Optional<String> ct = variable(CT_KEY);
      boolean named =
          rekor.isPresent()
              || variable(TSA_FILE).isPresent()
              || !flags.get(CertificateFlags.TIMESTAMP_CERTIFICATE_CHAIN).isEmpty()
              || (!byKey && (ct.isPresent() || namesAuthorities()));
      if (!named || (byKey && !timestamps && rekor.isEmpty())) {
        requireRootUnlessByKey();
        return material(Optional.empty(), false, false);
      }
      boolean needsCt = !byKey && !flags.get(CertificateFlags.INSECURE_IGNORE_SCT);
      List<CertificateAuthority> authorities = byKey ? List.of() : authorities();
      if (!ignoreLog && rekor.isEmpty()) {
        throw missing("the key of the transparency log", REKOR_KEY, "--insecure-ignore-tlog");
      }
      if (needsCt && ct.isEmpty()) {
        throw missing("the key of the certificate log", CT_KEY, "--insecure-ignore-sct");
      }
      List<TransparencyLog> logs = ignoreLog ? List.of() : files.log(REKOR_KEY, rekor.get());
      List<CertificateLog> certificateLogs =
          needsCt ? files.certificateLog(CT_KEY, ct.get()) : List.of();
      TrustedRoot root = new TrustedRoot(logs, authorities, certificateLogs, timestampers());
      boolean bare =
          !byKey && authorities.stream().allMatch(authority -> authority.chain().size() == 1);
      return material(Optional.of(root), !byKey, bare);
    }

    private VerificationTrust material(Optional<TrustedRoot> root, boolean own, boolean bare)
        throws BullaException {
      Optional<Certificate> signer = Optional.empty();
      List<SignedCertificateTimestamp> promises = List.of();
      if (!byKey) {
        String certificate = flags.get(CertificateFlags.CERTIFICATE);
        if (!certificate.isEmpty()) {
          signer = Optional.of(files.certificate("certificate", certificate));
        }
        String promise = flags.get(CertificateFlags.SCT);
        if (!promise.isEmpty()) {
          promises = List.of(files.promise("sct", promise));
        }
      }
      return new VerificationTrust(root, signer, promises, own, bare, files.digests());
    }

    private Optional<String> variable(String name) {
      return context.environment().value(name);
    }

    private boolean namesAuthorities() {
      return !flags.get(CertificateFlags.CERTIFICATE_CHAIN).isEmpty()
          || !flags.get(CertificateFlags.CA_ROOTS).isEmpty()
          || !flags.get(CertificateFlags.CA_INTERMEDIATES).isEmpty()
          || variable(ROOT_FILE).isPresent();
    }

    /** In cosign's order: the flags, then the variable. */
    private List<CertificateAuthority> authorities() throws BullaException {
      String chain = flags.get(CertificateFlags.CERTIFICATE_CHAIN);
      String roots = flags.get(CertificateFlags.CA_ROOTS);
      String intermediates = flags.get(CertificateFlags.CA_INTERMEDIATES);
      if (!intermediates.isEmpty() && roots.isEmpty()) {
        throw new ConfigurationException(
            "--ca-intermediates says who stands below --ca-roots, which is missing");
      }
      if (!chain.isEmpty()) {
        return files.chain("certificate-chain", chain);
      }
      if (!roots.isEmpty()) {
        return files.roots("ca-roots", roots, intermediates);
      }
      Optional<String> file = variable(ROOT_FILE);
      if (file.isEmpty()) {
        throw new ConfigurationException(
            "nothing says which authorities issue certificates",
            "name them with --ca-roots, --certificate-chain or "
                + ROOT_FILE
                + ", or everything with --trusted-root");
      }
      return files.mixed(ROOT_FILE, file.get());
    }

    /** In cosign's order: the variable, then the flag. */
    private List<TimestampAuthority> timestampers() throws BullaException {
      String typed = flags.get(CertificateFlags.TIMESTAMP_CERTIFICATE_CHAIN);
      Optional<String> file = variable(TSA_FILE);
      if (file.isPresent() && !typed.isEmpty()) {
        context.note("--timestamp-certificate-chain was not read: " + TSA_FILE + " comes first");
      }
      if (timestamps && file.isEmpty() && typed.isEmpty()) {
        throw missing("the certificates of the timestamp authority", TSA_FILE, "");
      }
      if (file.isPresent()) {
        return files.timestamps(TSA_FILE, file.get());
      }
      return typed.isEmpty() ? List.of() : files.timestamps("timestamp-certificate-chain", typed);
    }

    private void requireRootUnlessByKey() throws ConfigurationException {
      if (!byKey || timestamps) {
        throw new ConfigurationException(
            "verifying without a trusted root is not available in this version"
                + (byKey ? " with --use-signed-timestamps" : " in keyless mode"),
            "name one with --trusted-root");
      }
    }

    private static ConfigurationException missing(String what, String variable, String without) {
      return new ConfigurationException(
          "nothing names " + what,
          "set "
              + variable
              + ", or name everything with --trusted-root"
              + (without.isEmpty() ? "" : ", or go without by " + without));
    }

    /** A trusted root stands for all parts. */
    private void notePassedOver() {
      List<String> passed = new ArrayList<>();
      for (Flag<String> flag :
          List.of(
              CertificateFlags.CERTIFICATE_CHAIN,
              CertificateFlags.CA_ROOTS,
              CertificateFlags.CA_INTERMEDIATES,
              CertificateFlags.TIMESTAMP_CERTIFICATE_CHAIN)) {
        // what says nothing beside a key has been said to be passed over
        boolean said = byKey && flag != CertificateFlags.TIMESTAMP_CERTIFICATE_CHAIN;
        if (!flags.get(flag).isEmpty() && !said) {
          passed.add("--" + flag.name());
        }
      }
      if (!passed.isEmpty()) {
        context.note(
            String.join(" and ", passed)
                + (passed.size() == 1 ? " was" : " were")
                + " not read: --trusted-root says whom to trust");
      }
    }
  }
}
