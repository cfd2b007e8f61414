package dev.bulla.cli.command;

import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.Refusal;
import dev.bulla.error.VerificationException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.limits.Limits;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.verify.IdentityPolicy;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignedBlob;
import dev.bulla.verify.Verifier;
import java.util.List;
import java.util.Optional;

/**
 * Verifies a bundle the way the suite sigstore/sigstore-conformance asks its clients to. Source:
 * that project's docs/cli_protocol.md.
 */
final class ConformanceVerifyCommand implements Command {

  private static final String SHA256 = "sha256:";

  static final Flag<String> BUNDLE = Flag.text("bundle", "file with the bundle").required();

  static final Flag<String> KEY = Flag.text("key", "the signer's public key");

  static final Flag<Boolean> STAGING =
      Flag.onOff("staging", "trust the staging instance of Sigstore");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of(
            "conformance verify-bundle", "Verify a bundle as the conformance suite asks for it")
        .description(
            """
            Verify that a bundle is a signature of a file, or of the file with a digest. This is the
            client protocol of github.com/sigstore/sigstore-conformance. Why a bundle is refused
            is said with the name of the reason.\
            """)
        .example(
            """
            bulla conformance verify-bundle --bundle b.json --key k.pub --trusted-root root.json a.txt\
            """)
        .positionals("FILE_OR_DIGEST", Positionals.exactly(1))
        .flags(
            "What to verify",
            BUNDLE,
            KEY,
            CertificateFlags.IDENTITY,
            CertificateFlags.OIDC_ISSUER,
            CertificateFlags.TRUSTED_ROOT,
            STAGING);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    Policy policy = policy(flags, context, trustedRoot(flags, context));
    String file = flags.get(BUNDLE);
    Bytes raw = context.files().read(file, Limits.MAX_BUNDLE);
    SignedBlob blob = blob(flags.arguments().get(0), context, List.of(candidate(file, raw)));
    try {
      Verifier.verify(blob, policy);
    } catch (VerificationException e) {
      for (Refusal refusal : e.refusals()) {
        context.note("reason: " + refusal.reason());
      }
      throw e;
    }
    context.err().println("Verified OK");
  }

  /** The root that is named, else that of the instance that this user trusts. */
  private static TrustedRoot trustedRoot(ParsedFlags flags, CommandContext context)
      throws BullaException {
    String file = flags.get(CertificateFlags.TRUSTED_ROOT);
    if (!file.isEmpty()) {
      try {
        return TrustedRoot.parse(context.files().read(file, Limits.MAX_KEY_FILE));
      } catch (MalformedInputException e) {
        throw e.in(Quoted.plain(file));
      }
    }
    if (flags.get(STAGING)) {
      throw new ConfigurationException(
          "--staging needs --trusted-root in this version",
          "or choose that instance with `bulla initialize --staging`, and leave the flag out");
    }
    try (InstanceTrust instance = InstanceTrust.of(context, false)) {
      return TrustedRoot.parse(instance.material().trustedRoot());
    }
  }

  private static Policy policy(ParsedFlags flags, CommandContext context, TrustedRoot root)
      throws BullaException {
    String key = flags.get(KEY);
    String identity = flags.get(CertificateFlags.IDENTITY);
    String issuer = flags.get(CertificateFlags.OIDC_ISSUER);
    if (key.isEmpty() ? identity.isEmpty() || issuer.isEmpty() : !(identity + issuer).isEmpty()) {
      throw new ConfigurationException(
          "a signer is named either by --key, or by --certificate-identity together with"
              + " --certificate-oidc-issuer");
    }
    Policy signer =
        key.isEmpty()
            ? Policy.requiringIdentity(IdentityPolicy.exactly(identity, issuer), root)
            : Policy.requiringAnyOf(Keys.publicKeys(key, context)).withTrustedRoot(root);
    return signer.acceptingAnyPredicate();
  }

  private static Candidate candidate(String file, Bytes raw) {
    Origin origin = new Origin(Quoted.plain(file), 0);
    try {
      return new BundleSignature(origin, BundleJson.parse(raw), raw);
    } catch (MalformedInputException e) {
      return new Unreadable(origin, e);
    }
  }

  /** A file of that name wins over a digest. */
  private static SignedBlob blob(String typed, CommandContext context, List<Candidate> candidates)
      throws BullaException {
    Optional<Digest> digest =
        typed.startsWith(SHA256) && !context.files().exists(typed)
            ? Optional.of(Digest.parse(typed))
            : Optional.empty();
    return digest.isPresent()
        ? SignedBlob.withDigest(digest.get(), candidates)
        : SignedBlob.of(context.files().read(typed, Limits.MAX_ATTACHMENT), candidates);
  }
}
