package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bulla and every major version of cosign with a real Rekor v1: {@code interop/run --all}. */
@Interop
@Tag("all")
@DisplayName("Rekor v1 (Trillian, MariaDB)")
final class RealRekor1Test {

  private static final String ME = RealSigstore.ME;
  private static final String YOU = "you@example.com";

  @RegisterExtension
  private static final SharedSigstore SIGSTORE = new SharedSigstore(RealSigstore::startWithRekor1);

  private final Bench bench;

  RealRekor1Test(Bench bench) {
    this.bench = bench;
  }

  /** Who signs, in which format, and the words of that besides key or token. */
  enum Signer {
    BULLA(Program.BULLA, false),
    BULLA_BUNDLE(Program.BULLA, true),
    COSIGN1(Program.COSIGN1, false),
    COSIGN2(Program.COSIGN2, false),
    COSIGN26(Program.COSIGN26, false),
    COSIGN3(Program.COSIGN3, false),
    COSIGN3_BUNDLE(Program.COSIGN3, true);

    private final Program program;
    private final boolean bundle;

    Signer(Program program, boolean bundle) {
      this.program = program;
      this.bundle = bundle;
    }

    private List<String> words() {
      List<String> words = new ArrayList<>(List.of("sign"));
      words.add(program == Program.COSIGN1 ? "--force" : "--yes");
      if (program == Program.BULLA) {
        words.addAll(List.of("--format", bundle ? "bundle" : "legacy"));
      } else if (program == Program.COSIGN3 && !bundle) {
        words.add("--new-bundle-format=false");
      }
      if (bundle) {
        words.addAll(List.of("--signing-config", "sc.json", "--trusted-root", "tr.json"));
        return words;
      }
      if (program == Program.BULLA || program == Program.COSIGN3) {
        words.add("--use-signing-config=false");
      }
      words.addAll(List.of("--rekor-url", SIGSTORE.get().rekor1Url()));
      return words;
    }

    Finished withKey(Workplace place, KeyPair pair, Image image) {
      List<String> words = words();
      words.addAll(List.of("--key", pair.key().toString(), image.byDigest()));
      return place.call(program, words).env(trust()).run().expect(0);
    }

    Finished keyless(Workplace place, Image image) {
      List<String> words = words();
      if (!bundle) {
        words.addAll(List.of("--fulcio-url", SIGSTORE.get().fulcioUrl()));
        words.addAll(List.of("--oidc-issuer", SIGSTORE.get().issuer()));
      }
      words.addAll(List.of("--identity-token", SIGSTORE.get().token(), image.byDigest()));
      return place.call(program, words).env(trust()).run().expect(0);
    }

    @Override
    public String toString() {
      return program + (bundle ? ", bundle" : ", legacy");
    }
  }

  /** Who verifies. */
  enum Verifier {
    BULLA(Program.BULLA),
    COSIGN1(Program.COSIGN1),
    COSIGN2(Program.COSIGN2),
    COSIGN26(Program.COSIGN26),
    COSIGN3(Program.COSIGN3);

    private final Program program;

    Verifier(Program program) {
      this.program = program;
    }

    boolean reads(Signer signer) {
      return !signer.bundle || program == Program.BULLA || program == Program.COSIGN3;
    }

    Finished withKey(Workplace place, KeyPair pair, Image image) {
      return verify(place, image, "--key", pair.pub().toString());
    }

    Finished keyless(Workplace place, String who, Image image) {
      return verify(
          place,
          image,
          "--certificate-identity",
          who,
          "--certificate-oidc-issuer",
          SIGSTORE.get().issuer());
    }

    private Finished verify(Workplace place, Image image, String... whom) {
      List<String> words = new ArrayList<>(List.of("verify"));
      words.addAll(Arrays.asList(whom));
      if (program == Program.COSIGN3 || program == Program.BULLA) {
        words.addAll(List.of("--trusted-root", "tr.json"));
      } else {
        words.addAll(List.of("--rekor-url", SIGSTORE.get().rekor1Url()));
      }
      words.add(image.byDigest());
      return place.call(program, words).env(trust()).run();
    }

    @Override
    public String toString() {
      return program.toString();
    }
  }

  /** Where programs before trusted roots find what they trust; what the first asks for by that. */
  private static Map<String, String> trust() {
    return Map.of(
        "SIGSTORE_ROOT_FILE", "fulcio.pem",
        "SIGSTORE_CT_LOG_PUBLIC_KEY_FILE", "ctfe.pub",
        "SIGSTORE_REKOR_PUBLIC_KEY", "rekor1.pub",
        "COSIGN_EXPERIMENTAL", "1");
  }

  private static void configure(Workplace place, RealServices services) {
    place.write("tr.json", SIGSTORE.get().trustedRootFile());
    place.write("sc.json", SIGSTORE.get().signingConfig(services));
    for (String file : new String[] {"fulcio.pem", "ctfe.pub", "rekor1.pub"}) {
      place.write(file, SIGSTORE.get().file(file));
    }
  }

  private Image image() {
    return Samples.image(bench.shelf(RegistryKind.OLAREG, "rekor1"), "v1");
  }

  static Stream<Arguments> cells() {
    return Arrays.stream(Signer.values())
        .flatMap(signer ->
            Arrays.stream(Verifier.values())
                .filter(verifier -> verifier.reads(signer))
                .map(verifier -> Arguments.of(signer, verifier)));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("cells")
  @DisplayName("with a key")
  void keyed(Signer signer, Verifier verifier, Workplace place) {
    configure(place, RealServices.LOG_1);
    Image image = image();
    KeyPair pair = bench.keys().generatedBy(signer.program);
    signer.withKey(place, pair, image);
    verifier.withKey(place, pair, image).expect(0);
    verifier.withKey(place, bench.keys().stranger(), image).expectFailure();
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("cells")
  @DisplayName("keyless")
  void keyless(Signer signer, Verifier verifier, Workplace place) {
    configure(place, RealServices.LOG_1);
    Image image = image();
    signer.keyless(place, image);
    if (signer == Signer.COSIGN3 && verifier == Verifier.COSIGN1) {
      // with the same files it takes what all others signed
      assertThat(verifier.keyless(place, ME, image).expectFailure().err())
          .contains("certificate signed by unknown authority");
      return;
    }
    verifier.keyless(place, ME, image).expect(0);
    verifier.keyless(place, YOU, image).expectFailure();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Signer.class,
      names = {"BULLA_BUNDLE", "COSIGN3_BUNDLE"})
  @DisplayName("keyless with timestamps; bulla, cosign 3, sigstore-js and sigstore-go verify")
  void timestamps(Signer signer, Workplace place) {
    configure(place, RealServices.LOG_1_AND_TIMESTAMPS);
    Image image = image();
    signer.keyless(place, image);
    for (Verifier verifier : new Verifier[] {Verifier.BULLA, Verifier.COSIGN3}) {
      verifier.keyless(place, ME, image).expect(0);
      verifier.keyless(place, YOU, image).expectFailure();
    }
    place.write("b.json", BundleShelf.only(place, image));
    BundleJudges.identity(ME, SIGSTORE.get().issuer())
        .accept(place, RealServices.LOG_1_AND_TIMESTAMPS, image);
    BundleJudges.identity(YOU, SIGSTORE.get().issuer()).refuse(place, image);
  }
}
