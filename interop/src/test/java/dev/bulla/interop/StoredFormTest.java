package dev.bulla.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What lies in the registry afterwards, byte for byte. RSA signatures are the same whoever makes
 * them, so with such a key everything has to be the same.
 */
@OnEachRegistry
@DisplayName("stored form")
final class StoredFormTest {

  private static final String BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

  private final RegistryKind kind;
  private final Bench bench;

  StoredFormTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  private KeyPair rsa() {
    return bench.keys().imported(KeyKind.RSA_2048_PKCS1);
  }

  @Test
  @DisplayName("signature object: as the format says, byte for byte")
  void signatureObjectIsWrittenAsSpecified(Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "form"), "v1");
    SigningWay.BULLA_LEGACY.sign(place, bench.keys(), rsa(), image.byDigest());
    SigningWay.BULLA_LEGACY.sign(
        place, bench.keys(), rsa(), image.byDigest(), "-a", "b=2", "-a", "a=<1>");

    String first = payload(image, "null");
    String second = payload(image, "{\"a\":\"\\u003c1\\u003e\",\"b\":\"2\"}");
    String config =
        "{\"architecture\":\"\",\"created\":\"0001-01-01T00:00:00Z\",\"history\":["
            + "{\"created\":\"0001-01-01T00:00:00Z\"},{\"created\":\"0001-01-01T00:00:00Z\"}],"
            + "\"os\":\"\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
            + digest(first)
            + "\",\""
            + digest(second)
            + "\"]},\"config\":{}}";
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\""
            + Shelf.OCI_MANIFEST
            + "\",\"config\":{\"mediaType\":\""
            + Shelf.OCI_CONFIG
            + "\",\"size\":"
            + config.length()
            + ",\"digest\":\""
            + digest(config)
            + "\"},\"layers\":["
            + layer(place, first)
            + ","
            + layer(place, second)
            + "]}";

    Finished shown =
        place
            .shell("crane manifest $(bulla triangulate $IMAGE)")
            .env("IMAGE", image.byTag())
            .run()
            .expect(0);
    assertThat(shown.text()).isEqualTo(manifest);
    assertThat(image.shelf().blob(digest(config))).asString(UTF_8).isEqualTo(config);
    assertThat(config).hasSize(342);
    assertThat(image.shelf().blob(digest(first))).asString(UTF_8).isEqualTo(first);
  }

  private static String payload(Image image, String optional) {
    return "{\"critical\":{\"identity\":{\"docker-reference\":\""
        + image.shelf().repository()
        + "\"},\"image\":{\"docker-manifest-digest\":\""
        + image.digest()
        + "\"},\"type\":\"cosign container image signature\"},\"optional\":"
        + optional
        + "}";
  }

  /** The signature is openssl's. */
  private String layer(Workplace place, String payload) {
    place.write("payload", payload);
    byte[] signature =
        place
            .run(
                Program.OPENSSL,
                "dgst",
                "-sha256",
                "-sign",
                bench.keys().plain(KeyKind.RSA_2048_PKCS1).toString(),
                "payload")
            .out();
    return "{\"mediaType\":\"application/vnd.dev.cosign.simplesigning.v1+json\",\"size\":"
        + payload.length()
        + ",\"digest\":\""
        + digest(payload)
        + "\",\"annotations\":{\"dev.cosignproject.cosign/signature\":\""
        + Base64.getEncoder().encodeToString(signature)
        + "\"}}";
  }

  private static String digest(String text) {
    return Shelf.digest(text.getBytes(UTF_8));
  }

  static final SigningWay[] COSIGN_LEGACY = {SigningWay.COSIGN2_LEGACY, SigningWay.COSIGN3_LEGACY};

  @ParameterizedTest(name = "{0}")
  @FieldSource("COSIGN_LEGACY")
  @DisplayName("signature object: the same bytes as from")
  void signatureObjectEqualsCosigns(SigningWay cosign, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "equal"), "v1");
    for (String[] more : new String[][] {{}, {"-a", "z=1", "-a", "k=ü&"}}) {
      sign(place, SigningWay.BULLA_LEGACY, image, "ours-", more);
      sign(place, cosign, image, "theirs-", more);
      assertThat(image.shelf().manifest(image.signatureTag("ours-")))
          .asString(UTF_8)
          .isEqualTo(new String(image.shelf().manifest(image.signatureTag("theirs-")), UTF_8));
    }
    // and each goes on where the other left off
    sign(place, cosign, image, "ours-", "-a", "third=1");
    sign(place, SigningWay.BULLA_LEGACY, image, "theirs-", "-a", "third=1");
    assertThat(image.shelf().manifest(image.signatureTag("ours-")))
        .asString(UTF_8)
        .isEqualTo(new String(image.shelf().manifest(image.signatureTag("theirs-")), UTF_8));
  }

  private void sign(Workplace place, SigningWay way, Image image, String prefix, String... more) {
    String[] line = new String[more.length + 2];
    line[0] = "--attachment-tag-prefix";
    line[1] = prefix;
    System.arraycopy(more, 0, line, 2, more.length);
    way.sign(place, bench.keys(), rsa(), image.byDigest(), line);
  }

  @Test
  @DisplayName(
      "bundle and its manifest: the same as from cosign 3, but for the time and what travels with"
          + " lists")
  void bundleEqualsCosigns(Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "bundle"), "v1");
    SigningWay.COSIGN3_BUNDLE.sign(place, bench.keys(), rsa(), image.byDigest(), "-a", "a=1");
    String theirs = referrers(place, image).get(0);
    Image copy = Samples.image(bench.shelf(kind, "bundle"), "v1");
    SigningWay.BULLA_BUNDLE.sign(place, bench.keys(), rsa(), copy.byDigest(), "-a", "a=1");
    String ours = referrers(place, copy).get(0);

    String theirManifest = new String(image.shelf().manifest(theirs), UTF_8);
    String ourManifest = new String(copy.shelf().manifest(ours), UTF_8);
    String blob = place.jq(".layers[0].digest", ourManifest.getBytes(UTF_8));
    String carried = carried(copy.shelf().blob(blob), copy);
    assertThat(withoutTime(ourManifest.replace(carried, ""))).isEqualTo(withoutTime(theirManifest));
    assertThat(ourManifest)
        .matches(
            "\\{\"schemaVersion\":2,.*\"org.opencontainers.image.created\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\".*");
    assertThat(copy.shelf().blob(blob)).isEqualTo(image.shelf().blob(blob));
    assertThat(ourManifest)
        .isEqualTo(
            "{\"schemaVersion\":2,\"mediaType\":\""
                + Shelf.OCI_MANIFEST
                + "\",\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"size\":2,"
                + "\"digest\":\""
                + digest("{}")
                + "\",\"artifactType\":\""
                + BUNDLE_TYPE
                + "\"},\"layers\":[{\"mediaType\":\""
                + BUNDLE_TYPE
                + "\",\"size\":"
                + copy.shelf().blob(blob).length
                + ",\"digest\":\""
                + blob
                + "\"}],\"annotations\":{"
                + carried
                + "\"dev.sigstore.bundle.content\":\"dsse-envelope\","
                + "\"dev.sigstore.bundle.predicateType\":\"https://sigstore.dev/cosign/sign/v1\","
                + "\"org.opencontainers.image.created\":\""
                + time(ourManifest)
                + "\"},\"subject\":{\"mediaType\":\""
                + Shelf.OCI_MANIFEST
                + "\",\"size\":"
                + copy.shelf().manifest(copy.digest()).length
                + ",\"digest\":\""
                + copy.digest()
                + "\"},\"artifactType\":\""
                + BUNDLE_TYPE
                + "\"}");
  }

  /** The annotations that bulla adds: the bundle once more, and what it takes to recognise it. */
  private static String carried(byte[] bundle, Image image) {
    return "\"dev.bulla.bundle\":\""
        + new String(bundle, UTF_8).replace("\"", "\\\"")
        + "\",\"dev.bulla.subject\":\""
        + image.shelf().manifest(image.digest()).length
        + " "
        + Shelf.OCI_MANIFEST
        + "\",";
  }

  private static String time(String manifest) {
    return manifest.replaceFirst(".*\"org.opencontainers.image.created\":\"([^\"]*)\".*", "$1");
  }

  private static String withoutTime(String manifest) {
    return manifest.replace(time(manifest), "");
  }

  static final SigningWay[] BUNDLES = {SigningWay.BULLA_BUNDLE, SigningWay.COSIGN3_BUNDLE};

  @ParameterizedTest(name = "{0} first")
  @FieldSource("BUNDLES")
  @DisplayName("list of referrers: kept by both, read by oras and tree")
  void bothKeepTheListOfReferrers(SigningWay first, Workplace place) {
    SigningWay second =
        first == SigningWay.BULLA_BUNDLE ? SigningWay.COSIGN3_BUNDLE : SigningWay.BULLA_BUNDLE;
    Image image = Samples.image(bench.shelf(kind, "list"), "v1");
    first.sign(place, bench.keys(), rsa(), image.byDigest());
    String before = referrers(place, image).get(0);
    second.sign(place, bench.keys(), rsa(), image.byDigest(), "-a", "round=2");
    List<String> after = referrers(place, image);
    assertThat(after).hasSize(2).contains(before).isSorted();

    String discovered =
        place.jq(
            ".. | objects | select(.reference? != null and .artifactType? != null) | .digest",
            place
                .run(Program.ORAS, "discover", "--plain-http", "--format", "json", image.byDigest())
                .out());
    assertThat(discovered.lines().sorted().toList()).isEqualTo(after.stream().sorted().toList());
    assertThat(tree(place, Program.BULLA, image)).isEqualTo(tree(place, Program.COSIGN3, image));
    for (String annotation : new String[] {"", "round=2"}) {
      String[] more = annotation.isEmpty() ? new String[0] : new String[] {"-a", annotation};
      Verifying.BULLA.verify(place, rsa(), image.byDigest(), more);
      Verifying.COSIGN3.verify(place, rsa(), image.byDigest(), more);
    }
  }

  @Test
  @DisplayName(
      "list of referrers: under its tag as the format says, only where the registry keeps none")
  void referrersTagIsWrittenAsSpecified(Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "fallback"), "v1");
    SigningWay.BULLA_BUNDLE.sign(place, bench.keys(), rsa(), image.byDigest());
    assertThat(image.shelf().hasManifest(image.referrersTag())).isNotEqualTo(kind.listsReferrers());
    if (kind.listsReferrers()) {
      return;
    }
    String referrer = referrers(place, image).get(0);
    String manifest = new String(image.shelf().manifest(referrer), UTF_8);
    assertThat(image.shelf().manifest(image.referrersTag()))
        .asString(UTF_8)
        .isEqualTo(
            "{\"schemaVersion\":2,\"mediaType\":\""
                + Shelf.OCI_INDEX
                + "\",\"manifests\":[{\"mediaType\":\""
                + Shelf.OCI_MANIFEST
                + "\",\"size\":"
                + manifest.length()
                + ",\"digest\":\""
                + referrer
                + "\",\"annotations\":{"
                + carried(
                    image.shelf().blob(place.jq(".layers[0].digest", manifest.getBytes(UTF_8))),
                    image)
                + "\"dev.sigstore.bundle.content\":\"dsse-envelope\","
                + "\"dev.sigstore.bundle.predicateType\":\"https://sigstore.dev/cosign/sign/v1\","
                + "\"org.opencontainers.image.created\":\""
                + time(manifest)
                + "\"},\"artifactType\":\""
                + BUNDLE_TYPE
                + "\"}]}");
  }

  private List<String> referrers(Workplace place, Image image) {
    byte[] list =
        kind.listsReferrers()
            ? image.shelf().referrers(image.digest())
            : image.shelf().manifest(image.referrersTag());
    return place.jq(".manifests[].digest", list).lines().sorted().toList();
  }

  private static List<String> tree(Workplace place, Program program, Image image) {
    List<String> lines =
        place.run(program, "tree", image.byDigest()).text().lines().sorted().toList();
    assertThat(lines).hasSizeGreaterThan(2);
    return lines;
  }
}
