package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.trust.TrustMaterial;
import java.util.List;

/** Writes a signing configuration: which services new signatures are made with. */
final class SigningConfigCreateCommand implements Command {

  private static final String SPEC = "url=,api-version=,start-time=,operator=[,end-time=]";

  private static final Flag<List<String>> FULCIO =
      Flag.repeatable("fulcio", "certificate authority: " + SPEC);
  private static final Flag<List<String>> REKOR =
      Flag.repeatable("rekor", "transparency log: " + SPEC);
  private static final Flag<List<String>> OIDC =
      Flag.repeatable("oidc-provider", "issuer of identity tokens: " + SPEC);
  private static final Flag<List<String>> TSA =
      Flag.repeatable("tsa", "timestamp authority: " + SPEC);

  private static final Flag<String> REKOR_CONFIG =
      Flag.text("rekor-config", "which of the logs: ANY, ALL, or EXACT:<count>");
  private static final Flag<String> TSA_CONFIG =
      Flag.text("tsa-config", "which of the timestamp authorities: ANY, ALL, or EXACT:<count>");

  private static final Flag<Boolean> WITH_DEFAULTS =
      Flag.onOff("with-default-services", "begin with the configuration of the chosen instance");
  private static final Flag<Boolean> WITH_REKOR_V2 =
      Flag.onOff("with-default-rekor-v2", "begin with the instance's configuration for Rekor v2");
  private static final Flag<String> BASE =
      Flag.text("base-config", "begin with this file; a service that is given replaces its own");

  private static final Flag<Boolean> NO_FULCIO =
      Flag.onOff("no-default-fulcio", "leave out the instance's certificate authorities");
  private static final Flag<Boolean> NO_REKOR =
      Flag.onOff("no-default-rekor", "leave out the instance's transparency logs");
  private static final Flag<Boolean> NO_OIDC =
      Flag.onOff("no-default-oidc", "leave out the instance's issuers of tokens");
  private static final Flag<Boolean> NO_TSA =
      Flag.onOff("no-default-tsa", "leave out the instance's timestamp authorities");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("signing-config create", "Write which services signatures are made with")
        .description(
            """
            Write a signing_config.json: which services new signatures are made with. Each service
            is a list of key=value, separated by commas; times are written as in RFC 3339. Of
            several services of one operator the newest counts.\
            """)
        .example(
            """
            bulla signing-config create --out signing_config.json --tsa-config ANY \\
              --tsa url=https://tsa.example.com,api-version=1,start-time=2024-01-01T00:00:00Z,operator=me\
            """)
        .positionals("", Positionals.any())
        .flags("Services", FULCIO, REKOR, REKOR_CONFIG, OIDC, TSA, TSA_CONFIG)
        .flags("Instance", WITH_DEFAULTS, WITH_REKOR_V2, BASE, NO_FULCIO, NO_REKOR, NO_OIDC, NO_TSA)
        .flags("Output", TrustedRootCreateCommand.OUT)
        .exclusive(BASE, WITH_DEFAULTS)
        .exclusive(BASE, WITH_REKOR_V2)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    SigningConfigDraft draft = new SigningConfigDraft();
    boolean replaces = !flags.get(BASE).isEmpty();
    if (replaces) {
      base(flags, context, draft);
    } else if (flags.get(WITH_DEFAULTS) || flags.get(WITH_REKOR_V2)) {
      defaults(flags, context, draft);
    }
    add(flags, draft, replaces, SigningConfigDraft.Kind.AUTHORITIES, FULCIO);
    add(flags, draft, replaces, SigningConfigDraft.Kind.ISSUERS, OIDC);
    require(flags, REKOR, REKOR_CONFIG);
    add(flags, draft, replaces, SigningConfigDraft.Kind.LOGS, REKOR);
    require(flags, TSA, TSA_CONFIG);
    add(flags, draft, replaces, SigningConfigDraft.Kind.TIMESTAMPS, TSA);
    select(flags, draft, SigningConfigDraft.Kind.LOGS, REKOR_CONFIG);
    select(flags, draft, SigningConfigDraft.Kind.TIMESTAMPS, TSA_CONFIG);
    TrustedRootCreateCommand.write(flags, context, draft.write());
  }

  private static void require(ParsedFlags flags, Flag<List<String>> services, Flag<String> config)
      throws ConfigurationException {
    if (!flags.get(services).isEmpty() && flags.get(config).isEmpty()) {
      throw new ConfigurationException(
          "--" + config.name() + " must be provided when --" + services.name() + " is specified");
    }
  }

  private static void add(
      ParsedFlags flags,
      SigningConfigDraft draft,
      boolean replaces,
      SigningConfigDraft.Kind kind,
      Flag<List<String>> services)
      throws BullaException {
    if (replaces && !flags.get(services).isEmpty()) {
      draft.remove(kind);
    }
    for (String text : flags.get(services)) {
      try {
        draft.add(kind, ServiceSpec.parse("service", text));
      } catch (BullaException e) {
        throw e.in("parsing " + services.name() + " spec");
      }
    }
  }

  private static void select(
      ParsedFlags flags,
      SigningConfigDraft draft,
      SigningConfigDraft.Kind kind,
      Flag<String> config)
      throws BullaException {
    String text = flags.get(config);
    if (!text.isEmpty()) {
      try {
        draft.select(kind, text);
      } catch (BullaException e) {
        throw e.in("parsing " + config.name());
      }
    }
  }

  private static void base(ParsedFlags flags, CommandContext context, SigningConfigDraft draft)
      throws BullaException {
    try {
      draft.addAll(context.files().read(flags.get(BASE), Limits.MAX_KEY_FILE));
    } catch (BullaException e) {
      throw e.in("error reading base signing config");
    }
  }

  private static void defaults(ParsedFlags flags, CommandContext context, SigningConfigDraft draft)
      throws BullaException {
    try (InstanceTrust trust = InstanceTrust.of(context, false)) {
      Bytes config =
          flags.get(WITH_REKOR_V2)
              ? trust.material().signingConfig(TrustMaterial.SIGNING_CONFIG_REKOR_V2)
              : trust.material().signingConfig();
      draft.addAll(config);
    } catch (BullaException e) {
      throw e.in("getting default trusted root");
    }
    removeIf(flags, NO_FULCIO, draft, SigningConfigDraft.Kind.AUTHORITIES);
    removeIf(flags, NO_OIDC, draft, SigningConfigDraft.Kind.ISSUERS);
    removeIf(flags, NO_REKOR, draft, SigningConfigDraft.Kind.LOGS);
    removeIf(flags, NO_TSA, draft, SigningConfigDraft.Kind.TIMESTAMPS);
  }

  private static void removeIf(
      ParsedFlags flags,
      Flag<Boolean> flag,
      SigningConfigDraft draft,
      SigningConfigDraft.Kind kind) {
    if (flags.get(flag)) {
      draft.remove(kind);
    }
  }
}
