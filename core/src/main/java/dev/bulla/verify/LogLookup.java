package dev.bulla.verify;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.error.BullaException;
import dev.bulla.tlog.LoggedSignature;
import java.util.List;

/**
 * A transparency log that is asked about signatures of the older format which come without their
 * entry. What it answers is judged like an entry that came along, by the keys of the trusted root:
 * it is believed for what it signed, not for being asked.
 */
@FunctionalInterface
public interface LogLookup {

  /**
   * Entries of a signature, the earliest first; unchecked, possibly none.
   *
   * @param signature over a {@link LoggedSignature.LegacyPayload}
   * @throws BullaException when the log could not be asked; the signature is then undecided
   */
  List<LogEntry> entries(LoggedSignature signature) throws BullaException;
}
