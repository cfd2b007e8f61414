package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.registry.Effect;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestMatch;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What fails around the webhook: nothing unsigned comes in meanwhile, and it recovers without a
 * hand.
 */
@Interop
@DisplayName("the webhook while things fail")
final class ChaosTest {

  /** As many as there are faults, and one for the other cells. */
  private static final int IMAGES = 16;

  private static EmbeddedRegistry registry;
  private static List<Image> signed;
  private static Webhook webhook;
  private static final AtomicInteger NEXT = new AtomicInteger();
  private static final AtomicInteger UNSIGNED = new AtomicInteger();

  private final Bench bench;

  ChaosTest(Bench bench) {
    this.bench = bench;
  }

  /** Not before all of them: cells that are left out are then named. */
  @BeforeEach
  void start(Bench bench) throws Exception {
    if (webhook != null) {
      registry.faults().clear();
      return;
    }
    NEXT.set(0);
    registry = EmbeddedRegistry.start();
    signed = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      signed.add(Samples.image(new Shelf(registry.host(), "interop/chaos" + i), "v1"));
    }
    try (Workplace place = Workplace.create(bench.peers())) {
      SigningWay.BULLA_BUNDLE.sign(
          place,
          bench.keys(),
          bench.keys().generatedBy(Program.BULLA),
          signed.get(0).byDigest(),
          signed.stream().skip(1).map(Image::byDigest).toArray(String[]::new));
    }
    webhook = start(Map.of());
  }

  private Webhook start(Map<String, String> environment) throws InterruptedException {
    return Webhook.start(bench.peers(), config(), registry.host(), environment, "");
  }

  private String config() {
    return AdmissionTest.config(bench)
        .replace(bench.registry(RegistryKind.OLAREG).host(), registry.host());
  }

  @AfterAll
  static void stop() {
    if (webhook != null) {
      webhook.close();
      webhook = null; // a cell that failed is asked once more
    }
    if (registry != null) {
      registry.close();
      registry = null; // a cell that failed is asked once more
    }
  }

  private static Image unsigned() {
    int number = UNSIGNED.incrementAndGet();
    // another tag, since the content says it
    return Samples.image(new Shelf(registry.host(), "interop/bad" + number), "bad" + number);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault("answers 500", Effects.status(500)),
        fault("answers 503", Effects.unavailable(Duration.ofSeconds(1))),
        fault("asks for fewer requests", Effects.throttled(Duration.ofSeconds(1))),
        fault("answers 401", Effects.status(401)),
        fault("answers 403", Effects.status(403)),
        fault("closes connections", Effects.drop()),
        fault("resets connections", Effects.reset()),
        fault("says nothing", Effects.hang()),
        fault("is slow", Effects.delay(Duration.ofMillis(300))),
        fault("changes a bit", Effects.flippedBit()),
        fault("ends in the middle", Effects.cutInTheMiddle()),
        fault("drips", Effects.drip(64, Duration.ofMillis(20))),
        fault("never ends", Effects.endlessBody(false)),
        fault("answers something else", Effects.contentType("text/html")));
  }

  private static Arguments fault(String name, Effect effect) {
    return Arguments.of(name, effect);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  @DisplayName(
      "the registry: unsigned is denied, signed is admitted as it is or denied, then admitted")
  void registryFails(String name, Effect effect) throws Exception {
    Image good = signed.get(NEXT.incrementAndGet());
    Image bad = unsigned();
    Faults.Rule rule = registry.faults().on(RequestMatch.any()).does(effect);
    assertThat(Review.of(webhook, "/mutate?timeout=4s", bad.byTag()).allowed()).isFalse();
    Review during = Review.of(webhook, "/mutate?timeout=4s", good.byTag());
    if (during.allowed()) {
      assertThat(during.patch()).contains(good.digest());
    } else {
      assertThat(during.message()).doesNotContain("no signatures found");
    }
    rule.remove();
    assertThat(Review.of(webhook, "/mutate?timeout=4s", bad.byTag()).allowed()).isFalse();
    // waits that a registry asked for are kept, by asking again within the time that there is
    Review after = Review.of(webhook, "/mutate", good.byTag());
    assertThat(after.allowed()).as(after.message()).isTrue();
    assertThat(after.patch()).contains(good.digest());
  }

  @Test
  @DisplayName("a registry that shows another image's signatures, or another image by the tag")
  void lyingRegistry() throws Exception {
    Image good = signed.get(0);
    Image bad = unsigned();
    // the signatures of the good image are shown for the bad one
    registry
        .faults()
        .on(RequestMatch.referrers().path(".*" + bad.digest() + ".*"))
        .does(Effects.body(dev.bulla.bytes.Bytes.owning(good.shelf().referrers(good.digest()))));
    assertThat(Review.of(webhook, "/mutate", bad.byDigest()).allowed()).isFalse();

    // what the tag names is pinned when it was verified: the name stays, the content is signed
    registry
        .faults()
        .on(RequestMatch.manifests().path(".*/" + bad.shelf().name() + "/manifests/.*"))
        .does(Effects.body(dev.bulla.bytes.Bytes.owning(good.shelf().manifest(good.digest()))));
    assertThat(Review.of(webhook, "/mutate", bad.byDigest()).allowed()).isFalse();
  }

  @Test
  @DisplayName(
      "the configuration breaks, the certificate expires: the last good ones stay, new ones come"
          + " in")
  void filesOfTheWebhook() throws Exception {
    Image good = signed.get(0);
    Image bad = unsigned();
    try (Webhook own = start(Map.of())) {
      own.configure("policy: [{");
      own.present(own.authority().issueExpiredServer("127.0.0.1"));
      Registration.await(() -> {
        assertThat(allowed(own, bad)).isNotEqualTo(true);
        return own.log().contains("config.yaml") && own.log().contains("certificate");
      });
      own.present(own.authority().issueServer("127.0.0.1"));
      own.configure(
          config()
              .replace("validator: signed", "validator: deny")
              .replaceAll("(?m)^  with:\n(    .*\n)+", ""));
      Registration.await(() -> {
        assertThat(allowed(own, bad)).isNotEqualTo(true);
        return Boolean.FALSE.equals(allowed(own, good));
      });
      own.configure(config());
      Registration.await(() -> {
        assertThat(allowed(own, bad)).isNotEqualTo(true);
        return Boolean.TRUE.equals(allowed(own, good));
      });
    }
  }

  /** Null when there is no answer. */
  private static Boolean allowed(Webhook by, Image image) throws InterruptedException {
    try {
      return Review.of(by, "/mutate", image.byTag()).allowed();
    } catch (UncheckedIOException e) {
      return null;
    }
  }

  @Test
  @DisplayName("a replica is killed under load: the other one answers, the killed one comes back")
  void killedReplica() throws Exception {
    Image good = signed.get(0);
    Image bad = unsigned();
    AtomicInteger answers = new AtomicInteger();
    AtomicInteger wrong = new AtomicInteger();
    AtomicInteger lost = new AtomicInteger();
    AtomicBoolean killed = new AtomicBoolean();
    try (Webhook other = start(Map.of());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> load = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Image image = i % 2 == 0 ? good : bad;
        load.add(
            threads.submit(() -> {
              for (int after = 0; after < 5; after += killed.get() ? 1 : 0) {
                Boolean allowed = allowed(other, image);
                if (allowed == null) {
                  lost.incrementAndGet();
                  allowed = allowed(webhook, image);
                }
                answers.incrementAndGet();
                if (allowed == null || allowed != (image == good)) {
                  wrong.incrementAndGet();
                }
              }
              return null;
            }));
      }
      Registration.await(() -> answers.get() >= 20);
      other.kill();
      killed.set(true);
      for (Future<?> thread : load) {
        thread.get();
      }
      assertThat(wrong).hasValue(0);
      assertThat(lost.get()).as("requests to the killed one").isPositive();
      other.killAndRestart();
      assertThat(allowed(other, good)).isTrue();
      assertThat(allowed(other, bad)).isFalse();
    }
  }
}
