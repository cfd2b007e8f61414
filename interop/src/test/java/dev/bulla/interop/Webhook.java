package dev.bulla.interop;

import dev.bulla.testkit.http.TestAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code bulla admission serve} as a process of ours, over TLS on a loopback port. */
final class Webhook implements AutoCloseable {

  private static final int ATTEMPTS = 5;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  private final Workplace place;
  private final TestAuthority authority;
  private final HttpClient http;
  private final int port;
  private final Call call;
  private volatile Process process;

  private Webhook(Workplace place, TestAuthority authority, int port, Call call) {
    this.place = place;
    this.authority = authority;
    this.port = port;
    this.call = call;
    this.process = call.start();
    this.http = HttpClient.newBuilder().sslContext(authority.clientContext()).build();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroy(), "stops the webhook"));
  }

  /**
   * Starts one and waits until it is ready.
   *
   * @param config the file that Connaisseur would have at {@code /app/config/config.yaml}
   * @param registry the one registry that may be asked over plain HTTP
   * @param environment the variables that its chart sets
   * @param kubeconfig where it finds the cluster; empty for none
   */
  static Webhook start(
      Peers peers,
      String config,
      String registry,
      Map<String, String> environment,
      String kubeconfig)
      throws InterruptedException {
    return start(peers, config, registry, environment, kubeconfig, List.of());
  }

  /**
   * As {@link #start(Peers, String, String, Map, String)}.
   *
   * @param more flags
   */
  static Webhook start(
      Peers peers,
      String config,
      String registry,
      Map<String, String> environment,
      String kubeconfig,
      List<String> more)
      throws InterruptedException {
    List<String> flags = new ArrayList<>(more);
    if (!kubeconfig.isEmpty()) {
      flags.add("--kubeconfig=" + kubeconfig);
    }
    return start(peers, config, registry, environment, place -> flags);
  }

  private static Webhook start(
      Peers peers,
      String config,
      String registry,
      Map<String, String> environment,
      Function<Workplace, List<String>> more)
      throws InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Workplace place = Workplace.create(peers);
      TestAuthority authority = TestAuthority.create("webhook");
      place.write("config.yaml", config);
      int port = FreePort.guess();
      List<String> line =
          new ArrayList<>(
              List.of(
                  "admission",
                  "serve",
                  "--config=config.yaml",
                  "--listen=127.0.0.1:" + port,
                  "--look-every=1s",
                  "--lame-duck=0s",
                  "--allow-http-registry=" + registry,
                  "--tls-cert=tls.crt",
                  "--tls-key=tls.key"));
      line.addAll(more.apply(place));
      Webhook webhook =
          new Webhook(
              place,
              authority,
              port,
              identified(place, authority.issueServer("127.0.0.1"))
                  .call(Program.BULLA, line)
                  .env(environment));
      if (webhook.comesUp()) {
        return webhook;
      }
      String said = webhook.log();
      webhook.close();
      if (!said.contains("in use")) {
        throw new AssertionError("the webhook did not come up: " + said);
      }
    }
    throw new AssertionError("no port for the webhook");
  }

  /**
   * Starts one that shares its verdicts.
   *
   * @param redis host and port
   * @param authority PEM: who vouches for that Redis
   */
  static Webhook sharing(
      Peers peers,
      String config,
      String registry,
      Map<String, String> environment,
      String redis,
      String authority)
      throws InterruptedException {
    return start(
        peers,
        config,
        registry,
        environment,
        place -> {
          place.write("redis-ca.pem", authority);
          return List.of("--redis=" + redis, "--redis-ca=redis-ca.pem");
        });
  }

  private static Workplace identified(Workplace place, TestAuthority.Issued identity) {
    place.write("tls.key", identity.keyPem());
    place.write("tls.crt", identity.certificatePem());
    return place;
  }

  private boolean comesUp() throws InterruptedException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < end) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
        return false;
      }
      if (status("/ready") == 200) {
        return true;
      }
    }
    return false;
  }

  /** Kills it without a word, and starts it again. */
  void killAndRestart() throws InterruptedException {
    kill();
    process = call.start();
    if (!comesUp()) {
      throw new AssertionError("the webhook did not come up again: " + log());
    }
  }

  void kill() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.waitFor();
  }

  /** Gets another certificate from the same authority, from its files. */
  void present(TestAuthority.Issued identity) {
    identified(place, identity);
  }

  TestAuthority authority() {
    return authority;
  }

  void configure(String config) {
    place.write("config.yaml", config);
  }

  /** {@code https://127.0.0.1:PORT}. */
  String url() {
    return "https://127.0.0.1:" + port;
  }

  /** The status of a GET; 0 when there is no answer. */
  int status(String path) throws InterruptedException {
    try {
      return send(HttpRequest.newBuilder(URI.create(url() + path)).GET()).statusCode();
    } catch (UncheckedIOException e) {
      return 0;
    }
  }

  String metrics() throws InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url() + "/metrics")).GET()).body();
  }

  /** The sum over all series of a metric whose labels contain this text. */
  double metric(String name, String labels) throws InterruptedException {
    return metrics()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> line.contains(labels))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** What it answers to a review, as JSON. */
  String review(String path, String json) throws InterruptedException {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(URI.create(url() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + ": " + answer.body());
    }
    return answer.body();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws InterruptedException {
    try {
      return http.send(
          request.timeout(Duration.ofSeconds(40)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it holds in memory, in KiB. */
  long residentKib() throws IOException {
    long most = 0;
    for (ProcessHandle part :
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList()) {
      Matcher found =
          RESIDENT.matcher(Files.readString(Path.of("/proc/" + part.pid() + "/status")));
      most = Math.max(most, found.find() ? Long.parseLong(found.group(1)) : 0);
    }
    return most;
  }

  /** What it wrote on its output and its errors so far. */
  String log() {
    StringBuilder all = new StringBuilder();
    try (var files = Files.newDirectoryStream(place.root(), "{out,err}*")) {
      for (Path file : files) {
        all.append(Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.toString();
  }

  @Override
  public void close() {
    http.close();
    process.descendants().forEach(ProcessHandle::destroy);
    Call.stop(process);
    place.close();
  }
}
