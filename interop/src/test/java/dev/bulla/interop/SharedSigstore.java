package dev.bulla.interop;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The services that all cells of a class use: started for the first, stopped after the last. */
final class SharedSigstore implements BeforeEachCallback, AfterAllCallback {

  /** Which services, such as {@code RealSigstore::start}. */
  @FunctionalInterface
  interface Start {
    RealSigstore by(Peers peers) throws IOException, InterruptedException;
  }

  private final Start start;
  private @Nullable RealSigstore running;

  SharedSigstore(Start start) {
    this.start = start;
  }

  /** Not before all: cells of missing peers are skipped one by one. */
  @Override
  public void beforeEach(ExtensionContext context) throws IOException, InterruptedException {
    if (running == null) {
      running = start.by(BenchExtension.bench(context).peers());
      MatrixReport.writeServer("certificate log", running.ctLogServer(), context);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  RealSigstore get() {
    return Objects.requireNonNull(running);
  }
}
