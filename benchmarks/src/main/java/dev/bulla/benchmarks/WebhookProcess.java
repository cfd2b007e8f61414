package dev.bulla.benchmarks;

import dev.bulla.testkit.http.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * {@code bulla admission serve} as a process, over TLS on loopback, with the heap that the chart
 * gives it; and a client that keeps its connections.
 */
final class WebhookProcess implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private static final String HEAP = "-Xmx256m";

  /** Reviews under way; more of them wait here, not in handshakes that nobody needs. */
  private static final int CONNECTIONS = 32;

  private final Process process;
  private final HttpClient http;
  private final String url;
  private final SSLContext tls;
  private final int port;
  private final Semaphore slots = new Semaphore(CONNECTIONS);

  /** Open and not in use; the one used last is taken first. */
  private final BlockingDeque<ReviewConnection> open = new LinkedBlockingDeque<>();

  private long readyAfterMillis;

  private WebhookProcess(Process process, SSLContext tls, int port) {
    this.process = process;
    this.tls = tls;
    this.port = port;
    this.http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(tls).build();
    this.url = "https://127.0.0.1:" + port;
  }

  /**
   * Starts one that admits what this key signed.
   *
   * @param work an empty folder
   * @param registry host and port of the one that is asked over plain HTTP
   */
  static WebhookProcess start(String bulla, Path work, String registry, String publicKey)
      throws IOException, InterruptedException {
    TestAuthority authority = TestAuthority.create("webhook");
    TestAuthority.Issued identity = authority.issueServer("127.0.0.1");
    Files.createDirectories(work.resolve("home"));
    Files.writeString(work.resolve("tls.crt"), identity.certificatePem());
    Files.writeString(work.resolve("tls.key"), identity.keyPem());
    Files.writeString(
        work.resolve("config.yaml"),
        "validators:\n"
            + "- name: default\n"
            + "  type: cosign\n"
            + "  trustRoots:\n"
            + "  - name: default\n"
            + "    key: |\n"
            + publicKey.indent(6)
            + "policy:\n- pattern: \"*:*\"\n  with:\n    verifyInTransparencyLog: false\n");
    int port = freePort();
    ProcessBuilder builder =
        new ProcessBuilder(
                bulla,
                "admission",
                "serve",
                "--config=config.yaml",
                "--listen=127.0.0.1:" + port,
                "--tls-cert=tls.crt",
                "--tls-key=tls.key",
                "--allow-http-registry=" + registry)
            .directory(work.toFile())
            .redirectOutput(work.resolve("stdout").toFile())
            .redirectError(work.resolve("stderr").toFile());
    builder.environment().put("HOME", work.resolve("home").toString());
    builder.environment().put("DOCKER_CONFIG", work.resolve("home").toString());
    builder.environment().put("JAVA_TOOL_OPTIONS", HEAP);
    builder.environment().put("LOG_LEVEL", "error");
    long start = System.nanoTime();
    WebhookProcess webhook = new WebhookProcess(builder.start(), authority.clientContext(), port);
    webhook.awaitReady(work);
    webhook.readyAfterMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    return webhook;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady(Path work) throws IOException, InterruptedException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (probe("/ready") != 200) {
      if (process.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        close();
        throw new IOException(
            "the webhook did not come up: " + Files.readString(work.resolve("stderr")));
      }
    }
  }

  /** The status of a GET; 0 when there is no answer. */
  int probe(String path) throws InterruptedException {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create(url + path))
                  .timeout(Duration.ofSeconds(20)) // a loaded machine must not look like a fault
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  /** The value of a metric without labels; NaN when there is none. */
  double metric(String name) throws IOException, InterruptedException {
    String all =
        http.send(
                HttpRequest.newBuilder(URI.create(url + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
            .body();
    return all.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  /** Asks until connections are there and the JVM has compiled what is hot. */
  void warmUp(String image, int reviews) throws IOException, InterruptedException {
    for (int i = 0; i < reviews; i++) {
      admits(image);
    }
  }

  /** From the start of the process until it said that it was ready. */
  long readyAfterMillis() {
    return readyAfterMillis;
  }

  /** The processor's time that it took so far. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Whether a new pod with these images is admitted. */
  boolean admits(String... images) throws IOException, InterruptedException {
    slots.acquire();
    try {
      return answer(review(images)).contains("\"allowed\":true");
    } finally {
      slots.release();
    }
  }

  private String answer(String review) throws IOException {
    ReviewConnection connection = open.pollFirst();
    while (connection != null && connection.mayHaveEnded()) {
      connection.close();
      connection = open.pollFirst();
    }
    return answer(connection == null ? ReviewConnection.open(tls, port) : connection, review);
  }

  private String answer(ReviewConnection connection, String review) throws IOException {
    boolean done = false;
    try {
      String answer = connection.post("/mutate?timeout=30s", review);
      done = true;
      open.addFirst(connection);
      return answer.replace(" ", "");
    } finally {
      if (!done) {
        connection.close();
      }
    }
  }

  private static String review(String... images) {
    StringBuilder containers = new StringBuilder();
    for (int i = 0; i < images.length; i++) {
      containers
          .append(i == 0 ? "" : ", ")
          .append("{\"name\": \"c")
          .append(i)
          .append("\", \"image\": \"")
          .append(images[i])
          .append("\"}");
    }
    return """
    {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
     "uid": "0", "kind": {"group": "", "version": "v1", "kind": "Pod"},
     "operation": "CREATE", "namespace": "load", "object": {"apiVersion": "v1",
     "kind": "Pod", "metadata": {"name": "p", "namespace": "load"},
     "spec": {"containers": [%s]}}}}
    """
        .replace("%s", containers);
  }

  /** What the kernel says of its memory, in KiB: {@code VmRSS} now, {@code VmHWM} at most. */
  long memoryKib(String what) throws IOException {
    // the launcher becomes the program itself
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith(what + ":")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("no " + what);
  }

  @Override
  public void close() {
    http.shutdownNow();
    for (ReviewConnection connection : open) {
      try {
        connection.close();
      } catch (IOException e) {
        // the webhook ends next
      }
    }
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
