package dev.bulla.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonString;
import dev.bulla.limits.Limits;
import dev.bulla.vectors.Vectors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SimpleSigningPayloadTest {

  private static final long SEED = 20261121;
  private static final String HEX = "ab".repeat(32);
  private static final Digest DIGEST = digest("sha256:" + HEX);
  private static final String PLAIN =
      "{\"critical\":{\"identity\":{\"docker-reference\":\"r.io/app\"},"
          + "\"image\":{\"docker-manifest-digest\":\"sha256:"
          + HEX
          + "\"},\"type\":\"cosign container image signature\"},\"optional\":null}";

  private static Digest digest(String text) {
    try {
      return Digest.parse(text);
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private static SimpleSigningPayload parse(String json) throws MalformedInputException {
    return SimpleSigningPayload.parse(Bytes.utf8(json));
  }

  static List<GoFields> written() throws MalformedInputException {
    return Vectors.cases("derived/simple-signing-payloads.json");
  }

  @Test
  void writesTheBytesThatCosignSigns() throws Exception {
    for (GoFields vector : written()) {
      SimpleSigningPayload payload =
          SimpleSigningPayload.of(
              vector.string("claimed_identity").orElse(vector.requiredString("repository")),
              Digest.parse(vector.requiredString("digest")),
              vector.stringMap("annotations"));
      Bytes bytes = payload.toBytes();

      String name = vector.requiredString("name");
      assertThat(bytes.toUtf8String(name))
          .as(name)
          .isEqualTo(vector.requiredString("payload_utf8"));
      assertThat(Digest.sha256(bytes).hex()).as(name).isEqualTo(vector.requiredString("sha256"));
      assertThat(bytes.size()).as(name).isEqualTo((int) vector.requiredInt64("size"));
      assertThat(SimpleSigningPayload.parse(bytes)).as(name).isEqualTo(payload);
    }
  }

  /** Made by real cosign, so reading and writing them again must give the same. */
  @Test
  void writesRealPayloadsAgainAsTheyWere() throws Exception {
    for (String file :
        List.of(
            "cosign-3.1.1/legacy/blob-0167c65f42b9.json",
            "cosign-3.1.1/legacy/blob-52029bd523cb.json",
            "cosign-3.1.1/two-signers-legacy/all/payload-1.json",
            "legacy-images/alice-signed/payload-d8ee807d.json")) {
      Bytes bytes = Vectors.bytes(file);

      assertThat(SimpleSigningPayload.parse(bytes).toBytes()).as(file).isEqualTo(bytes);
    }
  }

  @Test
  void readsTheOldestPayloads() throws Exception {
    Digest image =
        Digest.parse("sha256:97fc222cee7991b5b061d4d4afdb5f3428fcb0c9054e1690313786befa1e4e36");

    SimpleSigningPayload prefixed =
        SimpleSigningPayload.parse(Vectors.bytes("seed-exact/v0.1-payload-prefixed-digest.json"));
    SimpleSigningPayload bare =
        SimpleSigningPayload.parse(Vectors.bytes("seed-exact/v0.1-payload-unprefixed-digest.json"));

    assertThat(prefixed.claims(image)).isTrue();
    assertThat(prefixed.type()).isEqualTo("cosign container signature");
    assertThat(prefixed.dockerReference()).isEmpty();
    assertThat(prefixed.optional()).isEmpty();
    assertThat(bare.claims(image)).isTrue();
    assertThat(bare.digestClaim()).isEqualTo(image.hex());
    assertThat(bare.hasAnnotations(Map.of("sig", "original"))).isTrue();
    assertThat(bare.hasAnnotations(Map.of("sig", "counter"))).isFalse();
  }

  @Test
  void claimsExactlyOneDigest() throws Exception {
    assertThat(parse(PLAIN).claims(DIGEST)).isTrue();
    assertThat(parse(PLAIN).claims(digest("sha256:" + "ac".repeat(32)))).isFalse();
    assertThat(parse(PLAIN.replace("sha256:", "")).claims(DIGEST)).isTrue();
    assertThat(parse(PLAIN.replace("sha256:" + HEX, "")).claims(DIGEST)).isFalse();
    for (String claim :
        List.of(
            "SHA256:" + HEX,
            "sha256:" + HEX.replace('a', 'A'),
            HEX.replace('a', 'A'),
            " sha256:" + HEX,
            "sha256:" + HEX + " ",
            "sha512:" + HEX,
            "sha256-" + HEX,
            "sha256:" + HEX + HEX,
            HEX.substring(1))) {
      assertThat(parse(PLAIN.replace("sha256:" + HEX, claim)).claims(DIGEST)).as(claim).isFalse();
    }
  }

  /** Only SHA-256 was ever left out; the hex of a longer hash says nothing by itself. */
  @Test
  void takesABareHashForSha256Only() throws Exception {
    Digest sha512 = Digest.of(HashAlgorithm.SHA512, Bytes.EMPTY);

    assertThat(parse(PLAIN.replace("sha256:" + HEX, sha512.toString())).claims(sha512)).isTrue();
    assertThat(parse(PLAIN.replace("sha256:" + HEX, sha512.hex())).claims(sha512)).isFalse();
  }

  static Stream<Arguments> lenient() {
    return Stream.of(
        Arguments.of("other type", PLAIN.replace("image signature", "something")),
        Arguments.of(
            "no type", PLAIN.replace(",\"type\":\"cosign container image signature\"", "")),
        Arguments.of(
            "no identity", PLAIN.replace("\"identity\":{\"docker-reference\":\"r.io/app\"},", "")),
        Arguments.of("no optional", PLAIN.replace(",\"optional\":null", "")),
        Arguments.of("whitespace", PLAIN.replace(",", " ,\n\t").replace(":{", " : { ")),
        Arguments.of(
            "unknown members",
            PLAIN
                .replace("\"type\"", "\"more\":[{}],\"type\"")
                .replace("{\"critical", "{\"x\":1,\"critical")),
        Arguments.of("null members", PLAIN.replace("{\"docker-reference\":\"r.io/app\"}", "null")),
        Arguments.of("escapes", PLAIN.replace("docker-manifest", "docker\\u002dmanifest")),
        Arguments.of(
            "any annotations",
            PLAIN.replace("null}", "{\"n\":1e2,\"o\":{\"z\":null},\"a\":[true],\"N\":\"n\"}}")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lenient")
  void readsWhatCosignReads(String name, String json) throws Exception {
    assertThat(parse(json).claims(DIGEST)).isTrue();
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("nothing", ""),
        Arguments.of("no JSON", "payload"),
        Arguments.of("array", "[" + PLAIN + "]"),
        Arguments.of("null", "null"),
        Arguments.of("data after it", PLAIN + PLAIN),
        Arguments.of("one byte after it", PLAIN + "x"),
        Arguments.of("a byte order mark", "\ufeff" + PLAIN),
        Arguments.of("cut off", PLAIN.substring(0, PLAIN.length() - 1)),
        Arguments.of(
            "the same member twice", PLAIN.replace("\"optional\"", "\"critical\":{},\"optional\"")),
        Arguments.of(
            "the same member in two cases",
            PLAIN.replace("\"optional\"", "\"Critical\":{},\"optional\"")),
        Arguments.of(
            "two digests",
            PLAIN.replace(
                "{\"docker-manifest",
                "{\"Docker-manifest-digest\":\"sha256:"
                    + "ac".repeat(32)
                    + "\",\"docker-manifest")),
        Arguments.of("two images", PLAIN.replace("\"type\"", "\"IMAGE\":{},\"type\"")),
        // U+017F folds to s, U+212A to k: Go takes them for the letters
        Arguments.of(
            "two digests under folding",
            PLAIN.replace(
                "{\"docker-manifest",
                "{\"doc\u212aer-manifest-dige\u017ft\":\"x\",\"docker-manifest")),
        Arguments.of("digest is a number", PLAIN.replace("\"sha256:" + HEX + "\"", "7")),
        Arguments.of("digest is an array", PLAIN.replace("\"sha256:" + HEX + "\"", "[]")),
        Arguments.of("critical is a text", "{\"critical\":\"sha256:" + HEX + "\"}"),
        Arguments.of("image is a text", PLAIN.replaceAll("\"image\":\\{[^}]*}", "\"image\":\"x\"")),
        Arguments.of("annotations are no object", PLAIN.replace("null}", "[]}")),
        Arguments.of("annotations are a text", PLAIN.replace("null}", "\"a=b\"}")),
        Arguments.of("an annotation twice", PLAIN.replace("null}", "{\"a\":\"b\",\"a\":\"c\"}}")),
        Arguments.of("an unpaired surrogate", PLAIN.replace("r.io", "\\ud800")),
        Arguments.of("deep", PLAIN.replace("null}", "{\"a\":" + "[".repeat(100_000))),
        Arguments.of("comment", "/* */" + PLAIN));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void refusesWhatTwoReadersCouldReadInTwoWays(String name, String json) {
    assertThatThrownBy(() -> parse(json)).isInstanceOf(MalformedInputException.class);
  }

  @Test
  void refusesInvalidUtf8() {
    Bytes broken =
        Bytes.concat(
            Bytes.utf8(PLAIN.substring(0, 40)),
            Bytes.of((byte) 0xff),
            Bytes.utf8(PLAIN.substring(40)));

    assertThatThrownBy(() -> SimpleSigningPayload.parse(broken))
        .isInstanceOf(MalformedInputException.class);
  }

  @Test
  void refusesMoreThanTheLimit() throws Exception {
    String padded = PLAIN + " ".repeat(Limits.MAX_PAYLOAD - PLAIN.length());

    assertThat(parse(padded)).isEqualTo(parse(PLAIN));
    assertThatThrownBy(() -> parse(padded + " "))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("1048576 bytes");
  }

  @Test
  void comparesAnnotationsByValueAndType() throws Exception {
    SimpleSigningPayload payload =
        parse(PLAIN.replace("null}", "{\"n\":1,\"s\":\"x\",\"e\":\"\",\"z\":null,\"b\":true}}"));

    assertThat(payload.hasAnnotations(Map.of())).isTrue();
    assertThat(payload.hasAnnotations(Map.of("s", "x"))).isTrue();
    assertThat(payload.hasAnnotations(Map.of("s", "x", "e", ""))).isTrue();
    assertThat(payload.hasAnnotations(Map.of("s", "X"))).isFalse();
    assertThat(payload.hasAnnotations(Map.of("S", "x"))).isFalse();
    assertThat(payload.hasAnnotations(Map.of("s", "x", "t", "y"))).isFalse();
    assertThat(payload.hasAnnotations(Map.of("n", "1"))).isFalse();
    assertThat(payload.hasAnnotations(Map.of("b", "true"))).isFalse();
    assertThat(payload.hasAnnotations(Map.of("z", "null"))).isFalse();
    assertThat(payload.hasAnnotations(Map.of("z", ""))).isFalse();
    assertThat(parse(PLAIN).hasAnnotations(Map.of())).isTrue();
    assertThat(parse(PLAIN).hasAnnotations(Map.of("s", "x"))).isFalse();
  }

  /**
   * What becomes of free-form members when they pass through a Go map: sorted, and every number a
   * double.
   */
  @Test
  void printsForeignAnnotationsAsGoDoes() throws Exception {
    SimpleSigningPayload payload =
        parse(
            PLAIN.replace(
                "null}",
                "{\"z\":1.50,\"a\":{\"y\":12345678901234567890,\"b\":[1e2,-0.0]},\"<\":\"&\"}}"));

    assertThat(payload.toBytes().toUtf8String("payload"))
        .endsWith(
            "\"optional\":{\"\\u003c\":\"\\u0026\",\"a\":{\"b\":[100,-0],"
                + "\"y\":12345678901234567000},\"z\":1.5}}");
  }

  @Test
  void readsWhatItWrites() throws Exception {
    Random random = new Random(SEED);
    for (int i = 0; i < 2_000; i++) {
      Map<String, String> annotations = new HashMap<>();
      for (int n = random.nextInt(4); n > 0; n--) {
        annotations.put(text(random), text(random));
      }
      SimpleSigningPayload payload =
          SimpleSigningPayload.of(
              text(random), Digest.sha256(Bytes.utf8(text(random))), annotations);
      SimpleSigningPayload again = SimpleSigningPayload.parse(payload.toBytes());

      assertThat(again).as("seed %d, %d", SEED, i).isEqualTo(payload);
      assertThat(again.toBytes()).as("seed %d, %d", SEED, i).isEqualTo(payload.toBytes());
      assertThat(again.hasAnnotations(annotations)).as("seed %d, %d", SEED, i).isTrue();
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(6); n > 0; n--) {
      int c = random.nextInt(random.nextBoolean() ? 0x80 : 0x11000);
      text.appendCodePoint(Character.getType(c) == Character.SURROGATE ? 'x' : c);
    }
    return text.toString();
  }

  @Test
  void keepsTextOfAnnotations() {
    SimpleSigningPayload payload = SimpleSigningPayload.of("r", DIGEST, Map.of("k", "v"));

    assertThat(payload.optional().orElseThrow().get("k")).contains(new JsonString("v"));
    assertThat(payload.type()).isEqualTo(SimpleSigningPayload.TYPE);
  }
}
