package dev.bulla;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.intoto.Statement;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceStore;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Stores signatures that were made elsewhere. They are not verified: what is attached is what was
 * given.
 */
public final class SignatureAttachment {

  private final RegistryClient client;
  private final EvidenceStore store;
  private final InstantSource clock;

  SignatureAttachment(RegistryClient client, EvidenceStore store, InstantSource clock) {
    this.client = client;
    this.store = store;
    this.clock = clock;
  }

  /**
   * Adds a legacy signature.
   *
   * @param payload what was signed; the payload that {@code generate} prints when absent
   * @param annotations the layer's annotations, with the signature in base64 among them
   */
  public void legacy(
      DigestReference image, Optional<Bytes> payload, Map<String, String> annotations)
      throws BullaException {
    store.addLegacySignature(
        image,
        payload.orElseGet(() -> ImageSigning.payload(image, Map.of())),
        new TreeMap<>(annotations),
        stored -> false);
  }

  /**
   * Adds an attestation in the legacy format.
   *
   * @param envelope a DSSE envelope as JSON, stored as it is
   */
  public void attestation(DigestReference image, Bytes envelope) throws BullaException {
    store.addLegacyAttestation(image, envelope, Map.of(LegacySignature.SIGNATURE_ANNOTATION, ""));
  }

  /**
   * Attaches a bundle as a referrer, byte for byte.
   *
   * @throws MalformedInputException when it is no bundle, or one that says nothing about an image
   */
  public void bundle(Reference image, Bytes bundle) throws BullaException {
    Bundle parsed = BundleJson.parse(bundle);
    String predicateType =
        parsed.content() instanceof Bundle.DsseContent dsse
            ? predicateType(dsse.envelope())
            : Statement.COSIGN_SIGN;
    ImageResolver resolver = new ImageResolver(client);
    DigestReference digest = resolver.resolve(image);
    store.addBundle(
        digest,
        resolver.describe(digest),
        bundle,
        predicateType,
        clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  private static String predicateType(Envelope envelope) throws MalformedInputException {
    if (!envelope.payloadType().equals(Envelope.IN_TOTO)) {
      throw new MalformedInputException("bundle", "its payload is no in-toto statement");
    }
    return Statement.parse(envelope.payload()).predicateType();
  }
}
