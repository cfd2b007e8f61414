package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Lines of cosign's first README and of its page on signing containers, as printed but for the
 * image's name, with bulla answering to the name {@code cosign}. Where the page relies on the
 * public log, the environment says that there is none.
 */
@OnEachRegistry
@DisplayName("documented lines")
final class DocumentedLinesTest {

  /** What a user of bulla puts into the shell's start-up file. */
  private static final String START = "set -e\ncosign() { bulla \"$@\"; }\n";

  private final RegistryKind kind;
  private final Bench bench;

  DocumentedLinesTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  private static Finished type(Workplace place, String image, String lines) {
    return place.shell(START + lines).env("IMAGE", image).run().expect(0);
  }

  private static void verifiedByRealCosign(Workplace place, String pub, String image) {
    KeyPair pair = new KeyPair(place.folder().resolve("cosign.key"), place.folder().resolve(pub));
    Verifying.COSIGN2.verify(place, pair, image);
    Verifying.COSIGN3.verify(place, pair, image);
  }

  @Test
  @DisplayName("first README: keys, sign, verify, the key without its armour")
  void firstReadme(Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "readme"), "latest");
    Finished typed =
        type(
            place,
            image.shelf().repository(),
            """
            cosign generate-key-pair
            cosign sign -key cosign.key $IMAGE
            cosign verify -key cosign.pub $IMAGE
            cosign verify -key $(grep -v -- ----- cosign.pub | tr -d '\\n') $IMAGE
            """);
    assertThat(typed.text().lines().filter(line -> line.contains(image.digest()))).hasSize(2);
    verifiedByRealCosign(place, "cosign.pub", image.byTag());
  }

  @Test
  @DisplayName("first README: a tag bound to its digest")
  void firstReadmeTagToDigest(Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "readme"), "sign-me");
    type(
        place,
        image.shelf().repository(),
        """
        cosign generate-key-pair
        TAG=sign-me
        DGST=$(crane digest $IMAGE:$TAG)
        cosign sign -key cosign.key -a tag=$TAG $IMAGE@$DGST
        cosign verify -key cosign.pub -a tag=$TAG $IMAGE:$TAG | jq .
        """);
    verifiedByRealCosign(place, "cosign.pub", image.byTag());
  }

  @Test
  @DisplayName("first README: counter-signature")
  void firstReadmeCounterSignature(Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "readme"), "latest");
    Finished typed =
        type(
            place,
            image.shelf().repository(),
            """
            cosign generate-key-pair
            cosign sign -key cosign.key -a sig=original $IMAGE
            cosign verify -key cosign.pub $IMAGE | jq -r '.[].optional.sig'
            crane tag $(cosign triangulate $IMAGE) mysignature
            cosign sign -key cosign.key -a sig=counter $IMAGE:mysignature
            cosign verify -key cosign.pub $IMAGE:mysignature | jq -r '.[].optional.sig'
            crane manifest $IMAGE:mysignature | jq -r '.layers | length'
            """);
    assertThat(typed.text().lines().toList()).isEqualTo(List.of("original", "counter", "1"));
    verifiedByRealCosign(place, "cosign.pub", image.shelf().repository() + ":mysignature");
  }

  @Test
  @DisplayName("signing page: annotations, twice, not uploaded, looked at with crane")
  void signingPage(Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "page"), "v1");
    Finished typed =
        type(
            place,
            image.byTag(),
            """
            export COSIGN_TLOG_UPLOAD=false BULLA_FORMAT=legacy
            cosign generate-key-pair
            cosign sign --key cosign.key $IMAGE
            cosign sign --key cosign.key -a foo=bar $IMAGE
            cosign sign --key cosign.key -f -r $IMAGE
            cosign sign --key cosign.key --upload=false --output-signature demo.sig $IMAGE
            test -s demo.sig
            crane manifest $(cosign triangulate $IMAGE) | jq -r '.config.size'
            """);
    assertThat(typed.text().strip()).as("config of two signatures").isEqualTo("342");
    verifiedByRealCosign(place, "cosign.pub", image.byTag());
  }

  @Test
  @DisplayName("signing page: payload from openssl")
  void signingPageWithOpenssl(Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "page"), "v1");
    type(
        place,
        image.byTag(),
        """
        openssl ecparam -name prime256v1 -genkey -noout -out openssl.key
        openssl ec -in openssl.key -pubout -out openssl.pub
        cosign generate $IMAGE > payload.json
        openssl dgst -sha256 -sign openssl.key -out payload.sig payload.json
        cat payload.sig | base64 > payloadbase64.sig
        cosign attach signature --payload payload.json --signature payloadbase64.sig $IMAGE
        cosign verify --key openssl.pub --insecure-ignore-tlog $IMAGE
        cosign download signature $IMAGE > signatures.json
        cat signatures.json | tail -1 | jq -r .Payload | base64 -d > payload
        cat signatures.json | tail -1 | jq -r .Base64Signature | base64 -d > signature
        openssl dgst -sha256 -verify openssl.pub -signature signature payload
        """);
    verifiedByRealCosign(place, "openssl.pub", image.byTag());
  }
}
