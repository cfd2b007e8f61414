package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import java.util.Optional;

/**
 * Another service account of Google's, which whoever runs us may speak for. Who that is says an
 * access token: {@code CLOUDSDK_AUTH_ACCESS_TOKEN}, {@code GOOGLE_OAUTH_ACCESS_TOKEN}, or that of
 * the machine's own account. Source: Google Cloud, IAM Credentials API, {@code generateIdToken}.
 */
final class GoogleImpersonation implements AmbientProvider {

  private static final String ACCOUNT = "GOOGLE_SERVICE_ACCOUNT_NAME";
  private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";

  private final Surroundings machine;
  private final ServiceCaller http;
  private final GoogleMetadata metadata;
  private final String service;

  /**
   * @param service the service's URL
   */
  GoogleImpersonation(
      Surroundings machine, ServiceCaller http, GoogleMetadata metadata, String service) {
    this.machine = machine;
    this.http = http;
    this.metadata = metadata;
    this.service = service;
  }

  @Override
  public String name() {
    return "google-impersonate";
  }

  @Override
  public boolean isHere() {
    return machine.has(ACCOUNT);
  }

  @Override
  public String sign() {
    return ACCOUNT + " is set";
  }

  @Override
  public Optional<IdentityToken> token(String audience) throws BullaException {
    String account = machine.variable(ACCOUNT).orElse("");
    if (!account.matches("[A-Za-z0-9@._-]{1,300}")) {
      throw new ConfigurationException(ACCOUNT + " is no service account");
    }
    ServiceRequest request =
        ServiceRequest.post(
                ServiceUrl.parse(service)
                    .below("/v1/projects/-/serviceAccounts/" + account + ":generateIdToken"),
                "application/json",
                GoJson.write(
                    JsonObject.builder()
                        .put("audience", audience)
                        .put("includeEmail", true)
                        .build()),
                Limits.MAX_TOKEN_BODY)
            .bearer(accessToken());
    ServiceAnswer answer = http.call(request);
    return Optional.of(TokenAnswers.token(request, answer, "token"));
  }

  private String accessToken() throws BullaException {
    Optional<String> given =
        machine
            .variable("CLOUDSDK_AUTH_ACCESS_TOKEN")
            .or(() -> machine.variable("GOOGLE_OAUTH_ACCESS_TOKEN"));
    if (given.isPresent()) {
      return checked(given.get());
    }
    Optional<GoogleMetadata.Reply> own =
        metadata.isHere()
            ? metadata.ask("token", new Form().add("scopes", SCOPE))
            : Optional.empty();
    if (own.isEmpty()) {
      throw new ConfigurationException(
          ACCOUNT + " is set, and there is no access token to speak for that account with",
          "set CLOUDSDK_AUTH_ACCESS_TOKEN to what `gcloud auth print-access-token` prints");
    }
    ServiceRequest request = own.get().request();
    String token =
        TokenEndpoint.text(ServiceCaller.json(request, own.get().answer()), "access_token");
    if (token.isEmpty()) {
      throw ServiceCaller.badAnswer(request, "it holds no access_token", null);
    }
    return checked(token);
  }

  private static String checked(String token) throws ConfigurationException {
    if (!token.matches("[!-~]{1,16384}")) {
      throw new ConfigurationException("Google's access token is no token");
    }
    return token;
  }
}
