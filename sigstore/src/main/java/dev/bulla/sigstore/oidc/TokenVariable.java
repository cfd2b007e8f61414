package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import java.util.Optional;

/**
 * A variable that holds a token, which somebody asked for before us: by hand, or the CI system as
 * its configuration says.
 */
final class TokenVariable implements AmbientProvider {

  private final Surroundings machine;
  private final String name;
  private final String system;
  private final String variable;
  private final boolean anyAudience;
  private final String how;

  private TokenVariable(
      Surroundings machine,
      String name,
      String system,
      String variable,
      boolean anyAudience,
      String how) {
    this.machine = machine;
    this.name = name;
    this.system = system;
    this.variable = variable;
    this.anyAudience = anyAudience;
    this.how = how;
  }

  /** Any machine, as cosign has it. */
  static TokenVariable any(Surroundings machine) {
    return new TokenVariable(machine, "envvar", "", "SIGSTORE_ID_TOKEN", true, "");
  }

  /**
   * GitLab CI, where jobs name their variables. Source: GitLab, "OpenID Connect with ID tokens".
   */
  static TokenVariable gitLab(Surroundings machine) {
    return new TokenVariable(
        machine,
        "gitlab",
        "GITLAB_CI",
        "SIGSTORE_ID_TOKEN",
        true,
        ", as with `id_tokens: SIGSTORE_ID_TOKEN: aud: sigstore`");
  }

  /** Jenkins with the plugin oidc-provider, whose credentials are bound to variables. */
  static TokenVariable jenkins(Surroundings machine) {
    return new TokenVariable(
        machine,
        "jenkins",
        "JENKINS_URL",
        "SIGSTORE_ID_TOKEN",
        true,
        ", as with a credential of the plugin oidc-provider");
  }

  /** Bitbucket Pipelines. Source: Bitbucket, "Integrate Pipelines with resource servers". */
  static TokenVariable bitbucket(Surroundings machine) {
    return new TokenVariable(
        machine,
        "bitbucket",
        "",
        "BITBUCKET_STEP_OIDC_TOKEN",
        false,
        ", as in steps with `oidc: audiences: [sigstore]`");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isHere() {
    return machine.has(variable) && (system.isEmpty() || machine.has(system));
  }

  @Override
  public String sign() {
    return (system.isEmpty() ? variable + " is set" : system + " and " + variable + " are set")
        + how;
  }

  @Override
  public Optional<IdentityToken> token(String audience) throws BullaException {
    try {
      IdentityToken token = IdentityToken.parse(machine.variable(variable).orElse("").strip());
      if (!anyAudience) {
        token.requireFor(audience);
      }
      return Optional.of(token);
    } catch (BullaException e) {
      throw e.in(variable);
    }
  }
}
