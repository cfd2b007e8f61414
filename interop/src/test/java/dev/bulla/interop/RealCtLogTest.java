package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real Fulcio that submits to a real certificate log, Trillian's CT personality. */
@Interop
@DisplayName("Sigstore with a real certificate log (Trillian, MariaDB)")
final class RealCtLogTest {

  private static final String ME = RealSigstore.ME;
  private static final String YOU = "you@example.com";
  private static final RealServices SERVICES = RealServices.LOG_2_AND_TIMESTAMPS;

  /** In an entry: after version, type and time. RFC 6962, 3.4. */
  private static final int ENTRY_TYPE = 10;

  @RegisterExtension
  private static final SharedSigstore SIGSTORE = new SharedSigstore(RealSigstore::startWithCtLog);

  private final Bench bench;

  RealCtLogTest(Bench bench) {
    this.bench = bench;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Program.class,
      names = {"BULLA", "COSIGN3"})
  @DisplayName("keyless; bulla, cosign 3 and sigstore-go verify the promise in the certificate")
  void keyless(Program signer, Workplace place) throws Exception {
    place.write("tr.json", SIGSTORE.get().trustedRootFile());
    place.write("sc.json", SIGSTORE.get().signingConfig(SERVICES));
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "ctlog"), "v1");
    place.run(
        signer,
        "sign",
        "--yes",
        "--signing-config",
        "sc.json",
        "--trusted-root",
        "tr.json",
        "--identity-token",
        SIGSTORE.get().token(),
        image.byDigest());

    otherCertificateLog(place);
    for (Program verifier : new Program[] {Program.BULLA, Program.COSIGN3}) {
      verify(place, verifier, "tr.json", ME, image).expect(0);
      verify(place, verifier, "tr.json", YOU, image).expectFailure();
      // of nobody's but this log: with the key of another the same signature does not count
      verify(place, verifier, "other.json", ME, image).expectFailure();
      verify(place, verifier, "other.json", ME, image, "--insecure-ignore-sct").expect(0);
    }
    place.write("b.json", BundleShelf.only(place, image));
    BundleJudges.identity(ME, SIGSTORE.get().issuer()).accept(place, SERVICES, image);
    BundleJudges.identity(YOU, SIGSTORE.get().issuer()).refuse(place, image);
    place.write("tr.json", place.read("other.json"));
    BundleJudges.identity(ME, SIGSTORE.get().issuer()).refuse(place, image);
    // what Fulcio submits before it issues
    assertThat(firstEntryType()).isEqualTo("precertificate");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Program.class,
      names = {"BULLA", "COSIGN2", "COSIGN3"})
  @DisplayName("keyless in the older format; bulla, cosign 2 and cosign 3 verify the promise")
  void older(Program signer, Workplace place) {
    place.write("tr.json", SIGSTORE.get().trustedRootFile());
    for (String file : new String[] {"fulcio.pem", "ctfe.pub", "rekor1.pub"}) {
      place.write(file, SIGSTORE.get().file(file));
    }
    Image image = Samples.image(bench.shelf(RegistryKind.DOCKER_REGISTRY, "ctlog"), "v1");
    signOlder(place, signer, image);

    otherCertificateLog(place);
    for (Program verifier : new Program[] {Program.BULLA, Program.COSIGN3}) {
      verifyOlder(place, verifier, "tr.json", ME, image).expect(0);
      verifyOlder(place, verifier, "tr.json", YOU, image).expectFailure();
      verifyOlder(place, verifier, "other.json", ME, image).expectFailure();
      verifyOlder(place, verifier, "other.json", ME, image, "--insecure-ignore-sct").expect(0);
    }
    // it finds what it trusts in single files
    verifyOlder(place, "ctfe.pub", ME, image).expect(0);
    verifyOlder(place, "ctfe.pub", YOU, image).expectFailure();
    verifyOlder(place, "other.pub", ME, image).expectFailure();
    verifyOlder(place, "other.pub", ME, image, "--insecure-ignore-sct").expect(0);
  }

  private static void signOlder(Workplace place, Program signer, Image image) {
    List<String> words = new ArrayList<>(List.of("sign", "--yes"));
    if (signer == Program.BULLA) {
      words.addAll(List.of("--format", "legacy", "--use-signing-config=false"));
    } else if (signer == Program.COSIGN3) {
      words.addAll(List.of("--new-bundle-format=false", "--use-signing-config=false"));
    }
    words.addAll(List.of("--rekor-url", SIGSTORE.get().rekor1Url()));
    words.addAll(List.of("--fulcio-url", SIGSTORE.get().fulcioUrl()));
    words.addAll(List.of("--oidc-issuer", SIGSTORE.get().issuer()));
    words.addAll(List.of("--identity-token", SIGSTORE.get().token(), image.byDigest()));
    place.call(signer, words).env(trust("ctfe.pub")).run().expect(0);
  }

  /** Where programs before trusted roots find what they trust. */
  private static Map<String, String> trust(String certificateLog) {
    return Map.of(
        "SIGSTORE_ROOT_FILE", "fulcio.pem",
        "SIGSTORE_CT_LOG_PUBLIC_KEY_FILE", certificateLog,
        "SIGSTORE_REKOR_PUBLIC_KEY", "rekor1.pub");
  }

  private static Finished verifyOlder(
      Workplace place, Program verifier, String root, String who, Image image, String... more) {
    List<String> words = verifyWords(who, image, more);
    words.addAll(List.of("--trusted-root", root));
    return place.call(verifier, words).run();
  }

  private static Finished verifyOlder(
      Workplace place, String certificateLog, String who, Image image, String... more) {
    List<String> words = verifyWords(who, image, more);
    words.addAll(List.of("--rekor-url", SIGSTORE.get().rekor1Url()));
    return place.call(Program.COSIGN2, words).env(trust(certificateLog)).run();
  }

  private static List<String> verifyWords(String who, Image image, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "verify",
                "--certificate-identity",
                who,
                "--certificate-oidc-issuer",
                SIGSTORE.get().issuer(),
                image.byDigest()));
    words.addAll(List.of(more));
    return words;
  }

  /** The trusted root, with a log of the same name and another key. */
  private static void otherCertificateLog(Workplace place) {
    place
        .shell(
            """
            set -e
            openssl ecparam -name prime256v1 -genkey -noout -out other.key
            openssl pkey -in other.key -pubout -out other.pub
            openssl pkey -in other.key -pubout -outform DER -out other.der
            jq --arg key "$(openssl base64 -A -in other.der)" \\
              --arg id "$(openssl dgst -sha256 -binary other.der | openssl base64 -A)" \\
              '.ctlogs[0].publicKey.rawBytes = $key | .ctlogs[0].logId.keyId = $id' \\
              tr.json >other.json
            """)
        .run()
        .expect(0);
  }

  private static Finished verify(
      Workplace place, Program verifier, String root, String who, Image image, String... more) {
    List<String> words = verifyWords(who, image, more);
    words.addAll(List.of("--trusted-root", root, "--use-signed-timestamps"));
    return place.call(verifier, words).run();
  }

  /** Once the log has merged what it promised to. */
  private static String firstEntryType() throws Exception {
    Registration.await(() -> size() > 0);
    JsonObject answer = ask("/ct/v1/get-entries?start=0&end=0");
    JsonArray entries = (JsonArray) answer.get("entries").orElseThrow();
    JsonObject first = (JsonObject) entries.values().get(0);
    JsonString leaf = (JsonString) first.get("leaf_input").orElseThrow();
    Bytes input = Base64Text.decode(leaf.value(), "leaf_input");
    int type = (input.at(ENTRY_TYPE) << 8) | input.at(ENTRY_TYPE + 1);
    return type == 1 ? "precertificate" : "of type " + type;
  }

  private static long size() throws InterruptedException {
    try {
      return ((JsonNumber) ask("/ct/v1/get-sth").get("tree_size").orElseThrow()).longValue();
    } catch (MalformedInputException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonObject ask(String path)
      throws IOException, InterruptedException, MalformedInputException {
    return JsonParser.parseObject(
        Bytes.of(SIGSTORE.get().realCtLog().get(path)), "answer of the log");
  }
}
