package dev.bulla.sigstore.oidc;

/** What to do where there is no token: each CI system has its own way to hand one out. */
final class MissingTokenAdvice {

  private MissingTokenAdvice() {}

  static String of(Surroundings machine, String audience) {
    if (machine.has("GITHUB_ACTIONS")) {
      return "give the job `permissions: id-token: write`";
    }
    if (machine.has("GITLAB_CI")) {
      return "give the job `id_tokens: SIGSTORE_ID_TOKEN: aud: " + audience + "`";
    }
    if (machine.has("BITBUCKET_BUILD_NUMBER")) {
      return "give the step `oidc: audiences: [" + audience + "]`";
    }
    if (machine.has("CIRCLECI")) {
      return "give the job a context, so that CIRCLE_OIDC_TOKEN_V2 is set";
    }
    if (machine.has("JENKINS_URL")) {
      return "bind a credential of the plugin oidc-provider to SIGSTORE_ID_TOKEN";
    }
    if (machine.has("SPIFFE_ENDPOINT_SOCKET")) {
      return "let spiffe-helper keep a JWT-SVID for "
          + audience
          + " in a file, and name the file in SPIFFE_JWT_SVID_FILE";
    }
    return "give a token with --identity-token or SIGSTORE_ID_TOKEN, sign in on another device with"
        + " --fulcio-auth-flow device, or sign with a key";
  }
}
