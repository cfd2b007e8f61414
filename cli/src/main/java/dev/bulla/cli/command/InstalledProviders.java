package dev.bulla.cli.command;

import dev.bulla.error.ConfigurationException;
import dev.bulla.keys.kms.InstalledServices;
import dev.bulla.registry.auth.AmbientCredentials;
import dev.bulla.registry.auth.CloudCredentialProvider;
import dev.bulla.registry.auth.CloudRegistry.Cloud;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What was installed for services with large libraries: jars in {@code kms/SCHEME} beside ours. */
final class InstalledProviders implements InstalledServices.Location, AmbientCredentials.Lookup {

  private final InstalledServices services = InstalledServices.onClassPathOrIn(this);

  /** For whoever looks for a provider of keys. */
  InstalledServices services() {
    return services;
  }

  /** For whoever looks for a cloud's logins. */
  AmbientCredentials.Lookup clouds() {
    return this;
  }

  @Override
  public Optional<Path> find() {
    return Installation.folder("kms");
  }

  /** A cloud's registry logins lie with its keys: both need the same libraries. */
  @Override
  public Optional<CloudCredentialProvider> find(Cloud cloud) throws ConfigurationException {
    String folder;
    if (cloud == Cloud.AMAZON_ECR) {
      folder = "awskms";
    } else if (cloud == Cloud.GOOGLE_ARTIFACT_REGISTRY) {
      folder = "gcpkms";
    } else {
      folder = "azurekms";
    }
    try {
      return services.find(
          CloudCredentialProvider.class, folder, provider -> provider.cloud() == cloud);
    } catch (IOException e) {
      throw new ConfigurationException(
          "the provider of credentials for " + cloud + " " + e.getMessage(), e);
    }
  }
}
