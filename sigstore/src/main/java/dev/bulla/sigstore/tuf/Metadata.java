package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import dev.bulla.sigstore.tuf.TufException.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One file of metadata (TUF specification §4), read and not believed. */
record Metadata(
    String type,
    long version,
    Instant expires,
    JsonObject signed,
    Bytes signedBytes,
    List<Signature> signatures,
    Bytes file) {

  /** A signature that claims to be by the key with this id. */
  record Signature(String keyId, Bytes value) {}

  private static final int MAX_SIGNATURES = 64;

  /** Reads a file that has to be of this type. */
  static Metadata read(Bytes file, String type) throws TufException {
    try {
      JsonObject whole = JsonParser.parseObject(file, TufJson.WHAT);
      JsonObject signed = TufJson.object(whole, "signed");
      List<Signature> signatures = new ArrayList<>();
      for (JsonValue one : TufJson.array(whole, "signatures", MAX_SIGNATURES)) {
        JsonObject signature = TufJson.object(one);
        // some that still have to sign are empty
        signatures.add(
            new Signature(
                TufJson.string(signature, "keyid"),
                HexText.decode(TufJson.string(signature, "sig"), TufJson.WHAT)));
      }
      if (!TufJson.string(signed, "_type").equals(type)) {
        throw new MalformedInputException(TufJson.WHAT, "not of type " + type);
      }
      if (!TufJson.string(signed, "spec_version").matches("1(\\.[0-9]{1,4}){0,2}")) {
        throw new MalformedInputException(TufJson.WHAT, "of an unknown version of TUF");
      }
      return new Metadata(
          type,
          TufJson.positive(signed, "version"),
          time(TufJson.string(signed, "expires")),
          signed,
          TufJson.canonical(signed),
          List.copyOf(signatures),
          file);
    } catch (MalformedInputException e) {
      throw new TufException(Reason.MALFORMED, type + ": " + e.message(), e);
    }
  }

  private static Instant time(String text) throws MalformedInputException {
    if (!text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")) {
      throw new MalformedInputException(TufJson.WHAT, "expires is no time");
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new MalformedInputException(TufJson.WHAT, "expires is no time", e);
    }
  }

  /** Refuses metadata whose time is over; the last moment belongs to what follows. */
  void checkFresh(Instant now) throws TufException {
    if (!now.isBefore(expires)) {
      throw new TufException(Reason.EXPIRED, type + " was valid until " + expires);
    }
  }
}
