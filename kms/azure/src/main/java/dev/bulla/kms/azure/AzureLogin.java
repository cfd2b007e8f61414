package dev.bulla.kms.azure;

import dev.bulla.bytes.Base64Text;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
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
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Logs in to Azure Container Registry with the credentials that are found as for keys in Key Vault:
 * the registry exchanges an access token for a refresh token of its own.
 *
 * <p>Source: Azure Container Registry, "Integrating with Azure Container Registry via REST", {@code
 * /oauth2/exchange}.
 */
public final class AzureLogin implements CloudCredentialProvider {

  /** What the registry calls everybody who shows a token of its own. */
  private static final String USER = "00000000-0000-0000-0000-000000000000";

  private static final String RIGHTS =
      "give the identity the role AcrPull, or AcrPush to write, on the registry";

  private final Function<CloudRegistry, URI> address;

  /** For {@link java.util.ServiceLoader}. */
  public AzureLogin() {
    this(registry -> URI.create("https://" + registry.host()));
  }

  /** With another place for the exchange, for tests. */
  AzureLogin(Function<CloudRegistry, URI> address) {
    this.address = address;
  }

  @Override
  public Cloud cloud() {
    return Cloud.AZURE_CONTAINER_REGISTRY;
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
    Optional<AzureCloud> cloud = AzureCloud.ofRegistry(registry.host());
    if (registry.cloud() != cloud() || cloud.isEmpty()) {
      return Optional.empty();
    }
    KmsContext context = KmsContext.of(environment.variables(), environment.home(), limit);
    KmsFailures failures = new KmsFailures("Azure", registry.host(), KmsFailures.Subject.REGISTRY);
    try (KmsHttp http =
        KmsHttp.create(
            limit,
            KmsTrust.of(context, Optional.empty(), Optional.empty()),
            Optional.of(KmsProxies.of(context)))) {
      AzureTokens tokens = AzureTokens.find(context, http, cloud.get().authority(context));
      Optional<String> token =
          tokens.find(new TokenRequest(cloud.get().registryResource(), Optional.empty()));
      return token.isEmpty()
          ? Optional.empty()
          : Optional.of(login(exchange(registry, token.get(), http, failures), failures));
    } catch (TokenException e) {
      throw KmsFailures.asConfiguration(e.about(failures));
    } catch (KeyException e) {
      throw KmsFailures.asConfiguration(e);
    }
  }

  private JsonObject exchange(
      CloudRegistry registry, String token, KmsHttp http, KmsFailures failures)
      throws KeyException {
    String form =
        "grant_type=access_token&service="
            + registry.host()
            + "&access_token="
            + URLEncoder.encode(token, StandardCharsets.UTF_8);
    KmsHttp.Answer answer =
        http.ask(
            HttpRequest.newBuilder(address.apply(registry).resolve("/oauth2/exchange"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)),
            failures,
            registry.host(),
            refusal -> "HTTP " + refusal.status());
    if (!answer.isOk()) {
      throw failures.notAuthenticated(
          "the registry exchanges no token: HTTP " + answer.status(), RIGHTS, null);
    }
    try {
      return JsonParser.parseObject(answer.body(), "answer");
    } catch (MalformedInputException e) {
      // not its message, which may show a part of the token
      throw failures.badAnswer("no JSON", null);
    }
  }

  private static CloudLogin login(JsonObject answer, KmsFailures failures) throws KeyException {
    String token = EntraAnswer.text(answer, "refresh_token");
    if (!token.matches("[!-~]{1,65536}")) {
      throw failures.badAnswer("no refresh token", null);
    }
    return new CloudLogin(new Credentials.IdentityToken(USER, token), ends(token));
  }

  /** When the token ends, where it says so as a JSON Web Token does (RFC 7519 §4.1.4). */
  private static Instant ends(String token) {
    String[] parts = token.split("\\.", -1);
    try {
      if (parts.length == 3
          && JsonParser.parseObject(Base64Text.decodeAnyVariant(parts[1], "token"), "token")
                  .get("exp")
                  .orElse(JsonObject.EMPTY)
              instanceof JsonNumber seconds) {
        return Instant.ofEpochSecond(seconds.longValue());
      }
    } catch (MalformedInputException | DateTimeException e) {
      // as below
    }
    return Instant.MAX;
  }
}
