package dev.bulla.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Signing with another tool, and checking with another tool: openssl on either side. */
@OnEachRegistry
@DisplayName("openssl")
final class DetachedSignatureTest {

  private final RegistryKind kind;
  private final Bench bench;

  DetachedSignatureTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  /** How the signature reaches {@code attach signature}. */
  enum Handover {
    WRAPPED_FILE(
        "file, base64 in lines",
        "base64 payload.sig > payloadbase64.sig",
        "bulla attach signature --payload payload.json --signature payloadbase64.sig $IMAGE"),
    FILE(
        "file, base64 in one line",
        "base64 -w0 payload.sig > payloadbase64.sig",
        "bulla attach signature --payload payload.json --signature payloadbase64.sig $IMAGE"),
    STDIN(
        "standard input",
        "true",
        "base64 payload.sig | bulla attach signature --payload payload.json --signature - $IMAGE"),
    LITERAL(
        "on the command line",
        "true",
        "BASE64_SIGNATURE=$(cat payload.sig | base64)\n"
            + "bulla attach signature --payload payload.json --signature \"$BASE64_SIGNATURE\" $IMAGE"),
    IMPLIED_PAYLOAD(
        "standard input, payload implied",
        "true",
        "bulla generate $IMAGE | openssl dgst -sha256 -sign openssl.key | base64"
            + " | bulla attach signature --signature - $IMAGE");

    private final String label;
    private final String prepare;
    private final String attach;

    Handover(String label, String prepare, String attach) {
      this.label = label;
      this.prepare = prepare;
      this.attach = attach;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  static final KeyKind[] KEYS = {KeyKind.P256_SEC1, KeyKind.RSA_2048_PKCS1};

  static Stream<Arguments> handovers() {
    return Arrays.stream(Handover.values())
        .flatMap(way -> Arrays.stream(KEYS).map(key -> Arguments.of(way, key)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("handovers")
  @DisplayName("generate, openssl, attach, verified by all")
  void attachesWhatOpensslSigned(Handover way, KeyKind key, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "attach"), "v1");
    Untouched before = Untouched.look(place, image);
    String lines =
        """
        set -e
        cp "$KEY" openssl.key
        openssl pkey -in openssl.key -pubout -out openssl.pub
        bulla generate $IMAGE > payload.json
        openssl dgst -sha256 -sign openssl.key -out payload.sig payload.json
        """
            + way.prepare
            + "\n"
            + way.attach
            + "\n";
    Finished attached =
        place
            .shell(lines)
            .env("IMAGE", image.byDigest())
            .env("KEY", bench.keys().plain(key).toString())
            .run()
            .expect(0);
    assertThat(attached.out()).isEmpty();
    before.check();

    Path pub = place.folder().resolve("openssl.pub");
    for (Verifying verifier : Verifying.values()) {
      verifier.verify(place, new KeyPair(pub, pub), image.byDigest());
    }
    assertThat(place.read("payload.json"))
        .as("what cosign generates")
        .isEqualTo(place.run(Program.COSIGN3, "generate", image.byDigest()).out());
    // stored in one line, whatever it came in
    String stored =
        place.jq(
            ".layers[0].annotations[\"dev.cosignproject.cosign/signature\"]",
            image.shelf().manifest(image.signatureTag("")));
    assertThat(stored).doesNotContain("\n", " ");
    if (way != Handover.IMPLIED_PAYLOAD) {
      assertThat(stored).isEqualTo(Base64.getEncoder().encodeToString(place.read("payload.sig")));
    }
  }

  static final SigningWay[] LEGACY = {
    SigningWay.BULLA_LEGACY, SigningWay.COSIGN2_LEGACY, SigningWay.COSIGN3_LEGACY
  };

  @ParameterizedTest(name = "signed by {0}")
  @FieldSource("LEGACY")
  @DisplayName("download, jq, openssl")
  void opensslVerifiesWhatIsDownloaded(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    String lines =
        """
        set -e
        bulla download signature $IMAGE > signatures.json
        cosign3 download signature $IMAGE > by-cosign.json
        cmp signatures.json by-cosign.json
        cat signatures.json | tail -1 | jq -r .Payload | base64 -d > payload
        cat signatures.json | tail -1 | jq -r .Base64Signature | base64 -d > signature
        openssl dgst -sha256 -verify "$PUB" -signature signature payload
        """;
    place
        .shell(lines)
        .env("IMAGE", image.byDigest())
        .env("PUB", bench.keys().generatedBy(way.program()).pub().toString())
        .run()
        .expect(0);
  }

  static final SigningWay[] BUNDLES = {
    SigningWay.BULLA_BUNDLE, SigningWay.BULLA_BOTH, SigningWay.COSIGN3_BUNDLE
  };

  @ParameterizedTest(name = "signed by {0}")
  @FieldSource("BUNDLES")
  @DisplayName("download a bundle, jq, openssl")
  void opensslVerifiesABundle(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    byte[] bundle = place.run(Program.BULLA, "download", "signature", image.byDigest()).out();
    assertThat(bundle)
        .isEqualTo(place.run(Program.COSIGN3, "download", "signature", image.byDigest()).out());
    String type = place.jq(".dsseEnvelope.payloadType", bundle);
    byte[] payload = Base64.getDecoder().decode(place.jq(".dsseEnvelope.payload", bundle));
    // DSSE, "PAE"
    String signed =
        "DSSEv1 "
            + type.length()
            + " "
            + type
            + " "
            + payload.length
            + " "
            + new String(payload, UTF_8);
    place.write("signed", signed);
    place.write(
        "signature",
        Base64.getDecoder().decode(place.jq(".dsseEnvelope.signatures[0].sig", bundle)));
    place.run(
        Program.OPENSSL,
        "dgst",
        "-sha256",
        "-verify",
        bench.keys().generatedBy(way.program()).pub().toString(),
        "-signature",
        "signature",
        "signed");
    assertThat(place.jq(".subject[0].digest.sha256", payload))
        .isEqualTo(image.digest().substring("sha256:".length()));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Verifying.class)
  @DisplayName("sign --upload=false, attached by cosign, verified by")
  void cosignAttachesWhatWasNotUploaded(Verifying verifier, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "noupload"), "v1");
    KeyPair pair = bench.keys().generatedBy(Program.BULLA);
    place.run(
        Program.BULLA,
        "sign",
        "--key",
        pair.key().toString(),
        "--tlog-upload=false",
        "--upload=false",
        "--output-signature",
        "demo.sig",
        "--output-payload",
        "demo.json",
        image.byDigest());
    verifier.call(place, pair, image.byDigest()).run().expect(Verifying.NO_SIGNATURE);
    place.run(
        Program.COSIGN3,
        "attach",
        "signature",
        "--payload",
        "demo.json",
        "--signature",
        "demo.sig",
        image.byDigest());
    verifier.verify(place, pair, image.byDigest());
  }

  static final Program[] ATTACHING = {Program.BULLA, Program.COSIGN3};

  @ParameterizedTest(name = "attached by {0}")
  @FieldSource("ATTACHING")
  @DisplayName("a bundle from the other, not uploaded,")
  void attachesABundleFromTheOther(Program attaching, Workplace place) {
    SigningWay way =
        attaching == Program.BULLA ? SigningWay.COSIGN3_BUNDLE : SigningWay.BULLA_BUNDLE;
    Image image = Samples.image(bench.shelf(kind, "bundle"), "v1");
    KeyPair pair = bench.keys().generatedBy(way.program());
    way.sign(place, bench.keys(), pair, image.byDigest(), "--upload=false", "--bundle", "b.json");
    Verifying.BULLA.call(place, pair, image.byDigest()).run().expect(Verifying.NO_SIGNATURE);
    place.run(attaching, "attach", "signature", "--payload", "b.json", image.byDigest());
    Verifying.BULLA.verify(place, pair, image.byDigest());
    Verifying.COSIGN3.verify(place, pair, image.byDigest());
    assertThat(place.run(Program.BULLA, "download", "signature", image.byDigest()).text().strip())
        .isEqualTo(new String(place.read("b.json"), UTF_8).strip());
  }
}
