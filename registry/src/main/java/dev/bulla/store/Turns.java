package dev.bulla.store;

import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets the writers of one process add to one tag one after the other: they would only get into each
 * other's way. Nothing depends on it; writers of other processes are not held up.
 */
final class Turns {

  /** A power of two; two tags that share a lock wait for each other without need. */
  private static final int LOCKS = 1024;

  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  Turns() {
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  /** What is done when it is one's turn. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws BullaException;
  }

  <T> T take(Repository repository, String tag, Work<T> work) throws BullaException {
    int hash = 31 * repository.toString().hashCode() + tag.hashCode();
    ReentrantLock lock = locks[(hash ^ (hash >>> 16)) & (LOCKS - 1)];
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException(RegistryException.Kind.UNREACHABLE, "interrupted", e);
    }
    try {
      return work.run();
    } finally {
      lock.unlock();
    }
  }
}
