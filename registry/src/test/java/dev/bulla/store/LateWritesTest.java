package dev.bulla.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.Gate;
import dev.bulla.testkit.registry.RequestMatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What copies, lists and takes off lists has read, and is about to write; a signer comes, writes,
 * and goes. Only then does the write arrive, made without the signer's entry.
 */
class LateWritesTest {

  private static final String LIST = Bench.tag("");
  private static final String SIG = Bench.tag(".sig");

  private Bench bench;
  private Faults faults;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
    faults = bench.registry.faults();
    faults.noConditionalPut();
    faults.noReferrersApi(Faults.NoReferrers.NOT_FOUND);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  /** A writer that shares nothing with the others. */
  private Digest addBundle(String text) throws Exception {
    try (RegistryClient client =
        RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT)).build()) {
      return new EvidenceStore(client, StoreOptions.defaults())
          .addBundle(bench.image, Bytes.utf8(text), "https://example.com", now());
    }
  }

  private static String now() {
    return java.time.Instant.now().toString();
  }

  private void addSignature(String text) throws Exception {
    try (RegistryClient client =
        RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT)).build()) {
      new EvidenceStore(client, StoreOptions.defaults())
          .addLegacySignature(
              bench.image, Bytes.utf8("{}"), signature(text), same -> same.equals(text));
    }
  }

  private static Map<String, String> signature(String text) {
    return Map.of(LegacySignature.SIGNATURE_ANNOTATION, text);
  }

  private Set<Digest> listed() throws Exception {
    return Set.copyOf(
        ImageIndex.parse(bench.stored(LIST).content()).manifests().stream()
            .map(Descriptor::digest)
            .toList());
  }

  /** Does the one while the other's write to the tag is held up. */
  private void late(String tag, Callable<?> slow, Callable<?> quick) throws Exception {
    Gate gate = new Gate();
    faults
        .on(RequestMatch.manifests().path(".*/" + tag).method("PUT"))
        .first(1)
        .does(Effects.hold(gate));
    try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> writer = other.submit(slow);
      gate.awaitArrivals(1, Duration.ofSeconds(30));
      quick.call();
      gate.open();
      writer.get();
    }
  }

  /** A referrer as another registry had it: made long ago. */
  private Descriptor moved() {
    Digest digest = bench.attachAsCosign(Bytes.utf8("moved"), "https://example.com");
    return new Descriptor(MediaType.OCI_MANIFEST, bench.storedBytes(digest).size(), digest);
  }

  @Test
  void whatIsListedLateTakesNoBundleOffTheList() throws Exception {
    Digest first = addBundle("first");
    Descriptor moved = moved();

    late(
        LIST,
        () -> {
          bench.store.addToReferrersTag(
              bench.image.repository(), bench.image.digest(), List.of(moved));
          return null;
        },
        () -> addBundle("quick"));

    assertThat(listed()).hasSize(3).contains(first, moved.digest());
  }

  @Test
  void aSignersLateWriteTakesNothingOffThatWasListed() throws Exception {
    addBundle("first");
    Descriptor moved = moved();

    late(
        LIST,
        () -> addBundle("slow"),
        () -> {
          bench.store.addToReferrersTag(
              bench.image.repository(), bench.image.digest(), List.of(moved));
          return null;
        });

    assertThat(listed()).hasSize(3).contains(moved.digest());
  }

  @Test
  void whatIsTakenOffLateTakesNoBundleAlong() throws Exception {
    Digest first = addBundle("first");
    Digest second = addBundle("second");

    late(
        LIST,
        () -> {
          bench.store.unlistReferrers(
              bench.image.repository(), bench.image.digest(), Set.of(first));
          return null;
        },
        () -> addBundle("quick"));

    assertThat(listed()).hasSize(2).contains(second).doesNotContain(first);
  }

  @Test
  void aListedReferrerThatIsGoneIsNotBroughtBack() throws Exception {
    Descriptor moved = moved();
    bench.store.addToReferrersTag(bench.image.repository(), bench.image.digest(), List.of(moved));
    bench.store.unlistReferrers(
        bench.image.repository(), bench.image.digest(), Set.of(moved.digest()));
    bench.app.deleteManifest(moved.digest());

    Digest next = addBundle("next");

    assertThat(listed()).containsExactly(next);
  }

  @Test
  void aLateCopyTakesNoSignatureAway() throws Exception {
    addSignature("first");
    Bytes payload = Bytes.utf8("{}");
    SignatureObject elsewhere =
        SignatureObject.empty(SignatureObject.Flavour.OCI)
            .append(SignatureObject.layer(payload, signature("copied")));
    bench.app.putBlob(elsewhere.config());
    Bytes json = elsewhere.manifest().toJson();
    FetchedManifest object =
        bench
            .client
            .getManifest(
                bench.image.repository(),
                bench.app.putManifest(MediaType.OCI_MANIFEST.value(), json).toString())
            .orElseThrow();

    late(
        SIG,
        () -> bench.store.merge(bench.image.repository(), SIG, object),
        () -> {
          addSignature("quick");
          return null;
        });

    assertThat(
            Manifest.parse(bench.stored(SIG).content()).layers().stream()
                .map(layer -> layer.annotations().get(LegacySignature.SIGNATURE_ANNOTATION)))
        .containsExactlyInAnyOrder("first", "quick", "copied");
  }
}
