package dev.bulla.cli.command;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.CertificateChain;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.InclusionProof;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bundle.Bundle.PublicKeyHint;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.MalformedInputException;
import dev.bulla.intoto.Statement;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.timestamp.TimestampToken;
import dev.bulla.tlog.Checkpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a bundle says, as a JSON document that programs can rely on: members are only ever added;
 * another meaning would be another schema version. What cannot be read inside is named in a member
 * {@code problem} where it stands.
 */
final class BundleFacts {

  static final String PROBLEM = "problem";

  private BundleFacts() {}

  static JsonObject of(Bundle bundle) {
    JsonObject.Builder material = JsonObject.builder();
    if (bundle.keyMaterial() instanceof PublicKeyHint key) {
      material.put("publicKey", JsonObject.builder().put("hint", key.hint()).build());
    } else {
      List<JsonObject> certificates = new ArrayList<>();
      for (Bytes der : ((CertificateChain) bundle.keyMaterial()).certificates()) {
        certificates.add(CertificateFacts.of(der));
      }
      material.put("certificates", JsonArray.of(certificates));
    }
    material.put(
        "transparencyLogEntries",
        JsonArray.of(bundle.logEntries().stream().map(BundleFacts::entry).toList()));
    material.put(
        "timestamps",
        JsonArray.of(bundle.timestamps().stream().map(BundleFacts::timestamp).toList()));
    return JsonObject.builder()
        .put("schemaVersion", 1)
        .put("bundleMediaType", bundle.mediaType())
        .put("verificationMaterial", material.build())
        .put("content", content(bundle.content()))
        .put(
            "verifyingWouldCheck",
            JsonArray.of(checks(bundle).stream().map(JsonString::new).toList()))
        .build();
  }

  private static JsonObject entry(LogEntry entry) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("logIndex", entry.logIndex())
            .put("logId", HexText.encode(entry.logId()))
            .put("kind", entry.kind())
            .put("version", entry.version());
    if (entry.integratedTime() != 0) {
      json.put("integratedTime", time(entry.integratedTime()));
    }
    json.put("inclusionPromise", entry.inclusionPromise().isPresent());
    if (entry.inclusionProof().isPresent()) {
      json.put("inclusionProof", proof(entry.inclusionProof().get()));
    }
    return json.put("bodyBytes", entry.canonicalizedBody().size()).build();
  }

  /** Any number may stand there, also one that is no time. */
  private static String time(long seconds) {
    return seconds > Instant.MAX.getEpochSecond() || seconds < Instant.MIN.getEpochSecond()
        ? Long.toString(seconds)
        : Instant.ofEpochSecond(seconds).toString();
  }

  private static JsonObject proof(InclusionProof proof) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("logIndex", proof.logIndex())
            .put("treeSize", proof.treeSize())
            .put("rootHash", HexText.encode(proof.rootHash()))
            .put("hashes", proof.hashes().size());
    try {
      Checkpoint checkpoint = Checkpoint.parse(proof.checkpoint());
      json.put(
          "checkpoint",
          JsonObject.builder()
              .put("origin", checkpoint.origin())
              .put("treeSize", checkpoint.size())
              .put("rootHash", HexText.encode(checkpoint.rootHash()))
              .put("signatures", checkpoint.signatures().size())
              .build());
    } catch (MalformedInputException e) {
      json.put("checkpoint", problem(e));
    }
    return json.build();
  }

  private static JsonObject timestamp(Bytes der) {
    try {
      return JsonObject.builder()
          .put("time", TimestampToken.parse(der).claimedTime().toString())
          .build();
    } catch (MalformedInputException e) {
      return problem(e);
    }
  }

  static JsonObject problem(MalformedInputException e) {
    return JsonObject.builder().put(PROBLEM, e.message()).build();
  }

  private static JsonObject content(Bundle.Content content) {
    if (content instanceof DsseContent dsse) {
      return JsonObject.builder().put("dsseEnvelope", envelope(dsse.envelope())).build();
    }
    MessageSignature message = (MessageSignature) content;
    JsonObject.Builder json = JsonObject.builder();
    message
        .digest()
        .ifPresent(digest ->
            json.put(
                "messageDigest",
                digest.algorithm().ociName() + ":" + HexText.encode(digest.digest())));
    return JsonObject.builder()
        .put("messageSignature", json.put("signatureBytes", message.signature().size()).build())
        .build();
  }

  private static JsonObject envelope(Envelope envelope) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("payloadType", envelope.payloadType())
            .put("payloadBytes", envelope.payload().size())
            .put("signatures", envelope.signatures().size());
    if (envelope.payloadType().equals(Envelope.IN_TOTO)) {
      json.put("statement", statement(envelope.payload()));
    }
    return json.build();
  }

  private static JsonObject statement(Bytes payload) {
    try {
      Statement statement = Statement.parse(payload);
      List<JsonObject> subjects = new ArrayList<>();
      for (Statement.Subject subject : statement.subjects()) {
        JsonObject.Builder one = JsonObject.builder();
        if (!subject.name().isEmpty()) {
          one.put("name", subject.name());
        }
        one.put("digest", JsonObject.sortedStrings(subject.digests()));
        if (!subject.annotations().isEmpty()) {
          one.put("annotations", subject.annotations());
        }
        subjects.add(one.build());
      }
      return JsonObject.builder()
          .put("predicateType", statement.predicateType())
          .put("subjects", JsonArray.of(subjects))
          .build();
    } catch (MalformedInputException e) {
      return problem(e);
    }
  }

  /** What a verdict would rest on, in the order in which it is asked. */
  private static List<String> checks(Bundle bundle) {
    boolean certificate = bundle.keyMaterial() instanceof CertificateChain;
    List<String> checks = new ArrayList<>();
    checks.add(
        "the signature, with "
            + (certificate ? "the key of the certificate" : "the public key that the user names"));
    checks.add(
        bundle.content() instanceof DsseContent
            ? "that the statement speaks of the artifact"
            : "that the signature is over the artifact");
    boolean loggedTime = false;
    for (LogEntry entry : bundle.logEntries()) {
      checks.add("that log entry " + entry.logIndex() + " is of exactly this signature");
      if (entry.inclusionProof().isPresent()) {
        checks.add("the inclusion proof of log entry " + entry.logIndex() + " and its checkpoint");
      }
      if (entry.inclusionPromise().isPresent()) {
        loggedTime = true;
        checks.add("the promise of log entry " + entry.logIndex() + ", which proves a time");
      }
    }
    if (bundle.logEntries().isEmpty()) {
      checks.add("there is no log entry: refused unless the log is ignored");
    }
    if (!bundle.timestamps().isEmpty()) {
      checks.add(
          "the timestamps, which prove times, when certificates or timestamps are asked for");
    }
    if (certificate) {
      if (!loggedTime && bundle.timestamps().isEmpty()) {
        checks.add("nothing in it proves a time: refused");
      }
      checks.add("the certificate's chain at each proven time");
      checks.add("that a certificate log promised to list the certificate");
      checks.add("that the certificate names the signer that the user names");
    }
    return checks;
  }
}
