package dev.bulla.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bundle.Bundle.InclusionProof;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.certificate.Certificate;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonObject;
import dev.bulla.key.VerificationKey;
import dev.bulla.tlog.LoggedSignature.Message;
import dev.bulla.vectors.Vectors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Entries that a Rekor v1 answered with, checked with its key. */
final class RealRekorEntryTest {

  private static final String FOLDER = "rekor-v1/";

  private static LogEntry entry(String file) throws MalformedInputException {
    JsonObject.Member member = Vectors.object(FOLDER + file).members().get(0);
    GoFields fields = GoFields.of((JsonObject) member.value(), "entry");
    GoFields verification = fields.requiredFields("verification");
    Bytes body = Base64Text.decode(fields.requiredString("body"), "body");
    assertThat(member.name()).endsWith(HexText.encode(MerkleTree.leafHash(body)));
    Optional<InclusionProof> proof = Optional.empty();
    if (verification.has("inclusionProof")) {
      GoFields json = verification.requiredFields("inclusionProof");
      List<Bytes> hashes = new ArrayList<>();
      for (String hash : json.strings("hashes")) {
        hashes.add(HexText.decode(hash, "hash"));
      }
      proof =
          Optional.of(
              new InclusionProof(
                  json.requiredInt64("logIndex"),
                  HexText.decode(json.requiredString("rootHash"), "root hash"),
                  json.requiredInt64("treeSize"),
                  hashes,
                  json.requiredString("checkpoint")));
    }
    return new LogEntry(
        fields.requiredInt64("logIndex"),
        HexText.decode(fields.requiredString("logID"), "log id"),
        "hashedrekord",
        "0.0.1",
        fields.requiredInt64("integratedTime"),
        verification.bytes("signedEntryTimestamp"),
        proof,
        body);
  }

  private static TransparencyLog log() throws MalformedInputException {
    VerificationKey key = Vectors.publicKey(FOLDER + "rekor.pub");
    return new TransparencyLog("", key.fingerprint(), key, Instant.EPOCH, Optional.empty());
  }

  /** What the entry itself says it is of; that somebody made that signature is not asked here. */
  private static LoggedSignature claim(LogEntry entry) throws MalformedInputException {
    EntryBody.OverHash body = (EntryBody.OverHash) EntryBody.parse(entry);
    assertThat(body.signer().isCertificate()).isTrue();
    return new LoggedSignature(
        body.signature(),
        Certificate.parse(body.signer().der()).publicKey(),
        Optional.of(body.signer().der()),
        new Message(HashAlgorithm.SHA256, body.hash().value()));
  }

  @Test
  void promiseAndProofHold() throws Exception {
    LogEntry entry = entry("entry.json");

    List<LoggedEntry> facts = LogCheck.verify(List.of(entry), List.of(log()), claim(entry));

    assertThat(facts)
        .singleElement()
        .satisfies(fact ->
            assertThat(fact.time()).contains(Instant.ofEpochSecond(entry.integratedTime())));
  }

  @Test
  void aPromiseIsEnoughForATimeAndNothingIsNot() throws Exception {
    LogEntry entry = entry("entry-no-inclusion-proof.json");
    LoggedSignature claim = claim(entry);
    assertThat(entry.inclusionProof()).isEmpty();
    assertThat(LogCheck.verify(List.of(entry), List.of(log()), claim)).hasSize(1);

    LogEntry bare =
        new LogEntry(
            entry.logIndex(),
            entry.logId(),
            entry.kind(),
            entry.version(),
            entry.integratedTime(),
            Optional.empty(),
            Optional.empty(),
            entry.canonicalizedBody());
    NotProvenException refusal =
        catchThrowableOfType(
            NotProvenException.class, () -> LogCheck.verify(List.of(bare), List.of(log()), claim));
    assertThat(refusal.reason()).isEqualTo(ReasonCode.NO_INCLUSION_PROOF);
  }

  /** The digests of the files as they were copied. */
  @Test
  void theFilesAreUntouched() {
    assertThat(Digest.sha256(Vectors.bytes(FOLDER + "entry.json")).hex())
        .isEqualTo("140a4b6c79ebf91561ba9b221ceab7e36e62f4adaa7141eec9212485b791e9a6");
    assertThat(Digest.sha256(Vectors.bytes(FOLDER + "entry-no-inclusion-proof.json")).hex())
        .isEqualTo("4eca7ee1ed5475ea74f154765437c79b7b8e9d85d29aa02b9fa1070e4b5720fc");
    assertThat(Digest.sha256(Vectors.bytes(FOLDER + "rekor.pub")).hex())
        .isEqualTo("1d80b8f72505a43e65e6e125247cd508f61b459dc457c1d1bcb78d96e1760959");
  }
}
