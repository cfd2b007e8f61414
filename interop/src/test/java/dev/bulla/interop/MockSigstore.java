package dev.bulla.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * npm's {@code @sigstore/mock} as a process of ours: Fulcio with a certificate log. Its Rekor is
 * left out: what it logs of an envelope is the request, not an entry as the real one makes it.
 */
final class MockSigstore implements AutoCloseable {

  private static final long START_LIMIT_SECONDS = 60;

  private final Process process;
  private final String url;

  private MockSigstore(Process process, String url) {
    this.process = process;
    this.url = url;
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stops @sigstore/mock"));
  }

  /** Starts one; it leaves its trusted root as {@code mock.json} in the folder. */
  static MockSigstore start(Workplace place) throws IOException, InterruptedException {
    place.peers().path(Program.SIGSTORE_JS);
    Path said = place.folder().resolve("url");
    Process process =
        place
            .shell("exec " + Program.SIGSTORE_JS.command() + " mock --trusted-root mock.json >url")
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_LIMIT_SECONDS);
    while (!Files.exists(said) || !Files.readString(said).endsWith("\n")) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        Call.stop(process);
        throw new AssertionError("@sigstore/mock did not come up");
      }
    }
    return new MockSigstore(process, Files.readString(said).strip());
  }

  String url() {
    return url;
  }

  @Override
  public void close() {
    Call.stop(process);
  }
}
