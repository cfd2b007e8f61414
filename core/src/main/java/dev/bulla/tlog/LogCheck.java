package dev.bulla.tlog;

import dev.bulla.bundle.Bundle.InclusionProof;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Refusal.ReasonCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides whether log entries are evidence of a signature. Stateless. */
public final class LogCheck {

  private LogCheck() {}

  private record Position(Bytes logId, long index) {}

  /**
   * The entries by trusted logs, each checked whole. Entries by unknown logs say nothing and are
   * left out; a wrong one by a trusted log spoils all.
   *
   * @param logs the trusted ones
   * @return at least one
   * @throws NotProvenException when there is no entry by a trusted log, or one that does not prove
   *     what it should
   * @throws MalformedInputException when an entry of a trusted log cannot be read
   */
  public static List<LoggedEntry> verify(
      List<LogEntry> entries, List<TransparencyLog> logs, LoggedSignature claim)
      throws NotProvenException, MalformedInputException {
    List<LoggedEntry> facts = new ArrayList<>(entries.size());
    Set<Position> seen = new HashSet<>();
    for (LogEntry entry : entries) {
      if (!seen.add(new Position(entry.logId(), entry.logIndex()))) {
        throw new MalformedInputException("log entries", "the same entry twice");
      }
      Optional<TransparencyLog> log = find(logs, entry.logId());
      if (log.isPresent()) {
        facts.add(verify(entry, log.get(), claim));
      }
    }
    if (facts.isEmpty()) {
      throw entries.isEmpty()
          ? new NotProvenException(
              ReasonCode.NO_LOG_ENTRY, "signature not found in transparency log")
          : new NotProvenException(
              ReasonCode.UNKNOWN_LOG, "the transparency log of its entry is not a trusted one");
    }
    return facts;
  }

  /**
   * Whether an entry says that it is of exactly this signature. Nothing about whether a log has it:
   * for whoever sent the signature to a log and wants to know what came back.
   *
   * @throws NotProvenException when it is of something else
   * @throws MalformedInputException when it cannot be read
   */
  public static void checkContent(LogEntry entry, LoggedSignature claim)
      throws NotProvenException, MalformedInputException {
    switch (EntryBody.parse(entry)) {
      case EntryBody.OfRekorV1 body -> EntryBinding.check(body, claim);
      case EntryBody.OfRekorV2() -> checkContentV2(entry, claim);
    }
  }

  /** The body is made again from what has to be logged, so that one comparison binds everything. */
  private static void checkContentV2(LogEntry entry, LoggedSignature claim)
      throws NotProvenException {
    if (!entry.canonicalizedBody().equals(RekorV2Body.of(claim))) {
      throw EntryBinding.other(claim, "the entry is not of this signature, signer and digest");
    }
  }

  /** As Go fills a map from the list of logs: of two with one identifier, the later counts. */
  private static Optional<TransparencyLog> find(List<TransparencyLog> logs, Bytes id) {
    for (int i = logs.size() - 1; i >= 0; i--) {
      if (logs.get(i).id().equals(id)) {
        return Optional.of(logs.get(i));
      }
    }
    return Optional.empty();
  }

  private static LoggedEntry verify(LogEntry entry, TransparencyLog log, LoggedSignature claim)
      throws NotProvenException, MalformedInputException {
    return switch (EntryBody.parse(entry)) {
      case EntryBody.OfRekorV1 body -> verifyV1(entry, body, log, claim);
      case EntryBody.OfRekorV2() -> verifyV2(entry, log, claim);
    };
  }

  private static LoggedEntry verifyV1(
      LogEntry entry, EntryBody.OfRekorV1 body, TransparencyLog log, LoggedSignature claim)
      throws NotProvenException {
    EntryBinding.check(body, claim);
    Optional<Instant> time = Optional.empty();
    if (entry.inclusionPromise().isPresent()) {
      time = Optional.of(EntryPromise.verify(entry, entry.inclusionPromise().get(), log));
    }
    if (entry.inclusionProof().isPresent()) {
      InclusionProof proof = entry.inclusionProof().get();
      SignedTree tree = SignedTree.ofRekorV1(proof.checkpoint(), log);
      if (!tree.is(proof.treeSize(), proof.rootHash())) {
        throw new NotProvenException(
            ReasonCode.WRONG_CHECKPOINT, "checkpoint: of another tree than the inclusion proof");
      }
      Bytes leaf = MerkleTree.leafHash(entry.canonicalizedBody());
      if (!tree.includes(proof.logIndex(), leaf, proof.hashes())) {
        throw notIncluded();
      }
    } else if (time.isEmpty()) {
      throw noProof();
    }
    return new LoggedEntry(log.id(), entry.logIndex(), time);
  }

  /**
   * Index and state of the tree are the entry's and the checkpoint's; what the proof repeats of
   * them is not looked at, as other clients do not.
   */
  private static LoggedEntry verifyV2(LogEntry entry, TransparencyLog log, LoggedSignature claim)
      throws NotProvenException {
    checkContentV2(entry, claim);
    if (entry.inclusionPromise().isPresent()) {
      EntryPromise.verify(entry, entry.inclusionPromise().get(), log);
    }
    InclusionProof proof = entry.inclusionProof().orElseThrow(LogCheck::noProof);
    SignedTree tree = SignedTree.ofNote(proof.checkpoint(), log);
    Bytes leaf = MerkleTree.leafHash(entry.canonicalizedBody());
    if (!tree.includes(entry.logIndex(), leaf, proof.hashes())) {
      throw notIncluded();
    }
    // a log of this kind proves no time, whatever the entry says
    return new LoggedEntry(log.id(), entry.logIndex(), Optional.empty());
  }

  private static NotProvenException noProof() {
    return new NotProvenException(
        ReasonCode.NO_INCLUSION_PROOF, "transparency log entry: no inclusion proof");
  }

  private static NotProvenException notIncluded() {
    return new NotProvenException(
        ReasonCode.WRONG_INCLUSION_PROOF,
        "inclusion proof: does not lead to the root hash of the log");
  }
}
