package dev.bulla.cli.command;

import dev.bulla.SignRequest.Format;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.trust.TrustedRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which services vouch for the signatures of a line. Settled before any key is touched and anybody
 * is asked, so that nothing is signed in vain.
 *
 * @param keyless whether a new key signs, for a person or a workload
 * @param authority who certifies the key
 * @param issuer who says who the user is
 * @param source who names the services
 * @param root that came along with them
 */
record SigningChoice(
    boolean keyless,
    Optional<String> authority,
    Optional<String> issuer,
    List<Log> logs,
    List<String> timestampAuthorities,
    Source source,
    Optional<TrustedRoot> root) {

  /** How to go on without a log, or with one. */
  static final String WAYS_ON =
      "sign without a log by adding --tlog-upload=false; `bulla initialize` sets up the services of"
          + " a Sigstore instance, --signing-config names others";

  /** Who names the services. */
  enum Source {
    /** Flags, one by one. */
    FLAGS,
    /** A signing configuration in a file. */
    FILE,
    /** What the user's Sigstore instance publishes. */
    INSTANCE,
    /** The environment, as cosign v0.1 had it. */
    OLD_VARIABLE
  }

  /**
   * A transparency log.
   *
   * @param version of its API: 1 or 2
   */
  record Log(String url, int version) {}

  static SigningChoice of(ParsedFlags flags, CommandContext context, SigningPlan plan)
      throws BullaException {
    boolean fromFile = !flags.get(SignCommand.SIGNING_CONFIG).isEmpty();
    refuseContradictions(flags, plan, fromFile);
    boolean keyless = !SecurityKey.isNamed(flags, flags.get(SignCommand.KEY));
    boolean issued = keyless || flags.get(SignCommand.ISSUE_CERTIFICATE);
    SigningChoice choice;
    Optional<String> oldServer = oldServer(flags, context, plan);
    if (fromFile
        || (flags.get(SignCommand.USE_SIGNING_CONFIG) && plan.wantsLog() && oldServer.isEmpty())) {
      choice = configured(flags, context, keyless, issued);
    } else {
      choice = byFlags(flags, context, plan, keyless, issued, oldServer);
    }
    choice.requireProof(issued, plan);
    return choice;
  }

  private static void refuseContradictions(ParsedFlags flags, SigningPlan plan, boolean fromFile)
      throws ConfigurationException {
    boolean configInUse = fromFile || flags.get(SignCommand.USE_SIGNING_CONFIG);
    if (configInUse
        && (differs(flags, SignCommand.REKOR_URL)
            || differs(flags, SignCommand.FULCIO_URL)
            || differs(flags, SignCommand.OIDC_ISSUER)
            || differs(flags, SignCommand.TIMESTAMP_SERVER_URL))) {
      throw new ConfigurationException(
          "cannot specify service URLs and use signing config",
          fromFile
              ? "name the services in the signing config only"
              : "--use-signing-config=false uses the services that flags name");
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
    if (GivenCertificate.isNamed(flags)) {
      if (!SecurityKey.isNamed(flags, flags.get(SignCommand.KEY))) {
        throw new ConfigurationException(
            "--certificate and --certificate-chain are for a key of one's own",
            "name the key with --key; without one, a certificate is issued for a new key");
      }
      if (flags.get(SignCommand.ISSUE_CERTIFICATE)) {
        throw new ConfigurationException(
            "--certificate and --issue-certificate contradict each other");
      }
    }
  }

  private static boolean differs(ParsedFlags flags, Flag<String> flag) {
    return !flags.get(flag).equals(flag.defaultValue());
  }

  /** The log that cosign v0.1 was told of by the environment. */
  private static Optional<String> oldServer(
      ParsedFlags flags, CommandContext context, SigningPlan plan) {
    return flags.usedSingleDashLong() && plan.wantsLog()
        ? context.environment().value(LogToAsk.VARIABLE)
        : Optional.empty();
  }

  private static SigningChoice configured(
      ParsedFlags flags, CommandContext context, boolean keyless, boolean issued)
      throws BullaException {
    String file = flags.get(SignCommand.SIGNING_CONFIG);
    if (!file.isEmpty()) {
      return SigningConfigs.select(
          SigningConfigs.ofFile(file, context), keyless, issued, Source.FILE, Optional.empty());
    }
    SigningConfigs.Published published = SigningConfigs.published(context, keyless);
    return SigningConfigs.select(
        published.config(), keyless, issued, Source.INSTANCE, published.root());
  }

  private static SigningChoice byFlags(
      ParsedFlags flags,
      CommandContext context,
      SigningPlan plan,
      boolean keyless,
      boolean issued,
      Optional<String> oldServer)
      throws ConfigurationException {
    List<Log> logs = new ArrayList<>();
    if (plan.wantsLog()) {
      ServiceAddress log =
          oldServer.isPresent()
              ? new ServiceAddress(LogToAsk.VARIABLE, oldServer.get())
              : ServiceAddress.of(SignCommand.REKOR_URL, flags, context);
      logs.add(new Log(log.checked(), 1));
    }
    ServiceAddress authority = ServiceAddress.of(SignCommand.TIMESTAMP_SERVER_URL, flags, context);
    return new SigningChoice(
        keyless,
        issued
            ? Optional.of(ServiceAddress.of(SignCommand.FULCIO_URL, flags, context).checked())
            : Optional.empty(),
        issued ? Optional.of(flags.get(SignCommand.OIDC_ISSUER)) : Optional.empty(),
        logs,
        authority.text().isEmpty() ? List.of() : List.of(authority.checked()),
        oldServer.isEmpty() ? Source.FLAGS : Source.OLD_VARIABLE,
        Optional.empty());
  }

  /** A certificate of a few minutes is worth nothing without a proof of when it was used. */
  private void requireProof(boolean issued, SigningPlan plan) throws BullaException {
    if (issued && timestampAuthorities.isEmpty()) {
      if (logs.isEmpty()) {
        throw new ConfigurationException(
            (keyless ? "signing without a key" : "--issue-certificate")
                + " needs a transparency log or a timestamp authority: nothing else proves that the"
                + " certificate was valid",
            "leave out --tlog-upload=false, or sign with a key: --key names one, `bulla"
                + " generate-key-pair` makes one");
      }
      if (logs.stream().allMatch(log -> log.version() > 1)) {
        throw new ConfigurationException(
            "a timestamp authority must be provided to request a short-lived certificate that will"
                + " be logged to Rekor");
      }
    }
    if (plan.writes(Format.LEGACY) && !logs.isEmpty() && logs.get(0).version() > 1) {
      throw new ConfigurationException(
          "the older signature format has no place for entries of a log with API version 2",
          "sign with --format bundle");
    }
  }
}
