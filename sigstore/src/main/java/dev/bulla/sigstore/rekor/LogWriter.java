package dev.bulla.sigstore.rekor;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.error.BullaException;

/** A transparency log that can be written to. Safe for use by many threads at once. */
public interface LogWriter {

  /**
   * Records a signature, which then is public for ever.
   *
   * @return the entry, of exactly what was proposed; the log's signatures are not checked
   * @throws dev.bulla.error.ServiceException when the log could not be asked, refuses, or answers
   *     with an entry of something else. The signature may have been recorded all the same
   * @throws BullaException when settings of the connection are of no use
   */
  LogEntry record(LogProposal proposal) throws BullaException;

  /** Where the log is, for messages. */
  String name();
}
