package dev.bulla.cli.command;

import dev.bulla.ServiceConnections;
import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.CertificateChain;
import dev.bulla.bundle.Bundle.Content;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.MessageDigest;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bundle.Bundle.Version;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.dsse.Envelope;
import dev.bulla.dsse.EnvelopeText;
import dev.bulla.dsse.PreAuthEncoding;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.limits.Limits;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.Proxies;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.sigstore.config.ConfiguredService;
import dev.bulla.sigstore.config.SigningConfig;
import dev.bulla.sigstore.fulcio.FulcioClient;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.sigstore.oidc.IdentityToken;
import dev.bulla.sigstore.rekor.LogProposal;
import dev.bulla.sigstore.rekor.LogWriter;
import dev.bulla.sigstore.rekor.LogWriters;
import dev.bulla.sigstore.rekor.RekorV1Client;
import dev.bulla.sigstore.rekor.RekorV2Client;
import dev.bulla.sigstore.tsa.TimestampClient;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Signs a file keyless the way the suite sigstore/sigstore-conformance asks its clients to. Source:
 * that project's docs/cli_protocol.md.
 */
final class ConformanceSignCommand implements Command {

  /** A log that works in batches answers after its next one. */
  private static final Duration LONGEST = Duration.ofSeconds(90);

  static final Flag<String> BUNDLE =
      Flag.text("bundle", "write the bundle to this file").required();

  static final Flag<String> TOKEN =
      Flag.text("identity-token", "who signs, as a token says it").required();

  static final Flag<String> SIGNING_CONFIG =
      Flag.text("signing-config", "file with the services to ask");

  static final Flag<Boolean> IN_TOTO =
      Flag.onOff("in-toto", "the file is a statement, to be signed byte for byte in an envelope");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of(
            "conformance sign-bundle", "Sign a file as the conformance suite asks for it")
        .description(
            """
            Sign a file with a fresh key and a certificate for the bearer of a token, and write the
            bundle. This is the client protocol of github.com/sigstore/sigstore-conformance. The
            services are those of the signing config, else of the instance that was initialized.\
            """)
        .example("bulla conformance sign-bundle --identity-token ... --bundle b.json a.txt")
        .positionals("FILE", Positionals.exactly(1))
        .flags(
            "Signing",
            TOKEN,
            BUNDLE,
            IN_TOTO,
            SIGNING_CONFIG,
            CertificateFlags.TRUSTED_ROOT,
            ConformanceVerifyCommand.STAGING);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    Bytes file = context.files().read(flags.arguments().get(0), Limits.MAX_ATTACHMENT);
    IdentityToken token = IdentityToken.parse(flags.get(TOKEN));
    SigningConfig config = config(flags, context);
    try (HttpTransport transport =
            SocketTransport.create(
                TlsOptions.builder().environment(context.environment().asMap()).build(),
                Proxies.of(context.environment().asMap()));
        PrivateKey key = PrivateKey.generate(KeyType.EC_P256, new SecureRandom());
        Signer signer = key.toSigner()) {
      ServiceCaller caller =
          ServiceCaller.of(
              new ServiceConnections(transport, "bulla/" + Build.ofThisProgram().version()),
              context.timeout().compareTo(LONGEST) < 0 ? context.timeout() : LONGEST);
      Bundle bundle = sign(file, flags.get(IN_TOTO), token, signer, config, caller);
      context.files().writePublic(flags.get(BUNDLE), BundleJson.write(bundle));
    }
  }

  private static SigningConfig config(ParsedFlags flags, CommandContext context)
      throws BullaException {
    String file = flags.get(SIGNING_CONFIG);
    if (!file.isEmpty()) {
      return SigningConfig.parse(context.files().read(file, Limits.MAX_KEY_FILE));
    }
    if (flags.get(ConformanceVerifyCommand.STAGING)) {
      throw new ConfigurationException(
          "--staging needs --signing-config in this version",
          "or choose that instance with `bulla initialize --staging`, and leave the flag out");
    }
    try (InstanceTrust instance = InstanceTrust.of(context, false)) {
      return SigningConfig.parse(instance.material().signingConfig());
    }
  }

  private static Bundle sign(
      Bytes file,
      boolean inToto,
      IdentityToken token,
      Signer signer,
      SigningConfig config,
      ServiceCaller caller)
      throws BullaException {
    Instant now = InstantSource.system().instant();
    SecureRandom random = new SecureRandom();
    Bytes certificate =
        new FulcioClient(caller, ServiceUrl.parse(config.authority(now).url()))
            .certificate(token, signer)
            .get(0);
    Bytes signature = signer.sign(inToto ? PreAuthEncoding.of(Envelope.IN_TOTO, file) : file);
    List<Bytes> timestamps = new ArrayList<>();
    for (ConfiguredService service : config.timestampAuthorities(now, random)) {
      timestamps.add(new TimestampClient(caller, ServiceUrl.parse(service.url())).stamp(signature));
    }
    Content content;
    LogProposal proposal;
    if (inToto) {
      Envelope envelope =
          new Envelope(Envelope.IN_TOTO, file, List.of(new Envelope.Signature(signature, "")));
      content = new DsseContent(envelope);
      proposal =
          LogProposal.ofEnvelope(
              envelope, text(envelope), signer.publicKey(), Optional.of(certificate));
    } else {
      Bytes digest = Digest.sha256(file).bytes();
      content =
          new MessageSignature(
              Optional.of(new MessageDigest(HashAlgorithm.SHA256, digest)), signature);
      proposal =
          LogProposal.ofDigest(
              HashAlgorithm.SHA256,
              digest,
              signature,
              signer.publicKey(),
              Optional.of(certificate));
    }
    List<LogWriter> logs = new ArrayList<>();
    for (ConfiguredService service : config.logs(now, random)) {
      ServiceUrl url = ServiceUrl.parse(service.url());
      logs.add(
          service.version() == 1 ? new RekorV1Client(caller, url) : new RekorV2Client(caller, url));
    }
    return new Bundle(
        BundleJson.MEDIA_TYPE,
        Version.V0_3,
        new CertificateChain(List.of(certificate)),
        LogWriters.record(logs, proposal),
        timestamps,
        content);
  }

  private static Bytes text(Envelope envelope) {
    return new EnvelopeText(
            envelope.payloadType(),
            Base64Text.encode(envelope.payload()),
            List.of(
                new EnvelopeText.Signature(
                    "", Base64Text.encode(envelope.signatures().get(0).sig()))))
        .toJson();
  }
}
