package dev.bulla.cli.command;

import dev.bulla.Bulla;
import dev.bulla.Recursion;
import dev.bulla.RecursiveVerdict;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.oci.TagReference;
import dev.bulla.verify.Policy;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carries out {@code verify}. */
final class Verifying {

  private static final String TLOG_WARNING =
      "Skipping tlog verification is an insecure practice that lacks transparency and auditability"
          + " verification for the signature.";

  private final ParsedFlags flags;
  private final CommandContext context;

  Verifying(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    boolean ignoreLog = ignoresLog();
    Relaxations.note(
        flags,
        context,
        VerifyCommand.INSECURE_IGNORE_TLOG,
        VerifyCommand.PRIVATE_INFRASTRUCTURE,
        VerifyCommand.CHECK_CLAIMS,
        VerifyCommand.ANY_PREDICATE);
    boolean byKey = SecurityKey.isNamed(flags, flags.get(VerifyCommand.KEY));
    if (byKey) {
      CertificateFlags.notePassedOver(
          flags, context, !ignoreLog || VerificationTrust.wantsTimestamps(flags));
    }
    SecurityKey.refuseBoth(flags, flags.get(VerifyCommand.KEY));
    CertificateFlags.requireOneSigner(flags, flags.get(VerifyCommand.KEY));
    VerificationTrust trust = VerificationTrust.of(flags, context, byKey, ignoreLog);
    WarmUp.forVerifying();
    boolean folders = flags.get(VerifyCommand.LOCAL_IMAGE);
    for (String image : flags.arguments()) {
      if (folders || LocalImages.isLocal(image)) {
        continue;
      }
      Reference.parse(image); // what is typed wrong is said before anybody is asked
    }
    List<String> images = ImageList.of(flags, context);
    if (images.isEmpty()) {
      throw new ConfigurationException("--from-file names no image");
    }
    try (ImageSession session = ImageSession.open(flags, context)) {
      if (!flags.arguments().isEmpty() && !folders && !LocalImages.isLocal(images.get(0))) {
        session.client().prepare(Reference.parse(images.get(0)).repository());
      }
      try (KeyOfPolicy key =
          byKey
              ? KeyOfPolicy.load(flags, context)
              : KeyOfPolicy.ofIdentity(
                  CertificateFlags.identity(flags, context), trust.source().orElseThrow())) {
        DetachedSignature detached = DetachedSignature.of(flags, context);
        if (detached.isGiven() && !flags.get(VerifyCommand.RECURSIVE).isEmpty()) {
          throw new ConfigurationException(
              "--signature is the signature of one manifest: it cannot be combined with"
                  + " --recursive");
        }
        Optional<ServiceAddress> log = ignoreLog ? Optional.empty() : LogToAsk.of(flags, context);
        try (ServiceClients services = new ServiceClients(flags, context);
            ResumeJournal journal =
                journal(
                    key,
                    trust,
                    ignoreLog
                        ? "log ignored"
                        : "log=" + log.map(ServiceAddress::text).orElse(""))) {
          Policy policy = policy(key.policy(), ignoreLog, trust);
          if (log.isPresent()) {
            policy = policy.withLogLookup(services.lookup(log.get()));
          }
          verify(images, session, policy, detached, journal);
        }
      }
    }
  }

  private void verify(
      List<String> images,
      ImageSession session,
      Policy policy,
      DetachedSignature detached,
      @Nullable ResumeJournal journal)
      throws BullaException {
    boolean one = images.size() == 1;
    int workers =
        one || detached.isGiven() ? 1 : (int) Math.min(64, flags.get(VerifyCommand.MAX_WORKERS));
    VerificationReport report = new VerificationReport(flags, context, session.local());
    Failures failures = new Failures();
    try (ManyProgress progress = ManyProgress.of("Verifying", images.size(), context)) {
      new ManyImages<DigestReference, RecursiveVerdict>(
              workers,
              typed ->
                  flags.get(VerifyCommand.LOCAL_IMAGE)
                      ? session.local().saved(typed)
                      : session.image(typed),
              (typed, reference) -> bulla(session, one).resolve(reference),
              image -> image,
              DigestReference::toString,
              (reference, image) -> look(bulla(session, one), detached, image, policy),
              Optional.ofNullable(journal))
          .run(images, outcome -> progress.done(outcome, () -> tell(outcome, report, failures)));
    }
    failures.throwWorst(context, !one && !report.isForPrograms());
  }

  private Bulla bulla(ImageSession session, boolean one) {
    return one ? session.bulla() : session.bullaForOne(context);
  }

  private @Nullable ResumeJournal journal(KeyOfPolicy key, VerificationTrust trust, String log)
      throws BullaException {
    String file = flags.get(ImageList.RESUME);
    if (file.isEmpty()) {
      return null;
    }
    List<String> parameters = new ArrayList<>(List.of("verify"));
    parameters.addAll(key.fingerprints());
    parameters.addAll(trust.digests());
    parameters.add(log); // one dash and variables decide as well as flags
    parameters.addAll(ImageList.parameters(flags, context));
    return ResumeJournal.open(context.files().resolve(file), file, parameters);
  }

  private RecursiveVerdict look(
      Bulla bulla, DetachedSignature detached, DigestReference image, Policy policy)
      throws BullaException {
    if (detached.isGiven()) {
      Verified<VerifiedImage> verified = detached.verify(bulla, context, image, policy);
      return RecursiveVerdict.of(verified);
    }
    String recursive = flags.get(VerifyCommand.RECURSIVE);
    if (recursive.isEmpty()) {
      return RecursiveVerdict.of(bulla.verify(image, policy));
    }
    return bulla.verify(image, policy, Recursion.valueOf(recursive.toUpperCase(Locale.ROOT)));
  }

  private void tell(
      ManyImages.Outcome<RecursiveVerdict> outcome, VerificationReport report, Failures failures) {
    Optional<BullaException> failure = outcome.failure();
    if (failure.isPresent() && failure.get() instanceof RegistryException e) {
      failure =
          Optional.of(
              e.kind() != RegistryException.Kind.NOT_FOUND
                  ? e
                  : e.in(
                      outcome.reference().filter(r -> r instanceof TagReference).isPresent()
                          ? "image tag not found"
                          : "image not found"));
    }
    if (failure.isEmpty() && outcome.result().isPresent()) {
      failure = outcome.result().get().worst();
    }
    if (flags.get(VerifyCommand.LOCAL_IMAGE)
        && failure.isPresent()
        && failure.get() instanceof VerificationException verdict) {
      failure = Optional.of(LocalImages.unsigned(outcome.typed(), verdict));
    }
    failure.ifPresent(e -> failures.add(outcome.typed(), e));
    report.print(outcome, failure);
  }

  /** Whether the line goes without the log; says so where that is not said elsewhere. */
  private boolean ignoresLog() {
    if (flags.get(VerifyCommand.INSECURE_IGNORE_TLOG)) {
      context.warn(TLOG_WARNING);
      return true;
    }
    if (flags.get(VerifyCommand.PRIVATE_INFRASTRUCTURE)) {
      return true;
    }
    if (flags.usedSingleDashLong() && !context.environment().isTrue("COSIGN_EXPERIMENTAL")) {
      context.note(
          "the transparency log is not checked, since flags with one dash are read as cosign v0.1"
              + " read them (COSIGN_EXPERIMENTAL=1 asks for the check)");
      return true;
    }
    return false;
  }

  private Policy policy(Policy signer, boolean ignoreLog, VerificationTrust trust)
      throws BullaException {
    Policy policy = signer.withAnnotations(Annotations.parse(flags.get(VerifyCommand.ANNOTATIONS)));
    if (flags.isSet(VerifyCommand.SIGNATURE_DIGEST_ALGORITHM)) {
      policy = policy.withHash(hash(flags.get(VerifyCommand.SIGNATURE_DIGEST_ALGORITHM)));
    }
    if (flags.get(VerifyCommand.ANY_PREDICATE)) {
      policy = policy.acceptingAnyPredicate();
    }
    if (ignoreLog) {
      policy = policy.insecurelyIgnoringLog();
    }
    policy = trust.addTo(policy, ignoreLog);
    if (VerificationTrust.wantsTimestamps(flags)) {
      policy = policy.withTimestamps(1);
    }
    if (flags.get(CertificateFlags.INSECURE_IGNORE_SCT)) {
      policy = policy.insecurelyIgnoringCertificateLog();
    }
    return flags.get(VerifyCommand.CHECK_CLAIMS) ? policy : policy.insecurelyIgnoringClaims();
  }

  private static HashAlgorithm hash(String typed) throws ConfigurationException {
    String name = typed.strip().toLowerCase(Locale.ROOT);
    if (name.isEmpty()) {
      return HashAlgorithm.SHA256;
    }
    if (name.equals("sha224")) {
      throw new ConfigurationException(
          "unsupported digest algorithm: sha224", "signatures count with sha256, sha384 or sha512");
    }
    return HashAlgorithm.named(name)
        .orElseThrow(
            () -> new ConfigurationException("unknown digest algorithm: " + Quoted.plain(typed)));
  }
}
