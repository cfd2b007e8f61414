package dev.bulla.admission.command;

import dev.bulla.admission.config.FeatureSettings;
import dev.bulla.admission.server.ServerOptions;
import dev.bulla.admission.verify.VerifierOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What the webhook is started with.
 *
 * @param config the configuration, or the folder with it
 * @param alerts configuration of alerts; without it, what a {@code values.yaml} says
 * @param alertTemplates folder of the user's templates of alerts
 * @param kubeconfig how the API server is reached; without it, as pods reach it
 * @param features what goes before the configuration
 * @param environment the process environment, read by the caller
 */
public record WebhookOptions(
    Path config,
    Optional<Path> alerts,
    Optional<Path> alertTemplates,
    Optional<Path> kubeconfig,
    FeatureSettings features,
    ServerOptions server,
    VerifierOptions verifier,
    Map<String, String> environment) {

  public WebhookOptions {
    environment = Map.copyOf(environment);
  }

  /** Nothing but what is needed, and the features of the configuration. */
  public static WebhookOptions of(Path config, ServerOptions server, VerifierOptions verifier) {
    return new WebhookOptions(
        config,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        FeatureSettings.NONE,
        server,
        verifier,
        verifier.environment());
  }

  public WebhookOptions withAlerts(Path file, Optional<Path> templates) {
    return new WebhookOptions(
        config, Optional.of(file), templates, kubeconfig, features, server, verifier, environment);
  }

  public WebhookOptions withKubeconfig(Path file) {
    return new WebhookOptions(
        config, alerts, alertTemplates, Optional.of(file), features, server, verifier, environment);
  }

  public WebhookOptions withFeatures(FeatureSettings settings) {
    return new WebhookOptions(
        config, alerts, alertTemplates, kubeconfig, settings, server, verifier, environment);
  }

  /** Shows no values of the environment: some are secret. */
  @Override
  public String toString() {
    return "WebhookOptions[" + config + ", " + server + "]";
  }
}
