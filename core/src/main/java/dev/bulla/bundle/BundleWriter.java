package dev.bulla.bundle;

import dev.bulla.bundle.Bundle.CertificateChain;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.InclusionProof;
import dev.bulla.bundle.Bundle.KeyMaterial;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bundle.Bundle.PublicKeyHint;
import dev.bulla.bundle.Bundle.Version;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.dsse.Envelope;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.ProtoJson;
import java.util.ArrayList;
import java.util.List;

/** The bytes of a bundle: members in the order of their declaration, and zeros left out. */
final class BundleWriter {

  private BundleWriter() {}

  static Bytes write(Bundle bundle) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("mediaType", bundle.mediaType())
            .put("verificationMaterial", material(bundle));
    if (bundle.content() instanceof DsseContent dsse) {
      json.put("dsseEnvelope", envelope(dsse.envelope()));
    } else {
      json.put("messageSignature", message((MessageSignature) bundle.content()));
    }
    return ProtoJson.write(json.build());
  }

  private static JsonObject material(Bundle bundle) {
    JsonObject.Builder json = JsonObject.builder();
    keyMaterial(json, bundle.keyMaterial(), bundle.version());
    if (!bundle.logEntries().isEmpty()) {
      List<JsonObject> entries = new ArrayList<>();
      for (LogEntry entry : bundle.logEntries()) {
        entries.add(entry(entry));
      }
      json.put("tlogEntries", JsonArray.of(entries));
    }
    if (!bundle.timestamps().isEmpty()) {
      List<JsonObject> timestamps = new ArrayList<>();
      for (Bytes timestamp : bundle.timestamps()) {
        timestamps.add(bytes("signedTimestamp", timestamp));
      }
      json.put(
          "timestampVerificationData",
          JsonObject.builder().put("rfc3161Timestamps", JsonArray.of(timestamps)).build());
    }
    return json.build();
  }

  private static void keyMaterial(JsonObject.Builder json, KeyMaterial material, Version version) {
    if (material instanceof PublicKeyHint key) {
      JsonObject.Builder hint = JsonObject.builder();
      if (!key.hint().isEmpty()) {
        hint.put("hint", key.hint());
      }
      json.put("publicKey", hint.build());
      return;
    }
    List<Bytes> certificates = ((CertificateChain) material).certificates();
    if (version == Version.V0_3) {
      if (certificates.size() != 1) {
        throw new IllegalArgumentException("a bundle of version 0.3 has one certificate");
      }
      json.put("certificate", bytes("rawBytes", certificates.get(0)));
      return;
    }
    List<JsonObject> chain = new ArrayList<>();
    for (Bytes certificate : certificates) {
      chain.add(bytes("rawBytes", certificate));
    }
    json.put(
        "x509CertificateChain",
        JsonObject.builder().put("certificates", JsonArray.of(chain)).build());
  }

  private static JsonObject entry(LogEntry entry) {
    JsonObject.Builder json = JsonObject.builder();
    number(json, "logIndex", entry.logIndex());
    json.put("logId", bytes("keyId", entry.logId()));
    json.put(
        "kindVersion",
        JsonObject.builder().put("kind", entry.kind()).put("version", entry.version()).build());
    number(json, "integratedTime", entry.integratedTime());
    entry
        .inclusionPromise()
        .ifPresent(promise -> json.put("inclusionPromise", bytes("signedEntryTimestamp", promise)));
    entry.inclusionProof().ifPresent(proof -> json.put("inclusionProof", proof(proof)));
    json.put("canonicalizedBody", Base64Text.encode(entry.canonicalizedBody()));
    return json.build();
  }

  private static JsonObject proof(InclusionProof proof) {
    JsonObject.Builder json = JsonObject.builder();
    number(json, "logIndex", proof.logIndex());
    json.put("rootHash", Base64Text.encode(proof.rootHash()));
    number(json, "treeSize", proof.treeSize());
    if (!proof.hashes().isEmpty()) {
      List<JsonString> hashes = new ArrayList<>();
      for (Bytes hash : proof.hashes()) {
        hashes.add(new JsonString(Base64Text.encode(hash)));
      }
      json.put("hashes", JsonArray.of(hashes));
    }
    json.put("checkpoint", JsonObject.builder().put("envelope", proof.checkpoint()).build());
    return json.build();
  }

  static Bytes writeEnvelope(Envelope envelope) {
    return ProtoJson.write(envelope(envelope));
  }

  private static JsonObject envelope(Envelope envelope) {
    List<JsonObject> signatures = new ArrayList<>();
    for (Envelope.Signature signature : envelope.signatures()) {
      JsonObject.Builder one = JsonObject.builder().put("sig", Base64Text.encode(signature.sig()));
      if (!signature.keyid().isEmpty()) {
        one.put("keyid", signature.keyid());
      }
      signatures.add(one.build());
    }
    return JsonObject.builder()
        .put("payload", Base64Text.encode(envelope.payload()))
        .put("payloadType", envelope.payloadType())
        .put("signatures", JsonArray.of(signatures))
        .build();
  }

  private static JsonObject message(MessageSignature message) {
    JsonObject.Builder digest = JsonObject.builder();
    message
        .digest()
        .ifPresent(d -> {
          digest.put("algorithm", "SHA2_" + 8 * d.algorithm().lengthBytes());
          digest.put("digest", Base64Text.encode(d.digest()));
        });
    return JsonObject.builder()
        .put("messageDigest", digest.build())
        .put("signature", Base64Text.encode(message.signature()))
        .build();
  }

  private static JsonObject bytes(String name, Bytes value) {
    return JsonObject.builder().put(name, Base64Text.encode(value)).build();
  }

  /** 64 bits are text in proto JSON, and zero is absent. */
  private static void number(JsonObject.Builder json, String name, long value) {
    if (value != 0) {
      json.put(name, Long.toString(value));
    }
  }
}
