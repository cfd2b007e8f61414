package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Keys on a real SoftHSM. Debian builds cosign without PKCS #11, so cosign takes part with the
 * exported key; openssl made the keys and checks what the token signs.
 */
@Interop
@DisplayName("PKCS #11 (SoftHSM)")
final class Pkcs11Test {

  private final Bench bench;

  Pkcs11Test(Bench bench) {
    this.bench = bench;
  }

  private static Finished bulla(SoftHsmToken token, String... line) {
    return token
        .place()
        .call(Program.BULLA, line)
        .env(token.variables())
        .env("COSIGN_PKCS11_PIN", SoftHsmToken.PIN)
        .run();
  }

  private static void addKey(SoftHsmToken token, String label, String id) {
    token
        .place()
        .run(
            Program.OPENSSL,
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-out",
            "k.pem");
    token.add("k.pem", label, id);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"P256_PKCS8, sha256", "P384, sha384", "P521, sha512", "RSA_4096_PKCS8, sha256"})
  @DisplayName("bulla signs with the key, both cosigns and openssl verify with the exported one")
  void signsForEverybody(KeyKind kind, String hash, Workplace place) {
    SoftHsmToken token = SoftHsmToken.create(place);
    List<String> line = new ArrayList<>(kind.openssl());
    place.write("made.pem", place.call(Program.OPENSSL, line).run().expect(0).out());
    place.run(Program.OPENSSL, "pkcs8", "-topk8", "-nocrypt", "-in", "made.pem", "-out", "k.pem");
    place.run(Program.OPENSSL, "pkey", "-in", "k.pem", "-pubout", "-out", "openssl.pub");
    token.add("k.pem", "release", "6b6579");
    String key = token.uri("release");

    byte[] exported = bulla(token, "public-key", "--key", key).expect(0).out();
    assertThat(exported).isEqualTo(place.read("openssl.pub"));
    place.write("cosign.pub", exported);

    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "pkcs11"), "v1");
    String reference = image.byDigest();
    bulla(token, "sign", "--key", key, "--tlog-upload=false", "--format", "both", reference)
        .expect(0);
    for (String verifying : new String[] {key, "cosign.pub"}) {
      // nobody is asked for a PIN
      place
          .call(Program.BULLA, "verify", "--key", verifying, "--insecure-ignore-tlog", reference)
          .env(token.variables())
          .run()
          .expect(0);
    }
    for (Program cosign : new Program[] {Program.COSIGN2, Program.COSIGN3}) {
      place.run(
          cosign,
          "verify",
          "--key",
          "cosign.pub",
          "--insecure-ignore-tlog=true",
          "--signature-digest-algorithm",
          hash,
          reference);
    }

    bulla(
            token,
            "sign",
            "--key",
            key,
            "--tlog-upload=false",
            "--upload=false",
            "--output-signature=s.b64",
            "--output-payload=payload",
            reference)
        .expect(0);
    place.shell("base64 -d s.b64 >s").run().expect(0);
    place.run(
        Program.OPENSSL, "dgst", "-" + hash, "-verify", "cosign.pub", "-signature", "s", "payload");
  }

  @Test
  @DisplayName("pkcs11-tool finds keys by URIs that sign; Java prints no warning")
  void findsKeys(Workplace place) {
    SoftHsmToken token = SoftHsmToken.create(place);
    addKey(token, "My Key", "0102");
    String module = token.module().toString();
    Finished tokens = bulla(token, "pkcs11-tool", "list-tokens", "--module-path", module).expect(0);
    assertThat(tokens.err()).isEmpty();
    String slot =
        new String(tokens.out(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.startsWith("Token in slot "))
            .findFirst()
            .orElseThrow()
            .substring("Token in slot ".length());
    String keys =
        new String(
            bulla(
                    token,
                    "pkcs11-tool",
                    "list-keys-uris",
                    "--module-path",
                    module,
                    "--slot-id",
                    slot)
                .expect(0)
                .out(),
            StandardCharsets.UTF_8);
    assertThat(keys).contains("\tLabel: My Key\n\tID: 0102\n").doesNotContain(SoftHsmToken.PIN);
    String uri = keys.substring(keys.indexOf("\tURI: ") + 6).strip();
    bulla(token, "public-key", "--key", uri).expect(0);
  }

  @Test
  @DisplayName("--sk takes the key of a slot from the one token there is")
  void takesTheKeyOfASlot(Workplace place) {
    SoftHsmToken token = SoftHsmToken.create(place);
    addKey(token, "SIGN key", "02");
    Map<String, String> module = Map.of("COSIGN_PKCS11_MODULE_PATH", token.module().toString());
    String reference =
        Samples.image(bench.shelf(RegistryKind.OLAREG, "pkcs11-slot"), "v1").byDigest();
    place
        .call(Program.BULLA, "sign", "--sk", "--tlog-upload=false", reference)
        .env(token.variables())
        .env(module)
        .env("COSIGN_PKCS11_PIN", SoftHsmToken.PIN)
        .run()
        .expect(0);

    Finished verified =
        place
            .call(Program.BULLA, "verify", "--sk", "--insecure-ignore-tlog", reference)
            .env(token.variables())
            .env(module)
            .run()
            .expect(0);
    assertThat(verified.err())
        .contains("The signatures were verified against the specified public key");
  }

  /** Scenarios F4 and F5 of cosign, with a certificate beside an RSA key. */
  @Test
  @DisplayName("the certificate beside the key goes with the signature, unless it is ignored")
  void attachesTheCertificate(Workplace place) {
    SoftHsmToken token = SoftHsmToken.create(place);
    place
        .shell(
            "openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.pem -out cert.pem -days 2"
                + " -subj /O=Example/CN=release"
                + " -addext subjectAltName=email:release@example.com"
                + " -addext keyUsage=critical,digitalSignature"
                + " -addext extendedKeyUsage=codeSigning"
                + " && openssl pkcs8 -topk8 -nocrypt -in rsa.pem -out k.pem"
                + " && openssl x509 -in cert.pem -outform DER -out cert.der")
        .run()
        .expect(0);
    token.add("k.pem", "release", "6b6579");
    token.addCertificate("cert.der", "release", "6b6579");
    String key = token.uri("release");
    place.write("cosign.pub", bulla(token, "public-key", "--key", key).expect(0).out());

    for (boolean ignored : new boolean[] {false, true}) {
      String reference =
          Samples.image(bench.shelf(RegistryKind.OLAREG, "pkcs11-certificate-" + ignored), "v1")
              .byDigest();
      place
          .call(
              Program.BULLA,
              "sign",
              "--key",
              key,
              "--tlog-upload=false",
              "--format",
              "both",
              reference)
          .env(token.variables())
          .env("COSIGN_PKCS11_PIN", SoftHsmToken.PIN)
          .env("COSIGN_PKCS11_IGNORE_CERTIFICATE", ignored ? "1" : "0")
          .run()
          .expect(0);
      String found =
          new String(
              place.run(Program.COSIGN3, "download", "signature", reference).out(),
              StandardCharsets.UTF_8);
      assertThat(found.contains("\"rawBytes\"")).as(found).isEqualTo(!ignored);
      for (Program cosign : new Program[] {Program.COSIGN2, Program.COSIGN3}) {
        // the older format, in which a key that is given wins over the certificate
        place.run(
            cosign,
            "verify",
            "--key",
            "cosign.pub",
            "--insecure-ignore-tlog=true",
            "--new-bundle-format=false",
            reference);
      }
    }
  }

  @Test
  @DisplayName("a wrong PIN signs nothing")
  void aWrongPin(Workplace place) {
    SoftHsmToken token = SoftHsmToken.create(place);
    addKey(token, "release", "01");
    Finished refused =
        bulla(token, "public-key", "--key", token.uri("release") + "&pin-value=00000000");
    refused.expect(1);
    assertThat(refused.out()).isEmpty();
  }
}
