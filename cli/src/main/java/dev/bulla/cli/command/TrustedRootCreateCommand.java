package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.cli.command.TrustedRootDraft.Kind;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.key.Pem;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Writes a trusted root from certificates and keys. */
final class TrustedRootCreateCommand implements Command {

  private static final Flag<List<String>> FULCIO =
      Flag.repeatable(
          "fulcio", "certificate authority: url=,certificate-chain=[,start-time=,end-time=]");

  private static final Flag<List<String>> REKOR =
      Flag.repeatable(
          "rekor", "transparency log: url=,public-key=,start-time=[,end-time=,origin=]");

  private static final Flag<List<String>> CTFE =
      Flag.repeatable(
          "ctfe", "log of certificates: url=,public-key=,start-time=[,end-time=,origin=]");

  private static final Flag<List<String>> TSA =
      Flag.repeatable(
          "tsa", "timestamp authority: url=,certificate-chain=[,start-time=,end-time=]");

  private static final Flag<Boolean> WITH_DEFAULTS =
      Flag.onOff("with-default-services", "begin with the trusted root of the chosen instance");

  private static final Flag<Boolean> NO_FULCIO =
      Flag.onOff("no-default-fulcio", "leave out the instance's certificate authorities");
  private static final Flag<Boolean> NO_REKOR =
      Flag.onOff("no-default-rekor", "leave out the instance's transparency logs");
  private static final Flag<Boolean> NO_CTFE =
      Flag.onOff("no-default-ctfe", "leave out the instance's logs of certificates");
  private static final Flag<Boolean> NO_TSA =
      Flag.onOff("no-default-tsa", "leave out the instance's timestamp authorities");

  static final Flag<String> OUT = Flag.text("out", "file to write to, instead of stdout");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("trusted-root create", "Write a trusted root from certificates and keys")
        .description(
            """
            Write a trusted_root.json: whose certificates, log entries and timestamps count, and
            from when until when. Each service is a list of key=value, separated by commas; times
            are written as in RFC 3339, certificates and keys are files in PEM. Without a
            start-time an authority counts from when its certificate does.\
            """)
        .example(
            """
            bulla trusted-root create --out trusted_root.json \\
              --fulcio url=https://fulcio.example.com,certificate-chain=fulcio.pem \\
              --ctfe url=https://ct.example.com,public-key=ct.pub,start-time=2024-01-01T00:00:00Z\
            """)
        .positionals("", Positionals.any())
        .flags("Services", FULCIO, REKOR, CTFE, TSA)
        .flags("Instance", WITH_DEFAULTS, NO_FULCIO, NO_REKOR, NO_CTFE, NO_TSA)
        .flags("Output", OUT)
        .flags(OlderRootFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    OlderRootFlags.refuseBoth(flags, FULCIO, REKOR, CTFE, TSA);
    TrustedRootDraft draft = new TrustedRootDraft();
    if (flags.get(WITH_DEFAULTS)) {
      defaults(flags, context, draft);
    }
    for (String text : flags.get(FULCIO)) {
      authority(context, draft, Kind.AUTHORITIES, "fulcio", "Fulcio", text);
    }
    for (String text : flags.get(CTFE)) {
      log(context, draft, Kind.CERTIFICATE_LOGS, "ctfe", text);
    }
    for (String text : flags.get(REKOR)) {
      log(context, draft, Kind.LOGS, "rekor", text);
    }
    for (String text : flags.get(TSA)) {
      authority(context, draft, Kind.TIMESTAMP_AUTHORITIES, "tsa", "TSA", text);
    }
    OlderRootFlags.add(flags, context, draft);
    write(flags, context, draft.write());
  }

  /** Into the file that {@code --out} names, as it is; else to stdout, as a line. */
  static void write(ParsedFlags flags, CommandContext context, Bytes content)
      throws ConfigurationException {
    String file = flags.get(OUT);
    if (file.isEmpty()) {
      context.out().print(content);
      context.out().println();
    } else {
      context.files().writePrivate(file, content);
    }
  }

  private static void defaults(ParsedFlags flags, CommandContext context, TrustedRootDraft draft)
      throws BullaException {
    List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
    if (flags.get(NO_FULCIO)) {
      kinds.remove(Kind.AUTHORITIES);
    }
    if (flags.get(NO_REKOR)) {
      kinds.remove(Kind.LOGS);
    }
    if (flags.get(NO_CTFE)) {
      kinds.remove(Kind.CERTIFICATE_LOGS);
    }
    if (flags.get(NO_TSA)) {
      kinds.remove(Kind.TIMESTAMP_AUTHORITIES);
    }
    try (InstanceTrust trust = InstanceTrust.of(context, false)) {
      draft.addFrom(trust.material().trustedRoot(), kinds);
    } catch (BullaException e) {
      throw e.in("getting default trusted root");
    }
  }

  private static void authority(
      CommandContext context,
      TrustedRootDraft draft,
      Kind kind,
      String flag,
      String shown,
      String text)
      throws BullaException {
    try {
      ServiceSpec spec = ServiceSpec.parse(flag, text);
      String url = spec.required("url");
      String file = spec.required("certificate-chain");
      List<Certificate> chain = chain(context, file, "parsing " + shown + " certificate-chain");
      boolean timestamps = kind == Kind.TIMESTAMP_AUTHORITIES;
      if (timestamps && chain.get(0).isAuthority()) {
        throw new ConfigurationException("first certificate in chain must be a leaf certificate");
      }
      Instant natural = chain.get(timestamps ? 0 : chain.size() - 1).notBefore();
      draft.addAuthority(
          kind,
          url,
          chain,
          spec.optionalTime("start-time").orElse(natural),
          spec.optionalTime("end-time"));
    } catch (BullaException e) {
      throw e.in("parsing " + flag + " spec");
    }
  }

  private static void log(
      CommandContext context, TrustedRootDraft draft, Kind kind, String flag, String text)
      throws BullaException {
    try {
      ServiceSpec spec = ServiceSpec.parse("tlog", text);
      String url = spec.required("url");
      String file = spec.required("public-key");
      Instant start = ServiceSpec.time("start-time", spec.required("start-time"));
      draft.addLog(
          kind,
          url,
          key(context, file, "parsing public-key"),
          start,
          spec.optionalTime("end-time"),
          spec.optional("origin"));
    } catch (BullaException e) {
      throw e.in("parsing " + flag + " spec");
    }
  }

  /** The certificates of a file; for an empty {@code doing} a failure stands by itself. */
  static List<Certificate> chain(CommandContext context, String file, String doing)
      throws BullaException {
    try {
      Bytes text = context.files().read(file, Limits.MAX_KEY_FILE);
      if (Pem.parseAll(text, "").isEmpty()) {
        throw new ConfigurationException("no certificates in file " + Quoted.plain(file));
      }
      return Certificate.parsePem(text, Quoted.plain(file));
    } catch (BullaException e) {
      throw doing.isEmpty() ? e : e.in(doing);
    }
  }

  /** The key of a file; as {@link #chain}. */
  static VerificationKey key(CommandContext context, String file, String doing)
      throws BullaException {
    try {
      return VerificationKey.parsePem(context.files().read(file, Limits.MAX_KEY_FILE), "");
    } catch (BullaException e) {
      throw doing.isEmpty() ? e : e.in(doing);
    }
  }
}
