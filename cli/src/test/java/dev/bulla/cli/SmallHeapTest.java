package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.registry.StoredRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A registry that serves as much as anybody takes, against {@code verify} in a process of its own
 * with a heap of 64 MiB: it decides nothing in favour, and it does not run out of memory.
 */
class SmallHeapTest {

  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
  private static final String SIGNATURE = "dev.cosignproject.cosign/signature";
  private static final String CONFIG =
      "{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"size\":2,\"digest\":\""
          + Digest.sha256(Bytes.utf8("{}"))
          + "\"}";

  /** As much as a manifest may have. */
  private static final int MOST = 4 << 20;

  @TempDir Path folder;

  private EmbeddedRegistry registry;
  private StoredRepository app;
  private Digest image;

  @BeforeEach
  void start() throws IOException {
    registry = EmbeddedRegistry.start();
    app = registry.repository("app");
    image = SampleImage.image("hello").pushTo(app, "v1");
    try (PrivateKey key = PrivateKey.generate(KeyType.EC_P256, new SecureRandom())) {
      Files.writeString(folder.resolve("cosign.pub"), key.publicKey().toPem());
    }
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private record Outcome(int exit, String output) {}

  private Outcome verify() throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.bulla.cli.Main",
                "verify",
                "--key",
                "cosign.pub",
                "--insecure-ignore-tlog",
                registry.host() + "/app@" + image)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int exit = process.waitFor();
    return new Outcome(exit, Files.readString(output, StandardCharsets.UTF_8));
  }

  private void assertUndecidedOrMalformed(String reason) throws IOException, InterruptedException {
    Outcome outcome = verify();
    assertThat(outcome.output()).contains(reason).doesNotContain("OutOfMemoryError");
    assertThat(outcome.exit()).isIn(20, 21);
  }

  private String sigTag() {
    return "sha256-" + image.hex() + ".sig";
  }

  private String referrersTag() {
    return "sha256-" + image.hex();
  }

  private static String manifest(String layers, String more) {
    return "{\"schemaVersion\":2,\"mediaType\":\""
        + MANIFEST
        + "\",\"config\":"
        + CONFIG
        + ",\"layers\":["
        + layers
        + "]"
        + more
        + "}";
  }

  private static String layer(String mediaType, Digest digest, long size, String signature) {
    return "{\"mediaType\":\""
        + mediaType
        + "\",\"size\":"
        + size
        + ",\"digest\":\""
        + digest
        + "\""
        + (signature.isEmpty()
            ? ""
            : ",\"annotations\":{\"" + SIGNATURE + "\":\"" + signature + "\"}")
        + "}";
  }

  private static String repeated(String element, int bytes) {
    StringBuilder text = new StringBuilder(element);
    while (text.length() + element.length() + 1 < bytes) {
      text.append(',').append(element);
    }
    return text.toString();
  }

  /** Values of two bytes each: what costs a reader most. */
  private static String values(int number) {
    return ",\"x\":[" + "0,".repeat(number - 1) + "0]";
  }

  private void push(String mediaType, String content, String... tags) {
    app.putManifest(mediaType, Bytes.utf8(content), tags);
  }

  @Test
  void stopsAtTheLargestSignatureObject() throws Exception {
    String layer = layer("a/b", Digest.sha256(Bytes.utf8("x")), 1, "AAAA");
    push(MANIFEST, manifest(repeated(layer, MOST / 2), ""), sigTag());
    assertUndecidedOrMalformed("exceeded the limit (1000)");
    push(MANIFEST, manifest(repeated(layer, MOST - 1000), ""), sigTag());
    assertUndecidedOrMalformed("more than 100000 JSON values");
  }

  @Test
  void stopsAtASignatureObjectLargerThanThat() throws Exception {
    String layer = layer("a/b", Digest.sha256(Bytes.utf8("x")), 1, "");
    push(MANIFEST, manifest(repeated(layer, 8 * MOST), ""), sigTag());
    assertUndecidedOrMalformed("larger than the limit of 4194304 bytes");
  }

  @Test
  void stopsAtManifestsOfVeryManyValues() throws Exception {
    String index = "{\"schemaVersion\":2,\"manifests\":[]" + values(499_000) + "}";
    push(MANIFEST, manifest("", values(499_000)), sigTag());
    push(INDEX, index, referrersTag());
    registry.faults().on(RequestMatch.referrers()).does(Effects.body(Bytes.utf8(index)));
    assertUndecidedOrMalformed("more than 100000 JSON values");
  }

  @Test
  void stopsAtAsMuchEvidenceAsOneImageMayHave() throws Exception {
    StringBuilder layers = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      Bytes payload = Bytes.utf8("{\"n\":" + i + ",\"x\":\"" + "x".repeat(100_000) + "\"}");
      layers
          .append(i == 0 ? "" : ",")
          .append(layer("a/b", app.putBlob(payload), payload.size(), "AAAA"));
    }
    push(MANIFEST, manifest(layers.toString(), ""), sigTag());
    assertUndecidedOrMalformed("bytes of evidence for one image");
  }

  @Test
  void stopsAtAPayloadThatIsLargerThanMemory() throws Exception {
    Digest digest = Digest.sha256(Bytes.utf8("never sent"));
    push(
        MANIFEST,
        manifest(
            layer("a/b", digest, 127 << 20, "AAAA") + "," + layer("a/b", digest, 1L << 40, "AAAA"),
            ""),
        sigTag());
    assertUndecidedOrMalformed("bytes of evidence for one image");
  }

  @Test
  void stopsAtBlobsThatNeverEnd() throws Exception {
    Bytes blob = Bytes.utf8("x");
    String layer = layer("a/b", app.putBlob(blob), 15 << 20, "AAAA");
    push(MANIFEST, manifest(layer, ""), sigTag());
    registry.faults().on(RequestMatch.blobs()).does(Effects.endlessBody(false));
    assertUndecidedOrMalformed("larger than the limit of 15728640 bytes");
  }

  @Test
  void stopsAtVeryManyReferrers() throws Exception {
    String entry = layer(MANIFEST, Digest.sha256(Bytes.utf8("x")), 1, "");
    String list =
        "{\"schemaVersion\":2,\"mediaType\":\""
            + INDEX
            + "\",\"manifests\":["
            + repeated(entry, MOST - 1000)
            + "]}";
    registry.faults().on(RequestMatch.referrers()).does(Effects.body(Bytes.utf8(list)));
    push(INDEX, list, referrersTag());
    assertUndecidedOrMalformed("more than 1000");
  }

  /** Two pages as large as pages may be, full of text that claims to be bundles. */
  @Test
  void looksThroughTheLargestListsOfReferrers() throws Exception {
    registry
        .faults()
        .on(RequestMatch.referrers())
        .does(stage ->
            stage.request().query("page").isPresent()
                ? stage.proceed().withBody(WireBody.of(bundles("b", 480)))
                : stage
                    .proceed()
                    .with("Link", "</v2/app/referrers/" + image + "?page=2>; rel=\"next\"")
                    .withBody(WireBody.of(bundles("a", 480))));
    app.putManifest(INDEX, bundles("c", 240), referrersTag());
    assertUndecidedOrMalformed("more than 1000");
    app.putManifest(INDEX, bundles("a", 240), referrersTag());
    assertUndecidedOrMalformed("is listed as a referrer and is not there");
  }

  private Bytes bundles(String name, int number) {
    String text = "x".repeat(16 << 10);
    StringBuilder list =
        new StringBuilder("{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[");
    for (int i = 0; i < number; i++) {
      list.append(i == 0 ? "" : ",")
          .append("{\"mediaType\":\"" + MANIFEST + "\",\"size\":900,\"digest\":\"")
          .append(Digest.sha256(Bytes.utf8(name + i)))
          .append("\",\"annotations\":{\"dev.bulla.bundle\":\"")
          .append(text)
          .append("\",\"dev.bulla.subject\":\"1 " + MANIFEST + "\"}}");
    }
    return Bytes.utf8(list.append("]}").toString());
  }

  @Test
  void stopsAtAListOfReferrersWithoutEnd() throws Exception {
    registry
        .faults()
        .on(RequestMatch.referrers())
        .does(stage ->
            stage
                .proceed()
                .with(
                    "Link",
                    "</v2/app/referrers/"
                        + image
                        + "?n="
                        + registry.log().count()
                        + ">; rel=\"next\""));
    assertUndecidedOrMalformed("the list has more than 1000 pages");
  }

  @Test
  void stopsAtReferrersThatAreAsLargeAsManifestsMayBe() throws Exception {
    registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    StringBuilder entries = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      String layer = layer("a/b", Digest.sha256(Bytes.utf8("x" + i)), 1, "AAAA");
      Bytes manifest =
          Bytes.utf8(
              manifest(
                  repeated(layer, MOST - 200_000),
                  ",\"artifactType\":\"application/vnd.dev.cosign.artifact.sig.v1+json\""));
      entries
          .append(i == 0 ? "" : ",")
          .append(
              layer(
                  MANIFEST,
                  app.putManifest(MANIFEST, manifest),
                  i % 2 * (long) manifest.size(),
                  ""));
    }
    push(INDEX, "{\"schemaVersion\":2,\"manifests\":[" + entries + "]}", referrersTag());
    assertUndecidedOrMalformed("limit");
  }

  @Test
  void takesReferrersOfManyValuesOneAtATime() throws Exception {
    registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    StringBuilder entries = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      Bytes manifest = Bytes.utf8(manifest("", values(60_000 + i)));
      entries
          .append(i == 0 ? "" : ",")
          .append(layer(MANIFEST, app.putManifest(MANIFEST, manifest), manifest.size(), ""));
    }
    push(INDEX, "{\"schemaVersion\":2,\"manifests\":[" + entries + "]}", referrersTag());
    Outcome outcome = verify();
    assertThat(outcome.output()).contains("no signatures found");
    assertThat(outcome.exit()).isEqualTo(10);
  }

  @Test
  void stopsAtSignatureObjectsOfWhichThereAreVeryMany() throws Exception {
    registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    Bytes payload = Bytes.utf8("{}");
    app.putBlob(payload);
    String layer = layer("a/b", Digest.sha256(payload), payload.size(), "AAAA");
    StringBuilder layers = new StringBuilder(layer);
    for (int i = 1; i < 700; i++) {
      layers.append(',').append(layer);
    }
    StringBuilder entries = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      Bytes manifest =
          Bytes.utf8(
              manifest(
                  layers.toString(),
                  ",\"artifactType\":\"application/vnd.dev.cosign.artifact.sig.v1+json\",\"x\":"
                      + i));
      entries
          .append(i == 0 ? "" : ",")
          .append(layer(MANIFEST, app.putManifest(MANIFEST, manifest), manifest.size(), ""));
    }
    push(INDEX, "{\"schemaVersion\":2,\"manifests\":[" + entries + "]}", referrersTag());
    assertUndecidedOrMalformed("bytes of evidence for one image");
  }

  @Test
  void stopsAtBundlesAsLargeAsTheyMayBe() throws Exception {
    registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    StringBuilder entries = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      Bytes bundle =
          Bytes.utf8(
              "{\"mediaType\":\""
                  + BUNDLE
                  + "\",\"verificationMaterial\":{\"publicKey\":{\"hint\":\"a\"}},\"dsseEnvelope\":{"
                  + "\"payload\":\""
                  + "AAAA".repeat((7 << 20) / 4)
                  + "A".repeat(4 * (i + 1))
                  + "\",\"payloadType\":\"application/vnd.in-toto+json\","
                  + "\"signatures\":[{\"sig\":\"AAAA\"}]}"
                  + (i % 2 == 0 ? "" : values(190_000))
                  + "}");
      String layer = layer(BUNDLE, app.putBlob(bundle), bundle.size(), "");
      Bytes manifest = Bytes.utf8(manifest(layer, ",\"artifactType\":\"" + BUNDLE + "\""));
      entries
          .append(i == 0 ? "" : ",")
          .append(layer(MANIFEST, app.putManifest(MANIFEST, manifest), manifest.size(), ""));
    }
    push(INDEX, "{\"schemaVersion\":2,\"manifests\":[" + entries + "]}", referrersTag());
    assertUndecidedOrMalformed("bytes of evidence for one image");
  }

  @Test
  void stopsAtAnAnswerThatUnpacksWithoutEnd() throws Exception {
    registry.faults().on(RequestMatch.manifests()).does(Effects.gzipBomb(80L << 20));
    assertUndecidedOrMalformed("unexpected content coding \"gzip\"");
  }

  @Test
  void stopsAtErrorsThatNeverEnd() throws Exception {
    registry
        .faults()
        .on(RequestMatch.any())
        .does(Effects.changed(r -> r.withStatus(403)), Effects.endlessBody(true));
    assertUndecidedOrMalformed("could not decide");
  }
}
