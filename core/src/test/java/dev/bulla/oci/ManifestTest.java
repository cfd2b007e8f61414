package dev.bulla.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestTest {

  private static final long SEED = 20261121;
  private static final String DIGEST = "sha256:" + "ab".repeat(32);
  private static final String CONFIG =
      "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"size\":2,\"digest\":\""
          + DIGEST
          + "\"}";
  private static final String MANIFEST =
      "{\"schemaVersion\":2,\"config\":" + CONFIG + ",\"layers\":[" + CONFIG + "]}";
  private static final String INDEX = "{\"schemaVersion\":2,\"manifests\":[" + CONFIG + "]}";

  private static Manifest parse(String json) throws MalformedInputException {
    return Manifest.parse(Bytes.utf8(json));
  }

  private static ImageIndex parseIndex(String json) throws MalformedInputException {
    return ImageIndex.parse(Bytes.utf8(json));
  }

  @Test
  void readsTheLeastThereCanBe() throws Exception {
    Manifest manifest = parse(MANIFEST);

    assertThat(manifest.mediaType()).isEmpty();
    assertThat(manifest.config())
        .isEqualTo(new Descriptor(MediaType.OCI_CONFIG, 2, Digest.parse(DIGEST)));
    assertThat(manifest.layers()).containsExactly(manifest.config());
    assertThat(manifest.annotations()).isEmpty();
    assertThat(manifest.subject()).isEmpty();
    assertThat(manifest.artifactType()).isEmpty();
    assertThat(manifest.toJson()).isEqualTo(Bytes.utf8(MANIFEST));
  }

  @Test
  void readsNamesInAnyCaseAndIgnoresUnknownMembers() throws Exception {
    assertThat(
            parse(
                MANIFEST
                    .replace("schemaVersion", "SchemaVersion")
                    .replace("\"layers\"", "\"other\":{\"a\":[1]},\"Layers\"")
                    .replace("\"digest\"", "\"more\":null,\"DIGEST\"")))
        .isEqualTo(parse(MANIFEST));
  }

  @Test
  void takesNullForAbsence() throws Exception {
    assertThat(
            parse(
                "{\"schemaVersion\":2,\"mediaType\":null,\"config\":"
                    + CONFIG
                    + ",\"layers\":null,\"annotations\":null,"
                    + "\"subject\":null,\"artifactType\":null}"))
        .isEqualTo(parse("{\"schemaVersion\":2,\"config\":" + CONFIG + "}"));
  }

  /** What another client put there stays there when an object is written again. */
  @Test
  void keepsMembersOfADescriptorThatItDoesNotUse() throws Exception {
    String entry =
        CONFIG.replace(
            "}",
            ",\"data\":\"e30=\",\"urls\":[\"https://a/b\",\"https://c\"],"
                + "\"annotations\":{\"a\":\"1\",\"b\":\"\"},"
                + "\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\","
                + "\"os.features\":[\"x\"]},"
                + "\"artifactType\":\"text/plain\"}");
    String index = INDEX.replace(CONFIG, entry);
    String manifest = MANIFEST.replace(CONFIG, entry);

    assertThat(parseIndex(index).toJson()).isEqualTo(Bytes.utf8(index));
    assertThat(parse(manifest).toJson()).isEqualTo(Bytes.utf8(manifest));
    Descriptor changed =
        parseIndex(index)
            .manifests()
            .get(0)
            .withAnnotations(Map.of("a", "1", "b", ""))
            .withArtifactType("text/plain");
    assertThat(changed).isEqualTo(parseIndex(index).manifests().get(0));
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("", "empty"),
        Arguments.of("[]", "not a JSON object"),
        Arguments.of("null", "not a JSON object"),
        Arguments.of("{}", "schemaVersion"),
        Arguments.of(MANIFEST + "x", ""),
        Arguments.of("\ufeff" + MANIFEST, "byte order mark"),
        Arguments.of(MANIFEST.replace(":2,\"config", ":1,\"config"), "schemaVersion: not 2"),
        Arguments.of(MANIFEST.replace(":2,\"config", ":2.0,\"config"), "schemaVersion"),
        Arguments.of(MANIFEST.replace(":2,\"config", ":\"2\",\"config"), "schemaVersion"),
        Arguments.of(MANIFEST.replace("\"config\"", "\"konfig\""), "config: missing"),
        Arguments.of(MANIFEST.replace("\"config\":" + CONFIG, "\"config\":null"), "config"),
        Arguments.of(MANIFEST.replace("\"config\":" + CONFIG, "\"config\":[]"), "config"),
        Arguments.of(MANIFEST.replace("[" + CONFIG + "]", "{}"), "layers"),
        Arguments.of(MANIFEST.replace("[" + CONFIG + "]", "[null]"), "layers[0]"),
        Arguments.of(MANIFEST.replace("[" + CONFIG + "]", "[\"x\"]"), "layers[0]"),
        Arguments.of(MANIFEST.replace("\"size\":2", "\"size\":-1"), "size: negative"),
        Arguments.of(MANIFEST.replace("\"size\":2", "\"size\":9223372036854775808"), "size"),
        Arguments.of(MANIFEST.replace("\"size\":2", "\"size\":1e3"), "size"),
        Arguments.of(MANIFEST.replace("\"size\":2", "\"size\":\"2\""), "size"),
        Arguments.of(MANIFEST.replace("\"digest\"", "\"dige\""), "digest: missing"),
        Arguments.of(MANIFEST.replace(DIGEST, "sha256:../../x"), "digest"),
        Arguments.of(MANIFEST.replace(DIGEST, DIGEST.replace('a', 'A')), "digest"),
        Arguments.of(MANIFEST.replace("application", "appli\\u001bcation"), "mediaType"),
        Arguments.of(MANIFEST.replace("application", "a\u202e"), "mediaType"),
        Arguments.of(MANIFEST.replace("application", "a".repeat(300)), "mediaType"),
        Arguments.of(
            MANIFEST.replace("\"config\"", "\"mediaType\":\"a\\n\",\"config\""), "mediaType"),
        Arguments.of(
            MANIFEST.replace("\"config\"", "\"annotations\":{\"a\":1},\"config\""), "annotations"),
        Arguments.of(
            MANIFEST.replace("\"config\"", "\"subject\":{\"size\":1},\"config\""), "subject"),
        // two readers could take one each
        Arguments.of(
            MANIFEST.replace("\"config\"", "\"layers\":[],\"config\""), "duplicate member"),
        Arguments.of(MANIFEST.replace("\"config\"", "\"Layers\":[],\"config\""), "differ only"),
        Arguments.of(MANIFEST.replace("\"digest\"", "\"Digest\":\"x\",\"digest\""), "differ only"),
        Arguments.of("[".repeat(100_000), ""),
        Arguments.of("{\"a\":".repeat(100_000), ""));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesWhatIsNoManifest(String json, String problem) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(problem);
    String index = json.replace("\"layers\"", "\"manifests\"").replace("Layers", "Manifests");
    if (!json.equals(index) && !problem.startsWith("config")) {
      assertThatThrownBy(() -> parseIndex(index)).isInstanceOf(MalformedInputException.class);
    }
  }

  @Test
  void refusesMoreThanTheLimitBeforeReadingIt() throws Exception {
    String padded = MANIFEST + " ".repeat(Limits.MAX_MANIFEST - MANIFEST.length());

    assertThat(parse(padded)).isEqualTo(parse(MANIFEST));
    assertThatThrownBy(() -> parse(padded + " "))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("manifest: larger than the limit of 4194304 bytes");
    assertThatThrownBy(() -> parseIndex(padded + " "))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("larger than the limit");
  }

  /**
   * Go sorts map keys by their UTF-8 bytes; Java's strings sort a supplementary character before
   * U+FFFD.
   */
  @Test
  void sortsAnnotationsByBytes() throws Exception {
    Descriptor config = new Descriptor(MediaType.OCI_CONFIG, 2, Digest.parse(DIGEST));
    Manifest manifest =
        new Manifest(
            Optional.empty(),
            config,
            List.of(),
            Map.of("\ud83c\udf52", "3", "\ufffd", "2", "a", "1"),
            Optional.empty(),
            Optional.empty());

    assertThat(manifest.toJson().toUtf8String("manifest"))
        .endsWith(
            ",\"layers\":[],\"annotations\":{\"a\":\"1\","
                + "\"\ufffd\":\"2\",\"\ud83c\udf52\":\"3\"}}");
  }

  @Test
  void readsWhatItWrites() throws Exception {
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      Descriptor one = descriptor(random);
      Manifest manifest =
          new Manifest(
              random.nextBoolean() ? Optional.of(MediaType.OCI_MANIFEST) : Optional.empty(),
              one,
              Stream.generate(() -> descriptor(random)).limit(random.nextInt(4)).toList(),
              annotations(random),
              random.nextBoolean() ? Optional.of(descriptor(random)) : Optional.empty(),
              random.nextBoolean() ? Optional.of("text/plain") : Optional.empty());
      ImageIndex index =
          new ImageIndex(
              manifest.mediaType(),
              manifest.layers(),
              manifest.annotations(),
              manifest.subject(),
              manifest.artifactType());

      assertThat(Manifest.parse(manifest.toJson())).as("seed %d, %d", SEED, i).isEqualTo(manifest);
      assertThat(ImageIndex.parse(index.toJson())).as("seed %d, %d", SEED, i).isEqualTo(index);
    }
  }

  private static Descriptor descriptor(Random random) {
    byte[] content = new byte[random.nextInt(5)];
    random.nextBytes(content);
    Bytes bytes = Bytes.of(content);
    Descriptor descriptor =
        new Descriptor(
                random.nextBoolean() ? MediaType.SIMPLE_SIGNING : new MediaType(""),
                random.nextLong(Long.MAX_VALUE),
                Digest.sha256(bytes))
            .withAnnotations(annotations(random));
    return random.nextBoolean() ? descriptor.withArtifactType("a/b") : descriptor;
  }

  private static Map<String, String> annotations(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> Map.of();
      case 1 -> Map.of("dev.cosignproject.cosign/signature", "");
      default -> Map.of("<&>", "\u2028\"\\\n", "\ud83c\udf52", Long.toString(random.nextLong()));
    };
  }

  @Test
  void cannotPointToLessThanNothing() throws Exception {
    Digest digest = Digest.parse(DIGEST);

    assertThatThrownBy(() -> new Descriptor(MediaType.OCI_CONFIG, -1, digest))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anIndexChangesNothingButItsEntries() throws Exception {
    ImageIndex index =
        parseIndex(
            INDEX.replace(
                "}]}",
                "}],\"annotations\":{\"a\":\"b\"},\"subject\":"
                    + CONFIG
                    + ",\"artifactType\":\"x/y\"}"));

    ImageIndex emptied = index.withManifests(List.of());

    assertThat(emptied.manifests()).isEmpty();
    assertThat(emptied.withManifests(index.manifests())).isEqualTo(index);
    assertThat(emptied.annotations()).containsEntry("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"schemaVersion\":1,\"manifests\":[]}",
        "{\"schemaVersion\":2,\"mediaType\":7,\"manifests\":[]}",
        "{\"schemaVersion\":2,\"manifests\":[7]}",
        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"a/b\",\"digest\":\"md5:00\"}]}",
        "{\"schemaVersion\":2,\"manifests\":[],\"subject\":{}}"
      })
  void whatIsWrongWithAnIndexNamesTheIndex(String json) {
    assertThatThrownBy(() -> parseIndex(json))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("image index: ");
  }

  @Test
  void anEntryWithADigestThatCannotBeCheckedIsNamed() {
    assertThatThrownBy(() ->
            parseIndex(
                "{\"schemaVersion\":2,\"manifests\":"
                    + "[{\"mediaType\":\"a/b\",\"digest\":\"md5:00\"}]}"))
        .hasMessage("image index: manifests[0]: digest: unsupported algorithm in \"md5:00\"");
  }
}
