package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.CanonicalJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The leaves of Rekor v1, kind by kind. */
final class Rekor1Bodies {

  /** A signature of an envelope with the PEM of what verifies it. */
  record Signed(Bytes signature, String pem) {}

  private Rekor1Bodies() {}

  private static Bytes body(String kind, String version, JsonObject spec) {
    return CanonicalJson.write(
        JsonObject.builder()
            .put("apiVersion", version)
            .put("kind", kind)
            .put("spec", spec)
            .build());
  }

  static JsonObject hash(HashAlgorithm algorithm, Bytes value) {
    return JsonObject.builder()
        .put("algorithm", algorithm.ociName())
        .put("value", HexText.encode(value))
        .build();
  }

  private static JsonObject sha256(Bytes content) {
    return hash(HashAlgorithm.SHA256, PemText.sha256(content));
  }

  private static String base64(String text) {
    return Base64Text.encode(Bytes.utf8(text));
  }

  static Bytes hashedrekord(HashAlgorithm algorithm, Bytes digest, Bytes signature, String pem) {
    return body(
        "hashedrekord",
        "0.0.1",
        JsonObject.builder()
            .put("data", JsonObject.builder().put("hash", hash(algorithm, digest)).build())
            .put(
                "signature",
                JsonObject.builder()
                    .put("content", Base64Text.encode(signature))
                    .put("publicKey", JsonObject.builder().put("content", base64(pem)).build())
                    .build())
            .build());
  }

  static Bytes rekord(Bytes artifact, Bytes signature, String pem) {
    return body(
        "rekord",
        "0.0.1",
        JsonObject.builder()
            .put("data", JsonObject.builder().put("hash", sha256(artifact)).build())
            .put(
                "signature",
                JsonObject.builder()
                    .put("content", Base64Text.encode(signature))
                    .put("format", "x509")
                    .put("publicKey", JsonObject.builder().put("content", base64(pem)).build())
                    .build())
            .build());
  }

  static Bytes dsse(String envelope, Bytes payload, List<Signed> signatures) {
    List<Signed> sorted = new ArrayList<>(signatures);
    sorted.sort(Comparator.comparing(s -> Base64Text.encode(s.signature())));
    return body(
        "dsse",
        "0.0.1",
        JsonObject.builder()
            .put("envelopeHash", sha256(Bytes.utf8(envelope)))
            .put("payloadHash", sha256(payload))
            .put(
                "signatures",
                JsonArray.of(
                    sorted.stream()
                        .map(s ->
                            JsonObject.builder()
                                .put("signature", Base64Text.encode(s.signature()))
                                .put("verifier", base64(s.pem()))
                                .build())
                        .toList()))
            .build());
  }

  static Bytes intoto1(String envelope, Bytes payload, String pem) {
    return body(
        "intoto",
        "0.0.1",
        JsonObject.builder()
            .put(
                "content",
                JsonObject.builder()
                    .put("hash", sha256(Bytes.utf8(envelope)))
                    .put("payloadHash", sha256(payload))
                    .build())
            .put("publicKey", base64(pem))
            .build());
  }

  /** The signature is base64 of base64 there. */
  static Bytes intoto2(
      Bytes envelopeHash, String payloadType, Bytes payload, List<Signed> signatures) {
    return body(
        "intoto",
        "0.0.2",
        JsonObject.builder()
            .put(
                "content",
                JsonObject.builder()
                    .put(
                        "envelope",
                        JsonObject.builder()
                            .put("payloadType", payloadType)
                            .put(
                                "signatures",
                                JsonArray.of(
                                    signatures.stream()
                                        .map(s ->
                                            JsonObject.builder()
                                                .put("publicKey", base64(s.pem()))
                                                .put(
                                                    "sig", base64(Base64Text.encode(s.signature())))
                                                .build())
                                        .toList()))
                            .build())
                    .put("hash", hash(HashAlgorithm.SHA256, envelopeHash))
                    .put("payloadHash", sha256(payload))
                    .build())
            .build());
  }
}
