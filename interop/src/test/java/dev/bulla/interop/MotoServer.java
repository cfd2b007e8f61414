package dev.bulla.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** moto as AWS KMS, over TLS with a certificate of its own, as a process of ours. */
final class MotoServer implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Workplace place;
  private final Process process;
  private final int port;

  private MotoServer(Workplace place, Process process, int port) {
    this.place = place;
    this.process = process;
    this.port = port;
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stops moto"));
  }

  static MotoServer start(Peers peers) throws IOException, InterruptedException {
    Path python = peers.path(Program.MOTO);
    Workplace place = Workplace.create(peers);
    place.run(
        Program.OPENSSL,
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "tls.key",
        "-out",
        "tls.crt",
        "-days",
        "30",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1");
    int port = FreePort.guess();
    Process process =
        new Call(
                place,
                "moto",
                List.of(python.toString(), launcher().toString()),
                List.of(
                    "-H",
                    "127.0.0.1",
                    "-p",
                    Integer.toString(port),
                    "-s",
                    "-c",
                    place.folder().resolve("tls.crt").toString(),
                    "-k",
                    place.folder().resolve("tls.key").toString()))
            .start();
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (!isOpen(port)) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        Call.stop(process);
        throw new AssertionError("moto did not come up on port " + port);
      }
    }
    return new MotoServer(place, process, port);
  }

  private static Path launcher() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path script = folder.resolve("interop/lib/moto_server.py");
      if (Files.exists(script)) {
        return script;
      }
    }
    throw new IllegalStateException("not started inside a checkout of bulla");
  }

  private static boolean isOpen(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The key of this alias, as a reference with the server as its endpoint. */
  String alias(String name) {
    return "awskms://127.0.0.1:" + port + "/alias/" + name;
  }

  /** {@code https://127.0.0.1:PORT}. */
  String address() {
    return "https://127.0.0.1:" + port;
  }

  /** What makes a program trust the server and be trusted by it. */
  Map<String, String> variables() {
    return Map.of(
        "AWS_ACCESS_KEY_ID", "test",
        "AWS_SECRET_ACCESS_KEY", "test",
        "AWS_REGION", "us-east-1",
        "AWS_EC2_METADATA_DISABLED", "true",
        "AWS_CA_BUNDLE", place.folder().resolve("tls.crt").toString());
  }

  @Override
  public void close() {
    Call.stop(process);
    place.close();
  }
}
