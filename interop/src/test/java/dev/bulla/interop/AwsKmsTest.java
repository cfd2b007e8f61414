package dev.bulla.interop;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same keys in moto's AWS KMS, used by bulla and by real cosign. */
@Interop
@DisplayName("AWS KMS (moto)")
final class AwsKmsTest {

  private static MotoServer moto;

  private final Bench bench;

  AwsKmsTest(Bench bench) {
    this.bench = bench;
  }

  @BeforeAll
  static void start(Bench bench) throws Exception {
    moto = MotoServer.start(bench.peers());
  }

  @AfterAll
  static void stop() {
    if (moto != null) {
      moto.close();
    }
  }

  private static Finished run(Workplace place, Program program, String... line) {
    return place.call(program, line).env(moto.variables()).run();
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("dev.bulla.interop.SharedKey#pairs")
  @DisplayName("key made, image signed, verified by both")
  void oneKeyForBoth(Program maker, Program signer, Workplace place) {
    SharedKey key =
        new SharedKey(
            place,
            moto.variables(),
            moto.alias("pair-" + maker.command() + "-" + signer.command()));
    key.run(maker, "generate-key-pair", "--kms", key.reference()).expect(0);
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "awskms"), "v1");
    key.worksForBoth(signer, image, place.read("cosign.pub"));
    key.isVerifiedRemotely(image);
  }

  @Test
  @DisplayName("openssl verifies with the exported key")
  void opensslVerifies(Workplace place) {
    String key = moto.alias("openssl");
    run(place, Program.BULLA, "generate-key-pair", "--kms", key).expect(0);
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "awskms"), "v1");
    run(
            place,
            Program.BULLA,
            "sign",
            "--key",
            key,
            "--tlog-upload=false",
            "--output-signature=s.b64",
            "--output-payload=payload",
            image.byDigest())
        .expect(0);
    place.shell("base64 -d s.b64 >s").run().expect(0);
    place.run(
        Program.OPENSSL, "dgst", "-sha256", "-verify", "cosign.pub", "-signature", "s", "payload");
  }

  @Test
  @DisplayName("an endpoint whose certificate nobody vouches for")
  void theCertificateIsChecked(Workplace place) {
    Map<String, String> variables = new java.util.HashMap<>(moto.variables());
    variables.remove("AWS_CA_BUNDLE");
    String key = moto.alias("tls");
    place.call(Program.BULLA, "generate-key-pair", "--kms", key).env(variables).run().expect(20);
    variables.put("AWS_TLS_INSECURE_SKIP_VERIFY", "1");
    place.call(Program.BULLA, "generate-key-pair", "--kms", key).env(variables).run().expect(0);
  }
}
