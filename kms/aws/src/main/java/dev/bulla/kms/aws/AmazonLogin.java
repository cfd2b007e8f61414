package dev.bulla.kms.aws;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.KeyException;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.registry.auth.CloudCredentialProvider;
import dev.bulla.registry.auth.CloudLogin;
import dev.bulla.registry.auth.CloudRegistry;
import dev.bulla.registry.auth.CloudRegistry.Cloud;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.auth.RegistryEnvironment;
import java.time.Duration;
import java.util.Optional;

/**
 * Logs in to Amazon ECR, private and public, with the credentials that keys in AWS KMS are used
 * with: {@code GetAuthorizationToken} of the registry's own region.
 */
public final class AmazonLogin implements CloudCredentialProvider {

  /** For {@link java.util.ServiceLoader}. */
  public AmazonLogin() {}

  @Override
  public Cloud cloud() {
    return Cloud.AMAZON_ECR;
  }

  @Override
  public Optional<Credentials> exchange(
      CloudRegistry registry, RegistryEnvironment environment, Duration limit)
      throws ConfigurationException {
    return logIn(registry, environment, limit).map(CloudLogin::credentials);
  }

  @Override
  public Optional<CloudLogin> logIn(
      CloudRegistry registry, RegistryEnvironment environment, Duration limit)
      throws ConfigurationException {
    KmsFailures failures =
        new KmsFailures(cloud().toString(), registry.host(), KmsFailures.Subject.REGISTRY);
    KmsContext context = KmsContext.of(environment.variables(), environment.home(), limit);
    try {
      return AuthorizationToken.of(registry, context, failures);
    } catch (KeyException e) {
      throw KmsFailures.asConfiguration(e);
    }
  }
}
