package dev.bulla.admission.verify;

import dev.bulla.error.BullaException;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.trust.TrustMaterial;
import dev.bulla.sigstore.trust.TrustSettings;
import dev.bulla.sigstore.trust.TufMirrors;
import dev.bulla.trust.TrustedRoot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * The trusted root of the Sigstore instance that the environment names: {@code TUF_ROOT}, {@code
 * TUF_MIRROR}, {@code TUF_ROOT_JSON}, else the public one. Renewed beside the requests; the last
 * good one is used for a day, and what is kept on disk until it expires.
 */
final class LiveTrust {

  private static final Duration RENEW_AFTER = Duration.ofHours(1);
  private static final Duration USABLE_FOR = Duration.ofDays(1);

  private final Surroundings surroundings;
  private final TrustSettings settings;
  private final Renewed<TrustedRoot> root;

  LiveTrust(Surroundings surroundings) {
    this.surroundings = surroundings;
    VerifierOptions options = surroundings.options();
    this.settings = settings(options);
    this.root =
        new Renewed<>(
            "the trusted root",
            this::fetch,
            RENEW_AFTER,
            USABLE_FOR,
            options.clock(),
            new Semaphore(1));
  }

  private static TrustSettings settings(VerifierOptions options) {
    Map<String, String> environment = options.environment();
    return new TrustSettings(
        value(environment, "TUF_ROOT")
            .map(Path::of)
            .orElse(options.home().resolve(".sigstore").resolve("root")),
        value(environment, "TUF_MIRROR"),
        value(environment, "TUF_ROOT_JSON").map(Path::of),
        false);
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
  }

  private TrustedRoot fetch() throws BullaException {
    try (HttpTransport transport = surroundings.serviceTransport()) {
      ServiceCaller caller = surroundings.serviceCaller(transport);
      VerifierOptions options = surroundings.options();
      return TrustedRoot.parse(
          new TrustMaterial(
                  settings, TufMirrors.of(() -> caller), options.clock(), options.notices())
              .trustedRoot());
    }
  }

  Renewed<TrustedRoot> renewed() {
    return root;
  }

  TrustedRoot get(Instant deadline) throws BullaException {
    return root.get(deadline);
  }
}
