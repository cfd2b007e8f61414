package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import java.util.Optional;

/**
 * A job of GitHub Actions that may ask for tokens ({@code permissions: id-token: write}). Source:
 * GitHub, "OpenID Connect reference".
 */
final class GitHubActions implements AmbientProvider {

  private static final String URL = "ACTIONS_ID_TOKEN_REQUEST_URL";
  private static final String TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

  private final Surroundings machine;
  private final ServiceCaller http;

  GitHubActions(Surroundings machine, ServiceCaller http) {
    this.machine = machine;
    this.http = http;
  }

  @Override
  public String name() {
    return "github-actions";
  }

  @Override
  public boolean isHere() {
    return machine.has(URL) && machine.has(TOKEN);
  }

  @Override
  public String sign() {
    return URL + " and " + TOKEN + " are set, which they are with `permissions: id-token: write`";
  }

  @Override
  public Optional<IdentityToken> token(String audience) throws BullaException {
    ServiceUrl url;
    try {
      url =
          ServiceUrl.parse(
              new Form().add("audience", audience).appendedTo(machine.variable(URL).orElse("")));
    } catch (MalformedInputException e) {
      throw new ConfigurationException(URL + ": " + e.message(), e);
    }
    ServiceRequest request =
        ServiceRequest.get(url, Limits.MAX_TOKEN_BODY)
            .bearer(machine.variable(TOKEN).orElse(""))
            .with("Accept", "application/json");
    ServiceAnswer answer = http.call(request);
    return Optional.of(TokenAnswers.token(request, answer, "value"));
  }
}
