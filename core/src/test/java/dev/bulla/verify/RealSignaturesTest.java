package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Refusal;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.key.KeyType;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.Repository;
import dev.bulla.payload.SimpleSigningPayload;
import dev.bulla.vectors.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures that other programs made, and what those programs say about them. */
final class RealSignaturesTest {

  private static final String C3 = "cosign-3.1.1/";
  private static final Map<String, String> PROD = Map.of("env", "prod");

  private static Policy policy(String key) throws MalformedInputException {
    return Policy.requiringKey(Vectors.publicKey(key)).insecurelyIgnoringLog();
  }

  private static Image image(String manifest) {
    return new Image(Vectors.bytes(manifest));
  }

  private static BundleSignature bundle(String file) throws MalformedInputException {
    Bytes raw = Vectors.bytes(file);
    return new BundleSignature(new Origin(file, 0), BundleJson.parse(raw), raw);
  }

  /** The layers of a signature object, each with its payload. */
  private static List<LegacySignature> layers(String manifest, String... payloads)
      throws MalformedInputException {
    List<Descriptor> layers = Manifest.parse(Vectors.bytes(manifest)).layers();
    assertThat(layers).hasSameSizeAs(payloads);
    List<LegacySignature> signatures = new ArrayList<>();
    for (int i = 0; i < payloads.length; i++) {
      Bytes payload = Vectors.bytes(payloads[i]);
      assertThat(layers.get(i).digest().matches(payload)).as(payloads[i]).isTrue();
      signatures.add(
          new LegacySignature(
              new Origin(manifest, i + 1),
              payload,
              layers.get(i).annotations().get(LegacySignature.SIGNATURE_ANNOTATION),
              layers.get(i).annotations()));
    }
    return signatures;
  }

  @Test
  void acceptsALegacySignatureFromTheField() throws Exception {
    List<LegacySignature> signatures =
        layers(
            "legacy-images/alice-signed/signature-manifest.compact.json",
            "legacy-images/alice-signed/payload-d8ee807d.json");
    SignedImage image =
        new SignedImage(
            Repository.parse("securesystemsengineering/testimage")
                .at(
                    Digest.parse(
                        "sha256:071bf7a986f1ca9cb2a1f0bc8392822a7777f90d58f2d2c6f271913e08de7c81")),
            List.copyOf(signatures));

    assertThat(Verdicts.accepts(image, policy("legacy-images/alice-signed/alice.pub"))).isTrue();
    Verdicts.assertRefused(
        image,
        policy("legacy-images/alice-signed/bob.pub"),
        Outcome.REFUSED,
        ReasonCode.SIGNATURE_MISMATCH);
    assertThat(
            Verdicts.accepts(
                Image.of("another").with(signatures),
                policy("legacy-images/alice-signed/alice.pub")))
        .isFalse();
  }

  private static List<LegacySignature> legacyOfCosign() throws MalformedInputException {
    return layers(
        C3 + "legacy/sig-manifest.json",
        C3 + "legacy/blob-52029bd523cb.json",
        C3 + "legacy/blob-0167c65f42b9.json");
  }

  @Test
  void acceptsWhatCosignSigned() throws Exception {
    Image image = image(C3 + "image-manifest.json");
    Policy policy = policy(C3 + "cosign.pub");

    VerifiedImage legacy = Verdicts.accepted(image.with(legacyOfCosign()), policy);
    assertThat(legacy.signatures()).hasSize(2);
    assertThat(
            Verdicts.accepted(image.with(legacyOfCosign()), policy.withAnnotations(PROD))
                .signatures())
        .hasSize(1);
    SignedImage attached = image.with(bundle(C3 + "bundle/bundle.json"));
    assertThat(Verdicts.accepts(attached, policy)).isTrue();
    assertThat(Verdicts.accepts(attached, policy.withAnnotations(PROD))).isTrue();
    assertThat(Verdicts.accepts(attached, policy.withAnnotations(Map.of("env", "test")))).isFalse();
    Policy strict = Policy.requiringKey(Vectors.publicKey(C3 + "cosign.pub"));
    assertThat(Verdicts.accepts(attached, strict)).isFalse();
    assertThat(Verdicts.accepts(image.with(legacyOfCosign()), strict)).isFalse();
  }

  @Test
  void reportsTheSamePayloadsAsCosign() throws Exception {
    VerifiedImage verified =
        Verdicts.accepted(
            image(C3 + "image-manifest.json").with(legacyOfCosign()), policy(C3 + "cosign.pub"));
    List<String> payloads = new ArrayList<>();
    for (VerifiedSignature signature : verified.signatures()) {
      payloads.add(
          ((VerifiedSignature.Legacy) signature)
              .payload()
              .orElseThrow()
              .toBytes()
              .toUtf8String("payload"));
    }

    assertThat("[" + String.join(",", payloads) + "]")
        .isEqualTo(Vectors.text(C3 + "legacy/verify.stdout").strip());
  }

  /** Scripts look for these words. */
  @Test
  void refusesInTheWordsOfCosign() throws Exception {
    Image image = image(C3 + "image-manifest.json");
    Party stranger = Party.withKey(KeyType.EC_P256);
    Policy wrongKey = Policy.requiringKey(stranger.key()).insecurelyIgnoringLog();
    Policy wrongAnnotation = policy(C3 + "cosign.pub").withAnnotations(Map.of("env", "other"));

    assertThat(Verdicts.refused(image.with(legacyOfCosign()), wrongKey).message())
        .isEqualTo(errorText(C3 + "legacy/verify-wrong-key.stderr"));
    assertThat(Verdicts.refused(image.with(legacyOfCosign()), wrongAnnotation).message())
        .isEqualTo(errorText(C3 + "legacy/verify-wrong-annotation.stderr"));
    assertThat(Verdicts.refused(image.with(bundle(C3 + "bundle/bundle.json")), wrongKey).message())
        .isEqualTo(errorText(C3 + "bundle/verify-wrong-key.stderr"));
  }

  private static String errorText(String stderr) throws MalformedInputException {
    String text = Vectors.text(stderr);
    int from = text.indexOf("Error: ") + "Error: ".length();
    return text.substring(from, text.indexOf("\nerror during command execution"));
  }

  @Test
  void tellsTwoSignersApart() throws Exception {
    String folder = C3 + "two-signers-legacy/all/";
    List<LegacySignature> signatures =
        layers(
            folder + "sig-manifest.json",
            folder + "payload-1.json",
            folder + "payload-2.json",
            folder + "payload-3.json");
    // the image's own manifest was not copied: its digest is in every payload
    String digest = SimpleSigningPayload.parse(signatures.get(0).payload()).digestClaim();
    SignedImage image =
        new SignedImage(
            Repository.parse("r.io/app").at(Digest.parse(digest)), List.copyOf(signatures));

    VerifiedImage byAlice = Verdicts.accepted(image, policy(C3 + "two-signers-legacy/alice.pub"));
    VerifiedImage byBob = Verdicts.accepted(image, policy(C3 + "two-signers-legacy/bob.pub"));

    assertThat(byAlice.signatures().size() + byBob.signatures().size()).isEqualTo(3);
    assertThat(byAlice.refusals()).hasSameSizeAs(byBob.signatures());
  }

  @ParameterizedTest
  @CsvSource({
    "type-other,true",
    "capitals,true",
    "whitespace,true",
    // an image digest without its algorithm: cosign refuses it, the oldest payloads have it
    "no-prefix,true",
    "other-digest,false",
    "no-digest,false"
  })
  void judgesPayloadsOfEveryGeneration(String variant, boolean accepted) throws Exception {
    String folder = C3 + "legacy-payload-variants/";
    List<LegacySignature> signatures =
        layers(folder + variant + "/sig-manifest.json", folder + variant + "/payload-1.json");
    SignedImage image = image(folder + "image-manifest.json").with(signatures);

    assertThat(Verdicts.accepts(image, policy(folder + "alice.pub"))).isEqualTo(accepted);
    assertThat(Verdicts.accepts(image, policy(folder + "bob.pub"))).isFalse();
    if (!accepted) {
      Verdicts.assertRefused(
          image, policy(folder + "alice.pub"), Outcome.REFUSED, ReasonCode.WRONG_SUBJECT);
    }
  }

  @Test
  void comparesRealAnnotationsByType() throws Exception {
    String folder = C3 + "legacy-payload-variants/";
    SignedImage image =
        image(folder + "image-manifest.json")
            .with(
                layers(
                    folder + "whitespace/sig-manifest.json", folder + "whitespace/payload-1.json"));
    Policy policy = policy(folder + "alice.pub");

    assertThat(Verdicts.accepts(image, policy.withAnnotations(Map.of("s", "x")))).isTrue();
    assertThat(Verdicts.accepts(image, policy.withAnnotations(Map.of("n", "1")))).isFalse();
  }

  /** Without the log, whose entries are judged elsewhere. */
  @ParameterizedTest
  @CsvSource({
    "ok,",
    "hint,",
    "tlog-none,",
    "sig-bit,SIGNATURE_MISMATCH",
    "keyid,SIGNATURE_MISMATCH",
    "payload-type,UNSUPPORTED",
    "two-signatures,MALFORMED",
    "media-type-v02,UNSUPPORTED",
    "other-image,WRONG_SUBJECT"
  })
  void judgesBundlesAsCosignDoes(String name, ReasonCode reason) throws Exception {
    String folder = C3 + "image-bundle-key-rekor2-tsa/";
    SignedImage image = image(folder + "image-manifest.json").with(bundle(folder + name + ".json"));

    assertThat(Verdicts.accepts(image, policy(folder + "bob.pub"))).isFalse();
    if (reason == null) {
      assertThat(Verdicts.accepts(image, policy(folder + "alice.pub"))).isTrue();
    } else {
      VerificationException refusal = Verdicts.refused(image, policy(folder + "alice.pub"));
      assertThat(refusal.refusals()).extracting(Refusal::reason).containsExactly(reason);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "base64url",
        "int64-as-number",
        "snake-case",
        "media-type-v031",
        "timestamp-garbage",
        "v2-integrated-time"
      })
  void acceptsEverySpellingOfABundle(String name) throws Exception {
    String folder = C3 + "image-bundle-parsing/";
    SignedImage image =
        image(C3 + "image-bundle-key-rekor2-tsa/image-manifest.json")
            .with(bundle(folder + name + ".json"));

    assertThat(Verdicts.accepts(image, policy(folder + "alice.pub"))).isTrue();
  }

  @Test
  void triesTheNaturalHashOfALongerCurve() throws Exception {
    String folder = C3 + "key-p384-image/";
    SignedImage image = image(folder + "image-manifest.json").with(bundle(folder + "bundle.json"));
    Policy policy = policy(folder + "key.pub");

    assertThat(Verdicts.accepts(image, policy)).isTrue();
    assertThat(Verdicts.accepts(image, policy.withHash(HashAlgorithm.SHA384))).isTrue();
    assertThat(Verdicts.accepts(image, policy.withHash(HashAlgorithm.SHA256))).isFalse();
  }

  @Test
  void passesTheConformanceCasesOfManagedKeys() throws Exception {
    Image artifact = image("conformance/a.txt");
    String good = "conformance/managed-key-happy-path/";
    String bad = "conformance/managed-key-wrong-key_fail/";

    assertThat(
            Verdicts.accepts(
                artifact.with(bundle(good + "bundle.sigstore.json")), policy(good + "key.pub")))
        .isTrue();
    assertThat(
            Verdicts.accepts(
                Image.of("another").with(bundle(good + "bundle.sigstore.json")),
                policy(good + "key.pub")))
        .isFalse();
    // the key of this case is no point on its curve; where it can be read, it has not signed
    boolean accepted;
    try {
      accepted =
          Verdicts.accepts(
              artifact.with(bundle(bad + "bundle.sigstore.json")), policy(bad + "key.pub"));
    } catch (MalformedInputException e) {
      accepted = false;
    }
    assertThat(accepted).isFalse();
  }
}
