package dev.bulla.cli.command;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.ErrorCode;
import dev.bulla.error.LogException;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.config.ConfiguredService;
import dev.bulla.sigstore.config.SigningConfig;
import dev.bulla.trust.TrustedRoot;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Signing configurations: where they come from, and what a line takes out of one. */
final class SigningConfigs {

  private SigningConfigs() {}

  static SigningConfig ofFile(String file, CommandContext context) throws BullaException {
    try {
      return SigningConfig.parse(context.files().read(file, Limits.MAX_KEY_FILE));
    } catch (BullaException e) {
      throw e.in("error reading signing config from file");
    }
  }

  /**
   * What the user's Sigstore instance publishes.
   *
   * @param root its trusted root; empty when that could not be had
   */
  record Published(SigningConfig config, Optional<TrustedRoot> root) {}

  /**
   * Asks the instance.
   *
   * @throws LogException when it cannot be asked and nothing was kept
   */
  static Published published(CommandContext context, boolean keyless) throws BullaException {
    try (InstanceTrust instance = InstanceTrust.of(context, false)) {
      SigningConfig config = SigningConfig.parse(instance.material().signingConfig());
      return new Published(config, root(instance, context));
    } catch (BullaException e) {
      // whoever has a key can go on without the instance
      throw keyless || e.code() != ErrorCode.UNDECIDED
          ? e
          : new LogException(e.message(), SigningChoice.WAYS_ON);
    }
  }

  private static Optional<TrustedRoot> root(InstanceTrust instance, CommandContext context)
      throws BullaException {
    try {
      return Optional.of(TrustedRoot.parse(instance.material().trustedRoot()));
    } catch (BullaException e) {
      if (e.code() != ErrorCode.UNDECIDED) {
        throw e;
      }
      context.warn(
          "Could not fetch trusted_root.json from the TUF repository, so the new signature is not"
              + " checked before it is stored. Error from TUF: "
              + e.message());
      return Optional.empty();
    }
  }

  /**
   * The services of a configuration that are valid now.
   *
   * @param issued whether a certificate is wanted
   * @param root of the instance that published it
   */
  static SigningChoice select(
      SigningConfig config,
      boolean keyless,
      boolean issued,
      SigningChoice.Source source,
      Optional<TrustedRoot> root)
      throws BullaException {
    Instant now = Instant.now();
    return new SigningChoice(
        keyless,
        issued ? Optional.of(authority(config, now)) : Optional.empty(),
        issued ? Optional.of(issuer(config, now)) : Optional.empty(),
        logs(config, now),
        timestampAuthorities(config, now),
        source,
        root);
  }

  private static String authority(SigningConfig config, Instant now) throws ConfigurationException {
    try {
      return config.authority(now).url();
    } catch (ConfigurationException e) {
      throw e.in("selecting certificate authority");
    }
  }

  private static String issuer(SigningConfig config, Instant now) throws ConfigurationException {
    try {
      return config.issuer(now).url();
    } catch (ConfigurationException e) {
      throw e.in("getting keypair and token: retrieving ID token: selecting OIDC issuer");
    }
  }

  private static List<SigningChoice.Log> logs(SigningConfig config, Instant now)
      throws ConfigurationException {
    try {
      return config.logs(now, new SecureRandom()).stream()
          .map(log -> new SigningChoice.Log(log.url(), (int) log.version()))
          .toList();
    } catch (ConfigurationException e) {
      throw e.in("selecting transparency logs");
    }
  }

  private static List<String> timestampAuthorities(SigningConfig config, Instant now)
      throws ConfigurationException {
    try {
      return config.timestampAuthorities(now, new SecureRandom()).stream()
          .map(ConfiguredService::url)
          .toList();
    } catch (ConfigurationException e) {
      throw e.in("selecting timestamp authorities");
    }
  }
}
