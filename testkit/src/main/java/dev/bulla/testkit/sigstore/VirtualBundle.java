package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.ProtoFields;
import dev.bulla.json.ProtoJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A Sigstore bundle in its parts. Immutable; each {@code with…} gives the same with one thing
 * changed.
 *
 * @param keyMaterial the member that says what verifies: {@code certificate}, {@code
 *     x509CertificateChain} or {@code publicKey}, with its content
 * @param entries of transparency logs
 * @param timestamps each a TimeStampResp
 * @param content the member {@code messageSignature} or {@code dsseEnvelope}, with its content
 */
public record VirtualBundle(
    String mediaType,
    JsonObject keyMaterial,
    List<VirtualEntry> entries,
    List<Bytes> timestamps,
    JsonObject content) {

  /** What cosign 3 writes. */
  public static final String V0_3 = "application/vnd.dev.sigstore.bundle.v0.3+json";

  public static final String V0_2 = "application/vnd.dev.sigstore.bundle+json;version=0.2";
  public static final String V0_1 = "application/vnd.dev.sigstore.bundle+json;version=0.1";

  public VirtualBundle {
    entries = List.copyOf(entries);
    timestamps = List.copyOf(timestamps);
  }

  public VirtualBundle withMediaType(String other) {
    return new VirtualBundle(other, keyMaterial, entries, timestamps, content);
  }

  public VirtualBundle withKeyMaterial(JsonObject other) {
    return new VirtualBundle(mediaType, other, entries, timestamps, content);
  }

  public VirtualBundle withCertificate(Bytes der) {
    return withKeyMaterial(certificate(der));
  }

  public VirtualBundle withEntries(VirtualEntry... other) {
    return new VirtualBundle(mediaType, keyMaterial, List.of(other), timestamps, content);
  }

  /** The same with the only entry changed. */
  public VirtualBundle withEntry(UnaryOperator<VirtualEntry> change) {
    return withEntries(change.apply(entries.get(0)));
  }

  public VirtualBundle withTimestamps(Bytes... other) {
    return new VirtualBundle(mediaType, keyMaterial, entries, List.of(other), content);
  }

  public VirtualBundle withContent(JsonObject other) {
    return new VirtualBundle(mediaType, keyMaterial, entries, timestamps, other);
  }

  static JsonObject certificate(Bytes der) {
    return JsonObject.builder().put("certificate", raw(der)).build();
  }

  static JsonObject chain(List<Bytes> certificates) {
    return JsonObject.builder()
        .put(
            "x509CertificateChain",
            JsonObject.builder()
                .put(
                    "certificates",
                    JsonArray.of(certificates.stream().map(VirtualBundle::raw).toList()))
                .build())
        .build();
  }

  static JsonObject publicKey(Bytes spki) {
    return JsonObject.builder()
        .put(
            "publicKey",
            JsonObject.builder().put("hint", Base64Text.encode(PemText.sha256(spki))).build())
        .build();
  }

  private static JsonObject raw(Bytes der) {
    return JsonObject.builder().put("rawBytes", Base64Text.encode(der)).build();
  }

  /** The member for a signature over a message. */
  public static JsonObject message(HashAlgorithm algorithm, Bytes digest, Bytes signature) {
    return JsonObject.builder()
        .put(
            "messageSignature",
            JsonObject.builder()
                .put(
                    "messageDigest",
                    JsonObject.builder()
                        .put("algorithm", VirtualRekor2.protoName(algorithm))
                        .put("digest", Base64Text.encode(digest))
                        .build())
                .put("signature", Base64Text.encode(signature))
                .build())
        .build();
  }

  /** The member for an envelope with any number of signatures. */
  public static JsonObject envelope(String payloadType, Bytes payload, Bytes... signatures) {
    return JsonObject.builder()
        .put("dsseEnvelope", envelopeJson(payloadType, payload, signatures))
        .build();
  }

  static JsonObject envelopeJson(String payloadType, Bytes payload, Bytes... signatures) {
    List<JsonObject> all = new ArrayList<>();
    for (Bytes signature : signatures) {
      all.add(JsonObject.builder().put("sig", Base64Text.encode(signature)).build());
    }
    return JsonObject.builder()
        .put("payload", Base64Text.encode(payload))
        .put("payloadType", payloadType)
        .put("signatures", JsonArray.of(all))
        .build();
  }

  /**
   * The signature: what timestamps are about.
   *
   * @throws IllegalStateException when the content was replaced by something without any
   */
  public Bytes signature() {
    try {
      ProtoFields fields = ProtoFields.of(content, "content");
      Optional<ProtoFields> message = fields.fields("messageSignature");
      return message.isPresent()
          ? message.get().requiredBytes("signature")
          : fields
              .requiredFields("dsseEnvelope")
              .fieldsList("signatures")
              .get(0)
              .requiredBytes("sig");
    } catch (MalformedInputException e) {
      throw new IllegalStateException("no signature in this content", e);
    }
  }

  /** The bundle as proto JSON. */
  public JsonObject json() {
    JsonObject.Builder material = JsonObject.builder();
    keyMaterial.members().forEach(m -> material.put(m.name(), m.value()));
    if (!entries.isEmpty()) {
      material.put(
          "tlogEntries", JsonArray.of(entries.stream().map(VirtualEntry::protoJson).toList()));
    }
    if (!timestamps.isEmpty()) {
      JsonArray all =
          JsonArray.of(
              timestamps.stream()
                  .map(t ->
                      JsonObject.builder().put("signedTimestamp", Base64Text.encode(t)).build())
                  .toList());
      material.put(
          "timestampVerificationData", JsonObject.builder().put("rfc3161Timestamps", all).build());
    }
    JsonObject.Builder bundle =
        JsonObject.builder()
            .put("mediaType", mediaType)
            .put("verificationMaterial", material.build());
    content.members().forEach(m -> bundle.put(m.name(), m.value()));
    return bundle.build();
  }

  /** The file. */
  public Bytes bytes() {
    return ProtoJson.write(json());
  }
}
