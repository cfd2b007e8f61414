package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import java.util.List;

/** Verifies the signatures of images. */
final class VerifyCommand implements Command {

  static final Flag<String> KEY =
      Flag.text(
              "key",
              "public key: a file, a URL, env://NAME, a key management URI, or the key in base64")
          .alias("kms");

  static final Flag<Boolean> CHECK_CLAIMS =
      Flag.onOff("check-claims", "compare digest and annotations with what was signed")
          .orElse(true);

  static final Flag<List<String>> ANNOTATIONS =
      KeyFlags.annotations("key=value that has to be among what was signed; repeatable");

  static final Flag<Boolean> ANY_PREDICATE =
      Flag.onOff("any-predicate", "let an attestation count as a signature of the image");

  static final Flag<String> SIGNATURE_DIGEST_ALGORITHM =
      Flag.text(
              "signature-digest-algorithm",
              "hash that the signature was made with",
              "sha224",
              "sha256",
              "sha384",
              "sha512")
          .orElse("sha256")
          .deprecated("please use --bundle, which already includes the digest algorithm");

  static final Flag<String> SIGNATURE =
      Flag.text("signature", "verify this signature: a file, a URL, or the signature in base64")
          .deprecated(
              "signatures are automatically fetched from the OCI registry during image"
                  + " verification");

  static final Flag<String> PAYLOAD =
      Flag.text("payload", "file with what was signed, for --signature");

  static final Flag<Boolean> NEW_BUNDLE_FORMAT =
      Flag.onOff("new-bundle-format", "has no effect: signatures of all formats are looked at")
          .orElse(true)
          .deprecated("this will be the only supported format in future versions");

  static final Flag<Boolean> EXPERIMENTAL_OCI11 =
      Flag.onOff(
              "experimental-oci11",
              "has no effect: signatures of the older format are looked for among the referrers"
                  + " too")
          .deprecated("OCI referrers will be the default behavior in future versions")
          .shown();

  static final Flag<String> ATTACHMENT =
      Flag.text("attachment", "verify what is attached to the image: sbom", "sbom")
          .deprecated(
              "please use OCI referrers for attachments and verify with `--experimental-oci11`");

  static final Flag<Boolean> LOCAL_IMAGE =
      Flag.onOff("local-image", "the arguments are folders that `save` wrote");

  static final Flag<String> RECURSIVE =
      Flag.optionalChoice(
              "recursive",
              "of an index, verify it together with its images; alone it means all",
              "any",
              "index",
              "leaves",
              "all")
          .shorthand('r');

  static final Flag<String> OUTPUT =
      Flag.text("output", "form of the result: json, text or ndjson", "json", "text", "ndjson")
          .shorthand('o')
          .orElse("json");

  static final Flag<Boolean> INSECURE_IGNORE_TLOG =
      Flag.onOff("insecure-ignore-tlog", "accept signatures without a transparency log entry");

  static final Flag<Boolean> PRIVATE_INFRASTRUCTURE =
      Flag.onOff("private-infrastructure", "as --insecure-ignore-tlog, without the warning")
          .deprecated("please use --insecure-ignore-tlog instead");

  static final Flag<Boolean> OFFLINE =
      Flag.onOff("offline", "talk to nobody but the registry")
          .deprecated(
              "To verify in an airgapped environment, provide a --bundle with the signature and"
                  + " verification material, and a --trusted-root file with the service keys and"
                  + " certificates");

  static final Flag<String> REKOR_URL =
      Flag.text("rekor-url", "address of the transparency log")
          .orElse("https://rekor.sigstore.dev")
          .deprecated("please use --bundle, which includes the Rekor inclusion proof");

  static final Flag<Long> MAX_WORKERS =
      Flag.number("max-workers", "how many images are looked at side by side").orElse(10L);

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("verify", "Verify the signatures of images")
        .description(
            """
            Verify that images carry a signature by the given key.

            Exit codes: 0 verified, 10 no signature, 11 no such image, 12 no matching signature,
            13 no certificate on a signature, 20 could not look everywhere, 21 what was found
            cannot be read, 1 anything else. Of several images the worst decides, in the order
            20, 21, 12, 13, 10, 11, 1.

            With --recursive, an index is verified together with the images that it lists, over
            all levels: `all` wants a signature on the index, on those in it, and on every image;
            `leaves` on every image; `any` on every image or on an index above it; `index` on the
            index alone, as without the flag.\
            """)
        .example(
            """
            bulla verify --key cosign.pub --insecure-ignore-tlog registry.example.com/app:v1
            bulla verify --key cosign.pub --insecure-ignore-tlog -a env=prod registry.example.com/app:v1
            bulla verify --key cosign.pub --insecure-ignore-tlog --recursive=any registry.example.com/app:v1
            crane ls -a ... | bulla verify --key cosign.pub --output ndjson --resume done.txt --from-file -\
            """)
        .positionals("IMAGE...", Positionals.any())
        .flags(ImageList.GROUP)
        .flags("Signer", KEY, KeyFlags.KMS_VERIFY, KeyFlags.SECURITY_KEY, KeyFlags.SLOT)
        .flags("Claims", ANNOTATIONS, CHECK_CLAIMS, ANY_PREDICATE, RECURSIVE)
        .flags(
            "Evidence",
            SIGNATURE,
            PAYLOAD,
            SIGNATURE_DIGEST_ALGORITHM,
            NEW_BUNDLE_FORMAT,
            EXPERIMENTAL_OCI11,
            ATTACHMENT,
            LOCAL_IMAGE,
            MAX_WORKERS)
        .flags("Transparency log", INSECURE_IGNORE_TLOG, PRIVATE_INFRASTRUCTURE, OFFLINE, REKOR_URL)
        .flags(CertificateFlags.GROUP)
        .flags("Output", OUTPUT)
        .flags(RegistryFlags.GROUP)
        .exclusive(CertificateFlags.CA_ROOTS, CertificateFlags.CERTIFICATE_CHAIN)
        .exclusive(CertificateFlags.CA_INTERMEDIATES, CertificateFlags.CERTIFICATE_CHAIN)
        .bindsEnvironment();
  }

  @Override
  public void beforeFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
    ImageList.require(flags);
  }

  @Override
  public void afterFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
    if (flags.get(MAX_WORKERS) == 0) {
      throw new ConfigurationException(
          "please set the --max-worker flag to a value that is greater than 0");
    }
    String attachment = flags.get(ATTACHMENT);
    if (!attachment.isEmpty()) {
      throw new ConfigurationException(
          attachment.equals("sbom")
              ? "--attachment is not available in this version: only images can be verified"
              : "flag: help requested");
    }
    CertificateFlags.refuseTwoSigners(flags, flags.get(KEY));
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new Verifying(flags, context).run();
  }
}
