package dev.bulla.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.ReferrersAnswer;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.testkit.registry.SampleImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder is asked as a registry is, and trusted as little. */
class OciLayoutTest {

  private static final SampleImage IMAGE = SampleImage.image("hello");
  private static final SampleImage NOTE =
      SampleImage.referrer(IMAGE, "application/vnd.note", Bytes.utf8("note"), Map.of("a", "b"));
  private static final SampleImage SIGNATURES =
      SampleImage.artifact("application/vnd.x", "text/plain", Bytes.utf8("signature"));
  private static final String TAG = "sha256-" + IMAGE.digest().hex();

  @TempDir Path folder;

  private final LayoutTransport layouts =
      LayoutTransport.over(SocketTransport.create(TlsOptions.DEFAULT));
  private final RegistryClient client = RegistryClient.builder(layouts).build();

  @AfterEach
  void close() {
    client.close();
  }

  private Repository read() throws Exception {
    return layouts.add(OciLayout.open(folder, "saved"));
  }

  private void put(Repository to, SampleImage image, String... tags) throws Exception {
    for (Bytes blob : image.blobs().values()) {
      client.putBlob(to, blob);
    }
    client.putManifest(to, image.digest().toString(), image.mediaType(), image.manifest());
    for (String tag : tags) {
      client.putManifest(to, tag, image.mediaType(), image.manifest());
    }
  }

  private static Descriptor descriptor(SampleImage image) {
    return new Descriptor(image.mediaType(), image.manifest().size(), image.digest());
  }

  private OciLayout written() throws Exception {
    OciLayout layout = OciLayout.create(folder, "saved");
    Repository place = layouts.add(layout);
    put(place, IMAGE);
    put(place, SIGNATURES, TAG + ".sig");
    put(place, NOTE);
    layout.commit(descriptor(IMAGE));
    return layout;
  }

  private Path blob(Digest digest) {
    return folder.resolve("blobs/sha256").resolve(digest.hex());
  }

  private void index(String entries) throws IOException {
    Files.writeString(
        folder.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[" + entries + "]}",
        StandardCharsets.UTF_8);
  }

  @Test
  void whatWasPutCanBeGot() throws Exception {
    written();
    Repository place = read();
    assertThat(OciLayout.open(folder, "saved").image().digest()).isEqualTo(IMAGE.digest());
    assertThat(client.getManifest(place, IMAGE.digest().toString()).orElseThrow().body())
        .isEqualTo(IMAGE.manifest());
    assertThat(client.getManifest(place, TAG + ".sig").orElseThrow().body())
        .isEqualTo(SIGNATURES.manifest());
    assertThat(client.getManifest(place, TAG + ".att")).isEmpty();
    assertThat(client.headManifest(place.at(IMAGE.digest()))).contains(descriptor(IMAGE));
    for (Map.Entry<Digest, Bytes> blob : IMAGE.blobs().entrySet()) {
      assertThat(client.getBlob(place, blob.getKey(), 1 << 20)).isEqualTo(blob.getValue());
    }
    assertThat(client.tags(place)).containsExactly(TAG + ".sig");
    assertThat(((ReferrersAnswer.Listed) client.referrers(place, IMAGE.digest())).descriptors())
        .extracting(Descriptor::digest)
        .containsExactly(NOTE.digest());
  }

  @Test
  void theIndexIsAsCosignWritesIt() throws Exception {
    written();
    assertThat(Files.readString(folder.resolve("oci-layout")))
        .isEqualTo("{\n    \"imageLayoutVersion\": \"1.0.0\"\n}");
    assertThat(Files.readString(folder.resolve("index.json")))
        .startsWith(
            """
            {
               "schemaVersion": 2,
               "mediaType": "application/vnd.oci.image.index.v1+json",
               "manifests": [
                  {
                     "mediaType": "application/vnd.oci.image.manifest.v1+json",
                     "size": %d,
                     "digest": "%s",
                     "annotations": {
                        "kind": "dev.cosignproject.cosign/image"
                     }
                  },
                  {
                     "mediaType": "application/vnd.oci.image.manifest.v1+json",
                     "size": %d,
                     "digest": "%s",
                     "annotations": {
                        "kind": "dev.cosignproject.cosign/sigs"
                     }
                  },
            """
                .formatted(
                    IMAGE.manifest().size(),
                    IMAGE.digest(),
                    SIGNATURES.manifest().size(),
                    SIGNATURES.digest()))
        .endsWith("}");
  }

  @Test
  void leavesNothingElseBehind() throws Exception {
    written();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("blobs", "index.json", "oci-layout");
    }
  }

  @Test
  void aFolderThatIsNotCompleteHasNoIndex() throws Exception {
    OciLayout layout = OciLayout.create(folder, "saved");
    Repository place = layouts.add(layout);
    client.putManifest(place, "v1", IMAGE.mediaType(), IMAGE.manifest());
    assertThatThrownBy(() -> layout.commit(descriptor(IMAGE)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("is not there");
    assertThat(folder.resolve("index.json")).doesNotExist();
    assertThatThrownBy(this::read)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("stat saved/index.json: no such file or directory");
  }

  @Test
  void damagedContentIsWrittenAgain() throws Exception {
    written();
    Digest layer = IMAGE.blobs().keySet().iterator().next();
    Files.writeString(blob(layer), "damaged");
    Files.writeString(blob(IMAGE.digest()), "damaged");
    Repository broken = read();
    assertThat(
            catchThrowableOfType(
                    RegistryException.class, () -> client.getBlob(broken, layer, 1 << 20))
                .kind())
        .isEqualTo(Kind.BAD_RESPONSE);
    OciLayout again = OciLayout.create(folder, "saved");
    Repository place = layouts.add(again);
    assertThat(client.hasBlob(place, layer)).isFalse();
    assertThat(client.headManifest(place.at(IMAGE.digest()))).isEmpty();
    put(place, IMAGE);
    again.commit(descriptor(IMAGE));
    Repository mended = read();
    assertThat(client.getBlob(mended, layer, 1 << 20)).isEqualTo(IMAGE.blobs().get(layer));
  }

  @Test
  void contentUnderAnotherDigestIsNotKept() throws Exception {
    Repository place = layouts.add(OciLayout.create(folder, "saved"));
    Digest other = Digest.sha256(Bytes.utf8("other"));
    assertThatThrownBy(() ->
            client.putBlob(
                place,
                new dev.bulla.registry.BlobContent(
                    other, 3, offset -> Bytes.utf8("abc").newInputStream()),
                Optional.empty()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("another digest");
    assertThat(blob(other)).doesNotExist();
  }

  @Test
  void aFolderThatIsReadIsNotWritten() throws Exception {
    written();
    Repository place = read();
    assertThatThrownBy(() -> client.putBlob(place, Bytes.utf8("x")))
        .isInstanceOf(RegistryException.class);
    assertThatThrownBy(() -> client.putManifest(place, "v1", IMAGE.mediaType(), IMAGE.manifest()))
        .isInstanceOf(RegistryException.class);
    assertThatThrownBy(() -> client.deleteManifest(place, TAG + ".sig"))
        .isInstanceOf(RegistryException.class);
  }

  // ---- hostile folders

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sha256:../../../../etc/passwd",
        "sha256:..",
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        ""
      })
  void aNameThatIsNoDigestIsNoPath(String digest) throws Exception {
    written();
    index(
        "{\"mediaType\":\""
            + MediaType.OCI_MANIFEST
            + "\",\"size\":1,\"digest\":\""
            + digest
            + "\"}");
    assertThatThrownBy(this::read)
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("saved/index.json");
  }

  @Test
  void linksAreNotFollowed() throws Exception {
    written();
    Path outside = Files.writeString(folder.resolve("outside"), "secret");
    Digest secret = Digest.sha256(Bytes.utf8("secret"));
    Files.createSymbolicLink(blob(secret), outside);
    Repository place = read();
    assertThat(
            catchThrowableOfType(RegistryException.class, () -> client.getBlob(place, secret, 100))
                .message())
        .contains("not a regular file");

    Path moved = folder.resolve("elsewhere");
    Files.move(folder.resolve("blobs"), moved);
    Files.createSymbolicLink(folder.resolve("blobs"), moved);
    assertThatThrownBy(() -> client.getManifest(place, IMAGE.digest().toString()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("a link instead of a folder");
    assertThatThrownBy(() -> OciLayout.create(folder, "saved"))
        .isInstanceOf(ConfigurationException.class);
    Files.move(folder.resolve("index.json"), folder.resolve("real.json"));
    Files.createSymbolicLink(folder.resolve("index.json"), folder.resolve("real.json"));
    assertThatThrownBy(this::read)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("stat saved/index.json: not a regular file");
  }

  @Test
  void wrongContentIsRefusedByWhoeverReads() throws Exception {
    written();
    Files.writeString(
        blob(SIGNATURES.digest()),
        SIGNATURES.manifest().toUtf8String("manifest").replace("text/plain", "text/other"));
    Repository place = read();
    assertThat(
            catchThrowableOfType(
                    RegistryException.class, () -> client.getManifest(place, TAG + ".sig"))
                .message())
        .contains("content has digest");
  }

  @Test
  void aListedManifestThatIsMissingIsNoAbsence() throws Exception {
    written();
    Files.delete(blob(SIGNATURES.digest()));
    Repository place = read();
    assertThat(
            catchThrowableOfType(
                    RegistryException.class, () -> client.getManifest(place, TAG + ".sig"))
                .kind())
        .isEqualTo(Kind.BAD_RESPONSE);
  }

  @Test
  void aHugeIndexIsNotRead() throws Exception {
    written();
    Files.writeString(folder.resolve("index.json"), "{" + " ".repeat(Limits.MAX_MANIFEST) + "}");
    assertThatThrownBy(this::read)
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("larger than the limit");
    Files.writeString(folder.resolve("index.json"), "[".repeat(10_000));
    assertThatThrownBy(this::read).isInstanceOf(MalformedInputException.class);
  }

  @Test
  void aFolderWithSeveralImagesIsAskedByName() throws Exception {
    OciLayout layout = OciLayout.create(folder, "saved");
    Repository place = layouts.add(layout);
    put(place, IMAGE);
    put(place, SIGNATURES);
    layout.commit(descriptor(IMAGE));
    String one = entry(IMAGE, "v1");
    String two = entry(SIGNATURES, "v2");
    index(one + "," + two);
    OciLayout both = OciLayout.open(folder, "saved");
    assertThatThrownBy(both::image)
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("2 images");
    assertThat(client.getManifest(layouts.add(both), "v2").orElseThrow().body())
        .isEqualTo(SIGNATURES.manifest());
    index(one + "," + entry(SIGNATURES, TAG + ".sig"));
    assertThat(OciLayout.open(folder, "saved").image().digest()).isEqualTo(IMAGE.digest());
    index("");
    assertThatThrownBy(OciLayout.open(folder, "saved")::image)
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("holds no image");
  }

  private static String entry(SampleImage image, String tag) {
    return "{\"mediaType\":\""
        + image.mediaType()
        + "\",\"size\":"
        + image.manifest().size()
        + ",\"digest\":\""
        + image.digest()
        + "\",\"annotations\":{\"org.opencontainers.image.ref.name\":\""
        + tag
        + "\"}}";
  }

  @Test
  void namesInMessagesAreThoseOfFolders() throws Exception {
    written();
    Repository place = read();
    assertThat(layouts.readable("not counted: " + place.tag("x")))
        .isEqualTo("not counted: oci:saved:x");
    assertThat(layouts.behind(place)).isPresent();
    assertThat(layouts.behind(Repository.parse("example.com/xy"))).isEmpty();
    assertThat(List.of(place.registry())).allMatch(host -> host.endsWith(".invalid"));
  }
}
