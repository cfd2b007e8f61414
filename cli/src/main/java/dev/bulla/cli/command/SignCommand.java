package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.FlagGroup;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import java.time.Duration;
import java.util.List;

/** Signs images and stores the signatures in the registry. */
final class SignCommand implements Command {

  static final Flag<String> KEY =
      Flag.text("key", "private key: a file, a URL, env://NAME, or a key management URI")
          .alias("kms");

  static final Flag<String> CERTIFICATE =
      Flag.text("certificate", "PEM or DER file of the key's certificate, to attach");

  static final Flag<String> CERTIFICATE_CHAIN =
      Flag.text("certificate-chain", "PEM file of the authorities above the certificate");

  static final Flag<Boolean> ISSUE_CERTIFICATE =
      Flag.onOff("issue-certificate", "get a certificate for the key")
          .deprecated("support for this flag will be removed in the future");

  static final Flag<List<String>> ANNOTATIONS =
      KeyFlags.annotations("key=value to sign along with the image; repeatable");

  static final Flag<Boolean> RECURSIVE =
      Flag.onOff("recursive", "sign an index and every image in it").shorthand('r');

  static final Flag<String> PAYLOAD =
      Flag.text("payload", "sign this file instead of a payload made here (older format)");

  static final Flag<List<String>> SIGN_CONTAINER_IDENTITY =
      Flag.commaList("sign-container-identity", "name to claim for the image (older format)")
          .deprecated("not possible when OCI referrers become the default behavior");

  static final Flag<String> ATTACHMENT =
      Flag.text("attachment", "sign what is attached to the image: sbom", "sbom")
          .deprecated(
              "please use OCI referrers for attachments; see `cosign attach sbom"
                  + " --registry-referrers-mode=oci-1-1 --help`")
          .notBuiltYet("--attachment is not available in this version: only images can be signed");

  static final Flag<String> FORMAT =
      Flag.choice("format", "form of the signature", "legacy", "bundle", "both").orElse("bundle");

  static final Flag<Boolean> NEW_BUNDLE_FORMAT =
      Flag.onOff("new-bundle-format", "write a Sigstore bundle; as --format")
          .orElse(true)
          .deprecated("this will be the only supported format in future versions");

  static final Flag<Boolean> RECORD_CREATION_TIMESTAMP =
      Flag.onOff("record-creation-timestamp", "put the time of signing into the signature object")
          .deprecated("not used with the new bundle format");

  static final Flag<Boolean> TLOG_UPLOAD =
      Flag.onOff("tlog-upload", "record the signature in the transparency log")
          .orElse(true)
          .deprecated("prefer using a --signing-config file with no transparency log services")
          .shown();

  static final Flag<Boolean> USE_SIGNING_CONFIG =
      Flag.onOff(
              "use-signing-config", "let the published signing configuration choose the services")
          .orElse(true);

  static final Flag<String> SIGNING_CONFIG =
      Flag.text("signing-config", "file with the signing configuration to use instead");

  static final Flag<String> TRUSTED_ROOT =
      Flag.text("trusted-root", "file with the trust material for checking the new signature");

  static final Flag<String> REKOR_URL =
      Flag.text("rekor-url", "address of the transparency log")
          .orElse("https://rekor.sigstore.dev")
          .deprecated(
              "please use a signing config to specify a rekor url; see `cosign signing-config"
                  + " --help`");

  static final Flag<String> FULCIO_URL =
      Flag.text("fulcio-url", "address of the certificate authority")
          .alias("fulcio-server")
          .orElse("https://fulcio.sigstore.dev")
          .deprecated(
              "please use a signing config to specify a fulcio url; see `cosign signing-config"
                  + " --help`");

  static final Flag<String> OIDC_ISSUER =
      Flag.text("oidc-issuer", "address of the identity provider")
          .orElse("https://oauth2.sigstore.dev/auth")
          .deprecated(
              "please use a signing config to specify an OIDC issuer; see `cosign signing-config"
                  + " create --help`");

  static final Flag<String> TIMESTAMP_SERVER_URL =
      Flag.text("timestamp-server-url", "address of the timestamp authority")
          .deprecated(
              "please use a signing config to specify a timestamp server url; see `cosign"
                  + " signing-config --help`");

  static final Flag<Boolean> UPLOAD =
      Flag.onOff("upload", "store the signature in the registry").orElse(true);

  static final Flag<Boolean> IF_ABSENT =
      Flag.onOff(
          "if-absent",
          "write nothing where this key has signed the same already; not with certificates");

  static final Flag<Boolean> CONFIRM =
      Flag.onOff("confirm", "read the signature back, verify it, and print a receipt");

  static final Flag<Duration> CONFIRM_TIMEOUT =
      Flag.duration("confirm-timeout", "how long a registry may take to show the signature")
          .orElse(Duration.ofSeconds(30));

  static final Flag<String> BUNDLE = Flag.text("bundle", "write the bundle to this file");

  static final Flag<String> OUTPUT_SIGNATURE =
      output("output-signature", "signature", "write the signature to this file (older format)");

  static final Flag<String> OUTPUT_PAYLOAD =
      output("output-payload", "payload", "write what was signed to this file (older format)");

  static final Flag<String> OUTPUT_CERTIFICATE =
      output(
          "output-certificate", "certificate", "write the certificate to this file (older format)");

  static final Flag<String> OUTPUT =
      Flag.choice(
              "output", "form of the result: ndjson prints a line for each image", "text", "ndjson")
          .orElse("text");

  static final Flag<Long> MAX_WORKERS =
      Flag.number("max-workers", "how many images of a list are signed side by side").orElse(10L);

  static final Flag<Boolean> YES =
      Flag.onOff("yes", "answer yes to every question")
          .shorthand('y')
          .shorthand('f')
          .alias("force");

  private static final FlagGroup MANY =
      FlagGroup.of("Many images", ImageList.FROM_FILE, ImageList.RESUME, OUTPUT, MAX_WORKERS);

  private static Flag<String> output(String name, String included, String description) {
    return Flag.text(name, description)
        .deprecated(
            "please use --bundle to provide the output bundle location, which will include the "
                + included);
  }

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("sign", "Sign images and store the signatures in the registry")
        .description(
            """
            Sign images and store the signatures beside them in the registry.

            The image itself is not changed. Name it by digest: a tag may point to another image
            by the time it is signed.\
            """)
        .example(
            """
            bulla sign --key cosign.key --tlog-upload=false registry.example.com/app@sha256:...
            bulla sign --key cosign.key --tlog-upload=false -a env=prod -r registry.example.com/app:v1
            bulla sign --key cosign.key --tlog-upload=false --format both registry.example.com/app:v1
            bulla sign --key cosign.key --tlog-upload=false --if-absent --confirm registry.example.com/app:v1
            bulla sign --key cosign.key --tlog-upload=false --from-file images.txt --resume done.txt\
            """)
        .positionals("IMAGE...", Positionals.any())
        .flags(MANY)
        .flags(
            "Key",
            KEY,
            KeyFlags.SECURITY_KEY,
            KeyFlags.SLOT,
            CERTIFICATE,
            CERTIFICATE_CHAIN,
            ISSUE_CERTIFICATE)
        .flags(
            "What is signed", ANNOTATIONS, RECURSIVE, PAYLOAD, SIGN_CONTAINER_IDENTITY, ATTACHMENT)
        .flags("Format", FORMAT, NEW_BUNDLE_FORMAT, RECORD_CREATION_TIMESTAMP)
        .flags(
            "Where it goes",
            UPLOAD,
            IF_ABSENT,
            CONFIRM,
            CONFIRM_TIMEOUT,
            BUNDLE,
            OUTPUT_SIGNATURE,
            OUTPUT_PAYLOAD,
            OUTPUT_CERTIFICATE,
            RegistryFlags.REFERRERS_MODE_NOT_YET,
            YES)
        .flags(
            "Services",
            TLOG_UPLOAD,
            USE_SIGNING_CONFIG,
            SIGNING_CONFIG,
            TRUSTED_ROOT,
            REKOR_URL,
            FULCIO_URL,
            TIMESTAMP_SERVER_URL)
        .flags(IdentityFlags.group(OIDC_ISSUER))
        .flags(RegistryFlags.GROUP)
        .exclusive(USE_SIGNING_CONFIG, SIGNING_CONFIG)
        .bindsEnvironment();
  }

  @Override
  public void beforeFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
    ImageList.require(flags);
    Signing.precheck(flags, context);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new Signing(flags, context).run();
  }
}
