package dev.bulla.sigstore.rekor;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.key.Pem;
import dev.bulla.sigstore.rekor.LogProposal.OfDigest;
import dev.bulla.sigstore.rekor.LogProposal.OfEnvelope;
import dev.bulla.tlog.LoggedSignature;
import java.util.List;

/** Entries as clients propose them to Rekor v1. Source: Rekor's pkg/types schemas. */
final class RekorV1Proposals {

  private RekorV1Proposals() {}

  /** What is recorded when nothing else is asked for. */
  static JsonObject usual(LogProposal proposal) throws MalformedInputException {
    return proposal instanceof OfDigest digest ? hashedrekord(digest) : dsse((OfEnvelope) proposal);
  }

  /** As which kinds of entry the signature may have been recorded. */
  static List<JsonObject> all(LogProposal proposal) throws MalformedInputException {
    return proposal instanceof OfEnvelope envelope
        ? List.of(dsse(envelope), intoto1(envelope), intoto2(envelope))
        : List.of(usual(proposal));
  }

  private static JsonObject hashedrekord(OfDigest proposal) {
    JsonObject data =
        JsonObject.builder()
            .put(
                "hash",
                JsonObject.builder()
                    .put("algorithm", proposal.algorithm().ociName())
                    .put("value", HexText.encode(proposal.digest()))
                    .build())
            .build();
    JsonObject signature =
        JsonObject.builder()
            .put("content", Base64Text.encode(proposal.claim().signature()))
            .put(
                "publicKey",
                JsonObject.builder()
                    .put("content", Base64Text.encode(signerPem(proposal.claim())))
                    .build())
            .build();
    return entry(
        "hashedrekord",
        "0.0.1",
        JsonObject.builder().put("data", data).put("signature", signature).build());
  }

  private static JsonObject dsse(OfEnvelope proposal) throws MalformedInputException {
    JsonObject content =
        JsonObject.builder()
            .put("envelope", proposal.text().toUtf8String("envelope"))
            .put(
                "verifiers",
                JsonArray.of(new JsonString(Base64Text.encode(signerPem(proposal.claim())))))
            .build();
    return entry("dsse", "0.0.1", JsonObject.builder().put("proposedContent", content).build());
  }

  private static JsonObject intoto1(OfEnvelope proposal) throws MalformedInputException {
    JsonObject content =
        JsonObject.builder()
            .put("envelope", proposal.text().toUtf8String("envelope"))
            .put("hash", sha256(proposal.text()))
            .build();
    return entry(
        "intoto",
        "0.0.1",
        JsonObject.builder()
            .put("content", content)
            .put("publicKey", Base64Text.encode(signerPem(proposal.claim())))
            .build());
  }

  /** Payload and signature are base64 of base64 there. */
  static JsonObject intoto2(OfEnvelope proposal) {
    JsonObject signature =
        JsonObject.builder()
            .put("publicKey", Base64Text.encode(signerPem(proposal.claim())))
            .put("sig", twice(proposal.claim().signature()))
            .build();
    JsonObject envelope =
        JsonObject.builder()
            .put("payload", twice(proposal.envelope().payload()))
            .put("payloadType", proposal.envelope().payloadType())
            .put("signatures", JsonArray.of(signature))
            .build();
    JsonObject content =
        JsonObject.builder()
            .put("envelope", envelope)
            .put("hash", sha256(proposal.text()))
            .put("payloadHash", sha256(proposal.envelope().payload()))
            .build();
    return entry("intoto", "0.0.2", JsonObject.builder().put("content", content).build());
  }

  private static JsonObject entry(String kind, String version, JsonObject spec) {
    return JsonObject.builder()
        .put("apiVersion", version)
        .put("kind", kind)
        .put("spec", spec)
        .build();
  }

  private static JsonObject sha256(Bytes content) {
    return JsonObject.builder()
        .put("algorithm", "sha256")
        .put("value", Digest.sha256(content).hex())
        .build();
  }

  private static String twice(Bytes content) {
    return Base64Text.encode(Bytes.utf8(Base64Text.encode(content)));
  }

  private static Bytes signerPem(LoggedSignature claim) {
    return claim.certificate().isPresent()
        ? new Pem("CERTIFICATE", claim.certificate().get()).print()
        : Bytes.utf8(claim.key().toPem());
  }
}
