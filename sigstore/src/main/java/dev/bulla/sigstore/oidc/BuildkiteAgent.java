package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import java.util.Optional;

/**
 * A job of Buildkite, whose agent's service gives out tokens. Source: buildkite/agent, {@code api}.
 */
final class BuildkiteAgent implements AmbientProvider {

  private static final String TOKEN = "BUILDKITE_AGENT_ACCESS_TOKEN";
  private static final String ENDPOINT = "BUILDKITE_AGENT_ENDPOINT";
  private static final String JOB = "BUILDKITE_JOB_ID";
  private static final String USUAL_ENDPOINT = "https://agent.buildkite.com/v3";

  private final Surroundings machine;
  private final ServiceCaller http;

  BuildkiteAgent(Surroundings machine, ServiceCaller http) {
    this.machine = machine;
    this.http = http;
  }

  @Override
  public String name() {
    return "buildkite-agent";
  }

  @Override
  public boolean isHere() {
    return machine.has(TOKEN);
  }

  @Override
  public String sign() {
    return TOKEN + " is set";
  }

  @Override
  public Optional<IdentityToken> token(String audience) throws BullaException {
    String job = machine.variable(JOB).orElse("");
    if (!job.matches("[A-Za-z0-9-]{1,100}")) {
      throw new ConfigurationException(JOB + " is not set to a job");
    }
    String token = machine.variable(TOKEN).orElse("");
    ServiceRequest request =
        ServiceRequest.post(
                url(job),
                "application/json",
                GoJson.write(JsonObject.builder().put("audience", audience).build()),
                Limits.MAX_TOKEN_BODY)
            .with("Authorization", "Token " + token)
            .hiding(token);
    ServiceAnswer answer = http.call(request);
    return Optional.of(TokenAnswers.token(request, answer, "token"));
  }

  private ServiceUrl url(String job) throws ConfigurationException {
    try {
      return ServiceUrl.parse(machine.variable(ENDPOINT).orElse(USUAL_ENDPOINT))
          .below("/jobs/" + job + "/oidc/tokens");
    } catch (MalformedInputException e) {
      throw new ConfigurationException(ENDPOINT + ": " + e.message(), e);
    }
  }
}
