package dev.bulla.cli.command;

import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.FlagGroup;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.ConfigurationException;
import java.util.List;

/** How to talk to a registry: the flags of every command that takes an image. */
final class RegistryFlags {

  static final Flag<Boolean> ALLOW_HTTP =
      Flag.onOff("allow-http-registry", "reach registries over plain HTTP where they ask for it");

  static final Flag<Boolean> ALLOW_INSECURE =
      Flag.onOff("allow-insecure-registry", "do not check the TLS certificates of registries");

  static final Flag<String> USERNAME = Flag.text("registry-username", "name for the registry");

  static final Flag<String> PASSWORD = Flag.text("registry-password", "password for the registry");

  static final Flag<String> TOKEN =
      Flag.text(
          "registry-token", "bearer token for the registry, unless name and password are given");

  static final Flag<String> CA_CERTIFICATE =
      Flag.text("registry-cacert", "PEM file of the authorities to trust, instead of the system's");

  static final Flag<String> CLIENT_CERTIFICATE =
      Flag.text("registry-client-cert", "PEM file of the certificate to show to the registry");

  static final Flag<String> CLIENT_KEY =
      Flag.text("registry-client-key", "PEM file of the key to that certificate");

  static final Flag<String> SERVER_NAME =
      Flag.text("registry-server-name", "name to look for in the registry's certificate");

  static final Flag<List<String>> ALLOW_REALM =
      Flag.commaList("allow-realm", "token service of another host that may see credentials");

  static final Flag<List<String>> MISSING_IS_403 =
      Flag.commaList("missing-is-403", "registry that answers 403 for what does not exist");

  static final Flag<Boolean> K8S_KEYCHAIN =
      Flag.onOff(
          "k8s-keychain",
          "where nothing is stored for a cloud's registry, use the identity of this machine there");

  static final Flag<Boolean> POD_PULL_SECRETS =
      Flag.onOff("pod-pull-secrets", "use the pull secrets of the pod that this runs in")
          .notBuiltYet(
              "--pod-pull-secrets is not available in this version: credentials come from the"
                  + " docker configuration or from the --registry- flags");

  static final Flag<String> ATTACHMENT_TAG_PREFIX =
      Flag.text("attachment-tag-prefix", "what the tags of signature objects start with")
          .deprecated("please use OCI referrers");

  static final FlagGroup GROUP =
      FlagGroup.of(
          "Registry",
          ALLOW_HTTP,
          ALLOW_INSECURE,
          USERNAME,
          PASSWORD,
          TOKEN,
          CA_CERTIFICATE,
          CLIENT_CERTIFICATE,
          CLIENT_KEY,
          SERVER_NAME,
          ALLOW_REALM,
          MISSING_IS_403,
          K8S_KEYCHAIN,
          POD_PULL_SECRETS,
          ATTACHMENT_TAG_PREFIX);

  /** For commands that are about credentials: how to reach a registry, and not as whom. */
  static final FlagGroup CONNECTION =
      FlagGroup.of(
          "Registry",
          ALLOW_HTTP,
          ALLOW_INSECURE,
          CA_CERTIFICATE,
          CLIENT_CERTIFICATE,
          CLIENT_KEY,
          SERVER_NAME,
          ALLOW_REALM);

  /** Where the experimental way to keep older objects as referrers is known. */
  static final Flag<String> REFERRERS_MODE =
      Flag.choice(
              "registry-referrers-mode",
              "how objects of the older format refer to their image",
              "legacy",
              "oci-1-1")
          .orElse("legacy");

  /** As above, of commands that know of it and do not have it. */
  static final Flag<String> REFERRERS_MODE_NOT_YET =
      REFERRERS_MODE.notBuiltYet(
          "--registry-referrers-mode=oci-1-1 is not available in this version: signatures in"
              + " the older format are kept under tags");

  /** Whether objects of the older format are to be referrers, which cosign calls an experiment. */
  static boolean asReferrer(ParsedFlags flags, CommandContext context)
      throws ConfigurationException {
    if (!flags.get(REFERRERS_MODE).equals("oci-1-1")) {
      return false;
    }
    if (!context.environment().isTrue("COSIGN_EXPERIMENTAL")) {
      throw new ConfigurationException(
          "invalid argument \"oci-1-1\" for \"--registry-referrers-mode\" flag: in order to use "
              + " mode \"oci-1-1\", you must set COSIGN_EXPERIMENTAL=1");
    }
    return true;
  }

  private RegistryFlags() {}
}
