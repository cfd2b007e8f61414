package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the layers of signature objects: one legacy signature each. A payload that is expected is
 * not fetched: the layer's digest already says that it is the same.
 */
final class SignatureLayers {

  private final EvidenceBlobs blobs;
  private final long maxPayload;
  private final Map<Digest, Bytes> expected = new HashMap<>();

  SignatureLayers(EvidenceBlobs blobs, long maxPayload, List<Bytes> expectedPayloads) {
    this.blobs = blobs;
    this.maxPayload = maxPayload;
    for (Bytes payload : expectedPayloads) {
      expected.put(Digest.sha256(payload), payload);
    }
  }

  /** Whether any layer has a signature; before v0.1 there was no other sign of such an object. */
  static boolean holdsSignatures(Manifest manifest) {
    for (Descriptor layer : manifest.layers()) {
      if (signatureText(layer).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** Why there are too many layers to look at; empty when there are not. */
  static Optional<MalformedInputException> tooMany(int number) {
    return number <= Limits.MAX_SIGNATURE_LAYERS
        ? Optional.empty()
        : Optional.of(
            new MalformedInputException(
                "signature object",
                "number of layers ("
                    + number
                    + ") exceeded the limit ("
                    + Limits.MAX_SIGNATURE_LAYERS
                    + ")"));
  }

  /**
   * One candidate for each layer, in order.
   *
   * @param place the name of the object
   * @throws BullaException only when interrupted
   */
  List<Candidate> candidates(Manifest manifest, String place) throws BullaException {
    List<Descriptor> layers = manifest.layers();
    Optional<MalformedInputException> tooMany = tooMany(layers.size());
    if (tooMany.isPresent()) {
      return List.of(new Unreadable(new Origin(place, 0), tooMany.get()));
    }
    List<Descriptor> toFetch = new ArrayList<>();
    for (Descriptor layer : layers) {
      if (signatureText(layer).isPresent() && !expected.containsKey(layer.digest())) {
        toFetch.add(layer);
      }
    }
    Map<Digest, EvidenceBlobs.Fetched> fetched = blobs.fetch(toFetch, "payload", maxPayload);
    List<Candidate> found = new ArrayList<>(layers.size());
    for (Descriptor layer : layers) {
      found.add(candidate(new Origin(place, found.size() + 1), layer, fetched));
    }
    return found;
  }

  private Candidate candidate(
      Origin origin, Descriptor layer, Map<Digest, EvidenceBlobs.Fetched> fetched) {
    Optional<String> text = signatureText(layer);
    if (text.isEmpty()) {
      return new Unreadable(
          origin, new MalformedInputException("signature layer", "no signature annotation"));
    }
    Bytes payload = expected.get(layer.digest());
    if (payload == null) {
      EvidenceBlobs.Fetched answer = fetched.get(layer.digest());
      if (answer instanceof EvidenceBlobs.Fetched.Failed failed) {
        return new Unreadable(origin, failed.why());
      }
      if (!(answer instanceof EvidenceBlobs.Fetched.Content content)) {
        throw new AssertionError(origin);
      }
      payload = content.bytes();
    }
    return new LegacySignature(origin, payload, text.get(), layer.annotations());
  }

  private static Optional<String> signatureText(Descriptor layer) {
    String text = layer.annotations().get(LegacySignature.SIGNATURE_ANNOTATION);
    return Optional.ofNullable(
        text != null ? text : layer.annotations().get(LegacySignature.V01_SIGNATURE_ANNOTATION));
  }
}
