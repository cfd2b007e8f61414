package dev.bulla.tlog;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Refusal.ReasonCode;
import java.util.List;

/** A state of a log that the log's key signed. Nothing else than a checked checkpoint makes one. */
final class SignedTree {

  private final long size;
  private final Bytes rootHash;

  private SignedTree(long size, Bytes rootHash) {
    this.size = size;
    this.rootHash = rootHash;
  }

  /**
   * By the rules for Rekor v1: every signature has to be the log's. That is stricter than for notes
   * and what other clients do.
   */
  static SignedTree ofRekorV1(String checkpoint, TransparencyLog log) throws NotProvenException {
    Checkpoint parsed = parse(checkpoint, ReasonCode.WRONG_CHECKPOINT);
    for (Checkpoint.Line line : parsed.signatures()) {
      if (!line.keyHint().equals(log.keyHint())) {
        throw new NotProvenException(
            ReasonCode.WRONG_CHECKPOINT,
            "checkpoint: a signature names another key than the log's");
      }
      if (!log.signed(parsed.signed(), line.signature())) {
        throw new NotProvenException(
            ReasonCode.WRONG_CHECKPOINT, "checkpoint: a signature is not the log's");
      }
    }
    return new SignedTree(parsed.size(), parsed.rootHash());
  }

  /**
   * By the rules for notes, which Rekor v2 follows: the log's own signature has to be there and
   * good, wherever it stands; those of witnesses are not looked at.
   */
  static SignedTree ofNote(String checkpoint, TransparencyLog log) throws NotProvenException {
    Checkpoint parsed = parse(checkpoint, ReasonCode.WRONG_NOTE);
    // an origin is never empty, so a log without name signs none
    if (!parsed.origin().equals(log.name())) {
      throw new NotProvenException(
          ReasonCode.WRONG_NOTE, "checkpoint: the origin is not the name of the log");
    }
    Bytes hint = log.noteKeyHint();
    for (Checkpoint.Line line : parsed.signatures()) {
      if (line.name().equals(log.name()) && line.keyHint().equals(hint)) {
        if (!log.signed(parsed.signed(), line.signature())) {
          throw new NotProvenException(
              ReasonCode.WRONG_NOTE, "checkpoint: the log's signature is wrong");
        }
        return new SignedTree(parsed.size(), parsed.rootHash());
      }
    }
    throw new NotProvenException(ReasonCode.WRONG_NOTE, "checkpoint: not signed by the log");
  }

  private static Checkpoint parse(String text, ReasonCode reason) throws NotProvenException {
    try {
      return Checkpoint.parse(text);
    } catch (MalformedInputException e) {
      throw new NotProvenException(reason, e);
    }
  }

  /** Whether the log had that size and root hash. */
  boolean is(long otherSize, Bytes otherRoot) {
    return size == otherSize && rootHash.equals(otherRoot);
  }

  /** Whether the path proves that the leaf is in the tree. */
  boolean includes(long index, Bytes leafHash, List<Bytes> path) {
    return MerkleTree.includes(rootHash, size, index, leafHash, path);
  }
}
