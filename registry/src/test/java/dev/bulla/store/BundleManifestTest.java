package dev.bulla.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.RequestMatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bundles that arrive with the list: never believed, only recognised. */
class BundleManifestTest {

  private static final String SIGN = "https://sigstore.dev/cosign/sign/v1";
  private static final String CREATED = "2026-11-21T07:22:54Z";

  private Bench bench;
  private Bytes bundle;
  private Descriptor subject;
  private Descriptor entry;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
    bundle = Vectors.bytes("cosign-3.1.1/bundle/bundle.json");
    subject =
        new Descriptor(
            Bench.IMAGE.mediaType(), Bench.IMAGE.manifest().size(), Bench.IMAGE.digest());
    Manifest manifest =
        BundleManifest.of(
            subject,
            bundle,
            BundleManifest.carrying(
                bundle, subject, Map.of("org.opencontainers.image.created", CREATED)));
    entry =
        new Descriptor(
                MediaType.OCI_MANIFEST, manifest.toJson().size(), Digest.sha256(manifest.toJson()))
            .withAnnotations(manifest.annotations());
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private Descriptor with(String name, String value) {
    Map<String, String> annotations = new TreeMap<>(entry.annotations());
    annotations.put(name, value);
    return entry.withAnnotations(annotations);
  }

  private Descriptor without(String name) {
    Map<String, String> annotations = new TreeMap<>(entry.annotations());
    annotations.remove(name);
    return entry.withAnnotations(annotations);
  }

  @Test
  void isRecognisedByTheDigestOfTheManifestAroundIt() {
    assertThat(BundleManifest.provenBy(entry, subject.digest())).contains(bundle);
  }

  @Test
  void countsForNothingWhenAnythingAroundItDiffers() throws Exception {
    Digest other = Digest.sha256(Bytes.utf8("other"));
    assertThat(BundleManifest.provenBy(entry, other)).isEmpty();
    assertThat(
            BundleManifest.provenBy(
                new Descriptor(entry.mediaType(), entry.size(), other)
                    .withAnnotations(entry.annotations()),
                subject.digest()))
        .isEmpty();
    for (Descriptor changed :
        List.of(
            with("dev.bulla.bundle", bundle.toUtf8String("bundle") + " "),
            with("dev.bulla.bundle", ""),
            with("dev.bulla.bundle", "x".repeat(BundleManifest.MAX_ANNOTATION + 1)),
            with("more", "less"),
            with("org.opencontainers.image.created", "2026-11-21T07:22:55Z"),
            without("org.opencontainers.image.created"),
            without("dev.bulla.bundle"),
            without("dev.bulla.subject"))) {
      assertThat(BundleManifest.provenBy(changed, subject.digest())).isEmpty();
    }
  }

  /** Even where the digest fits: it takes no more memory than ours does. */
  @Test
  void countsForNothingBesideLargeAnnotations() {
    Map<String, String> annotations = new TreeMap<>(entry.annotations());
    annotations.put("filler", "x".repeat(2 * BundleManifest.MAX_ANNOTATION));
    Bytes manifest = BundleManifest.of(subject, bundle, annotations).toJson();
    Descriptor large =
        new Descriptor(MediaType.OCI_MANIFEST, manifest.size(), Digest.sha256(manifest))
            .withAnnotations(annotations);

    assertThat(BundleManifest.provenBy(large, subject.digest())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "7",
        "7 ",
        "-7 application/vnd.oci.image.manifest.v1+json",
        "99999999999999999999 application/vnd.oci.image.manifest.v1+json",
        "7 no media type",
        "٧ application/vnd.oci.image.manifest.v1+json"
      })
  void aSubjectThatCannotBeReadIsNoProof(String text) {
    assertThat(BundleManifest.provenBy(with("dev.bulla.subject", text), subject.digest()))
        .isEmpty();
  }

  private Digest attach() throws BullaException {
    return bench.store.addBundle(bench.image, subject, bundle, SIGN, CREATED);
  }

  private List<Candidate> look() throws BullaException {
    return bench.store.look(bench.image, List.of());
  }

  @Test
  void arrivesWithTheList() throws Exception {
    Digest digest = attach();
    bench.registry.log().clear();

    List<Candidate> found = look();

    assertThat(found)
        .singleElement()
        .isInstanceOfSatisfying(
            BundleSignature.class, signature -> assertThat(signature.raw()).isEqualTo(bundle));
    assertThat(found.get(0).origin().place()).endsWith("@" + digest);
    assertThat(bench.registry.log().count()).isEqualTo(3);
  }

  /** Whatever a list says instead, what the manifest names is what counts. */
  @Test
  void isFetchedWhereTheListHasAnotherTextForIt() throws Exception {
    attach();
    bench
        .registry
        .faults()
        .on(RequestMatch.referrers())
        .does(
            Effects.changedBody(list ->
                new String(list, StandardCharsets.UTF_8)
                    .replace("cosign/sign/v1", "cosign/sign/v2")
                    .replace("dsseEnvelope", "dsseEnvelopf")
                    .getBytes(StandardCharsets.UTF_8)));
    bench.registry.log().clear();

    assertThat(look())
        .singleElement()
        .isInstanceOfSatisfying(
            BundleSignature.class, signature -> assertThat(signature.raw()).isEqualTo(bundle));
    assertThat(bench.registry.log().count()).isEqualTo(5);
  }

  @Test
  void hidesNothingOnAnotherEntry() throws Exception {
    attach();
    Bytes foreign = Bytes.utf8(bundle.toUtf8String("bundle") + "\n");
    Digest digest = bench.attachAsCosign(foreign, SIGN);
    String ours =
        "\"dev.bulla.bundle\":\""
            + bundle.toUtf8String("bundle").replace("\"", "\\\"")
            + "\",\"dev.bulla.subject\":\""
            + entry.annotations().get("dev.bulla.subject")
            + "\",";
    bench
        .registry
        .faults()
        .on(RequestMatch.referrers())
        .does(Effects.changedBody(list -> inserted(list, digest, ours)));

    assertThat(look())
        .map(candidate -> ((BundleSignature) candidate).raw())
        .containsExactlyInAnyOrder(bundle, foreign);
  }

  private static byte[] inserted(byte[] list, Digest digest, String annotations) {
    String text = new String(list, StandardCharsets.UTF_8);
    int at = text.indexOf("\"annotations\":{", text.indexOf(digest.toString()));
    at = text.indexOf('{', at) + 1;
    return (text.substring(0, at) + annotations + text.substring(at))
        .getBytes(StandardCharsets.UTF_8);
  }
}
