package dev.bulla.interop;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code sign IMAGE} and {@code verify IMAGE} with no flag but who is expected, after {@code
 * initialize}: bulla and cosign 3 take services and trust from the same instance.
 */
@Interop
@DisplayName("Sigstore, default lines")
final class DefaultLinesTest {

  @RegisterExtension
  private static final SharedSigstore SIGSTORE = new SharedSigstore(RealSigstore::start);

  private final Bench bench;

  DefaultLinesTest(Bench bench) {
    this.bench = bench;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Program.class,
      names = {"COSIGN3", "BULLA"})
  @DisplayName("one initializes and signs keyless; both verify")
  void signedByOneVerifiedByBoth(Program signer, Workplace place) {
    String mirror = SIGSTORE.get().publish(RealServices.LOG_2_AND_TIMESTAMPS);
    place.write("root.json", SIGSTORE.get().firstRoot());
    Map<String, String> home = new HashMap<>();
    home.put("TUF_ROOT", place.folder().resolve("kept").toString());
    home.put("TUF_MIRROR", "");
    home.put("SIGSTORE_ID_TOKEN", SIGSTORE.get().token());
    place
        .call(signer, "initialize", "--mirror", mirror, "--root", "root.json")
        .env(home)
        .run()
        .expect(0);
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "defaults"), "v1");

    place.call(signer, "sign", image.byDigest()).env(home).run().expect(0);

    for (Program verifier : List.of(Program.BULLA, Program.COSIGN3)) {
      verify(verifier, place, RealSigstore.ME, image).env(home).run().expect(0);
      verify(verifier, place, "you@example.com", image).env(home).run().expectFailure();
    }
  }

  private static Call verify(Program program, Workplace place, String who, Image image) {
    return place.call(
        program,
        "verify",
        "--certificate-identity",
        who,
        "--certificate-oidc-issuer",
        SIGSTORE.get().issuer(),
        image.byTag());
  }
}
