package dev.bulla.cli.command;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.CertificateChain;
import dev.bulla.bundle.Bundle.Content;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.KeyMaterial;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bundle.Bundle.MessageDigest;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bundle.Bundle.PublicKeyHint;
import dev.bulla.bundle.Bundle.Version;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bundle.BundleUpgrade;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.evidence.LegacyTimestamp;
import dev.bulla.evidence.LocalBundle;
import dev.bulla.evidence.LocalSignedPayload;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.rekor.LogProposal;
import java.util.List;
import java.util.Optional;

/** Carries out {@code bundle create}. */
final class BundleCreating {

  /** What cosign writes here, though it writes another elsewhere. */
  private static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle+json;version=0.3";

  private final ParsedFlags flags;
  private final CommandContext context;

  BundleCreating(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    SecurityKey.refuseBoth(flags, flags.get(BundleCreateCommand.KEY));
    LocalSignedPayload local = local();
    Bytes artifact =
        context.files().read(flags.get(BundleCreateCommand.ARTIFACT), Limits.MAX_ATTACHMENT);
    KeyMaterial signer = signer(local);
    Content content = content(local, artifact);
    Bundle bundle =
        new Bundle(
            MEDIA_TYPE,
            Version.V0_3,
            signer,
            entries(local, signer, content),
            timestamps(),
            content);
    BundleFiles.write(BundleJson.write(bundle), flags.get(BundleCreateCommand.OUT), context);
  }

  private LocalSignedPayload local() throws BullaException {
    String file = flags.get(BundleCreateCommand.BUNDLE);
    if (!file.isEmpty()) {
      return LocalSignedPayload.parse(context.files().read(file, Limits.MAX_BUNDLE));
    }
    file = flags.get(BundleCreateCommand.SIGNATURE);
    Bytes text = context.files().read(file, Limits.MAX_BUNDLE);
    Bytes signature =
        Base64Text.decodeIgnoringNewlines(
            text.toUtf8String(Quoted.plain(file)), Quoted.plain(file));
    return new LocalSignedPayload(signature, certificate(), Optional.empty());
  }

  private Optional<Bytes> certificate() throws BullaException {
    String file = flags.get(BundleCreateCommand.CERTIFICATE);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    String what = Quoted.plain(file);
    String text = context.files().read(file, Limits.MAX_KEY_FILE).toUtf8String(what);
    return Optional.of(
        text.stripLeading().startsWith("-----BEGIN ")
            ? Bytes.utf8(text)
            : Base64Text.decodeIgnoringNewlines(text, what));
  }

  /** A certificate counts for more than a key, as with cosign. */
  private KeyMaterial signer(LocalSignedPayload local) throws BullaException {
    Optional<KeyMaterial> named =
        local.signer().isPresent()
            ? Optional.of(LocalBundle.keyMaterial(local.signer().get()))
            : Optional.empty();
    if (named.isPresent() && !(named.get() instanceof PublicKeyHint)) {
      return named.get();
    }
    String key = flags.get(BundleCreateCommand.KEY);
    if (SecurityKey.isNamed(flags, key)) {
      String reference = SecurityKey.orKey(flags, key, context);
      return new PublicKeyHint(Keys.publicKeys(reference, context).get(0).hint());
    }
    return named.orElseThrow(() ->
        new ConfigurationException(
            "invalid bundle: validation error: missing verification material",
            "say who signed with --key or --certificate"));
  }

  private Content content(LocalSignedPayload local, Bytes artifact) throws BullaException {
    String attestation = flags.get(BundleCreateCommand.ATTESTATION);
    Optional<Envelope> envelope =
        LocalBundle.envelope(
            attestation.isEmpty()
                ? local.signature()
                : context.files().read(attestation, Limits.MAX_BUNDLE));
    if (envelope.isPresent()) {
      return new DsseContent(envelope.get());
    }
    if (!attestation.isEmpty()) {
      throw new MalformedInputException(Quoted.plain(attestation), "is no envelope");
    }
    return new MessageSignature(
        Optional.of(new MessageDigest(HashAlgorithm.SHA256, Digest.sha256(artifact).bytes())),
        local.signature());
  }

  private List<LogEntry> entries(LocalSignedPayload local, KeyMaterial signer, Content content)
      throws BullaException {
    if (flags.get(BundleCreateCommand.IGNORE_TLOG)) {
      if (local.logEntry().isPresent()) {
        throw new ConfigurationException(
            "cannot ignore transparency log when the provided bundle contains a Signed Entry"
                + " Timestamp");
      }
      return List.of();
    }
    ServiceAddress address = ServiceAddress.of(BundleCreateCommand.REKOR_URL, flags, context);
    try (BundleLog log = new BundleLog(address, context)) {
      return List.of(
          local.logEntry().isPresent()
              ? BundleUpgrade.proven(local.logEntry().get(), log)
              : log.only(proposal(local, signer, content)));
    }
  }

  /** What the entry has to be of. */
  private LogProposal proposal(LocalSignedPayload local, KeyMaterial signer, Content content)
      throws BullaException {
    Optional<Bytes> certificate =
        signer instanceof CertificateChain chain
            ? Optional.of(chain.certificates().get(0))
            : Optional.empty();
    VerificationKey key =
        certificate.isPresent()
            ? Certificate.parse(certificate.get()).publicKey()
            : publicKey(local);
    if (content instanceof DsseContent dsse) {
      if (dsse.envelope().signatures().size() != 1) {
        throw new MalformedInputException("envelope", "expected one signature");
      }
      return LogProposal.ofEnvelope(dsse.envelope(), envelopeText(local), key, certificate);
    }
    MessageSignature message = (MessageSignature) content;
    MessageDigest digest = message.digest().orElseThrow();
    return LogProposal.ofDigest(
        digest.algorithm(), digest.digest(), message.signature(), key, certificate);
  }

  private VerificationKey publicKey(LocalSignedPayload local) throws BullaException {
    String key = flags.get(BundleCreateCommand.KEY);
    return SecurityKey.isNamed(flags, key)
        ? Keys.publicKeys(SecurityKey.orKey(flags, key, context), context).get(0)
        : VerificationKey.parsePem(local.signer().orElseThrow(), "signer");
  }

  private Bytes envelopeText(LocalSignedPayload local) throws BullaException {
    String attestation = flags.get(BundleCreateCommand.ATTESTATION);
    return attestation.isEmpty()
        ? local.signature()
        : context.files().read(attestation, Limits.MAX_BUNDLE);
  }

  private List<Bytes> timestamps() throws BullaException {
    String file = flags.get(BundleCreateCommand.TIMESTAMP);
    if (file.isEmpty()) {
      return List.of();
    }
    Bytes text = context.files().read(file, Limits.MAX_TIMESTAMP);
    return List.of(LegacyTimestamp.parse(text.toUtf8String(Quoted.plain(file))));
  }
}
