package dev.bulla.cli.command;

import dev.bulla.Bulla;
import dev.bulla.SignRequest.Format;
import dev.bulla.SigningTarget;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.error.ServiceException;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Reference;
import dev.bulla.oci.TagReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carries out {@code sign}. */
final class Signing {

  static final String TAG_WARNING =
      """
      WARNING: Image reference %s uses a tag, not a digest, to identify the image to sign.
          This can lead you to sign a different image than the intended one. Please use a
          digest (example.com/ubuntu@sha256:abc123...) rather than tag
          (example.com/ubuntu:latest) for the input to cosign. The ability to refer to
          images by tag will be removed in a future release.

      """;

  private final ParsedFlags flags;
  private final CommandContext context;

  Signing(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  /** What has to be right before anything else is looked at. */
  static void precheck(ParsedFlags flags, CommandContext context) throws ConfigurationException {
    SigningPlan plan = plan(flags, context);
    if (plan.writes(Format.BUNDLE)
        && !plan.writes(Format.LEGACY)
        && !flags.get(SignCommand.UPLOAD)
        && flags.get(SignCommand.BUNDLE).isEmpty()) {
      throw new ConfigurationException(
          "must enable upload to the OCI registry or specify a local --bundle path with"
              + " --new-bundle-format");
    }
  }

  private static SigningPlan plan(ParsedFlags flags, CommandContext context)
      throws ConfigurationException {
    return SigningPlan.of(flags, context.environment().isTrue("COSIGN_EXPERIMENTAL"));
  }

  void run() throws BullaException {
    SigningPlan plan = plan(flags, context);
    SigningChoice choice = SigningChoice.of(flags, context, plan);
    checkStoring(choice);
    plan.notes().forEach(context::note);
    List<String> images = ImageList.of(flags, context);
    if (images.isEmpty()) {
      throw new ConfigurationException("--from-file names no image");
    }
    String what =
        flags.get(ImageList.FROM_FILE).isEmpty()
            ? "signing [" + Quoted.plain(String.join(" ", images), 4096) + "]"
            : "signing " + images.size() + " images";
    try {
      if (choice.source() == SigningChoice.Source.FLAGS && !choice.logs().isEmpty()) {
        consent();
      }
      signAll(plan, choice, images);
    } catch (ServiceException e) {
      throw withWaysOn(e, choice).in(what);
    } catch (BullaException e) {
      throw e.in(what);
    }
    if (choice.logs().isEmpty()) {
      context.note(
          "nothing was recorded in a transparency log: verify with --insecure-ignore-tlog");
    }
  }

  /** A log that is not there is no reason to stay without a signature. */
  private static ServiceException withWaysOn(ServiceException e, SigningChoice choice) {
    return e.hint().isPresent() || choice.keyless() || choice.logs().isEmpty()
        ? e
        : new ServiceException(
            e.kind(), e.message(), e.status().orElse(0), SigningChoice.WAYS_ON, e);
  }

  private void consent() throws BullaException {
    try {
      PrivacyStatement.requireConsent(flags, context);
    } catch (BullaException e) {
      throw e.in("signing digest: should upload to tlog");
    }
  }

  /** What looks at the registry makes no sense where nothing goes there. */
  private void checkStoring(SigningChoice choice) throws ConfigurationException {
    boolean ifAbsent = flags.get(SignCommand.IF_ABSENT);
    if ((ifAbsent || flags.get(SignCommand.CONFIRM)) && !flags.get(SignCommand.UPLOAD)) {
      throw new ConfigurationException(
          (ifAbsent ? "--if-absent" : "--confirm") + " needs --upload, which stores the signature");
    }
    if (ifAbsent && writesFiles()) {
      throw new ConfigurationException(
          "--if-absent cannot be combined with flags that write the new signature to a file",
          "where the signature is there already, none is made; `bulla download signature` fetches"
              + " it");
    }
    boolean certified = choice.authority().isPresent() || GivenCertificate.isNamed(flags);
    if (ifAbsent && certified) {
      throw new ConfigurationException(
          "--if-absent compares the keys of signatures, and certificates are given to new ones",
          "`bulla verify` with --certificate-identity says whether you have signed already");
    }
    if (flags.get(SignCommand.CONFIRM)
        && certified
        && flags.get(SignCommand.TRUSTED_ROOT).isEmpty()
        && choice.root().isEmpty()) {
      throw new ConfigurationException(
          "--confirm needs --trusted-root where a certificate vouches for the key");
    }
    if (flags.isSet(SignCommand.CONFIRM_TIMEOUT)
        && !flags.get(SignCommand.CONFIRM_TIMEOUT).isPositive()) {
      throw new ConfigurationException("--confirm-timeout has to be longer than nothing");
    }
  }

  private void signAll(SigningPlan plan, SigningChoice choice, List<String> images)
      throws BullaException {
    Map<String, String> annotations;
    try {
      annotations = Annotations.parse(flags.get(SignCommand.ANNOTATIONS));
    } catch (ConfigurationException e) {
      throw e.in("getting annotations");
    }
    for (String image : flags.arguments()) {
      try {
        Reference.parse(image);
      } catch (BullaException e) {
        throw e.in("parsing reference");
      }
    }
    try (ImageSession session = ImageSession.openForWriting(flags, context);
        SigningSetup setup = SigningSetup.open(flags, context, choice)) {
      if (!flags.arguments().isEmpty()) {
        session.client().prepare(Reference.parse(images.get(0)).repository());
      }
      WarmUp.forSigning();
      Optional<Bytes> payload = payload();
      TargetSigning work =
          new TargetSigning(flags, context, plan, setup, annotations, payload, !isQuiet());
      signEach(images, session, setup.signatories(), work);
    }
  }

  private void signEach(
      List<String> images, ImageSession session, Signatories signatories, TargetSigning work)
      throws BullaException {
    boolean one = images.size() == 1;
    boolean quiet = isQuiet();
    if (!one && quiet) {
      signatories.get(); // a key that does not open is said once, and not of each image
    }
    // files are written over by each image in turn, and what is said of each has to stay together
    int workers =
        one || !quiet || writesFiles()
            ? 1
            : (int) Math.max(1, Math.min(64, flags.get(SignCommand.MAX_WORKERS)));
    Failures failures = new Failures();
    SigningLines lines = new SigningLines(flags, context);
    try (ManyProgress progress = ManyProgress.of("Signing", quiet ? images.size() : 0, context);
        ResumeJournal journal = journal(signatories)) {
      new ManyImages<List<SigningTarget>, List<SigningResult>>(
              workers,
              (typed, reference) -> targets(bulla(session, one), reference),
              targets -> targets.get(0).image(),
              (reference, targets) -> work.each(bulla(session, one), targets),
              Optional.ofNullable(journal))
          .run(
              images,
              outcome ->
                  progress.done(
                      outcome,
                      () -> {
                        outcome.failure().ifPresent(e -> failures.add(outcome.typed(), e));
                        lines.print(outcome);
                      }));
    }
    failures.throwWorst(context, !one && !lines.isForPrograms());
  }

  private Bulla bulla(ImageSession session, boolean one) {
    return one ? session.bulla() : session.bullaForOne(context);
  }

  /** Of a long list only what went wrong is worth a line. */
  private boolean isQuiet() {
    return !flags.get(ImageList.FROM_FILE).isEmpty()
        || flags.get(SignCommand.OUTPUT).equals("ndjson");
  }

  private boolean writesFiles() {
    return !flags.get(SignCommand.BUNDLE).isEmpty()
        || !flags.get(SignCommand.OUTPUT_SIGNATURE).isEmpty()
        || !flags.get(SignCommand.OUTPUT_PAYLOAD).isEmpty()
        || !flags.get(SignCommand.OUTPUT_CERTIFICATE).isEmpty();
  }

  private @Nullable ResumeJournal journal(Signatories signatories) throws BullaException {
    String file = flags.get(ImageList.RESUME);
    if (file.isEmpty()) {
      return null;
    }
    List<String> parameters = new ArrayList<>(List.of("sign"));
    parameters.add(signatories.identity());
    parameters.addAll(ImageList.parameters(flags, context));
    return ResumeJournal.open(context.files().resolve(file), file, parameters);
  }

  private List<SigningTarget> targets(Bulla bulla, Reference reference) throws BullaException {
    if (reference instanceof TagReference && !isQuiet()) {
      context.err().print(TAG_WARNING.replace("%s", Quoted.plain(reference.typed())));
    }
    try {
      return bulla.targets(reference, flags.get(SignCommand.RECURSIVE));
    } catch (RegistryException e) {
      throw missing(e);
    }
  }

  private Optional<Bytes> payload() throws BullaException {
    String file = flags.get(SignCommand.PAYLOAD);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    context.err().println("Using payload from: " + Quoted.plain(file));
    return Optional.of(context.files().read(file, Limits.MAX_PAYLOAD));
  }

  /** What a command other than {@code verify} says of an image that is not there. */
  static BullaException missing(RegistryException e) {
    return e.kind() == RegistryException.Kind.NOT_FOUND
        ? new ConfigurationException(
            "accessing entity: entity not found in registry, error: " + e.message(), e)
        : e.in("accessing entity");
  }
}
