package dev.bulla.benchmarks;

import dev.bulla.testkit.http.DelayProxy;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.SampleImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whole processes of bulla beside whole processes of cosign, against the same embedded registry
 * (without the referrers API), plain HTTP, in turns. Prints medians, their ratio, and the requests
 * that the registry counted.
 *
 * <p>Registry and proxy live in this JVM, which is as cold as any at first: some rounds of both
 * programs go uncounted before each line, so that neither is measured while the other's server is
 * being compiled. A verification is measured twice: with an empty cache, and again with what the
 * first left there. Each signature is of an image of its own, which has none yet.
 *
 * <p>Arguments: the bulla command that users install, the one of the checkout, the cosign command,
 * a work folder, and how often each line is run.
 */
public final class CliBenchmark {

  private static final int[] ROUND_TRIPS_MS = {0, 25, 100};

  /** Rounds that are not counted: at the very first line, and before every other. */
  private static final int FIRST_UNCOUNTED = 10;

  private static final int UNCOUNTED = 2;

  private final String bulla;
  private final String checkout;
  private final String cosign;
  private final Path work;
  private final int runs;
  private final PrintStream out;

  private Path cacheFolder;
  private int caches;
  private int images;

  private CliBenchmark(
      String bulla, String checkout, String cosign, Path work, int runs, PrintStream out) {
    this.bulla = bulla;
    this.checkout = checkout;
    this.cosign = cosign;
    this.work = work;
    this.cacheFolder = work.resolve("cache");
    this.runs = runs;
    this.out = out;
  }

  /** What the cache of bulla knows when a row is measured. */
  private enum Cache {
    EMPTY,
    KEPT
  }

  /** One line to measure: for each program its arguments, with {@code IMAGE} for the image. */
  private record Line(String name, List<String> bulla, List<String> cosign) {}

  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    new CliBenchmark(
            args[0],
            args[1],
            args[2],
            Files.createDirectories(Path.of(args[3])),
            Integer.parseInt(args[4]),
            out)
        .run();
  }

  private void run() throws IOException, InterruptedException {
    Files.createDirectories(work.resolve("home"));
    must(List.of(cosign, "signing-config", "create", "--out", "empty.json"));
    must(List.of(bulla, "generate-key-pair", "--output-key-prefix", "bench"));
    out.printf(
        Locale.ROOT,
        "| what | round trip | bulla ms | cosign ms | ratio | requests bulla | requests cosign |%n"
            + "|---|---|---|---|---|---|---|%n");
    Line version = new Line("version", List.of("version"), List.of("version"));
    row(bulla, version);
    row(checkout, new Line("version, ./bulla of a checkout", version.bulla(), version.cosign()));
    row(
        bulla,
        new Line(
            "generate-key-pair",
            List.of("generate-key-pair", "--output-key-prefix", "mine"),
            List.of("generate-key-pair", "--output-key-prefix", "theirs")));
    try (EmbeddedRegistry registry =
        EmbeddedRegistry.start(EmbeddedRegistry.options().dockerLocations())) {
      registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
      registry.faults().noSinglePost();
      warmUp(registry);
      for (int roundTrip : ROUND_TRIPS_MS) {
        try (DelayProxy proxy =
            DelayProxy.start(registry.address(), Duration.ofMillis(roundTrip))) {
          images(registry, proxy.host(), roundTrip + " ms", List.of());
        }
      }
    }
    overTls();
  }

  /** Has registry and proxy compiled before anything is counted, by both programs alike. */
  private void warmUp(EmbeddedRegistry registry) throws IOException, InterruptedException {
    try (DelayProxy proxy = DelayProxy.start(registry.address(), Duration.ZERO)) {
      String image = image(registry, proxy.host(), "warm up");
      for (int i = 0; i < FIRST_UNCOUNTED; i++) {
        must(sign(bulla, image, List.of(), "--tlog-upload=false", "-a", "n=" + i % 2));
        for (String program : List.of(bulla, cosign)) {
          must(List.of(program, "verify", "--key", "bench.pub", "--insecure-ignore-tlog", image));
        }
      }
    }
  }

  /** The same with TLS in between, for the lines that users wait for most. */
  private void overTls() throws IOException, InterruptedException {
    TestAuthority authority = TestAuthority.create("benchmark");
    Files.write(
        work.resolve("ca.pem"), authority.certificatePem().getBytes(StandardCharsets.UTF_8));
    try (EmbeddedRegistry registry =
        EmbeddedRegistry.start(
            EmbeddedRegistry.options()
                .dockerLocations()
                .tls(authority.serverContext("127.0.0.1")))) {
      registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
      for (int roundTrip : ROUND_TRIPS_MS) {
        try (DelayProxy proxy =
            DelayProxy.start(registry.address(), Duration.ofMillis(roundTrip))) {
          verifications(
              registry,
              proxy.host(),
              roundTrip + " ms, TLS",
              List.of("--registry-cacert", "ca.pem"));
        }
      }
    }
  }

  private void images(
      EmbeddedRegistry registry, String host, String label, List<String> registryFlags)
      throws IOException, InterruptedException {
    verifications(registry, host, label, registryFlags);
    signatures(registry, host, label);
  }

  private void verifications(
      EmbeddedRegistry registry, String host, String label, List<String> registryFlags)
      throws IOException, InterruptedException {
    List<String> verify =
        with(registryFlags, "verify", "--key", "bench.pub", "--insecure-ignore-tlog", "IMAGE");
    String one = image(registry, host, "one" + label.hashCode());
    must(sign(bulla, one, registryFlags, "--tlog-upload=false", "--format", "legacy"));
    verification("one legacy signature", verify, label, one, registry);
    String five = image(registry, host, "five" + label.hashCode());
    for (int i = 0; i < 5; i++) {
      must(
          sign(
              cosign, five, registryFlags, "-y", "--signing-config", "empty.json", "-a", "n=" + i));
    }
    verification("five bundles", verify, label, five, registry);
  }

  private void verification(
      String what, List<String> line, String label, String image, EmbeddedRegistry registry)
      throws IOException, InterruptedException {
    row(new Line("verify, " + what, line, line), label, () -> image, registry, Cache.EMPTY);
    row(new Line("verify again, " + what, line, line), label, () -> image, registry, Cache.KEPT);
  }

  private void signatures(EmbeddedRegistry registry, String host, String label)
      throws IOException, InterruptedException {
    row(
        new Line(
            "sign, legacy",
            List.of(
                "sign", "--key", "bench.key", "--tlog-upload=false", "--format", "legacy", "IMAGE"),
            List.of(
                "sign",
                "-y",
                "--key",
                "bench.key",
                "--use-signing-config=false",
                "--tlog-upload=false",
                "--new-bundle-format=false",
                "IMAGE")),
        label,
        () -> freshImage(registry, host),
        registry,
        Cache.EMPTY);
    row(
        new Line(
            "sign, bundle",
            List.of("sign", "--key", "bench.key", "--tlog-upload=false", "IMAGE"),
            List.of("sign", "-y", "--key", "bench.key", "--signing-config", "empty.json", "IMAGE")),
        label,
        () -> freshImage(registry, host),
        registry,
        Cache.EMPTY);
  }

  private String freshImage(EmbeddedRegistry registry, String host) {
    return image(registry, host, "fresh" + images++);
  }

  private static String image(EmbeddedRegistry registry, String host, String text) {
    return host
        + "/bench/app@"
        + SampleImage.image(text).pushTo(registry.repository("bench/app"), text);
  }

  private static List<String> with(List<String> registryFlags, String... words) {
    List<String> line = new ArrayList<>(Arrays.asList(words));
    line.addAll(1, registryFlags);
    return List.copyOf(line);
  }

  private static List<String> sign(
      String program, String image, List<String> registryFlags, String... flags) {
    List<String> line = new ArrayList<>(List.of(program, "sign", "--key", "bench.key"));
    line.addAll(registryFlags);
    line.addAll(Arrays.asList(flags));
    line.add(image);
    return line;
  }

  private void row(String program, Line line) throws IOException, InterruptedException {
    row(program, line, "-", () -> "", null, Cache.EMPTY);
  }

  private void row(
      Line line, String roundTrip, Supplier<String> image, EmbeddedRegistry registry, Cache cache)
      throws IOException, InterruptedException {
    row(bulla, line, roundTrip, image, registry, cache);
  }

  private void row(
      String program,
      Line line,
      String roundTrip,
      Supplier<String> image,
      @Nullable EmbeddedRegistry registry,
      Cache cache)
      throws IOException, InterruptedException {
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    long ourRequests = 0;
    long theirRequests = 0;
    for (int i = -UNCOUNTED; i < runs; i++) {
      if (cache == Cache.EMPTY) {
        cacheFolder = work.resolve("cache-" + caches++);
      }
      ourRequests = measured(program, line.bulla(), image.get(), registry, i < 0 ? null : ours);
      theirRequests = measured(cosign, line.cosign(), image.get(), registry, i < 0 ? null : theirs);
    }
    out.printf(
        Locale.ROOT,
        "| %s | %s | %.0f | %.0f | %.2f | %s | %s |%n",
        line.name(),
        roundTrip,
        median(ours),
        median(theirs),
        median(ours) / median(theirs),
        registry == null ? "-" : ourRequests,
        registry == null ? "-" : theirRequests);
  }

  /** Runs once; counts only when it gets a list to put the time into. */
  private long measured(
      String program,
      List<String> arguments,
      String image,
      @Nullable EmbeddedRegistry registry,
      @Nullable List<Double> times)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program));
    for (String argument : arguments) {
      command.add(argument.equals("IMAGE") ? image : argument);
    }
    if (registry != null) {
      registry.log().clear();
    }
    long start = System.nanoTime();
    must(command);
    double millis = (System.nanoTime() - start) / 1e6;
    if (times != null) {
      times.add(millis);
    }
    return registry == null ? 0 : registry.log().count();
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private void must(List<String> command) throws IOException, InterruptedException {
    Path log = work.resolve("last.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.redirectInput(ProcessBuilder.Redirect.PIPE);
    builder.environment().put("COSIGN_PASSWORD", "throw-away");
    builder.environment().put("BULLA_CACHE", cacheFolder.toString());
    builder.environment().put("HOME", work.resolve("home").toString());
    builder.environment().put("DOCKER_CONFIG", work.resolve("home").toString());
    // cosign asks the public trust repository on every signature; here it is refused at once
    builder.environment().put("TUF_MIRROR", "http://127.0.0.1:1");
    Process process = builder.start();
    try (OutputStream answer = process.getOutputStream()) {
      answer.write("y\n".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // it had ended without a question
    }
    if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroy();
      throw new IOException("failed: " + String.join(" ", command) + "\n" + Files.readString(log));
    }
  }
}
