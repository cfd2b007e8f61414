package dev.bulla.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bundle.Bundle.CertificateChain;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bundle.Bundle.PublicKeyHint;
import dev.bulla.bundle.Bundle.Version;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.CanonicalJson;
import dev.bulla.json.JsonParser;
import dev.bulla.json.ProtoJson;
import dev.bulla.key.VerificationKey;
import dev.bulla.vectors.Vectors;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bundles that others made. */
final class BundleVectorsTest {

  private static final long SEED = 20261121;
  private static final String PARSING = "cosign-3.1.1/image-bundle-parsing/";

  private static Bundle read(String file) throws MalformedInputException {
    return BundleJson.parse(Vectors.bytes(file));
  }

  @Test
  void writesARealBundleAgainAsItWas() throws Exception {
    Bytes bytes = Vectors.bytes("cosign-3.1.1/bundle/bundle.json");
    Bundle bundle = BundleJson.parse(bytes);
    VerificationKey key = Vectors.publicKey("cosign-3.1.1/cosign.pub");

    assertThat(BundleJson.write(bundle)).isEqualTo(bytes);
    assertThat(bundle.keyMaterial()).isEqualTo(new PublicKeyHint(key.hint()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cosign-3.1.1/image-bundle-key-rekor2-tsa/ok.json",
        "conformance/rekor2-dsse-happy-path/bundle.sigstore.json",
        "conformance/rekor2-happy-path/bundle.sigstore.json",
        "conformance/happy-path-v0.1/bundle.sigstore.json",
        "conformance/happy-path-v0.2/bundle.sigstore.json",
        "conformance/happy-path-v0.3-new-mediaType/bundle.sigstore.json",
        "conformance/managed-key-happy-path/bundle.sigstore.json"
      })
  void writesProofsAsOthersDo(String file) throws Exception {
    Bytes bytes = Vectors.bytes(file);
    Bytes written = BundleJson.write(BundleJson.parse(bytes));

    assertThat(BundleJson.parse(written)).isEqualTo(BundleJson.parse(bytes));
    assertThat(canonical(written)).isEqualTo(canonical(bytes));
  }

  /** The same members with the same values, in whatever order. */
  private static Bytes canonical(Bytes json) throws MalformedInputException {
    return CanonicalJson.write(JsonParser.parse(json, "bundle"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"base64url", "int64-as-number", "snake-case", "media-type-v031"})
  void readsOtherSpellingsOfTheSameBundle(String name) throws Exception {
    Bundle plain = read(PARSING + "plain.json");
    Bundle other = read(PARSING + name + ".json");

    assertThat(other.content()).isEqualTo(plain.content());
    assertThat(other.logEntries()).isEqualTo(plain.logEntries());
    assertThat(other.timestamps()).isEqualTo(plain.timestamps());
    assertThat(other.keyMaterial()).isEqualTo(plain.keyMaterial());
    assertThat(other.version()).isEqualTo(plain.version());
  }

  /** What these say is wrong or odd, but not for a parser to judge. */
  @ParameterizedTest
  @ValueSource(strings = {"timestamp-garbage", "v2-integrated-time", "v2-promise"})
  void readsWhatALaterCheckHasToJudge(String name) throws Exception {
    assertThat(read(PARSING + name + ".json").content())
        .isEqualTo(read(PARSING + "plain.json").content());
  }

  @ParameterizedTest
  @CsvSource({
    "kind-version-none,kindVersion: missing",
    "media-type-v04,mediaType: unsupported media type",
    "no-key-material,verificationMaterial"
  })
  void refusesWhatCosignRefusesToRead(String name, String problem) {
    assertThatThrownBy(() -> read(PARSING + name + ".json"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void refusesAnUnknownMember() {
    assertThatThrownBy(() -> read("cosign-3.1.1/image-bundle-key-rekor2-tsa/unknown-member.json"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("unknown member");
  }

  /** Every conformance case that shows its fault in the bundle's own structure. */
  @ParameterizedTest
  @CsvSource({
    "bundle-empty-certificate-chain_fail,no certificates",
    "bundle-invalid-base64-signature_fail,base64",
    "bundle-unknown-version_fail,unsupported media type",
    "bundle-with-root-cert_fail,carries a root certificate",
    "intoto-missing-inclusion-proof_fail,an inclusion proof is needed",
    "invalid-inclusion-proof_fail,checkpoint: missing",
    "rekor2-no-inclusion-proof_fail,an inclusion proof is needed"
  })
  void refusesStructurallyBrokenConformanceBundles(String name, String problem) {
    assertThatThrownBy(() -> read("conformance/" + name + "/bundle.sigstore.json"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource({
    "happy-path-v0.1,V0_1,false,false",
    "happy-path-v0.2,V0_2,false,false",
    "happy-path-v0.3-new-mediaType,V0_3,false,false",
    "happy-path-intoto-in-dsse-v3,V0_3,false,true",
    "intoto-with-custom-trust-root,V0_2,false,true",
    "rekor2-happy-path,V0_3,false,false",
    "rekor2-dsse-happy-path,V0_3,false,true",
    "managed-key-happy-path,V0_3,true,false",
    "managed-key-wrong-key_fail,V0_3,true,false"
  })
  void readsConformanceBundles(String name, Version version, boolean key, boolean dsse)
      throws Exception {
    Bundle bundle = read("conformance/" + name + "/bundle.sigstore.json");

    assertThat(bundle.version()).isEqualTo(version);
    assertThat(bundle.keyMaterial())
        .isInstanceOf(key ? PublicKeyHint.class : CertificateChain.class);
    assertThat(bundle.content()).isInstanceOf(dsse ? DsseContent.class : MessageSignature.class);
    assertThat(bundle.logEntries())
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.logId().size()).isEqualTo(32);
          assertThat(entry.canonicalizedBody().isEmpty()).isFalse();
          assertThat(entry.inclusionProof().orElseThrow().rootHash().size()).isEqualTo(32);
        });
  }

  @Test
  void everyCopiedConformanceCaseIsRun() {
    assertThat(Vectors.names("conformance")).filteredOn(name -> name.contains("-")).hasSize(47);
  }

  /** Whatever happens to the bytes, out comes a bundle or the one exception. */
  @Test
  void throwsNothingElseForDamagedBundles() throws Exception {
    Random random = new Random(SEED);
    List<Bytes> originals =
        List.of(
            Vectors.bytes(PARSING + "plain.json"),
            Vectors.bytes("cosign-3.1.1/bundle/bundle.json"),
            Vectors.bytes("conformance/happy-path-v0.1/bundle.sigstore.json"));
    int refused = 0;
    for (int i = 0; i < 6_000; i++) {
      byte[] bytes = originals.get(i % originals.size()).toByteArray();
      switch (random.nextInt(3)) {
        case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        case 1 ->
            bytes[random.nextInt(bytes.length)] = (byte) "{}[]\",:\\0n".charAt(random.nextInt(10));
        default -> {
          int from = random.nextInt(bytes.length);
          int to = random.nextInt(bytes.length);
          System.arraycopy(bytes, from, bytes, to, Math.min(20, bytes.length - Math.max(from, to)));
        }
      }
      try {
        BundleJson.parse(Bytes.of(bytes));
      } catch (MalformedInputException e) {
        refused++;
        assertThat(e.message()).as("seed %d, %d", SEED, i).hasSizeLessThan(3_000);
        assertThat(e.message().chars())
            .as("seed %d, %d", SEED, i)
            .noneMatch(Character::isISOControl);
      }
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  /** Proto JSON leaves whitespace open: some writers put a space after a comma, some indent. */
  @Test
  void readsAnyWhitespace() throws Exception {
    Bytes indented =
        Vectors.bytes("conformance/bundle-invalid-base64-signature_fail/bundle.sigstore.json");
    Bytes spaced = Vectors.bytes("conformance/managed-key-happy-path/bundle.sigstore.json");

    assertThat(indented.toUtf8String("bundle")).contains("{\n    \"mediaType\"");
    assertThat(spaced.toUtf8String("bundle")).contains(", \"verificationMaterial\"");
    assertThat(BundleJson.parse(spaced))
        .isEqualTo(BundleJson.parse(ProtoJson.write(JsonParser.parse(spaced, "bundle"))));
  }
}
