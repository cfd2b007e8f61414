package dev.bulla.benchmarks;

import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestMatch;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The webhook under load, over TLS with connections that are kept, on a registry that takes 25 ms
 * for each answer. Client, registry and webhook share the machine.
 *
 * <p>Arguments: the bulla command, an empty work folder, how many seconds each load lasts. Prints a
 * table, and ends with 3 when a budget of the design is not kept.
 */
public final class AdmissionBenchmark {

  private static final Duration ROUND_TRIP = Duration.ofMillis(25);
  private static final int RATE = 500;
  private static final int CONNECTIONS = 16;
  private static final int UNCACHED = 400;
  private static final int SEVERAL = 8;
  private static final int PODS = 1000;
  private static final double CACHED_P99_MS = 5;
  private static final double UNCACHED_MS = 20;

  /** What follows one another at the registry: the tag's digest, then all that is signed for it. */
  private static final int MOST_TRIPS = 2;

  private static final double HEAP_MIB = 256;

  private final WebhookProcess webhook;
  private final EmbeddedRegistry registry;
  private final SignedImages images;
  private final PrintStream out;
  private int broken;

  private AdmissionBenchmark(
      WebhookProcess webhook, EmbeddedRegistry registry, SignedImages images, PrintStream out) {
    this.webhook = webhook;
    this.registry = registry;
    this.images = images;
    this.out = out;
  }

  public static void main(String[] args)
      throws IOException, InterruptedException, ExecutionException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int broken;
    try (EmbeddedRegistry registry =
            EmbeddedRegistry.start(EmbeddedRegistry.options().loggedRequests(100_000));
        SignedImages images = new SignedImages(registry)) {
      registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
      registry.faults().on(RequestMatch.any()).does(Effects.delay(ROUND_TRIP));
      try (WebhookProcess webhook =
          WebhookProcess.start(args[0], Path.of(args[1]), registry.host(), images.publicKey())) {
        AdmissionBenchmark benchmark = new AdmissionBenchmark(webhook, registry, images, out);
        benchmark.run(Integer.parseInt(args[2]));
        broken = benchmark.broken;
      }
    }
    if (broken > 0) {
      System.err.println(broken + " budgets are not kept");
      // Allowed: the script has to tell a table with a broken budget from one that is not whole.
      System.exit(3);
    }
  }

  private void run(int seconds) throws IOException, InterruptedException, ExecutionException {
    out.println("| what | reviews/s | p50 ms | p99 ms | CPU ms a review | budget | kept |");
    out.println("|---|---|---|---|---|---|---|");
    String image = images.signed("load/cached", "v1");
    admitted(image);
    Duration before = webhook.cpu();
    double[] first = atRate(image, seconds);
    row("cached, at " + RATE + " reviews/s, from the start on", RATE, first, before, "-", true);
    before = webhook.cpu();
    double[] most = asFastAsItGoes(image, seconds);
    row(
        "cached, " + CONNECTIONS + " at once",
        (double) most.length / seconds,
        most,
        before,
        "> " + RATE + " reviews/s",
        (double) most.length / seconds > RATE);
    // by now the JVM has compiled what is hot
    before = webhook.cpu();
    double[] cached = atRate(image, seconds);
    row(
        "cached, at " + RATE + " reviews/s",
        RATE,
        cached,
        before,
        "p99 < " + CACHED_P99_MS + " ms",
        percentile(cached, 99) < CACHED_P99_MS);
    uncached(1, UNCACHED);
    uncached(SEVERAL, UNCACHED / SEVERAL);
    burst();
    long heap = (long) webhook.metric("bulla_admission_heap_used_bytes") >> 20;
    out.printf(
        Locale.ROOT,
        "%nMemory: %d MiB resident now, %d at most; Java heap %d MiB of at most %.0f. Ready %d ms"
            + " after the start.%n",
        webhook.memoryKib("VmRSS") >> 10,
        webhook.memoryKib("VmHWM") >> 10,
        heap,
        HEAP_MIB,
        webhook.readyAfterMillis());
  }

  /** Every review is of images that nobody asked about before. */
  private void uncached(int imagesEach, int reviews) throws IOException, InterruptedException {
    List<String[]> fresh = new ArrayList<>();
    for (int i = 0; i < reviews; i++) {
      String[] pod = new String[imagesEach];
      for (int j = 0; j < imagesEach; j++) {
        pod[j] = images.signed("load/fresh" + imagesEach + "-" + (i + j) % 20, "v" + i + "-" + j);
      }
      fresh.add(pod);
    }
    registry.log().clear();
    double[] times = new double[reviews];
    Duration before = webhook.cpu();
    long begin = System.nanoTime();
    for (int i = 0; i < reviews; i++) {
      long start = System.nanoTime();
      admitted(fresh.get(i));
      times[i] = (System.nanoTime() - start) / 1e6;
    }
    double took = (System.nanoTime() - begin) / 1e9;
    // how many answers of the registry followed one another
    int trips = (int) Math.round((double) registry.log().rounds() / reviews);
    double budget = MOST_TRIPS * (double) ROUND_TRIP.toMillis() + UNCACHED_MS;
    row(
        "not cached, one at a time, "
            + (imagesEach == 1 ? "one image" : imagesEach + " images")
            + ", "
            + trips
            + " round trips each",
        reviews / took,
        times,
        before,
        "p50 < " + (int) budget + " ms",
        percentile(times, 50) < budget);
  }

  /** Many pods of one new image. */
  private void burst() throws IOException, InterruptedException, ExecutionException {
    String image = images.signed("load/burst", "v1");
    registry.log().clear();
    double[] times = new double[PODS];
    Duration before = webhook.cpu();
    List<Future<?>> all = new ArrayList<>();
    long begin = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < PODS; i++) {
        int index = i;
        all.add(
            threads.submit(() -> {
              admitted(image);
              times[index] = (System.nanoTime() - begin) / 1e6;
              return null;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    double took = (System.nanoTime() - begin) / 1e9;
    int verifications = registry.log().requests("GET", ".*[.]sig$").size();
    row(
        PODS + " pods of one new image: " + verifications + " verifications",
        PODS / took,
        times,
        before,
        "1 verification",
        verifications == 1);
  }

  /** Times from when each review was due, so that a webhook that stalls is not spared. */
  private double[] atRate(String image, int seconds)
      throws InterruptedException, ExecutionException {
    int count = RATE * seconds;
    double[] times = new double[count];
    List<Future<?>> all = new ArrayList<>();
    long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        int index = i;
        long due = begin + i * (TimeUnit.SECONDS.toNanos(1) / RATE);
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        all.add(
            threads.submit(() -> {
              admitted(image);
              times[index] = (System.nanoTime() - due) / 1e6;
              return null;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    return times;
  }

  private double[] asFastAsItGoes(String image, int seconds)
      throws InterruptedException, ExecutionException {
    List<Double> times = new ArrayList<>();
    List<Future<?>> all = new ArrayList<>();
    Semaphore list = new Semaphore(1);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CONNECTIONS; i++) {
        all.add(
            threads.submit(() -> {
              while (System.nanoTime() < end) {
                long start = System.nanoTime();
                admitted(image);
                double took = (System.nanoTime() - start) / 1e6;
                list.acquire();
                times.add(took);
                list.release();
              }
              return null;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    return times.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private void admitted(String... pod) throws IOException, InterruptedException {
    if (!webhook.admits(pod)) {
      throw new IOException("denied: " + String.join(" ", pod));
    }
  }

  private void row(
      String what, double rate, double[] times, Duration cpuBefore, String budget, boolean kept) {
    out.printf(
        Locale.ROOT,
        "| %s | %.0f | %.1f | %.1f | %.2f | %s | %s |%n",
        what,
        rate,
        percentile(times, 50),
        percentile(times, 99),
        webhook.cpu().minus(cpuBefore).toNanos() / 1e6 / times.length,
        budget,
        budget.equals("-") ? "-" : kept ? "yes" : "NO");
    broken += kept ? 0 : 1;
  }

  private static double percentile(double[] times, int percent) {
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }
}
