package dev.bulla.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bulla and others sign with real services of Sigstore, and verify each other's signatures. */
@Interop
@DisplayName("Sigstore (Fulcio, Rekor v2, timestamp-server)")
final class RealSigstoreTest {

  private static final String ME = RealSigstore.ME;
  private static final String YOU = "you@example.com";

  @RegisterExtension
  private static final SharedSigstore SIGSTORE = new SharedSigstore(RealSigstore::start);

  private final Bench bench;

  RealSigstoreTest(Bench bench) {
    this.bench = bench;
  }

  private static void configure(Workplace place, RealServices services) {
    place.write("tr.json", SIGSTORE.get().trustedRootFile());
    place.write("sc.json", SIGSTORE.get().signingConfig(services));
  }

  private Image image() {
    return Samples.image(bench.shelf(RegistryKind.OLAREG, "sigstore"), "v1");
  }

  private static List<String> line(String... words) {
    return new ArrayList<>(List.of(words));
  }

  private static Call cosignSigns(Workplace place, String token, Image image) {
    return place.call(
        Program.COSIGN3,
        line(
            "sign",
            "--yes",
            "--signing-config",
            "sc.json",
            "--trusted-root",
            "tr.json",
            "--identity-token",
            token,
            image.byDigest()));
  }

  private static Call verify(
      Program program, Workplace place, RealServices services, String who, Image image) {
    List<String> words =
        line(
            "verify",
            "--trusted-root",
            "tr.json",
            "--certificate-identity",
            who,
            "--certificate-oidc-issuer",
            SIGSTORE.get().issuer());
    if (services.timestamps()) {
      words.add("--use-signed-timestamps");
    }
    words.add(image.byDigest());
    return place.call(program, words);
  }

  /** Everybody who verifies finds the identity and refuses another. */
  private static void everybodyVerifies(Workplace place, RealServices services, Image image) {
    verify(Program.BULLA, place, services, ME, image).run().expect(0);
    verify(Program.BULLA, place, services, YOU, image).run().expect(12);
    verify(Program.COSIGN3, place, services, ME, image).run().expect(0);
    verify(Program.COSIGN3, place, services, YOU, image).run().expectFailure();
    place.write("b.json", BundleShelf.only(place, image));
    BundleJudges.identity(ME, SIGSTORE.get().issuer()).accept(place, services, image);
    BundleJudges.identity(YOU, SIGSTORE.get().issuer()).refuse(place, image);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(RealServices.class)
  @DisplayName("cosign 3 signs keyless; bulla, cosign 3, sigstore-js and sigstore-go verify")
  void cosignKeyless(RealServices services, Workplace place) {
    configure(place, services);
    Image image = image();
    cosignSigns(place, SIGSTORE.get().token(), image).run().expect(0);
    everybodyVerifies(place, services, image);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(RealServices.class)
  @DisplayName("bulla signs keyless; bulla, cosign 3, sigstore-js and sigstore-go verify")
  void bullaKeyless(RealServices services, Workplace place) {
    configure(place, services);
    Image image = image();
    bullaSigns(place, image, "--identity-token", SIGSTORE.get().token());
    everybodyVerifies(place, services, image);
  }

  private static void bullaSigns(Workplace place, Image image, String... more) {
    List<String> words =
        line(
            "sign",
            "--yes",
            "--format",
            "bundle",
            "--signing-config",
            "sc.json",
            "--trusted-root",
            "tr.json");
    words.addAll(List.of(more));
    words.add(image.byDigest());
    place.call(Program.BULLA, words).run().expect(0);
  }

  /** Not with Rekor v2: the package wants to log envelopes as such, which that no longer takes. */
  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = RealServices.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "LOG_2_AND_TIMESTAMPS")
  @DisplayName("sigstore-js signs keyless; bulla, cosign 3, sigstore-js and sigstore-go verify")
  void javaScriptKeyless(RealServices services, Workplace place) {
    configure(place, services);
    Image image = image();
    place.write("statement.json", BundleShelf.statement(image));
    place.run(
        Program.SIGSTORE_JS,
        "sign",
        "--signing-config",
        "sc.json",
        "--token",
        SIGSTORE.get().token(),
        "--statement",
        "statement.json",
        "--bundle",
        "made.json");
    BundleShelf.push(image, place.read("made.json"));
    everybodyVerifies(place, services, image);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(RealServices.class)
  @DisplayName("sigstore-go signs keyless; bulla, cosign 3, sigstore-js and sigstore-go verify")
  void goKeyless(RealServices services, Workplace place) {
    configure(place, services);
    Image image = image();
    place.write("statement.json", BundleShelf.statement(image));
    List<String> words =
        line(
            "-in-toto",
            "-id-token",
            SIGSTORE.get().token(),
            "-signing-config",
            "sc.json",
            "-trusted-root",
            "tr.json",
            "-rekor");
    if (services.timestamps()) {
      words.add("-tsa");
    }
    words.add("statement.json");
    String said = place.call(Program.SIGSTORE_GO_SIGN, words).run().expect(0).text();
    // it tells of its key before
    BundleShelf.push(image, said.substring(said.indexOf('{')).getBytes(StandardCharsets.UTF_8));
    everybodyVerifies(place, services, image);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(RealServices.class)
  @DisplayName("cosign 3 signs with a key; bulla, cosign 3, sigstore-js and sigstore-go verify")
  void cosignKeyed(RealServices services, Workplace place) {
    configure(place, services);
    Image image = image();
    KeyPair pair = bench.keys().generatedBy(Program.COSIGN3);
    place.run(
        Program.COSIGN3,
        "sign",
        "--yes",
        "--signing-config",
        "sc.json",
        "--trusted-root",
        "tr.json",
        "--key",
        pair.key().toString(),
        image.byDigest());
    everybodyVerifies(place, services, image, pair);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(RealServices.class)
  @DisplayName("bulla signs with a key; bulla, cosign 3, sigstore-js and sigstore-go verify")
  void bullaKeyed(RealServices services, Workplace place) {
    configure(place, services);
    Image image = image();
    KeyPair pair = bench.keys().generatedBy(Program.BULLA);
    bullaSigns(place, image, "--key", pair.key().toString());
    everybodyVerifies(place, services, image, pair);
  }

  /** Everybody who verifies finds the key and refuses another. */
  private void everybodyVerifies(
      Workplace place, RealServices services, Image image, KeyPair pair) {
    String[] key = {"verify", "--trusted-root", "tr.json", "--key"};
    for (Program verifier : new Program[] {Program.BULLA, Program.COSIGN3}) {
      List<String> right = line(key);
      right.addAll(List.of(pair.pub().toString(), image.byDigest()));
      place.call(verifier, right).run().expect(0);
      List<String> wrong = line(key);
      wrong.addAll(List.of(bench.keys().stranger().pub().toString(), image.byDigest()));
      place.call(verifier, wrong).run().expectFailure();
    }
    place.write("b.json", BundleShelf.only(place, image));
    BundleJudges.key(pair.pub()).accept(place, services, image);
    BundleJudges.key(bench.keys().stranger().pub()).refuse(place, image);
  }

  @Test
  @DisplayName("cosign 2 signs keyless in the older format; bulla and cosign 2 verify")
  void olderCosign(Workplace place) {
    configure(place, RealServices.LOG_1_AND_TIMESTAMPS);
    for (String file : new String[] {"fulcio.pem", "ctfe.pub", "rekor1.pub", "tsa.pem"}) {
      place.write(file, SIGSTORE.get().file(file));
    }
    Map<String, String> trust =
        Map.of(
            "SIGSTORE_ROOT_FILE", "fulcio.pem",
            "SIGSTORE_CT_LOG_PUBLIC_KEY_FILE", "ctfe.pub",
            "SIGSTORE_REKOR_PUBLIC_KEY", "rekor1.pub");
    Image image = Samples.image(bench.shelf(RegistryKind.DOCKER_REGISTRY, "sigstore"), "v1");
    place
        .call(
            Program.COSIGN2,
            "sign",
            "--yes",
            "--rekor-url",
            SIGSTORE.get().rekor1Url(),
            "--fulcio-url",
            SIGSTORE.get().fulcioUrl(),
            "--oidc-issuer",
            SIGSTORE.get().issuer(),
            "--timestamp-server-url",
            SIGSTORE.get().timestampUrl(),
            "--identity-token",
            SIGSTORE.get().token(),
            image.byDigest())
        .env(trust)
        .run()
        .expect(0);
    place
        .call(
            Program.COSIGN2,
            "verify",
            "--use-signed-timestamps",
            "--rekor-url",
            SIGSTORE.get().rekor1Url(),
            "--timestamp-certificate-chain",
            "tsa.pem",
            "--certificate-identity",
            ME,
            "--certificate-oidc-issuer",
            SIGSTORE.get().issuer(),
            image.byDigest())
        .env(trust)
        .run()
        .expect(0);
    for (RealServices proof : List.of(RealServices.LOG_1, RealServices.LOG_1_AND_TIMESTAMPS)) {
      verify(Program.BULLA, place, proof, ME, image).run().expect(0);
      verify(Program.BULLA, place, proof, YOU, image).run().expect(12);
    }
  }

  @Test
  @DisplayName("what Fulcio says of a workflow, bulla and cosign 3 can ask for")
  void workflow(Workplace place) {
    configure(place, RealServices.LOG_2_AND_TIMESTAMPS);
    Image image = image();
    String workflow = "octo/app/.github/workflows/build.yml@refs/heads/main";
    String commit = "0123456789abcdef0123456789abcdef01234567";
    String token =
        SIGSTORE
            .get()
            .workflowToken(
                Map.ofEntries(
                    Map.entry("sub", "repo:octo/app:ref:refs/heads/main"),
                    Map.entry("event_name", "push"),
                    Map.entry("job_workflow_ref", workflow),
                    Map.entry("job_workflow_sha", commit),
                    Map.entry("ref", "refs/heads/main"),
                    Map.entry("repository", "octo/app"),
                    Map.entry("repository_id", "12"),
                    Map.entry("repository_owner", "octo"),
                    Map.entry("repository_owner_id", "34"),
                    Map.entry("repository_visibility", "public"),
                    Map.entry("run_attempt", "1"),
                    Map.entry("run_id", "56"),
                    Map.entry("runner_environment", "github-hosted"),
                    Map.entry("sha", commit),
                    Map.entry("workflow", "Build"),
                    Map.entry("workflow_ref", workflow),
                    Map.entry("workflow_sha", commit)));
    cosignSigns(place, token, image).run().expect(0);
    Map<String, String> said =
        Map.of(
            "--certificate-github-workflow-trigger", "push",
            "--certificate-github-workflow-sha", commit,
            "--certificate-github-workflow-name", "Build",
            "--certificate-github-workflow-repository", "octo/app",
            "--certificate-github-workflow-ref", "refs/heads/main");
    for (Program verifier : new Program[] {Program.BULLA, Program.COSIGN3}) {
      List<String> words =
          line(
              "verify",
              "--trusted-root",
              "tr.json",
              "--use-signed-timestamps",
              "--certificate-identity",
              "https://github.com/" + workflow,
              "--certificate-oidc-issuer",
              SIGSTORE.get().workflowIssuer(),
              image.byDigest());
      said.forEach((flag, value) -> words.addAll(List.of(flag, value)));
      place.call(verifier, words).run().expect(0);
      for (String flag : said.keySet()) {
        List<String> wrong = new ArrayList<>(words);
        wrong.set(wrong.indexOf(flag) + 1, "other");
        place.call(verifier, wrong).run().expectFailure();
      }
    }
  }

  @Test
  @DisplayName("cosign 3 signs with a certificate of @sigstore/mock; all of them verify")
  void mock(Workplace place) throws IOException, InterruptedException {
    RealServices services = RealServices.LOG_2_AND_TIMESTAMPS;
    try (MockSigstore mock = MockSigstore.start(place)) {
      configure(place, services);
      place.write("sc.json", SIGSTORE.get().signingConfig(services, mock.url()));
      place
          .shell(
              "mv tr.json real.json && jq -n 'input as $mock | input"
                  + " | .certificateAuthorities = $mock.certificateAuthorities"
                  + " | .ctlogs = $mock.ctlogs' mock.json real.json >tr.json")
          .run()
          .expect(0);
      Image image = image();
      cosignSigns(place, SIGSTORE.get().token(), image).run().expect(0);
      // its name for everybody is the token's subject, as a URI
      String name = "subject-of-" + ME;
      for (Program verifier : new Program[] {Program.BULLA, Program.COSIGN3}) {
        verify(verifier, place, services, name, image).run().expect(0);
        verify(verifier, place, services, ME, image).run().expectFailure();
      }
      place.write("b.json", BundleShelf.only(place, image));
      BundleJudges.identity(name, SIGSTORE.get().issuer()).accept(place, services, image);
      BundleJudges.identity(ME, SIGSTORE.get().issuer()).refuse(place, image);
    }
  }
}
