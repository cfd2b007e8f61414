package dev.bulla.cli.command;

import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.FlagGroup;

/**
 * Signing as a person or a workload instead of with a key, and how to reach timestamp authorities.
 * Where the line needs neither they have no effect, so they may be given.
 */
final class IdentityFlags {

  static final Flag<String> IDENTITY_TOKEN =
      Flag.text("identity-token", "identity token, or a file that holds one");

  static final Flag<String> FULCIO_AUTH_FLOW =
      Flag.text(
          "fulcio-auth-flow",
          "how to get an identity token",
          "normal",
          "device",
          "token",
          "client_credentials");

  static final Flag<Boolean> INSECURE_SKIP_VERIFY =
      Flag.onOff("insecure-skip-verify", "has no effect")
          .deprecated("SCT verification is no longer performed during signing/attestation.");

  static final Flag<String> OIDC_CLIENT_ID =
      Flag.text("oidc-client-id", "name of this program at the identity provider")
          .orElse("sigstore");

  static final Flag<String> OIDC_CLIENT_SECRET_FILE =
      Flag.text("oidc-client-secret-file", "file with this program's secret");

  static final Flag<String> OIDC_REDIRECT_URL =
      Flag.text("oidc-redirect-url", "address that the browser returns to");

  static final Flag<String> OIDC_PROVIDER =
      Flag.text("oidc-provider", "the only ambient identity to use");

  static final Flag<Boolean> OIDC_DISABLE_AMBIENT =
      Flag.onOff("oidc-disable-ambient-providers", "never use an ambient identity");

  static final Flag<String> TIMESTAMP_CLIENT_CACERT =
      Flag.text("timestamp-client-cacert", "PEM file of the timestamp authority's issuers");

  static final Flag<String> TIMESTAMP_CLIENT_CERT =
      Flag.text("timestamp-client-cert", "PEM file of the certificate to show there");

  static final Flag<String> TIMESTAMP_CLIENT_KEY =
      Flag.text("timestamp-client-key", "PEM file of the key to that certificate");

  static final Flag<String> TIMESTAMP_SERVER_NAME =
      Flag.text("timestamp-server-name", "name to look for in its certificate");

  /** All of them, with the command's own address of the identity provider. */
  static FlagGroup group(Flag<String> oidcIssuer) {
    return FlagGroup.of(
        "Identity",
        IDENTITY_TOKEN,
        FULCIO_AUTH_FLOW,
        INSECURE_SKIP_VERIFY,
        oidcIssuer,
        OIDC_CLIENT_ID,
        OIDC_CLIENT_SECRET_FILE,
        OIDC_REDIRECT_URL,
        OIDC_PROVIDER,
        OIDC_DISABLE_AMBIENT,
        TIMESTAMP_CLIENT_CACERT,
        TIMESTAMP_CLIENT_CERT,
        TIMESTAMP_CLIENT_KEY,
        TIMESTAMP_SERVER_NAME);
  }

  private IdentityFlags() {}
}
