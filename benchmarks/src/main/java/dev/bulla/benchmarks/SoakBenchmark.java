package dev.bulla.benchmarks;

import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.RequestMatch;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The webhook for a long time at 50 reviews a second, of images signed and unsigned, while every
 * fiftieth answer of the registry is a fault.
 *
 * <p>Arguments: the bulla command, an empty work folder, how many seconds. Ends with 3 when
 * something unsigned was admitted, a probe failed, a review got no answer, or, from 20 minutes on,
 * when 2 % of what is signed were denied or resident memory grew by 5 % within the last two thirds.
 */
public final class SoakBenchmark {

  private static final int RATE = 50;
  private static final double FAULTS = 0.02;
  private static final int WARM_UP = 200;
  private static final int SIGNED = 300;
  private static final int UNSIGNED = 100;
  private static final int JUDGED_FROM_SECONDS = 1200;
  private static final double MAX_GROWTH = 0.05;
  private static final int SAMPLE_SECONDS = 5;
  private static final int PROGRESS_SECONDS = 60;

  private final WebhookProcess webhook;
  private final PrintStream out;
  private final AtomicLong reviews = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final AtomicLong denied = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final List<Double> resident = new ArrayList<>();
  private int failedProbes;

  private SoakBenchmark(WebhookProcess webhook, PrintStream out) {
    this.webhook = webhook;
    this.out = out;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    boolean held;
    try (EmbeddedRegistry registry =
            EmbeddedRegistry.start(EmbeddedRegistry.options().loggedRequests(0));
        SignedImages images = new SignedImages(registry)) {
      List<String> signed = new ArrayList<>();
      List<String> unsigned = new ArrayList<>();
      for (int i = 0; i < SIGNED; i++) {
        signed.add(images.signed("soak/s" + i % 30, "v" + i));
      }
      for (int i = 0; i < UNSIGNED; i++) {
        unsigned.add(images.unsigned("soak/u" + i % 10, "v" + i));
      }
      registry
          .faults()
          .on(RequestMatch.any())
          .randomly(1, FAULTS)
          .does(
              Effects.alternating(
                  Effects.status(500),
                  Effects.drop(),
                  Effects.status(403),
                  Effects.flippedBit(),
                  Effects.delay(Duration.ofMillis(500)),
                  Effects.throttled(Duration.ofSeconds(1)),
                  Effects.cutInTheMiddle()));
      try (WebhookProcess webhook =
          WebhookProcess.start(args[0], Path.of(args[1]), registry.host(), images.publicKey())) {
        SoakBenchmark soak = new SoakBenchmark(webhook, out);
        int seconds = Integer.parseInt(args[2]);
        webhook.warmUp(signed.get(0), WARM_UP);
        soak.run(signed, unsigned, seconds);
        held = soak.report(seconds);
      }
    }
    if (!held) {
      System.err.println("the soak did not hold");
      // Allowed: the script has to tell a result that did not hold from one that is not whole.
      System.exit(3);
    }
  }

  private void run(List<String> signed, List<String> unsigned, int seconds)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int second = 0; second < seconds; second++) {
        for (int i = 0; i < RATE; i++) {
          int number = second * RATE + i;
          long due =
              begin + TimeUnit.SECONDS.toNanos(second) + i * (TimeUnit.SECONDS.toNanos(1) / RATE);
          TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
          boolean good = number % 4 != 3;
          String image =
              good
                  ? signed.get(number * 7 % signed.size())
                  : unsigned.get(number * 7 % unsigned.size());
          threads.execute(() -> review(image, good));
        }
        for (String probe : List.of("/health", "/ready")) {
          failedProbes += webhook.probe(probe) == 200 ? 0 : 1;
        }
        if (second % SAMPLE_SECONDS == 0) {
          resident.add(webhook.memoryKib("VmRSS") / 1024.0);
        }
        if (second % PROGRESS_SECONDS == 0) {
          progress(second);
        }
      }
    }
  }

  /** What a run that is broken off leaves behind. */
  private void progress(int second) throws IOException, InterruptedException {
    System.err.printf(
        Locale.ROOT,
        "%d s: resident %.0f MiB, heap %.0f; reviews %d, without an answer %d, unsigned and"
            + " admitted %d, signed and denied %d, failed probes %d%n",
        second,
        resident.get(resident.size() - 1),
        webhook.metric("bulla_admission_heap_used_bytes") / (1 << 20),
        reviews.get(),
        lost.get(),
        wrong.get(),
        denied.get(),
        failedProbes);
  }

  private void review(String image, boolean good) {
    reviews.incrementAndGet();
    try {
      boolean admitted = webhook.admits(image);
      if (admitted && !good) {
        wrong.incrementAndGet();
      }
      if (!admitted && good) {
        denied.incrementAndGet();
      }
    } catch (IOException e) {
      lost.incrementAndGet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean report(int seconds) {
    List<Double> later = resident.subList(resident.size() / 3, resident.size());
    double growth = growth(later);
    boolean judged = seconds >= JUDGED_FROM_SECONDS;
    out.println(
        "| reviews | without an answer | unsigned and admitted | signed and denied | failed probes"
            + " | resident MiB at first | in the end | within the last two thirds |");
    out.println("|---|---|---|---|---|---|---|---|");
    out.printf(
        Locale.ROOT,
        "| %d in %d s | %d | %d | %d (%.2f %%) | %d of %d | %.0f | %.0f | %+.1f %%%s |%n",
        reviews.get(),
        seconds,
        lost.get(),
        wrong.get(),
        denied.get(),
        100.0 * denied.get() / reviews.get(),
        failedProbes,
        2 * seconds,
        resident.get(0),
        resident.get(resident.size() - 1),
        growth * 100,
        judged ? "" : ", judged from 20 minutes on");
    return wrong.get() == 0
        && lost.get() == 0
        && failedProbes == 0
        && !(judged && growth >= MAX_GROWTH)
        && denied.get() < reviews.get() / (judged ? 50 : 4);
  }

  /** By the straight line through all samples: how much higher it ends than it begins. */
  private static double growth(List<Double> samples) {
    int n = samples.size();
    double meanX = (n - 1) / 2.0;
    double meanY = samples.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    double products = 0;
    double squares = 0;
    for (int x = 0; x < n; x++) {
      products += (x - meanX) * (samples.get(x) - meanY);
      squares += (x - meanX) * (x - meanX);
    }
    return squares == 0 ? 0 : products / squares * (n - 1) / meanY;
  }
}
