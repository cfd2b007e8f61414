package dev.bulla.kms.gcp;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp;
import dev.bulla.keys.kms.KmsProxies;
import dev.bulla.keys.kms.KmsTrust;
import dev.bulla.registry.auth.CloudCredentialProvider;
import dev.bulla.registry.auth.CloudLogin;
import dev.bulla.registry.auth.CloudRegistry;
import dev.bulla.registry.auth.CloudRegistry.Cloud;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.auth.RegistryEnvironment;
import java.time.Duration;
import java.util.Optional;

/**
 * Logs in to Artifact Registry and Container Registry with Application Default Credentials, found
 * as for keys in Cloud KMS: the registry takes an access token as the password of {@code
 * oauth2accesstoken}.
 *
 * <p>Source: Artifact Registry, "Set up authentication for Docker", access token.
 */
public final class GoogleLogin implements CloudCredentialProvider {

  private static final String USER = "oauth2accesstoken";

  /** For {@link java.util.ServiceLoader}. */
  public GoogleLogin() {}

  @Override
  public Cloud cloud() {
    return Cloud.GOOGLE_ARTIFACT_REGISTRY;
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
    KmsContext context = KmsContext.of(environment.variables(), environment.home(), limit);
    KmsFailures failures =
        new KmsFailures("Google Cloud", registry.host(), KmsFailures.Subject.REGISTRY);
    try (KmsHttp http =
        KmsHttp.create(
            limit,
            KmsTrust.of(context, Optional.empty(), Optional.empty()),
            Optional.of(KmsProxies.of(context)))) {
      return ask(context, http, failures);
    } catch (KeyException e) {
      throw KmsFailures.asConfiguration(e);
    }
  }

  private static Optional<CloudLogin> ask(KmsContext context, KmsHttp http, KmsFailures failures)
      throws KeyException {
    GoogleTokens tokens = GoogleTokens.find(context, http, failures, GoogleTokens.PLATFORM_SCOPE);
    try {
      BearerToken token = tokens.token();
      return Optional.of(new CloudLogin(new Credentials.Basic(USER, token.value()), token.ends()));
    } catch (KeyException e) {
      if (tokens.isMachine() && e.problem() == Problem.NOT_AUTHENTICATED) {
        // no file was named, and this is no machine with an account
        return Optional.empty();
      }
      throw e;
    }
  }
}
