package dev.bulla.sigstore.rekor;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import java.util.List;
import java.util.Optional;

/**
 * A transparency log that can be asked what it holds. Nothing found is the log's word only: a log
 * that hides an entry cannot be told from one that never had it.
 */
public interface LogSearch {

  /**
   * The entries of exactly this signature, in the order of their times.
   *
   * @return possibly none; the log's signatures are not checked
   */
  List<LogEntry> find(LogProposal signature) throws BullaException;

  /** An entry by its place over all shards. Whatever it is of; its signatures are not checked. */
  Optional<LogEntry> byIndex(long logIndex) throws BullaException;

  /**
   * An entry by its identifier: 64 hexadecimal characters, or 80 with the tree before them.
   *
   * @return an entry with that identifier; its signatures are not checked
   */
  Optional<LogEntry> byUuid(String uuid) throws BullaException;

  /**
   * Identifiers of entries that the log's index knows for an artifact. The index may lag behind.
   */
  List<String> uuids(Digest artifact) throws BullaException;
}
