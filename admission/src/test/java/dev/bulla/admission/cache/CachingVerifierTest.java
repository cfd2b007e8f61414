package dev.bulla.admission.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.ImageVerdict;
import dev.bulla.admission.decide.ImageVerdict.Source;
import dev.bulla.admission.image.ImageName;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CachingVerifierTest {

  private static final Duration LIFE = Duration.ofSeconds(30);
  private static final CacheOptions OPTIONS = CacheOptions.of(LIFE, true);
  private static final Digest ONE = Digest.sha256(Bytes.utf8("one"));
  private static final Digest TWO = Digest.sha256(Bytes.utf8("two"));
  private static final Bytes SECRET = Bytes.utf8("a secret of the chart");

  private final Wall wall = new Wall();
  private final Asked asked = new Asked(ONE);
  private final CachingVerifier cache = inProcess(OPTIONS);

  private CachingVerifier inProcess(CacheOptions options) {
    return CachingVerifier.inProcess(asked, asked, options, wall);
  }

  private static RuleConfig rule(String with) throws Exception {
    String config =
        "validators:\n- {name: v, type: cosign, trustRoots: [{name: default, key: env://K},"
            + " {name: b, key: env://B}]}\npolicy:\n- {pattern: '*:*', validator: v, with: {"
            + with
            + "}}\n";
    return ConfigLoader.load(config, "config.yaml").rules().get(0);
  }

  private static ImageName image(String text) throws Exception {
    return ImageName.parse("registry.io/" + text);
  }

  private ImageVerdict judge(CachingVerifier cache, String image) throws Exception {
    return judge(cache, image, false);
  }

  private ImageVerdict judge(CachingVerifier cache, String image, boolean dryRun) throws Exception {
    return cache.judge(image(image), rule(""), deadline(), dryRun);
  }

  private Instant deadline() {
    return wall.instant().plusSeconds(60);
  }

  @Test
  void aVerifiedDigestIsRememberedForAWhile() throws Exception {
    assertThat(judge(cache, "app:1")).isEqualTo(ImageVerdict.verified(ONE, Source.LOOKED));
    assertThat(judge(cache, "app:1")).isEqualTo(ImageVerdict.verified(ONE, Source.REMEMBERED));
    assertThat(judge(cache, "app:2@" + ONE))
        .isEqualTo(ImageVerdict.verified(ONE, Source.REMEMBERED));
    assertThat(asked.verified).hasValue(1);
    assertThat(asked.resolved).hasValue(1);

    wall.pass(LIFE);
    assertThat(judge(cache, "app:1")).isEqualTo(ImageVerdict.verified(ONE, Source.LOOKED));
    assertThat(asked.verified).hasValue(2);
    assertThat(asked.resolved).hasValue(2);
  }

  @Test
  void aTagIsAskedForAgainSooner() throws Exception {
    judge(cache, "app:1");
    asked.digest = TWO;
    assertThat(judge(cache, "app:1").digest()).contains(ONE);
    wall.pass(OPTIONS.tags());
    assertThat(judge(cache, "app:1")).isEqualTo(ImageVerdict.verified(TWO, Source.LOOKED));
  }

  @Test
  void whatIsKnownUnderOneRuleIsNothingUnderAnother() throws Exception {
    List<RuleConfig> rules =
        List.of(
            rule(""),
            rule("trustRoot: b"),
            rule("trustRoot: '*'"),
            rule("trustRoot: '*', threshold: 1"),
            rule("trustRoot: '*', threshold: 1, required: [b]"),
            rule("verifyInTransparencyLog: false"),
            rule("verifySCT: false"));
    for (RuleConfig rule : rules) {
      assertThat(cache.judge(image("app:1"), rule, deadline(), false).source())
          .isEqualTo(Source.LOOKED);
    }
    judge(cache, "other@" + ONE);
    assertThat(asked.verified).hasValue(rules.size() + 1);
    // what happens to the workload is no part of the verdict
    assertThat(
            cache
                .judge(image("app:1"), rule("mode: insecureValidateOnly"), deadline(), false)
                .source())
        .isEqualTo(Source.REMEMBERED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"NO_SIGNATURE", "REFUSED", "NO_CERTIFICATE"})
  void aConclusiveNoIsRememberedForAShorterTime(Outcome outcome) throws Exception {
    asked.failure = Optional.of(Asked.no(outcome));
    ImageVerdict first = judge(cache, "app@" + ONE);
    ImageVerdict second = judge(cache, "app@" + ONE);
    assertThat(first.source()).isEqualTo(Source.LOOKED);
    assertThat(second.source()).isEqualTo(Source.REMEMBERED);
    assertThat(second.failure().orElseThrow().message())
        .isEqualTo(first.failure().orElseThrow().message());
    assertThat(second.failure().orElseThrow().code())
        .isEqualTo(first.failure().orElseThrow().code());
    assertThat(asked.verified).hasValue(1);

    wall.pass(OPTIONS.denied());
    assertThat(OPTIONS.denied()).isLessThan(OPTIONS.verified());
    judge(cache, "app@" + ONE);
    assertThat(asked.verified).hasValue(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"UNDECIDED", "MALFORMED"})
  void whatIsNotCertainIsNotRemembered(Outcome outcome) throws Exception {
    asked.failure = Optional.of(Asked.no(outcome));
    judge(cache, "app@" + ONE);
    judge(cache, "app@" + ONE);
    assertThat(asked.verified).hasValue(2);
    asked.failure = Optional.empty();
    assertThat(judge(cache, "app@" + ONE).digest()).contains(ONE);
  }

  @Test
  void aRegistryThatIsNotReachedIsNotRemembered() throws Exception {
    asked.failure = Optional.of(Asked.unreachable());
    assertThat(judge(cache, "app@" + ONE).failure()).isPresent();
    asked.cannotResolve = Optional.of(Asked.unreachable());
    assertThat(judge(cache, "app:1").failure()).isPresent();
    asked.failure = Optional.empty();
    asked.cannotResolve = Optional.empty();
    assertThat(judge(cache, "app:1").digest()).contains(ONE);
  }

  @Test
  void aDryRunLeavesNoDenialBehind() throws Exception {
    asked.failure = Optional.of(Asked.no(Outcome.REFUSED));
    judge(cache, "app@" + ONE, true);
    asked.failure = Optional.empty();
    assertThat(judge(cache, "app@" + ONE).source()).isEqualTo(Source.LOOKED);
    assertThat(judge(cache, "app@" + ONE, true).source()).isEqualTo(Source.REMEMBERED);
  }

  @Test
  @ConnaisseurRow("Z6")
  void denialsAreNotRememberedWhereNobodyWantsThat() throws Exception {
    CachingVerifier without = inProcess(CacheOptions.of(LIFE, false));
    asked.failure = Optional.of(Asked.no(Outcome.REFUSED));
    judge(without, "app@" + ONE);
    judge(without, "app@" + ONE);
    assertThat(asked.verified).hasValue(2);
  }

  @Test
  @ConnaisseurRow("Z9")
  void withoutALifetimeNothingIsRemembered() throws Exception {
    CachingVerifier off = inProcess(CacheOptions.of(Duration.ZERO, true));
    judge(off, "app@" + ONE);
    judge(off, "app@" + ONE);
    assertThat(asked.verified).hasValue(2);
    assertThat(off.counts().entries()).isZero();
  }

  @Test
  void aDigestThatWasVerifiedStillCountsWhileTheRegistryIsNotReached() throws Exception {
    judge(cache, "app:1");
    asked.failure = Optional.of(Asked.no(Outcome.UNDECIDED));
    asked.cannotResolve = Optional.of(Asked.unreachable());
    wall.pass(LIFE);

    assertThat(judge(cache, "app:1")).isEqualTo(ImageVerdict.verified(ONE, Source.STALE));
    assertThat(judge(cache, "app@" + ONE)).isEqualTo(ImageVerdict.verified(ONE, Source.STALE));
    assertThat(judge(cache, "app@" + TWO).failure()).isPresent();
    assertThat(judge(cache, "app:2").failure()).isPresent();
    assertThat(cache.counts().stale()).isEqualTo(2);

    wall.pass(OPTIONS.stale().minus(LIFE));
    assertThat(judge(cache, "app:1").failure()).isPresent();
    assertThat(judge(cache, "app@" + ONE).failure()).isPresent();
  }

  @Test
  void aDenialEndsThatAndSoDoesARegistryThatSaysTheImageIsGone() throws Exception {
    judge(cache, "app@" + ONE);
    wall.pass(LIFE);
    asked.failure =
        Optional.of(new RegistryException(RegistryException.Kind.NOT_FOUND, "not there"));
    assertThat(judge(cache, "app@" + ONE).failure()).isPresent();
    asked.failure = Optional.of(Asked.no(Outcome.REFUSED));
    judge(cache, "app@" + ONE, true);
    asked.failure = Optional.of(Asked.unreachable());
    assertThat(judge(cache, "app@" + ONE).failure()).isPresent();
  }

  @Test
  void aThousandWhoAskForTheSameNewImageCauseOneLook() throws Exception {
    int many = 1000;
    CountDownLatch go = new CountDownLatch(1);
    // the look ends only when everybody is there, so nobody comes late
    CountDownLatch arrived = new CountDownLatch(many);
    asked.before = () -> await(arrived);
    List<Future<ImageVerdict>> verdicts = new ArrayList<>();
    RuleConfig rule = rule("");
    ImageName image = image("app@" + ONE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < many; i++) {
        verdicts.add(
            threads.submit(() -> {
              await(go);
              arrived.countDown();
              return cache.judge(image, rule, deadline(), false);
            }));
      }
      go.countDown();
      for (Future<ImageVerdict> verdict : verdicts) {
        assertThat(verdict.get(60, TimeUnit.SECONDS).digest()).contains(ONE);
      }
    }
    assertThat(asked.verified).hasValue(1);
    assertThat(cache.counts().underWay()).isZero();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void noMoreIsRememberedThanThereIsRoomFor() throws Exception {
    CachingVerifier small = inProcess(OPTIONS.withEntries(2));
    for (int i = 0; i < 5; i++) {
      judge(small, "app@" + Digest.sha256(Bytes.utf8("n" + i)));
    }
    assertThat(small.counts().entries()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, 30, true",
        "60, false, 60, false",
        "0, true, 0, false",
        "-5, true, 0, false",
        "soon, maybe, 30, true",
        "90, 0, 90, false",
        "99999999999, true, 86400, true"
      })
  @ConnaisseurRow({"Z6", "Z9"})
  void theEnvironmentSaysHowLong(String seconds, String errors, long life, boolean denials) {
    Map<String, String> environment = new java.util.HashMap<>();
    if (seconds != null) {
      environment.put("CACHE_EXPIRY_SECONDS", seconds);
    }
    if (errors != null) {
      environment.put("CACHE_ERRORS", errors);
    }
    CacheOptions options = CacheOptions.in(environment);
    assertThat(options.verified()).hasSeconds(life);
    assertThat(options.denials()).isEqualTo(denials);
    assertThat(options.isOn()).isEqualTo(life > 0);
  }

  /** Remembers in a map, and says when something was put there. */
  private static final class Shelf implements SharedCache {
    private final Map<String, Bytes> values = new java.util.concurrent.ConcurrentHashMap<>();
    private final LinkedBlockingQueue<String> puts = new LinkedBlockingQueue<>();

    @Override
    public Optional<Bytes> get(String key, Duration within) {
      return Optional.ofNullable(values.get(key));
    }

    @Override
    public void put(String key, Bytes value, Duration life) {
      values.put(key, value);
      puts.add(key);
    }

    private String awaitPut() throws InterruptedException {
      String key = puts.poll(60, TimeUnit.SECONDS);
      assertThat(key).isNotNull();
      return key;
    }

    @Override
    public void close() {}
  }

  private CachingVerifier replica(SharedCache shelf, Bytes secret) {
    return CachingVerifier.shared(asked, asked, OPTIONS, shelf, secret, wall);
  }

  @Test
  void replicasShareWhatTheyFoundOut() throws Exception {
    Shelf shelf = new Shelf();
    judge(replica(shelf, SECRET), "app@" + ONE);
    shelf.awaitPut();
    CachingVerifier other = replica(shelf, SECRET);
    assertThat(judge(other, "app@" + ONE)).isEqualTo(ImageVerdict.verified(ONE, Source.REMEMBERED));
    assertThat(asked.verified).hasValue(1);
    assertThat(other.counts().sharedHits()).isOne();

    asked.failure = Optional.of(Asked.no(Outcome.NO_SIGNATURE));
    judge(replica(shelf, SECRET), "app@" + TWO);
    shelf.awaitPut();
    asked.failure = Optional.empty();
    ImageVerdict denied = judge(replica(shelf, SECRET), "app@" + TWO);
    assertThat(denied.failure().orElseThrow().message()).isEqualTo("no: NO_SIGNATURE");
    assertThat(denied.source()).isEqualTo(Source.REMEMBERED);
  }

  @Test
  @ConnaisseurRow("Z4")
  void anEntryThatSomebodyElseWroteAdmitsNothing() throws Exception {
    Shelf shelf = new Shelf();
    judge(replica(shelf, Bytes.utf8("the secret of somebody else")), "app@" + ONE);
    String key = shelf.awaitPut();
    asked.failure = Optional.of(Asked.no(Outcome.REFUSED));
    assertThat(judge(replica(shelf, SECRET), "app@" + ONE).failure()).isPresent();
    shelf.awaitPut();
    for (String poison :
        new String[] {"", "{", "{}", "{\"digest\":\"" + ONE + "\",\"error\":\"\"}"}) {
      shelf.values.put(key, Bytes.utf8(poison));
      int before = asked.verified.get();
      assertThat(judge(replica(shelf, SECRET), "app@" + ONE).failure()).isPresent();
      assertThat(asked.verified).as(poison).hasValue(before + 1);
      shelf.awaitPut();
    }
  }

  @Test
  @ConnaisseurRow("Z5")
  void whereTheSharedCacheIsAwayEveryReplicaLooks() throws Exception {
    RespServer gone = new RespServer(null, null);
    gone.close();
    RedisOptions options = RedisOptions.at("127.0.0.1").withPort(gone.port()).insecureWithoutTls();
    List<String> notices = new CopyOnWriteArrayList<>();
    try (RedisCache away = RedisCache.at(options, wall, notices::add)) {
      assertThat(judge(replica(away, SECRET), "app@" + ONE))
          .isEqualTo(ImageVerdict.verified(ONE, Source.LOOKED));
    }
    assertThat(asked.verified).hasValue(1);
    assertThat(notices).isNotEmpty();
  }

  @Test
  void anEntryCountsOnlyUnderItsOwnNameAndUntilItsEnd() throws Exception {
    Shelf shelf = new Shelf();
    judge(replica(shelf, SECRET), "app@" + ONE);
    Bytes good = shelf.values.get(shelf.awaitPut());
    asked.failure = Optional.of(Asked.no(Outcome.REFUSED));
    judge(replica(shelf, SECRET), "app@" + TWO);
    String other = shelf.awaitPut();
    shelf.values.put(other, good);
    assertThat(judge(replica(shelf, SECRET), "app@" + TWO).failure()).isPresent();
    shelf.awaitPut();

    shelf.values.replaceAll((key, value) -> good);
    wall.pass(LIFE);
    assertThat(judge(replica(shelf, SECRET), "app@" + ONE).failure()).isPresent();
  }
}
