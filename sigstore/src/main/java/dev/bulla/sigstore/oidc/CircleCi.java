package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A job of CircleCI. The token that every job has is for the organisation; one for somebody else is
 * what the job's own command makes. Source: CircleCI, "OIDC tokens with custom claims".
 */
final class CircleCi implements AmbientProvider {

  private static final String TOKEN = "CIRCLE_OIDC_TOKEN_V2";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Surroundings machine;

  CircleCi(Surroundings machine) {
    this.machine = machine;
  }

  @Override
  public String name() {
    return "circleci";
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
    IdentityToken given;
    try {
      given = IdentityToken.parse(machine.variable(TOKEN).orElse("").strip());
    } catch (MalformedInputException e) {
      throw e.in(TOKEN);
    }
    if (given.audiences().contains(audience)) {
      return Optional.of(given);
    }
    Optional<Program> program = Program.find("circleci", machine, CircleCi::isPassed);
    if (program.isEmpty()) {
      throw new ConfigurationException(
          TOKEN + " is for another audience, and there is no `circleci` to ask for a token with",
          "bulla has to run in the job itself; or put the output of `circleci run oidc get` for"
              + " this audience into SIGSTORE_ID_TOKEN");
    }
    String claims =
        GoJson.write(JsonObject.builder().put("aud", audience).build()).toUtf8String("claims");
    try {
      return Optional.of(
          IdentityToken.parse(
              program.get().run(List.of("run", "oidc", "get", "--claims", claims), PATIENCE)));
    } catch (IOException e) {
      throw new ConfigurationException("`circleci run oidc get`: " + e.getMessage(), e);
    } catch (MalformedInputException e) {
      throw e.in("`circleci run oidc get`");
    }
  }

  /** Its own variables, and what every program needs. */
  private static boolean isPassed(String variable) {
    return variable.startsWith("CIRCLE")
        || variable.equals("PATH")
        || variable.equals("HOME")
        || variable.equals("CI")
        || variable.endsWith("_PROXY")
        || variable.endsWith("_proxy");
  }
}
