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
import dev.bulla.verify.TrustSource;
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

  private final Optional<TrustSource> source;
  private final Optional<Certificate> signer;
  private final List<SignedCertificateTimestamp> promises;
  private final boolean untimed;
  private final boolean lacksIntermediates;
  private final List<String> digests;

  private VerificationTrust(
      Optional<TrustSource> source,
      Optional<Certificate> signer,
      List<SignedCertificateTimestamp> promises,
      boolean untimed,
      boolean lacksIntermediates,
      List<String> digests) {
    this.source = source;
    this.signer = signer;
    this.promises = promises;
    this.untimed = untimed;
    this.lacksIntermediates = lacksIntermediates;
    this.digests = digests;
  }

  /** Empty where the line can go without. */
  Optional<TrustSource> source() {
    return source;
  }

  /** What tells it from other material, for whoever remembers what was verified by it. */
  List<String> digests() {
    return digests;
  }

  /** The policy, with all of this. */
  Policy addTo(Policy policy, boolean ignoreLog) {
    Policy whole = source.isPresent() ? policy.withTrustedRoot(source.get()) : policy;
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
    return untimed && ignoreLog
        ? whole.insecurelyJudgingCertificatesAt(InstantSource.system().instant())
        : whole;
  }

  /** Whether timestamps are asked for, by name or by naming who made them. */
  static boolean wantsTimestamps(ParsedFlags flags) {
    return flags.get(CertificateFlags.USE_SIGNED_TIMESTAMPS)
        || !flags.get(CertificateFlags.TIMESTAMP_CERTIFICATE_CHAIN).isEmpty();
  }

  /**
   * Reads what the line needs. What it does not name comes from the instance that the user trusts,
   * which is asked when there is something to check.
   *
   * @param byKey whether it names a key, so that certificates say nothing
   */
  static VerificationTrust of(
      ParsedFlags flags, CommandContext context, boolean byKey, boolean ignoreLog)
      throws BullaException {
    return new Reader(flags, context, byKey, ignoreLog).read();
  }

  /** What a line names; nothing for what it leaves to the instance. */
  private record Parts(
      Optional<List<TransparencyLog>> logs,
      Optional<List<CertificateAuthority>> authorities,
      Optional<List<CertificateLog>> certificateLogs,
      Optional<List<TimestampAuthority>> timestampAuthorities) {

    boolean none() {
      return logs.isEmpty()
          && authorities.isEmpty()
          && certificateLogs.isEmpty()
          && timestampAuthorities.isEmpty();
    }

    TrustedRoot over(TrustedRoot other) {
      return new TrustedRoot(
          logs.orElse(other.logs()),
          authorities.orElse(other.authorities()),
          certificateLogs.orElse(other.certificateLogs()),
          timestampAuthorities.orElse(other.timestampAuthorities()));
    }
  }

  private static final class Reader {
    private static final TrustedRoot NOTHING =
        new TrustedRoot(List.of(), List.of(), List.of(), List.of());

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
      this.files = new TrustFiles(context, Offline.downloads(flags, context));
    }

    VerificationTrust read() throws BullaException {
      if (byKey && ignoreLog && !timestamps) {
        return material(Optional.empty(), Optional.empty(), false, false);
      }
      String file = flags.get(CertificateFlags.TRUSTED_ROOT);
      if (!file.isEmpty()) {
        notePassedOver();
        TrustSource known = new TrustSource.Known(files.trustedRoot(file));
        return material(Optional.of(known), Optional.empty(), false, false);
      }
      boolean needsCt = !byKey && !flags.get(CertificateFlags.INSECURE_IGNORE_SCT);
      Optional<String> rekor = ignoreLog ? Optional.empty() : variable(REKOR_KEY);
      Optional<String> ct = needsCt ? variable(CT_KEY) : Optional.empty();
      Parts parts =
          new Parts(
              rekor.isPresent() ? Optional.of(files.log(REKOR_KEY, rekor.get())) : Optional.empty(),
              byKey ? Optional.empty() : authorities(),
              ct.isPresent()
                  ? Optional.of(files.certificateLog(CT_KEY, ct.get()))
                  : Optional.empty(),
              timestampers());
      boolean own = parts.authorities().isPresent();
      boolean untimed = own && !timestamps && parts.timestampAuthorities().isEmpty();
      boolean bare =
          own && parts.authorities().get().stream().allMatch(one -> one.chain().size() == 1);
      boolean complete =
          (ignoreLog || rekor.isPresent())
              && (byKey || own)
              && (!needsCt || ct.isPresent())
              && (!timestamps || parts.timestampAuthorities().isPresent());
      if (complete) {
        TrustSource known = new TrustSource.Known(parts.over(NOTHING));
        return material(Optional.of(known), Optional.empty(), untimed, bare);
      }
      LiveRoot live = LiveRoot.of(context, Offline.isMeant(flags));
      TrustSource source = parts.none() ? live : () -> parts.over(live.root());
      return material(Optional.of(source), Optional.of(live), untimed, bare);
    }

    private VerificationTrust material(
        Optional<TrustSource> source, Optional<LiveRoot> live, boolean untimed, boolean bare)
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
      List<String> digests = new ArrayList<>(files.digests());
      live.ifPresent(root -> digests.add("instance=" + root.name()));
      return new VerificationTrust(source, signer, promises, untimed, bare, digests);
    }

    private Optional<String> variable(String name) {
      return context.environment().value(name);
    }

    /** In cosign's order: the flags, then the variable. */
    private Optional<List<CertificateAuthority>> authorities() throws BullaException {
      String chain = flags.get(CertificateFlags.CERTIFICATE_CHAIN);
      String roots = flags.get(CertificateFlags.CA_ROOTS);
      String intermediates = flags.get(CertificateFlags.CA_INTERMEDIATES);
      if (!intermediates.isEmpty() && roots.isEmpty()) {
        throw new ConfigurationException(
            "--ca-intermediates says who stands below --ca-roots, which is missing");
      }
      if (!chain.isEmpty()) {
        return Optional.of(files.chain("certificate-chain", chain));
      }
      if (!roots.isEmpty()) {
        return Optional.of(files.roots("ca-roots", roots, intermediates));
      }
      Optional<String> file = variable(ROOT_FILE);
      return file.isEmpty() ? Optional.empty() : Optional.of(files.mixed(ROOT_FILE, file.get()));
    }

    /** In cosign's order: the variable, then the flag. */
    private Optional<List<TimestampAuthority>> timestampers() throws BullaException {
      String typed = flags.get(CertificateFlags.TIMESTAMP_CERTIFICATE_CHAIN);
      Optional<String> file = variable(TSA_FILE);
      if (file.isPresent() && !typed.isEmpty()) {
        context.note("--timestamp-certificate-chain was not read: " + TSA_FILE + " comes first");
      }
      if (file.isPresent()) {
        return Optional.of(files.timestamps(TSA_FILE, file.get()));
      }
      return typed.isEmpty()
          ? Optional.empty()
          : Optional.of(files.timestamps("timestamp-certificate-chain", typed));
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
