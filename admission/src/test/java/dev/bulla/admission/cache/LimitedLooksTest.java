package dev.bulla.admission.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.admission.cache.LookLimits.Answer;
import dev.bulla.admission.cache.LookLimits.Look;
import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.image.ImageName;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What looks tell the limits, and what they take of them. */
@Timeout(120)
class LimitedLooksTest {

  private static final String CONFIG =
      """
      validators:
      - {name: v, type: cosign, trustRoots: [{name: default, key: env://K}]}
      policy:
      - {pattern: '*:*', validator: v}
      """;

  private static RuleConfig rule() throws Exception {
    return ConfigLoader.load(CONFIG, "config.yaml").rules().get(0);
  }

  private final Wall wall = new Wall();
  private final LookLimits limits = new LookLimits(new LookLimits.Options(6, 3, 8, 2, 4), wall);

  private Instant now() {
    return wall.instant();
  }

  private Look begin(String registry) throws Exception {
    return limits.begin(registry, now());
  }

  private LookLimits.Registry registry(String name) {
    return limits.registries().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void oneRegistryHasOneLimitHoweverItIsSpelled() throws Exception {
    Digest digest = Digest.sha256(Bytes.utf8("one"));
    Asked asked = new Asked(digest);
    LimitedLooks looks = new LimitedLooks(asked, asked, limits, wall);
    for (String registry :
        List.of(
            "docker.io",
            "index.docker.io:443",
            "Registry-1.docker.io",
            "registry.hub.docker.com",
            "a.test",
            "A.test:0443",
            "a.test:5000")) {
      looks.verify(ImageName.parse(registry + "/x/y@" + digest), rule(), now().plusSeconds(60));
      looks.resolve(ImageName.parse(registry + "/x/y:1"), rule(), now().plusSeconds(60));
    }
    assertThat(limits.registries())
        .extracting(LookLimits.Registry::name)
        .containsExactlyInAnyOrder("index.docker.io", "a.test", "a.test:5000");
  }

  @Test
  void whatIsAskedOfOthersTakesNoRoomOfTheRegistry() throws Exception {
    Digest digest = Digest.sha256(Bytes.utf8("one"));
    List<Integer> running = new ArrayList<>();
    ImageVerifier verifier =
        new ImageVerifier() {
          @Override
          public Digest verify(ImageName image, RuleConfig rule, Instant deadline) {
            throw new AssertionError("verified without being prepared");
          }

          @Override
          public Ready prepare(ImageName image, RuleConfig rule, Instant deadline) {
            running.add(limits.runningNow());
            return () -> {
              running.add(limits.runningNow());
              return digest;
            };
          }
        };
    LimitedLooks looks = new LimitedLooks(new Asked(digest), verifier, limits, wall);
    looks.verify(ImageName.parse("a.test/app@" + digest), rule(), now().plusSeconds(60));
    assertThat(running).containsExactly(0, 1);
  }

  @Test
  void whatOurOwnBoundsDoSaysNothingAboutARegistry() throws Exception {
    Digest digest = Digest.sha256(Bytes.utf8("one"));
    Asked asked = new Asked(digest);
    LimitedLooks looks = new LimitedLooks(asked, asked, limits, wall);
    ImageName image = ImageName.parse("a.test/app@" + digest);
    looks.verify(image, rule(), now().plusSeconds(60));

    asked.failure =
        Optional.of(
            new RegistryException(
                RegistryException.Kind.TIMEOUT,
                "too many names",
                new IOException(new RejectedExecutionException())));
    for (int i = 0; i < 5; i++) {
      assertThatExceptionOfType(RegistryException.class)
          .isThrownBy(() -> looks.verify(image, rule(), now().plusSeconds(60)));
    }
    assertThat(registry("a.test").limit()).isEqualTo(2);

    // the line took most of the time
    asked.failure = Optional.of(Asked.unreachable());
    List<Look> before = List.of(begin("a.test"), begin("a.test"));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Digest> late = threads.submit(() -> looks.verify(image, rule(), now().plusSeconds(9)));
      while (limits.waitingNow() == 0) {
        Thread.onSpinWait();
      }
      before.forEach(look -> look.end(Answer.OPEN));
      assertThatExceptionOfType(ExecutionException.class).isThrownBy(late::get);
    }
    assertThat(registry("a.test").limit()).isEqualTo(2);
    assertThat(registry("a.test").proven()).isTrue();

    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> looks.verify(image, rule(), now().plusSeconds(9)));
    assertThat(registry("a.test").limit()).isEqualTo(1);
  }

  @Test
  void whatCameOfALookSaysHowItsRegistryIs() throws Exception {
    Digest digest = Digest.sha256(Bytes.utf8("one"));
    Asked asked = new Asked(digest);
    LimitedLooks looks = new LimitedLooks(asked, asked, limits, wall);
    RuleConfig rule = rule();
    ImageName image = ImageName.parse("a.test/app@" + digest);
    Instant deadline = now().plusSeconds(60);
    assertThat(looks.verify(image, rule, deadline)).isEqualTo(digest);
    assertThat(registry("a.test").proven()).isTrue();
    int before = registry("a.test").limit();

    asked.failure = Optional.of(Asked.no(Outcome.REFUSED));
    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() -> looks.verify(image, rule, deadline));
    assertThat(registry("a.test").limit()).isGreaterThanOrEqualTo(before);

    asked.failure = Optional.of(Asked.unreachable());
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> looks.verify(image, rule, now().plusMillis(10)));
    assertThat(registry("a.test").limit()).as("had no fair time").isEqualTo(before);
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> looks.verify(image, rule, deadline));
    assertThat(registry("a.test").limit()).isLessThan(before);
    assertThat(limits.runningNow()).isZero();
  }

  @Test
  void oneRegistryThatStallsDoesNotKeepOthersFromBeingVerified() throws Exception {
    Digest digest = Digest.sha256(Bytes.utf8("one"));
    Semaphore stalled = new Semaphore(0);
    LimitedLooks looks =
        new LimitedLooks(
            (image, rule, deadline) -> digest,
            (image, rule, deadline) -> {
              if (image.repository().registry().equals("stalls.test")) {
                stalled.acquireUninterruptibly();
                throw Asked.unreachable();
              }
              return digest;
            },
            limits,
            wall);
    CachingVerifier cache = CachingVerifier.inProcess(looks, looks, CacheOptions.DEFAULT, wall);
    RuleConfig rule = rule();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> stalling = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        ImageName image = ImageName.parse("stalls.test/app" + i + "@" + digest);
        stalling.add(threads.submit(() -> cache.judge(image, rule, now().plusSeconds(100), false)));
      }
      while (limits.runningNow() + limits.waitingNow() < 5) {
        Thread.onSpinWait();
      }
      assertThat(limits.runningNow()).isEqualTo(2);
      for (int i = 0; i < 10; i++) {
        ImageName image = ImageName.parse("ours.test/app" + i + "@" + digest);
        assertThat(cache.judge(image, rule, now().plusSeconds(100), false).digest())
            .contains(digest);
      }
      stalled.release(100);
      for (Future<?> one : stalling) {
        one.get();
      }
    }
    assertThat(registry("stalls.test").limit()).isEqualTo(1);
    assertThat(registry("ours.test").proven()).isTrue();
  }
}
