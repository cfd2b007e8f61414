package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleImageTest {

  @Test
  void isTheSameEverywhere() {
    assertThat(SampleImage.image("hello").digest())
        .hasToString("sha256:57a1439c94d9e13a6a441ce2e31321b8760e38bdb9c60684f5e223887dbabc75");
    assertThat(SampleImage.twoPlatforms("hello").digest())
        .hasToString("sha256:03fc7988c4d976ca71a0c7708f629aeb06443b94a9d122ba56a81c96c3b4039f");
    assertThat(SampleImage.image("hello").digest()).isNotEqualTo(SampleImage.image("x").digest());
  }

  @Test
  void hasALayerThatUnpacks() throws Exception {
    SampleImage image = SampleImage.image("hello");
    JsonObject manifest = JsonParser.parseObject(image.manifest(), "manifest");
    JsonObject layer =
        (JsonObject) ((JsonArray) manifest.get("layers").orElseThrow()).values().get(0);
    Bytes compressed = image.blobs().get(digest(layer));
    Bytes tar;
    try (GZIPInputStream in = new GZIPInputStream(compressed.newInputStream())) {
      tar = Bytes.owning(in.readAllBytes());
    }
    String text = new String(tar.toByteArray(), StandardCharsets.US_ASCII);
    assertThat(tar.size() % 512).isZero();
    assertThat(text).startsWith("hello.txt\0").contains("ustar\00000");
    assertThat(text.substring(512, 518)).isEqualTo("hello\n");
    assertThat(Integer.parseInt(text.substring(148, 154), 8)).isEqualTo(headerSum(tar));

    JsonObject config =
        JsonParser.parseObject(
            image.blobs().get(digest((JsonObject) manifest.get("config").orElseThrow())), "config");
    assertThat(config.get("rootfs").orElseThrow().toString()).isNotEmpty();
    JsonArray diffIds =
        (JsonArray) ((JsonObject) config.get("rootfs").orElseThrow()).get("diff_ids").orElseThrow();
    assertThat(((JsonString) diffIds.values().get(0)).value())
        .isEqualTo(Digest.sha256(tar).toString());
  }

  private static Digest digest(JsonObject descriptor) throws Exception {
    return Digest.parse(((JsonString) descriptor.get("digest").orElseThrow()).value());
  }

  private static int headerSum(Bytes tar) {
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? ' ' : tar.at(i) & 0xff;
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 512, 65_535, 65_536, 200_000})
  void compressesContentOfAnySize(int size) throws IOException {
    byte[] content = new byte[size];
    for (int i = 0; i < size; i++) {
      content[i] = (byte) (i * 31);
    }
    try (GZIPInputStream in =
        new GZIPInputStream(TarGzip.gzip(Bytes.of(content)).newInputStream())) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
  }

  @Test
  void namesThePlatformsOfAnIndex() throws Exception {
    SampleImage index = SampleImage.twoPlatforms("hello");
    assertThat(index.children()).hasSize(2);
    assertThat(index.manifest().toUtf8String("index"))
        .contains("\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}")
        .contains("\"platform\":{\"architecture\":\"arm64\",\"os\":\"linux\"}");
    assertThat(index.blobs()).isEmpty();
  }

  @Test
  void writesAnArtifactAsTheSpecificationWantsIt() throws Exception {
    SampleImage artifact =
        SampleImage.artifact("application/vnd.example", "text/plain", Bytes.utf8("x"));
    assertThat(artifact.manifest().toUtf8String("artifact"))
        .contains(
            "\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"size\":2,\"digest\":"
                + "\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\"}")
        .endsWith("\"artifactType\":\"application/vnd.example\"}");
  }
}
