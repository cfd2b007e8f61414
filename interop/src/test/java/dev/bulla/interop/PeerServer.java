package dev.bulla.interop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** A program that serves HTTP on a port of loopback, as a process of ours. */
final class PeerServer implements AutoCloseable {

  private static final int ATTEMPTS = 5;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 50;

  private final Process process;
  private final String url;

  private PeerServer(Process process, String url) {
    this.process = process;
    this.url = url;
    // when the run is broken off, nobody closes this
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stops " + url));
  }

  /**
   * Starts one and waits until it answers 200 to what is asked.
   *
   * @param arguments for a port
   * @param ready the path that is asked for
   * @throws org.opentest4j.TestAbortedException when the program is not there
   */
  static PeerServer start(
      Workplace place, Program program, IntFunction<List<String>> arguments, String ready)
      throws InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = FreePort.guess();
      Process process = place.call(program, arguments.apply(port)).start();
      String url = "http://127.0.0.1:" + port;
      if (answers(process, url + ready)) {
        return new PeerServer(process, url);
      }
      Call.stop(process);
    }
    throw new AssertionError(program + " did not come up");
  }

  private static boolean answers(Process process, String url) throws InterruptedException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (System.nanoTime() < end) {
        if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          return false;
        }
        try {
          if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
            // a server that found its port taken ends at once: then somebody else answered
            return !process.waitFor(4 * POLL_MILLIS, TimeUnit.MILLISECONDS);
          }
        } catch (IOException e) {
          // not yet
        }
      }
    }
    return false;
  }

  /** {@code http://127.0.0.1:PORT}. */
  String url() {
    return url;
  }

  /** What it answers to a GET. */
  byte[] get(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(url + path))
                  .timeout(Duration.ofSeconds(30))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new IOException(path + ": " + answer.statusCode());
      }
      return answer.body();
    }
  }

  /** As {@link #close()}, without asking it. */
  void kill() {
    Call.kill(process);
  }

  @Override
  public void close() {
    Call.stop(process);
  }
}
