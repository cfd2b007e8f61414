package dev.bulla.cli.command;

import dev.bulla.error.BullaException;
import dev.bulla.key.Signer;
import org.jspecify.annotations.Nullable;

/** The private key of a line, opened when it is first needed: by then everything that costs no password has been checked. */
final class LazySigner implements AutoCloseable {

  private final String reference;
  private final CommandContext context;
  private @Nullable Signer opened;

  LazySigner(String reference, CommandContext context) {
    this.reference = reference;
    this.context = context;
  }

  Signer get() throws BullaException {
    if (opened == null) {
      try {
        opened = Keys.signer(reference, context);
      } catch (BullaException e) {
        throw e.in("getting keypair and token: getting signer: reading key");
      }
    }
    return opened;
  }

  @Override
  public void close() {
    if (opened != null) {
      opened.close();
    }
  }
}
