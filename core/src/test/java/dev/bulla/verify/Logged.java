package dev.bulla.verify;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.tlog.LoggedSignature;
import dev.bulla.tlog.LoggedSignature.Enveloped;
import dev.bulla.tlog.LoggedSignature.LegacyPayload;
import dev.bulla.tlog.LoggedSignature.Message;
import dev.bulla.tlog.TestLog;
import dev.bulla.tlog.TransparencyLog;
import dev.bulla.trust.TrustedRoot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Puts candidates and log entries together, rightly and wrongly. */
final class Logged {

  private Logged() {}

  /** A root that trusts these logs and nobody else. */
  static TrustedRoot root(TestLog... logs) {
    List<TransparencyLog> trusted = Stream.of(logs).map(TestLog::trusted).toList();
    return new TrustedRoot(trusted, List.of(), List.of(), List.of());
  }

  /** What a log is asked to take for a candidate. */
  static LoggedSignature claim(Candidate candidate, Party party) {
    if (candidate instanceof LegacySignature legacy) {
      return claim(decode(legacy.signatureText()), party, new LegacyPayload(legacy.payload()));
    }
    Bundle bundle = ((BundleSignature) candidate).bundle();
    if (bundle.content() instanceof DsseContent dsse) {
      return claim(
          dsse.envelope().signatures().get(0).sig(),
          party,
          new Enveloped(dsse.envelope().payload(), dsse.envelope().signedBytes()));
    }
    MessageSignature message = (MessageSignature) bundle.content();
    Bundle.MessageDigest digest = message.digest().orElseThrow();
    return claim(message.signature(), party, new Message(digest.algorithm(), digest.digest()));
  }

  private static LoggedSignature claim(
      Bytes signature, Party party, LoggedSignature.Signed signed) {
    return new LoggedSignature(signature, party.key(), Optional.empty(), signed);
  }

  private static Bytes decode(String text) {
    try {
      return Base64Text.decode(text, "signature");
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  /** The candidate with its own entry in that log. */
  static Candidate in(TestLog log, Candidate candidate, Party party) {
    return with(candidate, log.enter(claim(candidate, party)));
  }

  /** The candidate with those entries, whatever they are about. */
  static Candidate with(Candidate candidate, LogEntry... entries) {
    if (candidate instanceof LegacySignature legacy) {
      return new LegacySignature(
          legacy.origin(),
          legacy.payload(),
          legacy.signatureText(),
          Map.of(LegacySignature.LOG_BUNDLE_ANNOTATION, annotation(entries[0])));
    }
    BundleSignature bundle = (BundleSignature) candidate;
    Bundle old = bundle.bundle();
    return new BundleSignature(
        bundle.origin(),
        new Bundle(
            old.mediaType(),
            old.version(),
            old.keyMaterial(),
            List.of(entries),
            old.timestamps(),
            old.content()),
        bundle.raw());
  }

  private static String annotation(LogEntry entry) {
    JsonObject payload =
        JsonObject.builder()
            .put("body", Base64Text.encode(entry.canonicalizedBody()))
            .put("integratedTime", entry.integratedTime())
            .put("logIndex", entry.logIndex())
            .put("logID", HexText.encode(entry.logId()))
            .build();
    JsonObject.Builder json = JsonObject.builder();
    entry
        .inclusionPromise()
        .ifPresent(promise -> json.put("SignedEntryTimestamp", Base64Text.encode(promise)));
    try {
      return GoJson.write(json.put("Payload", payload).build()).toUtf8String("log bundle");
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }
}
