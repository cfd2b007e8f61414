package dev.bulla.cli.command;

import dev.bulla.error.BullaException;

/** Who signs the images of a line. For use by several threads. */
interface Signatories extends AutoCloseable {

  /** Who signs now: a certificate that is about to end is replaced. */
  Signatory get() throws BullaException;

  /** What stays the same over all of a line, and in the next line of the same signer. */
  String identity() throws BullaException;

  @Override
  void close();
}
