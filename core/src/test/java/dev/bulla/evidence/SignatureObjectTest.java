package dev.bulla.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.SignatureObject.Flavour;
import dev.bulla.json.GoFields;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.vectors.Vectors;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SignatureObjectTest {

  private static final String C3 = "cosign-3.1.1/";
  private static final Bytes PAYLOAD = Bytes.utf8("payload");
  private static final Descriptor LAYER =
      SignatureObject.layer(PAYLOAD, Map.of(LegacySignature.SIGNATURE_ANNOTATION, "c2lnbmF0dXJl"));

  @Test
  void listsItsLayersInTheConfig() throws Exception {
    for (GoFields vector : Vectors.cases("derived/signature-image-configs.json")) {
      String name = vector.requiredString("name");
      SignatureObject object = SignatureObject.empty(Flavour.OCI);
      for (String diffId : vector.strings("diff_ids")) {
        object = object.append(new Descriptor(MediaType.SIMPLE_SIGNING, 1, Digest.parse(diffId)));
      }
      Optional<String> created = vector.string("created");
      if (created.isPresent()) {
        object = object.createdAt(created.get());
      }

      assertThat(object.config().toUtf8String(name))
          .as(name)
          .isEqualTo(vector.requiredString("config_utf8"));
      assertThat(object.manifest().config())
          .as(name)
          .isEqualTo(
              new Descriptor(
                  MediaType.OCI_CONFIG,
                  vector.requiredInt64("size"),
                  Digest.parse("sha256:" + vector.requiredString("sha256"))));
    }
  }

  @Test
  void keepsTheCreationTimeWhenMoreIsAppended() throws Exception {
    SignatureObject late =
        SignatureObject.empty(Flavour.OCI)
            .append(LAYER)
            .append(LAYER)
            .createdAt("2023-11-14T22:13:20Z");
    SignatureObject early =
        SignatureObject.empty(Flavour.OCI)
            .createdAt("2023-11-14T22:13:20Z")
            .append(LAYER)
            .append(LAYER);

    assertThat(early).isEqualTo(late);
    assertThat(late.config().toUtf8String("config"))
        .contains(
            "\"created\":\"2023-11-14T22:13:20Z\","
                + "\"history\":[{\"created\":\"0001-01-01T00:00:00Z\"},");
  }

  @Test
  void hasNoListsWithoutLayers() throws Exception {
    SignatureObject empty = SignatureObject.empty(Flavour.OCI);

    assertThat(empty.config().toUtf8String("config"))
        .isEqualTo(
            "{\"architecture\":\"\",\"created\":\"0001-01-01T00:00:00Z\",\"os\":\"\","
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null},\"config\":{}}");
    assertThat(empty.manifest().layers()).isEmpty();
    assertThat(empty.manifest().config().digest().matches(empty.config())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "legacy",
        "two-signers-legacy/after-first",
        "two-signers-legacy/after-second",
        "two-signers-legacy/all"
      })
  void writesTheObjectsThatCosignWrites(String folder) throws Exception {
    Bytes manifest = Vectors.bytes(C3 + folder + "/sig-manifest.json");
    Manifest real = Manifest.parse(manifest);
    SignatureObject object = SignatureObject.empty(Flavour.OCI);
    for (Descriptor layer : real.layers()) {
      object = object.append(layer);
    }

    assertThat(object.manifest().toJson()).isEqualTo(manifest);
    assertThat(object.config())
        .isEqualTo(
            Vectors.bytes(
                C3
                    + folder
                    + (folder.equals("legacy") ? "/blob-95c0532b1e70.json" : "/config.json")));
  }

  /** From what is in the registry to the next state, as when a second signer comes. */
  @Test
  void appendsToWhatCosignWrote() throws Exception {
    SignatureObject first = stored(C3 + "two-signers-legacy/after-first/");
    SignatureObject all = stored(C3 + "two-signers-legacy/all/");
    SignatureObject object = first;
    for (Descriptor layer : all.manifest().layers().subList(1, all.manifest().layers().size())) {
      object = object.append(layer);
    }

    assertThat(object).isEqualTo(all);
  }

  private static SignatureObject stored(String folder) throws MalformedInputException {
    return new SignatureObject(
        Manifest.parse(Vectors.bytes(folder + "sig-manifest.json")),
        Vectors.bytes(folder + "config.json"));
  }

  @Test
  void describesLayersAsCosignDoes() throws Exception {
    Bytes payload = Vectors.bytes("legacy-images/alice-signed/payload-d8ee807d.json");
    Bytes manifest = Vectors.bytes("legacy-images/alice-signed/signature-manifest.compact.json");
    Map<String, String> annotations = Manifest.parse(manifest).layers().get(0).annotations();

    SignatureObject object =
        SignatureObject.empty(Flavour.OCI).append(SignatureObject.layer(payload, annotations));

    assertThat(object.manifest().toJson()).isEqualTo(manifest);
    assertThat(object.config()).isEqualTo(Vectors.bytes("legacy-images/alice-signed/config.json"));
  }

  @Test
  void writesTheOldestObjects() throws Exception {
    Bytes manifest = Vectors.bytes("seed-exact/v0.1-signature-manifest.json");
    Descriptor layer = Manifest.parse(manifest).layers().get(0);

    SignatureObject object = SignatureObject.empty(Flavour.DOCKER).append(layer);

    assertThat(layer.mediaType()).isEqualTo(MediaType.V01_SIGNATURE_LAYER);
    assertThat(object.manifest().toJson()).isEqualTo(manifest);
    assertThat(object.config()).isEqualTo(Vectors.bytes("seed-exact/v0.1-signature-config.json"));
  }

  @Test
  void keepsMediaTypesAndEverythingElseWhenAppending() throws Exception {
    Manifest docker = SignatureObject.empty(Flavour.DOCKER).append(LAYER).manifest();
    Manifest annotated =
        new Manifest(
            docker.mediaType(),
            docker.config(),
            docker.layers(),
            Map.of("a", "b"),
            Optional.of(LAYER),
            Optional.of("x/y"));
    Bytes config = SignatureObject.empty(Flavour.DOCKER).append(LAYER).config();

    Manifest next = new SignatureObject(annotated, config).append(LAYER).manifest();

    assertThat(next.mediaType()).contains(MediaType.DOCKER_MANIFEST);
    assertThat(next.config().mediaType()).isEqualTo(MediaType.DOCKER_CONFIG);
    assertThat(next.annotations()).isEqualTo(Map.of("a", "b"));
    assertThat(next.subject()).contains(LAYER);
    assertThat(next.artifactType()).contains("x/y");
    assertThat(next.layers()).containsExactly(LAYER, LAYER);
  }

  @Test
  void isNotChangedByAppending() throws Exception {
    SignatureObject one = SignatureObject.empty(Flavour.OCI).append(LAYER);
    Bytes before = one.manifest().toJson();

    SignatureObject two = one.append(LAYER);

    assertThat(two).isNotEqualTo(one);
    assertThat(one.manifest().toJson()).isEqualTo(before);
  }

  /**
   * What the Go client's type knows keeps its value, in the order of that type; the rest is lost,
   * as it is there.
   */
  @Test
  void rewritesForeignConfigsInTheOrderOfTheGoType() throws Exception {
    Bytes config =
        Bytes.utf8(
            "{\"variant\":\"v8\",\"unknown\":1,\"config\":{\"Env\":[\"A=1\"]},"
                + "\"os.version\":\"10\","
                + "\"rootfs\":{\"diff_ids\":[\"sha256:"
                + "ab".repeat(32)
                + "\"],\"type\":\"layers\"},\"OS\":\"linux\",\"history\":[{\"created_by\":\"x\"}],"
                + "\"docker_version\":\"1\",\"created\":\"2020-01-01T00:00:00Z\","
                + "\"container\":\"c\","
                + "\"author\":\"me\",\"os.features\":[\"f\"],\"architecture\":\"arm64\"}");
    SignatureObject object = withConfig(config);

    assertThat(object.append(LAYER).config().toUtf8String("config"))
        .isEqualTo(
            "{\"architecture\":\"arm64\",\"author\":\"me\",\"container\":\"c\","
                + "\"created\":\"2020-01-01T00:00:00Z\",\"docker_version\":\"1\","
                + "\"history\":[{\"created_by\":\"x\"},{\"created\":\"0001-01-01T00:00:00Z\"}],"
                + "\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:"
                + "ab".repeat(32)
                + "\",\""
                + LAYER.digest()
                + "\"]},\"config\":{\"Env\":[\"A=1\"]},\"os.version\":\"10\",\"variant\":\"v8\","
                + "\"os.features\":[\"f\"]}");
  }

  @Test
  void keepsTheOtherMembersOfTheConfigDescriptor() throws Exception {
    SignatureObject plain = SignatureObject.empty(Flavour.OCI).append(LAYER);
    Descriptor marked =
        plain.manifest().config().withAnnotations(Map.of("a", "b")).withArtifactType("x/y");
    SignatureObject object =
        new SignatureObject(
            new Manifest(MediaType.OCI_MANIFEST, marked, plain.manifest().layers()),
            plain.config());

    Descriptor next = object.append(LAYER).manifest().config();

    assertThat(next.annotations()).isEqualTo(Map.of("a", "b"));
    assertThat(next.artifactType()).contains("x/y");
    assertThat(next.digest()).isEqualTo(plain.append(LAYER).manifest().config().digest());
  }

  private static SignatureObject withConfig(Bytes config) {
    return new SignatureObject(
        new Manifest(
            MediaType.OCI_MANIFEST,
            new Descriptor(MediaType.OCI_CONFIG, config.size(), Digest.sha256(config)),
            List.of(LAYER)),
        config);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "not JSON", ""})
  void leavesConfigsOfOtherTypesAlone(String atHand) throws Exception {
    Bytes config = Bytes.utf8(atHand);
    SignatureObject object =
        new SignatureObject(
            new Manifest(
                MediaType.OCI_MANIFEST,
                new Descriptor(MediaType.OCI_EMPTY, 2, Digest.sha256(Bytes.utf8("{}")))
                    .withArtifactType("x/y"),
                List.of(LAYER)),
            config);

    SignatureObject next = object.append(LAYER);

    assertThat(next.config()).isEqualTo(config);
    assertThat(next.manifest().config()).isEqualTo(object.manifest().config());
    assertThat(next.manifest().layers()).hasSize(2);
    assertThat(next.createdAt("2023-11-14T22:13:20Z")).isEqualTo(next);
  }

  static Stream<Arguments> unreadableConfigs() {
    return Stream.of(
        Arguments.of("", "empty"),
        Arguments.of("not JSON", "not valid JSON"),
        Arguments.of("[]", "not a JSON object"),
        Arguments.of("{\"rootfs\":[]}", "rootfs"),
        Arguments.of("{\"rootfs\":{\"diff_ids\":{}}}", "diff_ids"),
        Arguments.of("{\"rootfs\":{},\"history\":{}}", "history"),
        Arguments.of("{\"rootfs\":{},\"Rootfs\":{}}", "differ only in case"));
  }

  /** Somebody else's object that cannot be read is not written over. */
  @ParameterizedTest
  @MethodSource("unreadableConfigs")
  void refusesToAppendToWhatItCannotRead(String config, String problem) {
    SignatureObject object = withConfig(Bytes.utf8(config));

    assertThatThrownBy(() -> object.append(LAYER))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("signature object's config")
        .hasMessageContaining(problem);
  }

  @Test
  void holdsNoMoreThanAThousandSignatures() throws Exception {
    SignatureObject object = SignatureObject.empty(Flavour.OCI).append(LAYER);
    Manifest manifest = object.manifest();
    SignatureObject almostFull =
        new SignatureObject(
            new Manifest(
                MediaType.OCI_MANIFEST,
                manifest.config(),
                Collections.nCopies(Limits.MAX_SIGNATURE_LAYERS - 1, LAYER)),
            object.config());

    SignatureObject full = almostFull.append(LAYER);

    assertThat(full.manifest().layers()).hasSize(1000);
    assertThatThrownBy(() -> full.append(LAYER))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("number of layers (1001) exceeded the limit (1000)");
  }
}
