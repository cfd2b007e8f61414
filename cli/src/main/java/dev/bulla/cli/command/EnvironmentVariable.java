package dev.bulla.cli.command;

import java.util.List;

/**
 * One environment variable that bulla heeds.
 *
 * @param description what it does, to be read behind its name
 * @param expects what its value looks like
 * @param sensitive whether its value is masked
 */
record EnvironmentVariable(String name, String description, String expects, boolean sensitive) {

  /**
   * All of them, sorted by name. The names and what they expect are those of {@code cosign env}.
   */
  static List<EnvironmentVariable> all() {
    return List.of(
        secret(
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            "is bearer token for the request to the OIDC provider",
            "string with a bearer token"),
        open(
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "is the URL for GitHub's OIDC provider",
            "string with the URL for the OIDC provider"),
        secret(
            "BUILDKITE_AGENT_ACCESS_TOKEN",
            "is an access token used to identify the Buildkite agent",
            "string with an access token"),
        open("BUILDKITE_AGENT_ENDPOINT", "the Buildkite agent endpoint", "string with an endpoint"),
        open(
            "BUILDKITE_AGENT_LOG_LEVEL",
            "the log level for the Buildkite agent",
            "string with log level, either debug, notice, info, error, warn, fatal (default:"
                + " notice)"),
        open(
            "BUILDKITE_JOB_ID",
            "the Buildkite job ID to claim in the OIDC token",
            "string with a job ID"),
        open(
            "COSIGN_DOCKER_MEDIA_TYPES",
            "writes signature objects with Docker's media types, for registries without OCI ones",
            "1 to fallback to legacy OCI media types equivalents (0 by default)"),
        open(
            "COSIGN_EXPERIMENTAL",
            "turns on what is experimental in the cosign that bulla follows",
            "1 if experimental features should be enabled (0 by default)"),
        open(
            "COSIGN_MAX_ATTACHMENT_SIZE",
            "is the size of the largest attachment to download (default 128MiB)",
            "human-readable unit of memory, e.g. 5120, 20K, 3M, 45MiB, 1GB"),
        secret(
            "COSIGN_PASSWORD",
            "is the password of private keys; nobody is asked for one",
            "string with a password (asks on stdin by default)"),
        open(
            "COSIGN_PKCS11_IGNORE_CERTIFICATE",
            "leaves the certificates on PKCS#11 tokens alone",
            "1 if loading certificates should be disabled (0 by default)"),
        open("COSIGN_PKCS11_MODULE_PATH", "is the PKCS#11 module", "string with a module-path"),
        secret(
            "COSIGN_PKCS11_PIN",
            "is the PIN of a PKCS#11 token, where the key's URI has none",
            "string with a PIN"),
        open(
            "COSIGN_REPOSITORY",
            "is where signatures are kept instead of beside their image",
            "string with a repository"),
        open(
            "GITHUB_HOST",
            "is URL of the GitHub Enterprise instance",
            "string with the URL of GitHub Enterprise instance"),
        secret(
            "GITHUB_TOKEN",
            "is a token used to authenticate with GitHub",
            "token generated on GitHub"),
        open(
            "GITLAB_HOST",
            "is URL of the GitLab instance",
            "string with the URL of GitLab instance"),
        secret(
            "GITLAB_TOKEN", "is a token used to authenticate with GitLab", "string with a token"),
        open(
            "GOOGLE_SERVICE_ACCOUNT_NAME",
            "is the service account to impersonate at Google",
            "string with the service account's name"),
        open(
            "SIGSTORE_CT_LOG_PUBLIC_KEY_FILE",
            "is the key that checks the certificate timestamps Fulcio hands out",
            "path to the public key file"),
        secret(
            "SIGSTORE_ID_TOKEN",
            "is the identity token to show to Fulcio",
            "string with a OIDC token"),
        open(
            "SIGSTORE_REKOR_PUBLIC_KEY",
            "is the key of the Rekor log, got by another way",
            "path to the public key"),
        open(
            "SIGSTORE_ROOT_FILE",
            "is the certificate authority in place of the public one",
            "path to the root CA"),
        open(
            "SIGSTORE_TSA_CERTIFICATE_FILE",
            "is the timestamp authority's certificate chain in PEM: leaf, intermediates, root",
            "path to the TSA certificate file"),
        open(
            "SOURCE_DATE_EPOCH",
            "is the time to use instead of now, for reproducible builds",
            "number of seconds since unix epoch"),
        open(
            "SPIFFE_ENDPOINT_SOCKET",
            "is the SPIFFE agent's socket, where it is not the usual one",
            "string with SPIFFE socket path"),
        open(
            "TUF_MIRROR",
            "is the TUF repository to fetch trust material from; needs TUF_ROOT_JSON",
            "URL of the TUF mirror"),
        open(
            "TUF_ROOT",
            "is the folder that keeps fetched trust material",
            "path to the TUF cache directory"),
        open(
            "TUF_ROOT_JSON",
            "is the root.json to start from with TUF_MIRROR",
            "path to root.json"));
  }

  private static EnvironmentVariable open(String name, String description, String expects) {
    return new EnvironmentVariable(name, description, expects, false);
  }

  private static EnvironmentVariable secret(String name, String description, String expects) {
    return new EnvironmentVariable(name, description, expects, true);
  }
}
