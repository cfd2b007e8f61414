package dev.bulla.sigstore.rekor;

import dev.bulla.bundle.Bundle.InclusionProof;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.tlog.LogCheck;
import dev.bulla.tlog.LoggedSignature;
import dev.bulla.tlog.MerkleTree;

/**
 * What can be said of an entry that a log returned without knowing the log's key: that it is of
 * what was sent, and that its proof is one.
 */
final class Returned {

  private Returned() {}

  /**
   * Checks an entry.
   *
   * @throws MalformedInputException when it is of something else, or its proof proves nothing
   */
  static void check(LogEntry entry, LoggedSignature claim) throws MalformedInputException {
    try {
      LogCheck.checkContent(entry, claim);
    } catch (NotProvenException e) {
      throw new MalformedInputException("", e.detail(), e);
    }
    if (entry.inclusionProof().isPresent()) {
      InclusionProof proof = entry.inclusionProof().get();
      Bytes leaf = MerkleTree.leafHash(entry.canonicalizedBody());
      if (!MerkleTree.includes(
          proof.rootHash(), proof.treeSize(), proof.logIndex(), leaf, proof.hashes())) {
        throw new MalformedInputException(
            "inclusion proof", "does not lead to the root hash that is given with it");
      }
    }
  }
}
