package dev.bulla.admission.server;

import dev.bulla.admission.live.Watched;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.metrics.Metrics;

/** Says in log and metrics what came of files that changed. */
public final class Reloads implements Watched.Listener {

  private final String what;
  private final Metrics metrics;
  private final JsonLog log;

  /**
   * @param what the files are about: {@code configuration} or {@code certificate}
   */
  public Reloads(String what, Metrics metrics, JsonLog log) {
    this.what = what;
    this.metrics = metrics;
    this.log = log;
  }

  @Override
  public void reloaded() {
    metrics.reloaded(what, true);
    log.info("the " + what + " has changed and is used from now on");
  }

  @Override
  public void kept(String why) {
    metrics.reloaded(what, false);
    log.error("the " + what + " has changed and cannot be used, the last one stays: " + why);
  }
}
