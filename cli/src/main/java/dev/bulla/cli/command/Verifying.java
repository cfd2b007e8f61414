package dev.bulla.cli.command;

import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Reference;
import dev.bulla.oci.TagReference;
import dev.bulla.verify.Policy;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
    CertificateFlags.passOverAuthorities(
        flags, context, flags.get(VerifyCommand.KEY), ignoreLog);
    CertificateFlags.requireOneSigner(flags, flags.get(VerifyCommand.KEY));
    if (flags.get(VerifyCommand.KEY).isEmpty()) {
      throw new ConfigurationException(
          "verifying without a key is not available in this version",
          "name a public key with --key");
    }
    WarmUp.forVerifying();
    List<Reference> references = new ArrayList<>();
    for (String image : flags.arguments()) {
      references.add(Reference.parse(image));
    }
    try (ImageSession session = ImageSession.open(flags, context)) {
      session.client().prepare(references.get(0).repository());
      try (KeyOfPolicy key = KeyOfPolicy.load(flags, context)) {
        verifyAll(session, references, policy(key.policy(), ignoreLog));
      }
    }
  }

  private void verifyAll(ImageSession session, List<Reference> references, Policy policy)
      throws BullaException {
    DetachedSignature detached = DetachedSignature.of(flags, context);
    Failures failures = new Failures();
    for (Reference reference : references) {
      try {
        Verified<VerifiedImage> verified =
            detached.isGiven()
                ? detached.verify(session.bulla(), context, reference, policy)
                : session.bulla().verify(reference, policy);
        new VerificationReport(flags, context).print(reference, verified);
      } catch (RegistryException e) {
        failures.add(
            reference,
            e.kind() == RegistryException.Kind.NOT_FOUND
                ? e.in(
                    reference instanceof TagReference ? "image tag not found" : "image not found")
                : e);
      } catch (BullaException e) {
        failures.add(reference, e);
      }
    }
    failures.throwWorst(context, references.size() > 1);
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

  private Policy policy(Policy signer, boolean ignoreLog) throws BullaException {
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

  /** All images are looked at; what is reported at the end is the worst that happened. */
  private static final class Failures {

    private final List<BullaException> all = new ArrayList<>();

    private final List<String> lines = new ArrayList<>();

    void add(Reference image, BullaException failure) {
      all.add(failure);
      lines.add(Quoted.plain(image.typed()) + ": " + failure.message());
    }

    /** With several images, each one that failed is named before the one that decides. */
    void throwWorst(CommandContext context, boolean several) throws BullaException {
      if (several) {
        lines.forEach(context::note);
      }
      BullaException worst = null;
      for (BullaException failure : all) {
        if (worst == null || Severity.of(failure) > Severity.of(worst)) {
          worst = failure;
        }
      }
      if (worst != null) {
        throw worst;
      }
    }
  }
}
