package dev.bulla.sigstore.rekor;

import dev.bulla.bundle.Bundle.InclusionProof;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.tlog.MerkleTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An entry as Rekor v1 answers with it: an object whose one member is named by the identifier.
 * Source: Rekor's openapi.yaml, "LogEntry".
 */
final class RekorV1Entry {

  private static final String WHAT = "log entry";
  private static final int HASH_CHARS = 64;
  private static final int TREE_CHARS = 16;
  private static final int MAX_PATH = 64;
  private static final JsonLimits JSON = JsonLimits.DEFAULT.withMaxValues(10_000);

  private RekorV1Entry() {}

  /** Whether a text is an identifier. */
  static boolean isUuid(String text) {
    return HexText.isLowerHex(text, HASH_CHARS / 2)
        || HexText.isLowerHex(text, (HASH_CHARS + TREE_CHARS) / 2);
  }

  /** The part of an identifier that is the hash of the entry. */
  static String hash(String uuid) {
    return uuid.substring(uuid.length() - HASH_CHARS);
  }

  /**
   * Reads an entry, which has to be the one that its identifier names.
   *
   * @throws MalformedInputException also when it is not
   */
  static LogEntry parse(JsonObject answer) throws MalformedInputException {
    if (answer.size() != 1) {
      throw new MalformedInputException(WHAT, "expected one, found " + answer.size());
    }
    JsonObject.Member member = answer.members().get(0);
    if (!isUuid(member.name()) || !(member.value() instanceof JsonObject json)) {
      throw new MalformedInputException(
          WHAT, "expected one under its identifier, found " + Quoted.text(member.name()));
    }
    GoFields fields = GoFields.of(json, WHAT);
    Bytes body = Base64Text.decode(fields.requiredString("body"), WHAT + ": body");
    if (!HexText.encode(MerkleTree.leafHash(body)).equals(hash(member.name()))) {
      throw new MalformedInputException(WHAT, "another one than its identifier names");
    }
    long integratedTime = fields.requiredInt64("integratedTime");
    long logIndex = fields.requiredInt64("logIndex");
    if (logIndex < 0 || integratedTime <= 0) {
      throw new MalformedInputException(WHAT, "a number that is out of range");
    }
    Bytes logId = HexText.decode(fields.requiredString("logID"), WHAT + ": logID");
    GoFields verification = fields.requiredFields("verification");
    Optional<Bytes> promise = verification.bytes("signedEntryTimestamp");
    Optional<GoFields> proof = verification.fields("inclusionProof");
    if (promise.isEmpty() && proof.isEmpty()) {
      throw new MalformedInputException(WHAT, "neither promised nor proven to be in the log");
    }
    GoFields kind = GoFields.of(JsonParser.parseObject(body, WHAT + ": body", JSON), WHAT);
    return new LogEntry(
        logIndex,
        logId,
        kind.requiredString("kind"),
        kind.requiredString("apiVersion"),
        integratedTime,
        promise,
        proof.isPresent() ? Optional.of(proof(proof.get())) : Optional.empty(),
        body);
  }

  private static InclusionProof proof(GoFields fields) throws MalformedInputException {
    List<String> texts = fields.strings("hashes");
    if (texts.size() > MAX_PATH) {
      throw new MalformedInputException(WHAT, "inclusion proof: more than 64 hashes");
    }
    List<Bytes> hashes = new ArrayList<>(texts.size());
    for (String text : texts) {
      hashes.add(HexText.decode(text, WHAT + ": inclusion proof"));
    }
    return new InclusionProof(
        fields.requiredInt64("logIndex"),
        HexText.decode(fields.requiredString("rootHash"), WHAT + ": inclusion proof"),
        fields.requiredInt64("treeSize"),
        hashes,
        fields.requiredString("checkpoint"));
  }
}
