package dev.bulla.admission.command;

import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.cli.command.CommandContext;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.FlagGroup;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.keys.kms.KmsProviders;
import dev.bulla.proxy.IpRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  private static final Flag<List<String>> REFUSE =
      Flag.repeatable(
          "refuse-network", "CIDR of addresses that no registry has that is not allowed by name");

  static final FlagGroup GROUP =
      FlagGroup.of("Registries", SECRETS, ALLOW_HTTP, ALLOW_INNER, REFUSE);

  private RegistriesFlags() {}

  static VerifierOptions options(ParsedFlags flags, CommandContext context)
      throws ConfigurationException {
    return VerifierOptions.in(context.environment().asMap())
        .withSecretsDir(context.files().resolve(flags.get(SECRETS)))
        .withHttpRegistries(Set.copyOf(flags.get(ALLOW_HTTP)))
        .withInnerRegistries(Set.copyOf(flags.get(ALLOW_INNER)))
        .withRefusedNetworks(networks(flags.get(REFUSE)))
        .withKeyProviders(KmsProviders.of(context.services()))
        .withClouds(context.clouds())
        .withNotices(context::note);
  }

  private static List<IpRange> networks(List<String> texts) throws ConfigurationException {
    List<IpRange> ranges = new ArrayList<>();
    for (String text : texts) {
      Optional<IpRange> range = IpRange.parse(text);
      if (range.isEmpty()) {
        throw new ConfigurationException(
            "--refuse-network wants a range of addresses, not " + Quoted.text(text),
            "write it as in 10.96.0.0/12 or fd00::/8");
      }
      ranges.add(range.get());
    }
    return ranges;
  }
}
