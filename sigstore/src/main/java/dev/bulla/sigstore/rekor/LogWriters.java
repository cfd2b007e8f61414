package dev.bulla.sigstore.rekor;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.error.BullaBug;
import dev.bulla.error.BullaException;
import dev.bulla.error.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Several logs at once. */
public final class LogWriters {

  private LogWriters() {}

  /**
   * Records a signature in every log, in all of them side by side.
   *
   * @return one entry of each, in the order of the logs
   * @throws BullaException the failure of the first log that failed, after all have answered; it
   *     says in which others the signature was recorded
   */
  public static List<LogEntry> record(List<? extends LogWriter> logs, LogProposal proposal)
      throws BullaException {
    if (logs.size() == 1) {
      return List.of(logs.get(0).record(proposal));
    }
    List<FutureTask<LogEntry>> tasks = new ArrayList<>(logs.size());
    for (LogWriter log : logs) {
      FutureTask<LogEntry> task = new FutureTask<>(() -> log.record(proposal));
      tasks.add(task);
      // no virtual ones: the first of them costs a short run more than it saves
      Thread thread = new Thread(task, "bulla-log");
      thread.setDaemon(true);
      thread.start();
    }
    List<LogEntry> entries = new ArrayList<>(logs.size());
    List<String> recorded = new ArrayList<>();
    BullaException failure = null;
    for (int i = 0; i < tasks.size(); i++) {
      try {
        LogEntry entry = tasks.get(i).get();
        entries.add(entry);
        recorded.add(logs.get(i).name() + " with index " + entry.logIndex());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof BullaException cause)) {
          throw new BullaBug("recording in a transparency log", e.getCause());
        }
        failure = failure == null ? cause : failure;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ServiceException(
            ServiceException.Kind.UNREACHABLE, "recording in transparency logs: interrupted", e);
      }
    }
    if (failure == null) {
      return entries;
    }
    throw recorded.isEmpty()
        ? failure
        : failure.in("recorded in " + String.join(", in ", recorded) + ", but not everywhere");
  }
}
