package dev.bulla.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs that start cosign and read what it prints, started with bulla instead. */
@OnEachRegistry
@DisplayName("consumers")
final class ConsumersTest {

  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-fA-F]{64}");

  private final RegistryKind kind;
  private final Bench bench;

  ConsumersTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  /** The line that Connaisseur's validator builds, with the key on standard input. */
  private static Call connaisseur(
      Workplace place, Program program, KeyPair pair, String reference) {
    return place
        .shell(
            "cat \"$PUB\" | "
                + program.command()
                + " verify --insecure-ignore-tlog --insecure-ignore-sct --output text"
                + " --key /dev/stdin $IMAGE")
        .env("PUB", pair.pub().toString())
        .env("IMAGE", reference)
        .env("SIGSTORE_NO_CACHE", "1");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(SigningWay.class)
  @DisplayName("Connaisseur reads the digest")
  void connaisseurReadsTheDigest(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    KeyPair pair = bench.keys().generatedBy(way.program());
    Finished ours = connaisseur(place, Program.BULLA, pair, image.byDigest()).run().expect(0);
    assertThat(digests(place, ours)).containsExactly(image.digest());
    Finished theirs = connaisseur(place, Program.COSIGN3, pair, image.byDigest()).run().expect(0);
    assertThat(ours.text()).isEqualTo(theirs.text());
  }

  /** Every line of standard output that is JSON; the others are skipped. */
  private static List<String> digests(Workplace place, Finished finished) {
    return finished
        .text()
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(line -> place.jq(".critical.image[\"docker-manifest-digest\"]", line.getBytes(UTF_8)))
        .filter(digest -> DIGEST.matcher(digest).matches())
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SigningWay.class,
      names = {"BULLA_LEGACY", "COSIGN2_LEGACY", "COSIGN3_LEGACY"})
  @DisplayName("Connaisseur understands a refusal")
  void connaisseurUnderstandsARefusal(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    connaisseur(place, Program.BULLA, bench.keys().stranger(), image.byDigest())
        .run()
        .expect(Verifying.NO_MATCH)
        .expectError(
            "Error: no matching signatures: invalid signature when validating ASN.1 encoded"
                + " signature\n");
    connaisseur(
            place, Program.BULLA, bench.keys().imported(KeyKind.RSA_2048_PKCS1), image.byDigest())
        .run()
        .expect(Verifying.NO_MATCH)
        .expectError("Error: no matching signatures: crypto/rsa: verification error\n");
    connaisseur(
            place, Program.BULLA, bench.keys().stranger(), image.shelf().repository() + ":absent")
        .run()
        .expectFailure()
        .expectError("MANIFEST_UNKNOWN");
  }
}
