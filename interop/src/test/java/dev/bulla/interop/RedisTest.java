package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.cache.CacheOptions;
import dev.bulla.admission.cache.CachingVerifier;
import dev.bulla.admission.cache.RedisCache;
import dev.bulla.admission.cache.RedisOptions;
import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.ImageVerdict;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.image.ImageName;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.testkit.http.DelayProxy;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Replicas of the webhook that share verdicts through a real Redis over TLS. */
@Interop
@DisplayName("the webhook's shared cache (Redis)")
final class RedisTest {

  private static final Digest GOOD = Digest.sha256(Bytes.utf8("good"));
  private static final Digest BAD = Digest.sha256(Bytes.utf8("bad"));
  private static final Bytes SECRET = Bytes.utf8("what only replicas know");
  private static final String PASSWORD = "pässword";

  /** Where signatures are looked for. */
  private static final String SIGNATURES = ".*(/referrers/|/manifests/sha256-).*";

  private final AtomicInteger looks = new AtomicInteger();
  private final Bench bench;
  private RedisServer redis;

  RedisTest(Bench bench) {
    this.bench = bench;
  }

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.start(bench.peers(), PASSWORD);
  }

  @AfterEach
  void stop() {
    if (redis != null) {
      redis.close();
    }
  }

  /** A replica that has just started, with what looks at signatures. */
  private CachingVerifier replica(RedisCache shared, Bytes secret) {
    ImageVerifier looking =
        (image, rule, deadline) -> {
          looks.incrementAndGet();
          if (image.digest().orElseThrow().equals(GOOD)) {
            return GOOD;
          }
          throw new VerificationException(Outcome.NO_SIGNATURE, "none", List.of(), null);
        };
    return CachingVerifier.shared(
        (image, rule, deadline) -> image.digest().orElseThrow(),
        looking,
        CacheOptions.DEFAULT,
        shared,
        secret,
        InstantSource.system());
  }

  private RedisCache shared(Duration patience, InstantSource clock) throws Exception {
    return RedisCache.at(
        RedisOptions.at("127.0.0.1")
            .withPort(redis.port())
            .withPassword(PASSWORD)
            .withAuthority(Bytes.utf8(redis.authorityPem()))
            .withPatience(patience),
        clock,
        notice -> {});
  }

  private RedisCache shared() throws Exception {
    // generous: a loaded machine must not look like a fault
    return shared(Duration.ofSeconds(30), InstantSource.system());
  }

  private static boolean admits(CachingVerifier replica, Digest digest) throws Exception {
    RuleConfig rule =
        ConfigLoader.load(
                """
                validators:
                - {name: v, type: cosign, trustRoots: [{name: default, key: "env://K"}]}
                policy:
                - {pattern: "*:*", validator: v}
                """,
                "config.yaml")
            .rules()
            .get(0);
    ImageVerdict verdict =
        replica.judge(
            ImageName.parse("registry.example/app@" + digest),
            rule,
            Instant.now().plusSeconds(60),
            false);
    return verdict.digest().isPresent();
  }

  @Test
  @DisplayName("what one replica found out, the next one knows")
  void shares() throws Exception {
    try (RedisCache one = shared();
        RedisCache two = shared()) {
      assertThat(admits(replica(one, SECRET), GOOD)).isTrue();
      assertThat(admits(replica(one, SECRET), BAD)).isFalse();
      assertThat(looks).hasValue(2);
      CachingVerifier next = replica(two, SECRET);
      assertThat(admits(next, GOOD)).isTrue();
      assertThat(looks).hasValue(2);
      assertThat(next.counts().sharedHits()).isEqualTo(1);
      assertThat(admits(next, BAD)).isFalse();
    }
  }

  @Test
  @DisplayName("entries that somebody else wrote, changed or moved admit nothing")
  void poisoned() throws Exception {
    try (RedisCache one = shared()) {
      assertThat(admits(replica(one, SECRET), GOOD)).isTrue();
      String good = redis.keys().get(0);
      byte[] value = redis.get(good);
      assertThat(admits(replica(one, SECRET), BAD)).isFalse();
      for (String key : redis.keys()) {
        if (!key.equals(good)) {
          redis.set(key, value);
        }
      }
      assertThat(admits(replica(one, SECRET), BAD)).as("the good image's entry").isFalse();

      byte[] changed = value.clone();
      changed[changed.length / 2] ^= 1;
      for (byte[] wrong :
          new byte[][] {
            changed, {}, "{\"digest\":\"x\"}".getBytes(StandardCharsets.UTF_8), new byte[1 << 20]
          }) {
        for (String key : redis.keys()) {
          redis.set(key, wrong);
        }
        assertThat(admits(replica(one, SECRET), BAD)).isFalse();
        int before = looks.get();
        assertThat(admits(replica(one, SECRET), GOOD)).isTrue();
        assertThat(looks.get()).as("looked at again").isEqualTo(before + 1);
      }
      // replicas with another secret are somebody else
      int before = looks.get();
      assertThat(admits(replica(one, Bytes.utf8("the secret of others")), GOOD)).isTrue();
      assertThat(looks.get()).isEqualTo(before + 1);
    }
  }

  @Test
  @DisplayName("it is killed: every replica looks for itself; it is back: they share again")
  void killed() throws Exception {
    AtomicInteger minutes = new AtomicInteger();
    InstantSource clock = () -> Instant.now().plus(Duration.ofMinutes(minutes.get()));
    try (RedisCache one = shared(Duration.ofSeconds(30), clock)) {
      assertThat(admits(replica(one, SECRET), GOOD)).isTrue();
      redis.kill();
      assertThat(admits(replica(one, SECRET), GOOD)).isTrue();
      assertThat(admits(replica(one, SECRET), BAD)).isFalse();
      assertThat(looks).hasValue(3);
      redis.startAgain();
      // it is left alone for a while after it failed
      minutes.incrementAndGet();
      assertThat(admits(replica(one, SECRET), GOOD)).isTrue();
      assertThat(looks).hasValue(4);
      assertThat(admits(replica(one, SECRET), GOOD)).isTrue();
      assertThat(looks).as("shared again").hasValue(4);
    }
  }

  @Test
  @DisplayName("it says nothing: every replica looks for itself")
  void silent() throws Exception {
    try (RedisCache patient = shared();
        RedisCache impatient = shared(Duration.ofMillis(300), InstantSource.system())) {
      assertThat(admits(replica(patient, SECRET), GOOD)).isTrue();
      redis.halt();
      assertThat(admits(replica(impatient, SECRET), GOOD)).isTrue();
      assertThat(admits(replica(impatient, SECRET), BAD)).isFalse();
      assertThat(looks).hasValue(3);
      redis.goOn();
      assertThat(admits(replica(patient, SECRET), GOOD)).isTrue();
      assertThat(looks).hasValue(3);
    }
  }

  @Test
  @DisplayName(
      "bulla admission serve --redis: replicas share; through a slow one they still answer")
  void serve() throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        Workplace place = Workplace.create(bench.peers())) {
      Image good = Samples.image(new Shelf(registry.host(), "interop/good"), "v1");
      Image bad = Samples.image(new Shelf(registry.host(), "interop/bad"), "v2");
      SigningWay.BULLA_BUNDLE.sign(
          place, bench.keys(), bench.keys().generatedBy(Program.BULLA), good.byDigest());
      try (Webhook first = sharing(registry, redis.port());
          Webhook next = sharing(registry, redis.port())) {
        assertAnswers(first, good, bad);
        // entries are written beside the answer, and a loaded machine may be too late for one
        AtomicInteger number = new AtomicInteger();
        Registration.await(() -> {
          Shelf shelf = new Shelf(registry.host(), "interop/other" + number.incrementAndGet());
          String unsigned = Samples.image(shelf, "v" + number).byTag();
          assertThat(Review.of(first, "/mutate", unsigned).allowed()).isFalse();
          registry.log().clear();
          assertThat(Review.of(next, "/mutate", unsigned).allowed()).isFalse();
          return registry.log().requests("GET", SIGNATURES).isEmpty();
        });
        assertAnswers(next, good, bad);
      }
      InetSocketAddress near =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port());
      try (DelayProxy far = DelayProxy.start(near, Duration.ofSeconds(2));
          Webhook slow = sharing(registry, far.address().getPort())) {
        registry.log().clear();
        assertAnswers(slow, good, bad);
        assertThat(registry.log().requests("GET", SIGNATURES)).isNotEmpty();
        redis.kill();
        assertAnswers(slow, unseen(registry, place), bad);
      }
    }
  }

  /** A signed image that no replica was asked about. */
  private Image unseen(EmbeddedRegistry registry, Workplace place) {
    Image image = Samples.image(new Shelf(registry.host(), "interop/unseen"), "v3");
    SigningWay.BULLA_BUNDLE.sign(
        place, bench.keys(), bench.keys().generatedBy(Program.BULLA), image.byDigest());
    return image;
  }

  private Webhook sharing(EmbeddedRegistry registry, int port) throws InterruptedException {
    return Webhook.sharing(
        bench.peers(),
        AdmissionTest.config(bench)
            .replace(bench.registry(RegistryKind.OLAREG).host(), registry.host()),
        registry.host(),
        Map.of("CACHE_SECRET", "what only replicas know", "REDIS_PASSWORD", PASSWORD),
        "127.0.0.1:" + port,
        redis.authorityPem());
  }

  private static void assertAnswers(Webhook webhook, Image good, Image bad)
      throws InterruptedException {
    Review signed = Review.of(webhook, "/mutate", good.byTag());
    assertThat(signed.allowed()).as(signed.message()).isTrue();
    assertThat(signed.patch()).contains(good.digest());
    assertThat(Review.of(webhook, "/mutate", bad.byTag()).allowed()).isFalse();
  }

  /** Redis as a process of ours. */
  private static final class RedisServer implements AutoCloseable {

    private static final int ATTEMPTS = 5;
    private final Workplace place;
    private final TestAuthority authority;
    private final String password;
    private final int port;
    private final Call call;
    private Process process;

    private RedisServer(
        Workplace place, TestAuthority authority, String password, int port, Call call) {
      this.place = place;
      this.authority = authority;
      this.password = password;
      this.port = port;
      this.call = call;
      this.process = call.start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroy(), "stops Redis"));
    }

    static RedisServer start(Peers peers, String password) throws InterruptedException {
      peers.path(Program.REDIS);
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        Workplace place = Workplace.create(peers);
        TestAuthority authority = TestAuthority.create("redis");
        TestAuthority.Issued identity = authority.issueServer("127.0.0.1");
        place.write("tls.crt", identity.certificatePem());
        place.write("tls.key", identity.keyPem());
        place.write("ca.crt", authority.certificatePem());
        int port = FreePort.guess();
        place.write(
            "redis.conf",
            """
            bind 127.0.0.1
            port 0
            tls-port %d
            tls-cert-file tls.crt
            tls-key-file tls.key
            tls-ca-cert-file ca.crt
            tls-auth-clients no
            requirepass %s
            save ""
            """
                .formatted(port, password));
        RedisServer server =
            new RedisServer(
                place, authority, password, port, place.call(Program.REDIS, "redis.conf"));
        if (server.comesUp()) {
          return server;
        }
        server.close();
      }
      throw new AssertionError("Redis did not come up");
    }

    private boolean comesUp() throws InterruptedException {
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (System.nanoTime() < end) {
        if (process.waitFor(50, java.util.concurrent.TimeUnit.MILLISECONDS)) {
          return false;
        }
        try (RespClient client = client()) {
          client.ask("PING");
          return true;
        } catch (IOException e) {
          // not yet
        }
      }
      return false;
    }

    private RespClient client() throws IOException {
      return RespClient.connect(authority.clientContext(), port, password);
    }

    int port() {
      return port;
    }

    String authorityPem() {
      return authority.certificatePem();
    }

    List<String> keys() throws IOException {
      try (RespClient client = client()) {
        return client.ask("KEYS", "*").stream()
            .map(key -> new String(key, StandardCharsets.UTF_8))
            .toList();
      }
    }

    byte[] get(String key) throws IOException {
      try (RespClient client = client()) {
        return client.ask("GET", key).get(0);
      }
    }

    void set(String key, byte[] value) throws IOException {
      try (RespClient client = client()) {
        client.ask(
            "SET".getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8), value);
      }
    }

    void kill() throws InterruptedException {
      process.destroyForcibly();
      process.waitFor();
    }

    void startAgain() throws InterruptedException {
      process = call.start();
      if (!comesUp()) {
        throw new AssertionError("Redis did not come up again");
      }
    }

    void halt() {
      place.shell("kill -STOP " + process.pid()).run().expect(0);
    }

    void goOn() {
      place.shell("kill -CONT " + process.pid()).run().expect(0);
    }

    @Override
    public void close() {
      goOnQuietly();
      Call.stop(process);
      place.close();
    }

    private void goOnQuietly() {
      place.shell("kill -CONT " + process.pid() + " || true").run();
    }
  }
}
