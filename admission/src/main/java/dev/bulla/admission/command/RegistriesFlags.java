package dev.bulla.admission.command;

import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.cli.command.CommandContext;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.FlagGroup;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.ConfigurationException;
import dev.bulla.keys.kms.KmsProviders;
import java.util.List;
import java.util.Set;

/** How the webhook asks registries. */
final class RegistriesFlags {

  private static final Flag<String> SECRETS =
      Flag.text("secrets-dir", "folder with a folder for each secret that validators name")
          .orElse("/app/secrets");

  private static final Flag<List<String>> ALLOW_HTTP =
      Flag.repeatable("allow-http-registry", "HOST:PORT of a registry without TLS (insecure)");

  private static final Flag<List<String>> ALLOW_INNER =
      Flag.repeatable(
          "allow-inner-registry",
          "HOST:PORT of a registry that may have an address of this machine or network");

  static final FlagGroup GROUP = FlagGroup.of("Registries", SECRETS, ALLOW_HTTP, ALLOW_INNER);

  private RegistriesFlags() {}

  static VerifierOptions options(ParsedFlags flags, CommandContext context)
      throws ConfigurationException {
    return VerifierOptions.in(context.environment().asMap())
        .withSecretsDir(context.files().resolve(flags.get(SECRETS)))
        .withHttpRegistries(Set.copyOf(flags.get(ALLOW_HTTP)))
        .withInnerRegistries(Set.copyOf(flags.get(ALLOW_INNER)))
        .withKeyProviders(KmsProviders.of(context.services()))
        .withClouds(context.clouds())
        .withNotices(context::note);
  }
}
