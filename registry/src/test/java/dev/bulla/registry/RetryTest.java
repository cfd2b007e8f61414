package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.Repository;
import dev.bulla.registry.transport.TransportKind;
import dev.bulla.testkit.registry.Effect;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryTest {

  private static final SampleImage IMAGE = SampleImage.image("hello");

  private final TestPace pace = new TestPace();

  private static EmbeddedRegistry registry() throws Exception {
    EmbeddedRegistry registry = EmbeddedRegistry.start();
    IMAGE.pushTo(registry.repository("app"), "v1");
    return registry;
  }

  private RegistryClient client(TransportKind kind) {
    return RegistryClient.builder(kind.create()).pace(pace).build();
  }

  private static Repository app(EmbeddedRegistry registry) throws Exception {
    return Repository.parse(registry.host() + "/app");
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void passingFaultsPass(TransportKind kind) throws Exception {
    for (Effect fault :
        List.of(
            Effects.status(408),
            Effects.status(429),
            Effects.status(500),
            Effects.status(502),
            Effects.status(503),
            Effects.status(504),
            Effects.drop(),
            Effects.reset(),
            Effects.cutInTheMiddle())) {
      try (EmbeddedRegistry registry = registry();
          RegistryClient client = client(kind)) {
        registry.faults().on(RequestMatch.any()).first(3).does(fault);
        assertThat(client.getManifest(app(registry), "v1")).isPresent();
        assertThat(registry.log().count()).isEqualTo(4);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void waitsLongerEachTimeAndGivesUpAfterTheFourth(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry();
        RegistryClient client = client(kind)) {
      registry.faults().on(RequestMatch.any()).does(Effects.status(503));
      Repository app = app(registry);
      RegistryException failure =
          catchThrowableOfType(RegistryException.class, () -> client.getManifest(app, "v1"));
      assertThat(failure.kind()).isEqualTo(Kind.SERVER_ERROR);
      assertThat(registry.log().count()).isEqualTo(4);
      assertThat(pace.sleeps()).containsExactly(millis(250), millis(750), millis(2250));
    }
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,400", "SOCKET,401", "SOCKET,403", "SOCKET,404", "SOCKET,501", "JDK,403"})
  void whatWillNotPassIsNotTriedAgain(TransportKind kind, int status) throws Exception {
    try (EmbeddedRegistry registry = registry();
        RegistryClient client = client(kind)) {
      registry.faults().on(RequestMatch.any()).does(Effects.status(status));
      Repository app = app(registry);
      assertThatThrownBy(() -> client.tags(app)).isInstanceOf(RegistryException.class);
      assertThat(registry.log().count()).isEqualTo(1);
      assertThat(pace.sleeps()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void waitsAsLongAsTheServerAsks(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry();
        RegistryClient client = client(kind)) {
      registry
          .faults()
          .on(RequestMatch.any())
          .first(2)
          .does(
              Effects.inTurn(
                  Effects.throttled(Duration.ofSeconds(30)),
                  Effects.throttledUntil(TestPace.START.plusSeconds(77))));
      assertThat(client.getManifest(app(registry), "v1")).isPresent();
      assertThat(pace.sleeps()).containsExactly(Duration.ofSeconds(30), Duration.ofSeconds(47));
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void doesNotWaitBeyondTheDeadline(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry();
        RegistryClient client = client(kind)) {
      registry.faults().on(RequestMatch.any()).does(Effects.throttled(Duration.ofSeconds(181)));
      Repository app = app(registry);
      RegistryException failure =
          catchThrowableOfType(RegistryException.class, () -> client.getManifest(app, "v1"));
      assertThat(failure.kind()).isEqualTo(Kind.THROTTLED);
      assertThat(failure.status()).hasValue(429);
      assertThat(pace.sleeps()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aSharedDeadlineSharesTheWaiting(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry();
        RegistryClient client = client(kind)) {
      registry.faults().on(RequestMatch.any()).does(Effects.status(503));
      Repository app = app(registry);
      RegistryClient view = client.within(Duration.ofMinutes(3));
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> view.tags(app)).isInstanceOf(RegistryException.class);
      }
      Duration waited = pace.sleeps().stream().reduce(Duration.ZERO, Duration::plus);
      assertThat(waited).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(10));
      pace.pass(Duration.ofMinutes(3));
      RegistryException late = catchThrowableOfType(RegistryException.class, () -> view.tags(app));
      assertThat(late.kind()).isEqualTo(Kind.TIMEOUT);
      assertThat(late.message()).contains("no time left of 180 s");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aFailedUploadStartsOver(TransportKind kind) throws Exception {
    byte[] large = new byte[3 << 20];
    Bytes blob = Bytes.of(large);
    for (Effect fault : List.of(Effects.status(500), Effects.drop(), Effects.dropAfterwards())) {
      for (String method : List.of("POST", "PUT")) {
        try (EmbeddedRegistry registry = registry();
            RegistryClient client = client(kind)) {
          registry.faults().on(RequestMatch.uploads().method(method)).first(2).does(fault);
          client.putBlob(app(registry), blob);
          assertThat(registry.repository("app").blob(Digest.sha256(blob))).contains(blob);
          assertThat(registry.log().requests("POST", ".*")).hasSize(3);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aTagIsWrittenAgainOnlyWhenItSurelyWasNot(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry();
        RegistryClient client = client(kind)) {
      Repository app = app(registry);
      registry
          .faults()
          .on(RequestMatch.manifests().method("PUT"))
          .first(2)
          .does(Effects.inTurn(Effects.status(429), Effects.status(503)));
      client.putManifest(app, "v2", IMAGE.mediaType(), IMAGE.manifest());
      assertThat(registry.log().requests("PUT", ".*")).hasSize(3);
      registry.faults().clear();
      registry.log().clear();
      for (Effect fault : List.of(Effects.dropAfterwards(), Effects.drop())) {
        registry.faults().clear();
        registry.log().clear();
        registry.faults().on(RequestMatch.manifests().method("PUT")).first(1).does(fault);
        RegistryException unknown =
            catchThrowableOfType(
                RegistryException.class,
                () -> client.putManifest(app, "v3", IMAGE.mediaType(), IMAGE.manifest()));
        assertThat(unknown.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(registry.log().requests("PUT", ".*")).hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aManifestByDigestMayBeWrittenAtWill(TransportKind kind) throws Exception {
    try (EmbeddedRegistry registry = registry();
        RegistryClient client = client(kind)) {
      registry
          .faults()
          .on(RequestMatch.manifests().method("PUT"))
          .first(3)
          .does(Effects.dropAfterwards());
      client.putManifest(
          app(registry), IMAGE.digest().toString(), IMAGE.mediaType(), IMAGE.manifest());
      assertThat(registry.log().requests("PUT", ".*")).hasSize(4);
    }
  }

  @Test
  void manyWritesThroughABadNetworkAllArriveOnce() throws Exception {
    long seed = 42;
    int writes = 120;
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client = client(TransportKind.SOCKET)) {
      registry
          .faults()
          .on(RequestMatch.any())
          .randomly(seed, 0.2)
          .does(Effects.alternating(Effects.status(500), Effects.status(429), Effects.status(503)));
      Repository app = app(registry);
      int failed = 0;
      for (int i = 0; i < writes; i++) {
        try {
          client.putBlob(app, Bytes.utf8("blob " + i));
        } catch (RegistryException e) {
          failed++;
        }
      }
      assertThat(registry.repository("app").blobs()).hasSize(writes - failed);
      assertThat(failed).as("seed " + seed).isLessThan(3);
      assertThat(registry.log().count()).as("seed " + seed).isLessThan(writes * 16 / 10);
    }
  }
}
