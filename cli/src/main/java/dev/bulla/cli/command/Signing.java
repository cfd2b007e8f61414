package dev.bulla.cli.command;

import dev.bulla.Bulla;
import dev.bulla.SignRequest.Format;
import dev.bulla.SigningTarget;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.LogException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
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
    checkServices(plan);
    checkStoring();
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
      signAll(plan, images);
    } catch (BullaException e) {
      throw e.in(what);
    }
    if (!plan.wantsLog()) {
      context.note(
          "nothing was recorded in a transparency log: verify with --insecure-ignore-tlog");
    }
  }

  /** Which services the line wants, and that none of them is pretended to. */
  private void checkServices(SigningPlan plan) throws BullaException {
    boolean fromFile = !flags.get(SignCommand.SIGNING_CONFIG).isEmpty();
    boolean configInUse = fromFile || flags.get(SignCommand.USE_SIGNING_CONFIG);
    boolean serviceUrls =
        differs(SignCommand.REKOR_URL)
            || differs(SignCommand.FULCIO_URL)
            || differs(SignCommand.OIDC_ISSUER);
    if (configInUse && serviceUrls) {
      throw new ConfigurationException("cannot specify service URLs and use signing config");
    }
    if (fromFile && !flags.get(SignCommand.TLOG_UPLOAD)) {
      throw new ConfigurationException(
          "--tlog-upload=false is not supported with --signing-config or --use-signing-config."
              + " Provide a signing config with --signing-config without a transparency log"
              + " service, which can be created with `cosign signing-config create` or `curl"
              + " https://raw.githubusercontent.com/sigstore/root-signing/refs/heads/main/targets/signing_config.v0.2.json"
              + " | jq 'del(.rekorTlogUrls)'` for the public instance",
          "--tlog-upload=false without --signing-config signs without a log");
    }
    if (fromFile && !plan.writes(Format.BUNDLE)) {
      throw new ConfigurationException(
          "must provide --new-bundle-format or --bundle where applicable with --signing-config or"
              + " --use-signing-config");
    }
    SecurityKey.refuseBoth(flags, flags.get(SignCommand.KEY));
    if (!SecurityKey.isNamed(flags, flags.get(SignCommand.KEY))) {
      throw new ConfigurationException(
          "signing without a key is not available in this version",
          "name a private key with --key; `bulla generate-key-pair` makes one");
    }
    if (fromFile) {
      SigningConfigFile config =
          SigningConfigFile.parse(
              context.files().read(flags.get(SignCommand.SIGNING_CONFIG), Limits.MAX_KEY_FILE));
      if (config.namesLog() || config.namesTimestamps()) {
        throw noService(
            "the signing config names a "
                + (config.namesLog() ? "transparency log" : "timestamp authority"));
      }
    } else if (plan.wantsLog()) {
      throw noService("the signature would have to be recorded in a transparency log");
    }
  }

  /** What looks at the registry makes no sense where nothing goes there. */
  private void checkStoring() throws ConfigurationException {
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
    if (flags.isSet(SignCommand.CONFIRM_TIMEOUT)
        && !flags.get(SignCommand.CONFIRM_TIMEOUT).isPositive()) {
      throw new ConfigurationException("--confirm-timeout has to be longer than nothing");
    }
  }

  private boolean differs(dev.bulla.cli.flags.Flag<String> flag) {
    return !flags.get(flag).equals(flag.defaultValue());
  }

  private static LogException noService(String why) {
    return new LogException(
        why + ", and this version of bulla cannot reach one",
        "sign without a log by adding --tlog-upload=false; signing with the public log needs a"
            + " version that has `bulla initialize`");
  }

  private void signAll(SigningPlan plan, List<String> images) throws BullaException {
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
        LazySigner signer =
            new LazySigner(
                SecurityKey.orKey(flags, flags.get(SignCommand.KEY), context), context)) {
      if (!flags.arguments().isEmpty()) {
        session.client().prepare(Reference.parse(images.get(0)).repository());
      }
      WarmUp.forSigning();
      Optional<Bytes> payload = payload();
      TargetSigning work =
          new TargetSigning(flags, context, plan, signer, annotations, payload, !isQuiet());
      signEach(images, session, signer, work);
    }
  }

  private void signEach(
      List<String> images, ImageSession session, LazySigner signer, TargetSigning work)
      throws BullaException {
    boolean one = images.size() == 1;
    boolean quiet = isQuiet();
    if (!one && quiet) {
      signer.get(); // a key that does not open is said once, and not of each image
    }
    // files are written over by each image in turn, and what is said of each has to stay together
    int workers =
        one || !quiet || writesFiles()
            ? 1
            : (int) Math.max(1, Math.min(64, flags.get(SignCommand.MAX_WORKERS)));
    Failures failures = new Failures();
    SigningLines lines = new SigningLines(flags, context, signer);
    try (ManyProgress progress = ManyProgress.of("Signing", quiet ? images.size() : 0, context);
        ResumeJournal journal = journal(signer)) {
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

  private @Nullable ResumeJournal journal(LazySigner signer) throws BullaException {
    String file = flags.get(ImageList.RESUME);
    if (file.isEmpty()) {
      return null;
    }
    List<String> parameters = new ArrayList<>(List.of("sign"));
    parameters.add(HexText.encode(signer.get().publicKey().fingerprint()));
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
