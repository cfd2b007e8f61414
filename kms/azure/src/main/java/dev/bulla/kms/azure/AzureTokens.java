package dev.bulla.kms.azure;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsHttp;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Who asks, found in the order of Azure's own clients ({@code DefaultAzureCredential}): a service
 * principal or a workload in the variables, the identity of the machine, the user of the Azure CLI,
 * the user of the Azure Developer CLI. Tokens are kept until they are refused.
 */
final class AzureTokens {

  static final String LOG_IN =
      "run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET";

  private static final String CHOICE = "AZURE_TOKEN_CREDENTIALS";

  private final List<TokenSource> sources;
  private final Map<TokenRequest, String> known = new HashMap<>();

  private AzureTokens(List<TokenSource> sources) {
    this.sources = sources;
  }

  /**
   * Reads the variables; nobody is asked yet.
   *
   * @param authority where service principals log in
   */
  static AzureTokens find(KmsContext context, KmsHttp http, URI authority) throws KeyException {
    Map<String, TokenSource> all = new LinkedHashMap<>();
    ServicePrincipal principal = ServicePrincipal.find(context, http, authority);
    all.put("environmentcredential", principal::tokenBySecret);
    all.put("workloadidentitycredential", principal::tokenByFederation);
    all.put("managedidentitycredential", MachineIdentity.of(context));
    all.put("azureclicredential", LoggedIn.azureCli(context));
    all.put("azuredeveloperclicredential", LoggedIn.developerCli(context));
    String choice = context.variable(CHOICE).orElse("").toLowerCase(Locale.ROOT);
    List<TokenSource> sources = new ArrayList<>(all.values());
    switch (choice) {
      case "" -> {
        return new AzureTokens(sources);
      }
      case "prod" -> {
        return new AzureTokens(sources.subList(0, 3));
      }
      case "dev" -> {
        return new AzureTokens(sources.subList(3, 5));
      }
      default -> {
        TokenSource only = all.get(choice);
        if (only != null) {
          return new AzureTokens(List.of(only));
        }
      }
    }
    throw KeyException.of(
        Problem.MISCONFIGURED,
        CHOICE + " names no credentials that are known here",
        "it is prod, dev, EnvironmentCredential, WorkloadIdentityCredential,"
            + " ManagedIdentityCredential, AzureCliCredential or AzureDeveloperCliCredential",
        null);
  }

  /** A token, made now or before. */
  String token(TokenRequest request) throws TokenException {
    return find(request)
        .orElseThrow(() ->
            new TokenException(
                Problem.NOT_AUTHENTICATED, "no Azure credentials were found", LOG_IN));
  }

  /** As {@link #token}; empty when nobody here has an identity in Azure. */
  synchronized Optional<String> find(TokenRequest request) throws TokenException {
    Optional<String> token = Optional.ofNullable(known.get(request));
    if (token.isEmpty()) {
      token = ask(request);
      token.ifPresent(made -> known.put(request, made));
    }
    return token;
  }

  private Optional<String> ask(TokenRequest request) throws TokenException {
    for (TokenSource source : sources) {
      Optional<String> token = source.token(request);
      if (token.isPresent()) {
        if (!token.get().matches("[!-~]{1,65536}")) {
          throw new TokenException(Problem.BAD_ANSWER, "what was given is no token", LOG_IN);
        }
        return token;
      }
    }
    return Optional.empty();
  }

  /** The next request asks for a new token. */
  synchronized void forget() {
    known.clear();
  }

  /** Shows no credentials. */
  @Override
  public String toString() {
    return "AzureTokens[" + sources.size() + "]";
  }
}
