package dev.bulla.tlog;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.json.CanonicalJson;
import dev.bulla.json.JsonObject;
import dev.bulla.key.KeyType;
import java.time.Instant;

/**
 * The promise of a Rekor v1 log to include an entry, with the time at which it was given: the
 * "signed entry timestamp".
 */
final class EntryPromise {

  /** Beyond it, canonical JSON spells two integers alike. */
  private static final long MAX_EXACT = 1L << 53;

  /** The end of the year 9999. */
  private static final long MAX_SECONDS = 253_402_300_799L;

  private EntryPromise() {}

  /** The bytes that the log signs: four members in canonical JSON. */
  static Bytes signedBytes(LogEntry entry) {
    return CanonicalJson.write(
        JsonObject.builder()
            .put("body", Base64Text.encode(entry.canonicalizedBody()))
            .put("integratedTime", entry.integratedTime())
            .put("logID", HexText.encode(entry.logId()))
            .put("logIndex", entry.logIndex())
            .build());
  }

  /**
   * The time that the promise proves.
   *
   * @throws NotProvenException when the promise is not the log's, or the log was not trusted then
   */
  static Instant verify(LogEntry entry, Bytes promise, TransparencyLog log)
      throws NotProvenException {
    if (entry.logIndex() < 0
        || entry.logIndex() > MAX_EXACT
        || entry.integratedTime() <= 0
        || entry.integratedTime() > MAX_SECONDS) {
      throw wrong("its numbers are out of range");
    }
    if (log.key().type().family() != KeyType.Family.EC) {
      throw wrong("such a log gives none");
    }
    if (!log.signed(signedBytes(entry), promise)) {
      throw wrong("not signed by the log");
    }
    Instant time = Instant.ofEpochSecond(entry.integratedTime());
    if (!log.isTrustedAt(time)) {
      throw new NotProvenException(
          ReasonCode.UNKNOWN_LOG, "the transparency log was not trusted at " + time);
    }
    return time;
  }

  private static NotProvenException wrong(String detail) {
    return new NotProvenException(
        ReasonCode.WRONG_LOG_PROMISE, "signed entry timestamp: " + detail);
  }
}
