package dev.bulla.admission.cache;

import dev.bulla.admission.cache.Remembered.Denied;
import dev.bulla.admission.cache.Remembered.Verified;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes what is remembered so that nobody without the key can have written it: HMAC-SHA256 over
 * the name it is kept under, what it says, and when it ends. What does not carry that, belongs
 * under another name or has ended, is nothing.
 */
final class Seal {

  private static final int MAX_BYTES = 8192;
  private static final int MAC_HEX = 64;
  private static final int MIN_KEY = 16;

  private final SecretKeySpec key;

  /**
   * @param secret shared by the processes that are to believe each other; at least 16 bytes
   * @throws IllegalArgumentException for a shorter one
   */
  Seal(Bytes secret) {
    if (secret.size() < MIN_KEY) {
      throw new IllegalArgumentException("a key of " + secret.size() + " bytes");
    }
    this.key = new SecretKeySpec(secret.toByteArray(), "HmacSHA256");
  }

  /** What to keep. */
  Bytes seal(String name, Remembered entry, Instant ends) {
    JsonObject.Builder text =
        JsonObject.builder().put("since", entry.since().toString()).put("ends", ends.toString());
    if (entry instanceof Verified verified) {
      text.put("digest", verified.digest().toString());
    } else {
      Denied denied = (Denied) entry;
      text.put("outcome", denied.outcome().name()).put("message", denied.message());
    }
    Bytes content = GoJson.write(text.build());
    return Bytes.concat(Bytes.utf8(mac(name, content)), content);
  }

  /**
   * What was kept; empty when it is not ours, or not under this name, or has ended.
   *
   * @param longest how long anything of ours could have been kept
   */
  Optional<Remembered> open(String name, Bytes sealed, Instant now, Duration longest) {
    if (sealed.size() <= MAC_HEX || sealed.size() > MAX_BYTES) {
      return Optional.empty();
    }
    Bytes content = sealed.slice(MAC_HEX, sealed.size());
    byte[] expected = Bytes.utf8(mac(name, content)).toByteArray();
    if (!MessageDigest.isEqual(expected, sealed.slice(0, MAC_HEX).toByteArray())) {
      return Optional.empty();
    }
    try {
      JsonObject entry = JsonParser.parseObject(content, "cache entry");
      Instant since = Instant.parse(text(entry, "since"));
      Instant ends = Instant.parse(text(entry, "ends"));
      if (!now.isBefore(ends) || ends.isAfter(now.plus(longest))) {
        return Optional.empty();
      }
      return Optional.of(
          entry.get("digest").isPresent()
              ? new Verified(Digest.parse(text(entry, "digest")), since)
              : new Denied(Outcome.valueOf(text(entry, "outcome")), text(entry, "message"), since));
    } catch (MalformedInputException | DateTimeException | IllegalArgumentException e) {
      return Optional.empty(); // sealed by another release of ours
    }
  }

  private static String text(JsonObject entry, String name) throws MalformedInputException {
    Optional<JsonValue> value = entry.get(name);
    if (value.isPresent() && value.get() instanceof JsonString text) {
      return text.value();
    }
    throw new MalformedInputException("cache entry", "no " + name);
  }

  private String mac(String name, Bytes content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      Bytes named = Bytes.utf8(name);
      mac.update(Bytes.utf8(named.size() + ":").toByteArray());
      mac.update(named.toByteArray());
      mac.update(content.toByteArray());
      return HexText.encode(Bytes.of(mac.doFinal()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }
}
