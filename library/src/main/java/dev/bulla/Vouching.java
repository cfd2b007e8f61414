package dev.bulla;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.LegacyLogBundle;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.LegacyTimestamp;
import dev.bulla.evidence.Origin;
import dev.bulla.key.VerificationKey;
import dev.bulla.oci.DigestReference;
import dev.bulla.sigstore.rekor.LogProposal;
import dev.bulla.sigstore.rekor.LogWriter;
import dev.bulla.sigstore.rekor.LogWriters;
import dev.bulla.sigstore.tsa.TimestampClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Has signatures of one image stamped and logged, and puts the result in the form that it is kept
 * in. What came back is checked as a whole before anybody gets to see it.
 */
final class Vouching {

  private static final String FAILED = "signing bundle: error signing bundle";

  private static final Origin NOT_STORED_YET = new Origin("the new signature", 0);

  private final SignRequest request;
  private final SigningServices services;
  private final DigestReference image;
  private final Progress progress;

  Vouching(SignRequest request, DigestReference image, Progress progress) {
    this.request = request;
    this.services = request.services();
    this.image = image;
    this.progress = progress;
  }

  /** The bundle around a signed envelope. */
  Bytes bundle(Envelope envelope) throws BullaException {
    try {
      Bytes signature = envelope.signatures().get(0).sig();
      List<Bytes> timestamps = timestamps(signature);
      List<Bundle.LogEntry> entries =
          entries(
              services.logs(),
              LogProposal.ofEnvelope(
                  envelope, BundleJson.writeEnvelope(envelope), key(), certificate()));
      Bundle bundle =
          new Bundle(
              BundleJson.MEDIA_TYPE,
              Bundle.Version.V0_3,
              keyMaterial(),
              entries,
              timestamps,
              new Bundle.DsseContent(envelope));
      Bytes raw = BundleJson.write(bundle);
      SelfCheck.check(request, image, new BundleSignature(NOT_STORED_YET, bundle, raw));
      return raw;
    } catch (BullaException e) {
      throw e.in(FAILED);
    }
  }

  /** A signed payload with its annotations. */
  SignedManifest.LegacySigned legacy(Bytes payload, Bytes signature) throws BullaException {
    try {
      Map<String, String> annotations = new TreeMap<>();
      String text = Base64Text.encode(signature);
      annotations.put(LegacySignature.SIGNATURE_ANNOTATION, text);
      addCertificates(annotations);
      addTimestamp(annotations, signature);
      addEntry(annotations, payload, signature);
      SelfCheck.check(
          request, image, new LegacySignature(NOT_STORED_YET, payload, text, annotations));
      return new SignedManifest.LegacySigned(payload, signature, annotations);
    } catch (BullaException e) {
      throw e.in(FAILED);
    }
  }

  private void addCertificates(Map<String, String> annotations) throws BullaException {
    if (services.certificates().isEmpty()) {
      return;
    }
    StringBuilder chain = new StringBuilder();
    for (Bytes above : services.certificates().subList(1, services.certificates().size())) {
      chain.append(Certificate.parse(above).toPem());
    }
    annotations.put(
        LegacySignature.CERTIFICATE_ANNOTATION,
        Certificate.parse(services.certificates().get(0)).toPem());
    annotations.put(LegacySignature.CHAIN_ANNOTATION, chain.toString());
  }

  private void addTimestamp(Map<String, String> annotations, Bytes signature)
      throws BullaException {
    if (!services.authorities().isEmpty()) {
      annotations.put(
          LegacySignature.TIMESTAMP_ANNOTATION,
          LegacyTimestamp.write(services.authorities().get(0).stamp(signature)));
    }
  }

  private void addEntry(Map<String, String> annotations, Bytes payload, Bytes signature)
      throws BullaException {
    if (services.logs().isEmpty()) {
      return;
    }
    LogWriter first = services.logs().get(0);
    HashAlgorithm hash = request.signer().algorithm().hash();
    Bundle.LogEntry entry =
        entries(
                List.of(first),
                LogProposal.ofDigest(
                    hash, Digest.of(hash, payload).bytes(), signature, key(), certificate()))
            .get(0);
    if (entry.inclusionPromise().isEmpty()) {
      throw new ConfigurationException(
          "the older signature format has no place for what this log proves its entries with",
          "sign with --format bundle");
    }
    annotations.put(LegacySignature.LOG_BUNDLE_ANNOTATION, LegacyLogBundle.write(entry));
  }

  private List<Bytes> timestamps(Bytes signature) throws BullaException {
    List<Bytes> timestamps = new ArrayList<>();
    for (TimestampClient authority : services.authorities()) {
      timestamps.add(authority.stamp(signature));
    }
    return timestamps;
  }

  private List<Bundle.LogEntry> entries(List<LogWriter> logs, LogProposal proposal)
      throws BullaException {
    if (logs.isEmpty()) {
      return List.of();
    }
    List<Bundle.LogEntry> entries = LogWriters.record(logs, proposal);
    entries.forEach(progress::recorded);
    return entries;
  }

  private Bundle.KeyMaterial keyMaterial() {
    return services.certificates().isEmpty()
        ? new Bundle.PublicKeyHint(request.signer().publicKey().hint())
        // only the leaf: who stands above it is for the verifier to know
        : new Bundle.CertificateChain(List.of(services.certificates().get(0)));
  }

  private VerificationKey key() {
    return request.signer().publicKey();
  }

  private Optional<Bytes> certificate() {
    return services.certificates().stream().findFirst();
  }
}
