package dev.bulla.cli.command;

import dev.bulla.error.BullaBug;
import dev.bulla.error.BullaException;
import dev.bulla.key.Signer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The private key of a line. Where a person has to be asked for its password, it is opened when it
 * is first needed: by then everything that costs no password has been checked. Where the password
 * is at hand or none is needed, it is opened on the side while the registry is asked, since that
 * takes a quarter of a second on purpose.
 */
final class LazySigner implements AutoCloseable {

  private final FutureTask<Signer> opening;

  LazySigner(String reference, CommandContext context) {
    this.opening = new FutureTask<>(() -> Keys.signer(reference, context));
    if (Keys.needsNobody(reference, context)) {
      Thread thread = new Thread(opening, "open-key");
      thread.setDaemon(true);
      thread.start();
    }
  }

  Signer get() throws BullaException {
    opening.run(); // does nothing when another thread did or does it
    try {
      return opening.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BullaException failure) {
        throw failure.in("getting keypair and token: getting signer: reading key");
      }
      throw new BullaBug("opening the key failed in an unforeseen way", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BullaBug("interrupted while a key was opened", e);
    }
  }

  @Override
  public void close() {
    if (opening.state() == FutureTask.State.SUCCESS) {
      opening.resultNow().close();
    }
  }
}
