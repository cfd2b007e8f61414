package dev.bulla.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * A registry that runs as a process of ours, on a free loopback port and with a folder of its own.
 */
final class PeerRegistry implements AutoCloseable {

  private static final int ATTEMPTS = 5;
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 25;

  private final Workplace place;
  private final Process process;
  private final String host;

  private PeerRegistry(Workplace place, Process process, String host) {
    this.place = place;
    this.process = process;
    this.host = host;
    // when the run is broken off, nobody closes this
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stops " + host));
  }

  /**
   * Starts one and waits until it answers.
   *
   * @throws TestAbortedException when the program is not there
   */
  static PeerRegistry start(RegistryKind kind, Peers peers) {
    return start(kind.program(), peers, kind::command);
  }

  /** Writes what a registry needs into its folder; returns its arguments. */
  @FunctionalInterface
  interface SettingUp {
    List<String> command(Path folder, int port, Workplace place);
  }

  /**
   * Starts one that is set up in some other way, over TLS too.
   *
   * @throws TestAbortedException when the program is not there
   */
  static PeerRegistry start(Program program, Peers peers, SettingUp settingUp) {
    peers.path(program);
    AssertionError last = new AssertionError("not tried");
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Workplace place = Workplace.create(peers);
      int port = FreePort.guess();
      Process process = place.call(program, settingUp.command(place.folder(), port, place)).start();
      if (answers(process, port)) {
        return new PeerRegistry(place, process, "127.0.0.1:" + port);
      }
      Call.stop(process);
      place.close();
      last = new AssertionError(program + " did not come up on port " + port);
    }
    throw last;
  }

  /** Host and port. */
  String host() {
    return host;
  }

  /** What it wrote on its output and its errors so far. */
  String log() {
    StringBuilder all = new StringBuilder();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(place.root(), "{out,err}*")) {
      for (Path file : files) {
        all.append(Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.toString();
  }

  /** Ends it; what it kept stays until it is closed. */
  void kill() {
    Call.stop(process);
  }

  @Override
  public void close() {
    Call.stop(process);
    place.close();
  }

  private static boolean answers(Process process, int port) {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/"))
              .timeout(Duration.ofSeconds(5))
              .build();
      while (System.nanoTime() < end) {
        if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          return false;
        }
        try {
          int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
          // 400: the answer of a server that expects TLS
          if (status == 200 || status == 401 || status == 400) {
            // a server that found its port taken ends at once: then the answer was somebody else's
            return !process.waitFor(4 * POLL_MILLIS, TimeUnit.MILLISECONDS);
          }
        } catch (IOException e) {
          // not yet
        }
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
