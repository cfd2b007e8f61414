package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.transport.TransportKind;
import dev.bulla.store.EvidenceStore;
import dev.bulla.store.StoreOptions;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.StoredRepository;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A thousand signatures on a registry that answers three of ten requests with 429 or 5xx: all
 * arrive, each once, for little more requests than have to be repeated. Time is the test's.
 */
@Tag("waits")
class ManySignaturesTest {

  private static final long SEED = 30;
  private static final int SIGNATURES = 1000;
  private static final int IMAGES = 100;
  private static final String CREATED = TestPace.START.toString();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void allArriveOnce(boolean legacy) throws Exception {
    long calm = requests(legacy, false);
    long faulty = requests(legacy, true);

    assertThat((double) faulty / calm).as("seed " + SEED).isLessThanOrEqualTo(1.6);
  }

  private static long requests(boolean legacy, boolean faulty) throws Exception {
    TestPace pace = new TestPace();
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryClient client =
            RegistryClient.builder(TransportKind.SOCKET.create())
                .pace(pace)
                .expectWrites(true)
                .build()) {
      registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
      if (faulty) {
        registry
            .faults()
            .on(RequestMatch.any())
            .randomly(SEED, 0.3)
            .does(
                Effects.alternating(
                    Effects.throttled(Duration.ofSeconds(1)),
                    Effects.status(429),
                    Effects.status(500),
                    Effects.status(502),
                    Effects.status(503),
                    Effects.throttledUntil(TestPace.START)));
      }
      Repository app = Repository.parse(registry.host() + "/app");
      EvidenceStore store =
          new EvidenceStore(client, StoreOptions.defaults(), InstantSource.fixed(TestPace.START));
      for (int i = 0; i < SIGNATURES; i++) {
        Digest image = Digest.sha256(Bytes.utf8("image " + i % IMAGES));
        if (legacy) {
          store.addLegacySignature(
              app.at(image),
              Bytes.utf8("{}"),
              Map.of(LegacySignature.SIGNATURE_ANNOTATION, "signature " + i),
              stored -> false);
        } else {
          store.addBundle(
              app.at(image),
              new Descriptor(MediaType.OCI_MANIFEST, 7, image),
              Bytes.utf8("bundle " + i),
              "https://example.com/x",
              CREATED);
        }
      }
      long count = registry.log().count();
      assertThat(stored(registry.repository("app"), legacy)).isEqualTo(SIGNATURES);
      return count;
    }
  }

  /** Each image has exactly its share; a duplicate would be one too many. */
  private static int stored(StoredRepository app, boolean legacy) throws Exception {
    int all = 0;
    for (int i = 0; i < IMAGES; i++) {
      String tag = "sha256-" + Digest.sha256(Bytes.utf8("image " + i)).hex();
      Bytes content = app.manifest(legacy ? tag + ".sig" : tag).orElseThrow().content();
      int here =
          legacy
              ? Manifest.parse(content).layers().size()
              : ImageIndex.parse(content).manifests().size();
      assertThat(here).isEqualTo(SIGNATURES / IMAGES);
      all += here;
    }
    return all;
  }
}
