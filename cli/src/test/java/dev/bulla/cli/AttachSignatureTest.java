package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.oci.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code attach signature} takes, how it is kept, and that it comes back. */
class AttachSignatureTest {

  @TempDir Path folder;

  private ImageBench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private static Bytes zeros(int size) {
    return Bytes.of(new byte[size]);
  }

  private InProcess.Result attach(String stdin, String... flags) {
    return bench.runWithInput(
        stdin,
        Stream.concat(
                Stream.concat(Stream.of("attach", "signature"), Stream.of(flags)),
                Stream.of(bench.tagged()))
            .toArray(String[]::new));
  }

  private void assertAttached(InProcess.Result result, String stored) throws Exception {
    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(bench.signatures()).containsExactly(stored);
    GoFields line = downloaded().get(0);
    assertThat(line.requiredString("Base64Signature")).isEqualTo(stored);
  }

  private List<GoFields> downloaded() throws Exception {
    InProcess.Result result = bench.run("download", "signature", bench.tagged());
    assertThat(result.exit()).as(result.stderr()).isZero();
    List<GoFields> lines = new java.util.ArrayList<>();
    for (String line : result.stdout().lines().toList()) {
      JsonObject object = JsonParser.parseObject(Bytes.utf8(line), "line");
      lines.add(GoFields.of(object, "line"));
    }
    return lines;
  }

  // ---- a file, or standard input: whatever it is

  static Stream<Arguments> contents() {
    Bytes der = Bytes.of(new byte[] {0x30, 6, 2, 1, 1, 2, 1, 1});
    Bytes random = Bytes.of(bytes(256));
    String long64 = Base64Text.encode(random);
    return Stream.of(
        Arguments.of("base64", Bytes.utf8(Base64Text.encode(der)), Base64Text.encode(der)),
        Arguments.of(
            "base64 line", Bytes.utf8(Base64Text.encode(der) + "\n"), Base64Text.encode(der)),
        Arguments.of("wrapped base64", Bytes.utf8(wrapped(long64, "\n") + "\n"), long64),
        Arguments.of("base64 of Windows", Bytes.utf8(wrapped(long64, "\r\n") + "\r\n"), long64),
        Arguments.of("raw", random, long64),
        Arguments.of(
            "raw DER",
            Bytes.of(new byte[] {0x30, 6, 2, 1, (byte) 0x81, 2, 1, 1}),
            Base64Text.encode(Bytes.of(new byte[] {0x30, 6, 2, 1, (byte) 0x81, 2, 1, 1}))),
        Arguments.of(
            "of no known length",
            Bytes.utf8(Base64Text.encode(zeros(100))),
            Base64Text.encode(zeros(100))),
        Arguments.of(
            "something else",
            Bytes.utf8("-----BEGIN PGP SIGNATURE-----"),
            "-----BEGIN PGP SIGNATURE-----"));
  }

  /** Neither text nor a short signature. */
  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    IntStream.range(0, size).forEach(i -> bytes[i] = (byte) (i * 7 + 200));
    return bytes;
  }

  private static String wrapped(String text, String lineEnd) {
    return text.replaceAll("(.{76})", "$1" + lineEnd);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contents")
  void takesAFileOfAnyAlgorithm(String name, Bytes content, String stored) throws Exception {
    bench.write("image.sig", content);

    assertAttached(attach("", "--signature", "image.sig"), stored);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contents")
  void takesStandardInputOfAnyAlgorithm(String name, Bytes content, String stored)
      throws Exception {
    if (!content.equals(
        Bytes.utf8(new String(content.toByteArray(), java.nio.charset.StandardCharsets.UTF_8)))) {
      return; // the bench's standard input is text
    }
    assertAttached(attach(content.toUtf8String("content"), "--signature", "-"), stored);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "  \n\n"})
  void refusesEmptiness(String content) throws Exception {
    bench.write("image.sig", content);

    for (InProcess.Result result :
        List.of(attach("", "--signature", "image.sig"), attach(content, "--signature", "-"))) {
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.stderr()).contains("empty signature");
    }
    assertThat(bench.hasLegacy()).isFalse();
  }

  // ---- base64 on the line: only what can be a signature

  static Stream<String> plausible() {
    return Stream.of(
        Base64Text.encode(Bytes.of(new byte[] {0x30, 6, 2, 1, 1, 2, 1, 1})),
        Base64Text.encode(zeros(64)),
        Base64Text.encode(zeros(256)),
        Base64Text.encode(zeros(384)),
        Base64Text.encode(zeros(512)));
  }

  @ParameterizedTest
  @MethodSource("plausible")
  void takesBase64OnTheLine(String text) throws Exception {
    assertAttached(attach("", "--signature", text), text);
  }

  static Stream<String> implausible() {
    return Stream.of(
        Base64Text.encode(zeros(32)),
        Base64Text.encode(zeros(65)),
        Base64Text.encode(zeros(128)),
        Base64Text.encode(Bytes.of(new byte[] {0x30, 3, 2, 1, 1})),
        "hello",
        "missing.sig",
        "ABCD",
        "  ",
        Base64Text.encode(zeros(64)).substring(1));
  }

  @ParameterizedTest
  @MethodSource("implausible")
  void refusesOtherTextOnTheLine(String text) {
    InProcess.Result result = attach("", "--signature", text);

    assertThat(result.exit()).as(result.stderr()).isEqualTo(1);
    assertThat(result.stderr())
        .contains("no such file or directory")
        .contains("hint: --signature takes a file, - for standard input, or a signature in base64");
    assertThat(bench.hasLegacy()).isFalse();
  }

  @Test
  void refusesNoSignatureAtAll() {
    for (InProcess.Result result : List.of(attach(""), attach("", "--signature", ""))) {
      assertThat(result.exit()).isEqualTo(1);
    }
    assertThat(bench.hasLegacy()).isFalse();
  }

  @Test
  void aFileOfThatNameWins() throws Exception {
    String name = Base64Text.encode(zeros(64)).replace('/', 'A');
    bench.write(name, Base64Text.encode(Bytes.of(bytes(64))));

    assertAttached(attach("", "--signature", name), Base64Text.encode(Bytes.of(bytes(64))));
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "folder"})
  void aFolderIsNoSignature(String name) throws IOException {
    java.nio.file.Files.createDirectories(folder.resolve("folder"));

    assertThat(attach("", "--signature", name).exit()).isEqualTo(1);
    assertThat(bench.hasLegacy()).isFalse();
  }

  // ---- payloads and what else belongs to a signature

  @Test
  void theImpliedPayloadIsSaidToBeObsolete() throws Exception {
    InProcess.Result result = attach("", "--signature", Base64Text.encode(zeros(64)));

    assertThat(result.stderr())
        .contains("using obsolete implied signature payload data (with digested reference");
    assertThat(Base64Text.decode(downloaded().get(0).requiredString("Payload"), "payload"))
        .isEqualTo(Bytes.utf8(bench.run("generate", bench.tagged()).stdout()));
  }

  /** The round trip of "Sign and upload a generated payload", with the key where openssl has it. */
  @Test
  void aPayloadThatWasGeneratedAndSignedElsewhereVerifies() throws Exception {
    String payload = bench.run("generate", "-a", "foo=bar", bench.tagged()).stdout();
    bench.write("payload.json", payload);
    Bytes signature = ImageBench.ALICE.sign(Bytes.utf8(payload));

    InProcess.Result result =
        attach(
            Base64Text.encode(signature) + "\n", "--payload", "payload.json", "--signature", "-");

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr()).doesNotContain("obsolete");
    assertThat(bench.verify("-a", "foo=bar", bench.tagged()).exit()).isZero();
    GoFields line = downloaded().get(0);
    assertThat(Base64Text.decode(line.requiredString("Payload"), "payload"))
        .isEqualTo(Bytes.utf8(payload));
    assertThat(Base64Text.decode(line.requiredString("Base64Signature"), "signature"))
        .isEqualTo(signature);
  }

  @Test
  void thePayloadIsStoredAsItIs() throws Exception {
    String payload = " { \"any\": \"thing\" }\n\n";
    bench.write("payload.json", payload);

    attach("", "--payload", "payload.json", "--signature", Base64Text.encode(zeros(64)));

    assertThat(bench.app.blob(bench.layers(ImageBench.tagName(".sig")).get(0).digest()))
        .contains(Bytes.utf8(payload));
  }

  @Test
  void certificatesAndProofsGoIntoAnnotations() throws Exception {
    String pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    bench.write("cert.pem", pem);
    bench.write("chain.pem", pem + pem);
    bench.write("tsr", Bytes.of(new byte[] {1, 2, 3}));
    bench.write(
        "rekor.json", "{\"rekorBundle\":{\"SignedEntryTimestamp\":\"AA==\",\"Payload\":{}}}");

    InProcess.Result result =
        attach(
            "",
            "--signature",
            Base64Text.encode(zeros(64)),
            "--certificate",
            "cert.pem",
            "--certificate-chain",
            "chain.pem",
            "--tsr",
            "tsr",
            "--rekor-response",
            "rekor.json");

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(bench.layers(ImageBench.tagName(".sig")).get(0).annotations())
        .isEqualTo(
            Map.of(
                LegacySignature.SIGNATURE_ANNOTATION,
                Base64Text.encode(zeros(64)),
                LegacySignature.CERTIFICATE_ANNOTATION,
                pem,
                LegacySignature.CHAIN_ANNOTATION,
                pem + pem,
                LegacySignature.TIMESTAMP_ANNOTATION,
                "{\"SignedRFC3161Timestamp\":\"AQID\"}",
                LegacySignature.LOG_BUNDLE_ANNOTATION,
                "{\"SignedEntryTimestamp\":\"AA==\",\"Payload\":{}}"));
    assertThat(
            Manifest.parse(bench.app.manifest(ImageBench.tagName(".sig")).orElseThrow().content())
                .config()
                .mediaType()
                .value())
        .isEqualTo("application/vnd.oci.image.config.v1+json");
    String line = bench.run("download", "signature", bench.tagged()).stdout();
    assertThat(line)
        .contains("\"Cert\":{\"Raw\":\"AAAA\"}")
        .contains("\"Chain\":[{\"Raw\":\"AAAA\"},{\"Raw\":\"AAAA\"}]")
        .contains("\"Bundle\":{\"SignedEntryTimestamp\":\"AA==\",\"Payload\":{}}")
        .contains("\"RFC3161Timestamp\":{\"SignedRFC3161Timestamp\":\"AQID\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--payload", "--certificate", "--certificate-chain", "--tsr", "--rekor-response"})
  void aFileThatIsNotThereIsAnError(String flag) {
    InProcess.Result result =
        attach("", "--signature", Base64Text.encode(zeros(64)), flag, "missing");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("open missing: no such file or directory");
    assertThat(bench.hasLegacy()).isFalse();
  }

  // ---- afterwards

  @Test
  void verifyNamesTheUnsupportedOneAndCountsTheOthers() throws Exception {
    bench.write("any.sig", Bytes.of(bytes(300)));
    attach("", "--signature", "any.sig");
    assertThat(bench.verify(bench.tagged()).exit()).isEqualTo(12);
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");

    InProcess.Result result = bench.verify(bench.tagged());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("note: not counted: signature 1 of ");
    assertThat(result.stdout().lines().filter(line -> line.startsWith("[{"))).hasSize(1);
  }

  @Test
  void attachingTheVerySameTwiceKeepsOne() throws Exception {
    attach("", "--signature", Base64Text.encode(zeros(64)));
    attach("", "--signature", Base64Text.encode(zeros(64)));

    assertThat(bench.signatures()).hasSize(1);
  }

  @Test
  void bundlesAreAttachedAsTheyAre() throws Exception {
    bench.sign("--upload=false", "--bundle", "b.json", bench.digested());
    String spaced = bench.read("b.json").replace("\":", "\" : ");
    bench.write("spaced.json", spaced);

    for (String flag : List.of("--bundle", "--payload")) {
      assertThat(attach("", flag, "spaced.json").exit()).isZero();
    }

    assertThat(bench.app.blob(dev.bulla.digest.Digest.sha256(Bytes.utf8(spaced)))).isPresent();
    assertThat(bench.verify(bench.tagged()).exit()).isZero();
    assertThat(bench.hasLegacy()).isFalse();
  }

  @Test
  void nothingIsAttachedToWhatIsNotThere() {
    InProcess.Result result =
        bench.run(
            "attach",
            "signature",
            "--signature",
            Base64Text.encode(zeros(64)),
            bench.named("app:nope"));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("MANIFEST_UNKNOWN");
  }
}
