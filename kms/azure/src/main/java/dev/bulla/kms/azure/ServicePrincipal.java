package dev.bulla.kms.azure;

import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.IClientCredential;
import com.microsoft.aad.msal4j.MsalException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsHttp;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/**
 * An application of Microsoft Entra ID that is named in the variables, which shows a secret, a
 * certificate, or the token that a cluster or a CI system wrote into a file. MSAL makes the
 * requests; failures are told in our words.
 */
final class ServicePrincipal {

  private static final String TENANT = "AZURE_TENANT_ID";
  private static final String CLIENT = "AZURE_CLIENT_ID";
  private static final String SECRET = "AZURE_CLIENT_SECRET";
  private static final String CERTIFICATE = "AZURE_CLIENT_CERTIFICATE_PATH";
  private static final String FEDERATED = "AZURE_FEDERATED_TOKEN_FILE";
  private static final String MORE_TENANTS = "AZURE_ADDITIONALLY_ALLOWED_TENANTS";
  private static final int MAX_TOKEN = 1 << 16;

  private final KmsContext context;
  private final KmsHttp http;
  private final URI authority;

  private ServicePrincipal(KmsContext context, KmsHttp http, URI authority) {
    this.context = context;
    this.http = http;
    this.authority = authority;
  }

  static ServicePrincipal find(KmsContext context, KmsHttp http, URI authority) {
    return new ServicePrincipal(context, http, authority);
  }

  /** By the secret or the certificate. */
  Optional<String> tokenBySecret(TokenRequest request) throws TokenException {
    Optional<String> secret = context.variable(SECRET);
    Optional<Path> certificate = context.variable(CERTIFICATE).map(context.directory()::resolve);
    if (secret.isPresent()) {
      return Optional.of(ask(request, ClientCredentialFactory.createFromSecret(secret.get())));
    }
    return certificate.isPresent()
        ? Optional.of(ask(request, ClientCertificate.read(certificate.get(), context)))
        : Optional.empty();
  }

  /** By the token in a file; the file is read each time, since what writes it renews it. */
  Optional<String> tokenByFederation(TokenRequest request) throws TokenException {
    Optional<Path> file = context.variable(FEDERATED).map(context.directory()::resolve);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    String assertion;
    try (InputStream in = Files.newInputStream(file.get())) {
      assertion = LimitedInput.readAll(in, MAX_TOKEN, "token").toUtf8String("token").strip();
    } catch (IOException | MalformedInputException e) {
      throw misconfigured(
          FEDERATED + ": the token cannot be read from " + Quoted.plain(file.get().toString()),
          "the cluster's webhook or the CI system writes this file; is it mounted?");
    }
    return Optional.of(ask(request, ClientCredentialFactory.createFromClientAssertion(assertion)));
  }

  private String ask(TokenRequest request, IClientCredential credential) throws TokenException {
    String tenant = tenant(request);
    MsalTransport transport = new MsalTransport(http, authority);
    try {
      ConfidentialClientApplication application =
          ConfidentialClientApplication.builder(needed(CLIENT), credential)
              .authority(authority + "/" + tenant + "/")
              // the authority is ours or the user's word; asking another host about it adds nothing
              .instanceDiscovery(false)
              .httpClient(transport)
              .executorService(java.util.concurrent.ForkJoinPool.commonPool())
              .build();
      IAuthenticationResult result =
          application
              .acquireToken(ClientCredentialParameters.builder(Set.of(request.scope())).build())
              .get();
      return result.accessToken();
    } catch (ExecutionException e) {
      throw EntraAnswer.failure(transport);
    } catch (MsalException | MalformedURLException | IllegalArgumentException e) {
      throw misconfigured(
          "the service principal in the variables cannot be used", AzureTokens.LOG_IN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TokenException(Problem.UNREACHABLE, "interrupted", AzureTokens.LOG_IN);
    }
  }

  private String needed(String name) throws TokenException {
    String value = context.variable(name).orElse("");
    if (!value.matches("[A-Za-z0-9.-]{1,253}")) {
      throw misconfigured(
          value.isEmpty() ? name + " is not set" : name + " is not an id",
          "a service principal needs " + TENANT + " and " + CLIENT);
    }
    return value;
  }

  /** The principal's own directory, unless the user allows the vault's. */
  private String tenant(TokenRequest request) throws TokenException {
    String own = needed(TENANT);
    String vaults = request.tenant().orElse(own);
    // a directory has a domain name too, which cannot be compared
    if (own.contains(".") || vaults.contains(".") || vaults.equalsIgnoreCase(own)) {
      return own;
    }
    List<String> more =
        List.of(
            context.variable(MORE_TENANTS).orElse("").toLowerCase(Locale.ROOT).split("[; ,]+", -1));
    if (more.contains("*") || more.contains(vaults.toLowerCase(Locale.ROOT))) {
      return vaults;
    }
    throw misconfigured(
        "the vault belongs to the tenant " + vaults + ", and " + TENANT + " is another",
        "set " + TENANT + " to it, or name it in " + MORE_TENANTS);
  }

  private static TokenException misconfigured(String message, String hint) {
    return new TokenException(Problem.MISCONFIGURED, message, hint);
  }

  /** Shows nothing of the variables. */
  @Override
  public String toString() {
    return "ServicePrincipal[" + authority + "]";
  }
}
