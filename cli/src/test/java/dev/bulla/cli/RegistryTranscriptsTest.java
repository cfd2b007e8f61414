package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.transcript.Deviations;
import dev.bulla.cli.transcript.TranscriptRunner;
import dev.bulla.digest.Digest;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.SampleImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lines about images, against what cosign 3.1.1 printed with a registry that has no referrers API.
 */
class RegistryTranscriptsTest {

  private static final String NOT_BUILT = "not built yet";
  private static final String WORST_WINS =
      "every image is looked at in every place, and the worst answer decides (exit codes: README)";
  private static final String NO_NAGGING = "deprecated commands stay without nagging";
  private static final String NO_TUF = "no trust root is fetched for a key";
  private static final String NO_LOG =
      "where the instance cannot be asked it is undecided, naming the ways on (exit 20)";
  private static final String NOT_CLAIMED = "a check that was not made is not named";

  private static final String NO_SUCH_TYPE = "nothing of the wanted type is an error, as in 3.1.2";
  private static final String CUSTOM = "https://cosign.sigstore.dev/attestation/v1";
  private static final String ORDER = "bundles come in the order of their digests";
  private static final String TLOG_WARNING =
      "WARNING: Skipping tlog verification is an insecure practice that lacks transparency and"
          + " auditability verification for the signature.";

  private static final String VERIFY = "cosign verify --key cosign.pub --insecure-ignore-tlog ";
  private static final String TRIANGULATE_NAG =
      "Command \"triangulate\" is deprecated, triangulate will be removed in v4.0.0 (see"
          + " https://github.com/sigstore/cosign/issues/4696). Instead, please use `oras discover`"
          + " or `cosign tree` to show referring artifacts";
  private static final String GENERATE_NAG =
      "Command \"generate\" is deprecated, generate will be removed in v4.0.0 (see"
          + " https://github.com/sigstore/cosign/issues/4696). Instead, please use in-toto tooling";
  private static final String TUF_WARNING =
      "WARNING: Could not fetch trusted_root.json from the TUF repository. Continuing with"
          + " individual targets. Error from TUF: $CAUSE";
  private static final String OFFLINE_LINE =
      "  - Existence of the claims in the transparency log was verified offline";

  @TempDir Path folder;

  private EmbeddedRegistry registry;
  private Digest digest;

  @BeforeEach
  void start() throws IOException {
    registry = EmbeddedRegistry.start(EmbeddedRegistry.options().dockerLocations());
    registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    for (String name : List.of("app", "app2", "app3")) {
      digest = SampleImage.image("transcript").pushTo(registry.repository(name), "v1");
    }
    Files.writeString(folder.resolve("sbom.json"), "{\"spdx\":1}\n", StandardCharsets.UTF_8);
    Files.writeString(
        folder.resolve("nolog.json"),
        "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\"}\n",
        StandardCharsets.UTF_8);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private TranscriptRunner runner() {
    return TranscriptRunner.in(folder)
        .with("REG", registry.host())
        .with("DIGEST", digest.toString())
        .with("HEX", digest.hex())
        // nothing is there, as there was nothing when cosign ran
        .environment("HTTPS_PROXY", "http://127.0.0.1:1")
        .environment("TUF_MIRROR", "https://tuf-repo-cdn.sigstore.dev");
  }

  private static List<DynamicTest> keys(TranscriptRunner runner) throws IOException {
    return runner.tests("cosign-3.1.1/generate-key-pair.txt", Deviations.none());
  }

  @TestFactory
  List<DynamicTest> legacy() throws IOException {
    TranscriptRunner runner = runner();
    List<DynamicTest> tests = new ArrayList<>(keys(runner));
    tests.addAll(runner.tests("cosign-3.1.1/verify-unsigned-and-missing.txt", missing()));
    tests.addAll(runner.tests("cosign-3.1.1/sign-legacy.txt", Deviations.none()));
    tests.addAll(runner.tests("cosign-3.1.1/verify-legacy.txt", verifyLegacy()));
    tests.addAll(
        runner.tests(
            "cosign-3.1.1/attach.txt",
            Deviations.none().stderr("cosign attach", List.of(), NO_NAGGING)));
    // the transcripts' attestation was made by attest, which is not built yet
    tests.add(
        DynamicTest.dynamicTest(
            "an attestation",
            () -> attach(Attestations.envelope(ImageBench.ALICE, digest, CUSTOM))));
    tests.addAll(runner.tests("cosign-3.1.1/tree.txt", Deviations.none()));
    tests.addAll(runner.tests("cosign-3.1.1/download.txt", Deviations.none()));
    tests.addAll(runner.tests("cosign-3.1.1/triangulate-generate.txt", triangulate()));
    return tests;
  }

  private static Deviations missing() {
    return Deviations.none()
        .exit(
            VERIFY
                + "$REG/app@sha256:0000000000000000000000000000000000000000000000000000000000000000",
            11,
            "no such image is 11 for a digest too")
        .stderr(
            VERIFY
                + "$REG/app@sha256:0000000000000000000000000000000000000000000000000000000000000000",
            List.of(
                TLOG_WARNING,
                "Error: image not found: $CAUSE",
                "error during command execution: image not found: $CAUSE"),
            "no such image is 11 for a digest too")
        .exit("cosign verify --key cosign.pub $REG/app:v1", 10, NO_TUF)
        .stderr(
            "cosign verify --key cosign.pub $REG/app:v1",
            List.of(
                "Error: no signatures found",
                "error during command execution: no signatures found"),
            NO_TUF)
        .exit("cosign verify --key cosign.pub \"bad ref!\"", 21, "malformed input")
        .stderr(
            "cosign verify --key cosign.pub \"bad ref!\"",
            List.of(
                "Error: could not parse reference: bad ref!",
                "error during command execution: could not parse reference: bad ref!"),
            "malformed input");
  }

  private static Deviations verifyLegacy() {
    return Deviations.none()
        .stdout(VERIFY + "$REG/app2:v1 $REG/app:v1", "\n[{(help text)}]\n", WORST_WINS)
        .stderr(
            VERIFY + "$REG/app2:v1 $REG/app:v1",
            List.of(
                TLOG_WARNING,
                "",
                "Verification for $REG/app:v1 --",
                "The following checks were performed on each of these signatures:",
                "  - The cosign claims were validated",
                "  - The signatures were verified against the specified public key",
                "Error: no signatures found",
                "error during command execution: no signatures found"),
            WORST_WINS);
  }

  private void attach(Bytes attestation) throws IOException {
    Files.write(folder.resolve("attestation.json"), attestation.toByteArray());
    InProcess.Result result =
        InProcess.in(folder)
            .run(
                "attach",
                "attestation",
                "--attestation",
                "attestation.json",
                registry.host() + "/app@" + digest);
    assertThat(result.exit()).as(result.stderr()).isZero();
  }

  private static Deviations triangulate() {
    Deviations deviations = Deviations.none();
    for (String line :
        List.of(
            "--type signature $REG/app:v1",
            "--type attestation $REG/app:v1",
            "--type sbom $REG/app:v1",
            "--type digest $REG/app:v1",
            "--type x $REG/app:v1",
            "$REG/app:nope",
            "$REG/app@$DIGEST")) {
      deviations.withoutStderr("cosign triangulate " + line, List.of(TRIANGULATE_NAG), NO_NAGGING);
    }
    return deviations
        .withoutStderr("cosign triangulate", List.of(TRIANGULATE_NAG), NO_NAGGING)
        .withoutStderr("cosign generate $REG/app:v1", List.of(GENERATE_NAG), NO_NAGGING)
        .withoutStderr(
            "cosign generate -a b=2 -a a=1 $REG/app:v1", List.of(GENERATE_NAG), NO_NAGGING);
  }

  @TestFactory
  List<DynamicTest> bundles() throws IOException {
    TranscriptRunner runner = runner();
    List<DynamicTest> tests = new ArrayList<>(keys(runner));
    tests.addAll(runner.tests("cosign-3.1.1/sign-bundle.txt", signBundle()));
    tests.addAll(runner.tests("cosign-3.1.1/verify-bundle.txt", verifyBundle()));
    tests.add(
        DynamicTest.dynamicTest(
            "an attestation", () -> attach(Attestations.of(ImageBench.ALICE, digest, CUSTOM))));
    tests.addAll(runner.tests("cosign-3.1.1/tree-bundle.txt", treeBundle()));
    return tests;
  }

  private static Deviations treeBundle() {
    String group = "└── 🔗 (help text) artifacts via OCI referrer: $REG/app@sha256:";
    return Deviations.none()
        .stdout(
            "cosign tree $REG/app:v1",
            "📦 Supply Chain Security Related artifacts for an image: $REG/app:v1\n"
                + group
                + "$HEX1\n   └── 🍒 sha256:$HEX2\n"
                + group
                + "$HEX3\n   └── 🍒 sha256:$HEX4\n"
                + group
                + "$HEX5\n   └── 🍒 sha256:$HEX6\n",
            ORDER)
        .exit("cosign download attestation --predicate-type vuln $REG/app:v1", 1, NO_SUCH_TYPE)
        .stderr(
            "cosign download attestation --predicate-type vuln $REG/app:v1",
            List.of(
                "Error: no attestations with predicate type"
                    + " 'https://cosign.sigstore.dev/attestation/vuln/v1' found",
                "error during command execution: no attestations with predicate type"
                    + " 'https://cosign.sigstore.dev/attestation/vuln/v1' found"),
            NO_SUCH_TYPE)
        .skip("cosign save --dir savedb $REG/app:v1", NOT_BUILT)
        .skip(VERIFY + "--local-image savedb", NOT_BUILT)
        .skip(
            "cosign verify --key other.pub --insecure-ignore-tlog --local-image savedb", NOT_BUILT);
  }

  @TestFactory
  List<DynamicTest> uploads() throws IOException {
    Files.writeString(folder.resolve("hello.txt"), "hello\n");
    Files.writeString(folder.resolve("predicate.json"), "{}\n");
    return runner()
        .only("cosign upload ")
        .tests("cosign-3.1.1/services-and-configs.txt", Deviations.none());
  }

  private static Deviations signBundle() {
    Deviations deviations = Deviations.none();
    for (String line :
        List.of(
            "--key cosign.key --signing-config nolog.json $REG/app:v1",
            "--key cosign.key --signing-config nolog.json -a env=prod --bundle b.json"
                + " $REG/app@$DIGEST",
            "--key cosign.key --signing-config nolog.json $REG/nope@$DIGEST",
            "--key cosign.key --signing-config nolog.json $REG/app:nope",
            "--key missing.key --signing-config nolog.json $REG/app@$DIGEST")) {
      deviations.withoutStderr("cosign sign " + line, List.of(TUF_WARNING), NO_TUF);
    }
    return deviations
        .exit("cosign sign --key cosign.key $REG/app@$DIGEST", 20, NO_LOG)
        .stderr(
            "cosign sign --key cosign.key $REG/app@$DIGEST",
            List.of(
                "Error: error getting signing config from TUF: $CAUSE",
                "error during command execution: error getting signing config from TUF: $CAUSE"),
            NO_LOG);
  }

  private static Deviations verifyBundle() {
    Deviations deviations = Deviations.none();
    for (String line :
        List.of("$REG/app:v1", "--output text $REG/app@$DIGEST", "-a env=prod $REG/app:v1")) {
      deviations.withoutStderr(VERIFY + line, List.of(OFFLINE_LINE), NOT_CLAIMED);
    }
    return deviations
        .stdout(VERIFY + "$REG/app:v1", "\n[{(help text)},{(help text)}]\n", ORDER)
        .stdout(VERIFY + "--output text $REG/app@$DIGEST", "{(help text)}\n{(help text)}\n", ORDER)
        .exit(VERIFY + "-a env=dev $REG/app:v1", 12, "no matching signature is 12 in every format")
        .exit(
            "cosign verify --key other.pub --insecure-ignore-tlog $REG/app:v1",
            12,
            "no matching signature is 12 in every format")
        .skip(
            VERIFY + "--certificate x $REG/app:v1",
            "beside a key no certificate is read, in bundles as in the older format")
        .skip(VERIFY + "$REG/app:v1 $REG/app3:v1", WORST_WINS)
        .skip(VERIFY + "$REG/app:v1 $REG/app3:nope", WORST_WINS)
        .skip(VERIFY + "$REG/app3:v1 $REG/app:v1", WORST_WINS)
        .exit(
            "cosign verify --key cosign.pub $REG/app:v1",
            12,
            "a signature without a log entry is 12, with a hint")
        .stderr(
            "cosign verify --key cosign.pub $REG/app:v1",
            List.of(
                "Error: no matching attestations: signature not found in transparency log",
                "signature not found in transparency log",
                "error during command execution: no matching attestations: signature not found in"
                    + " transparency log",
                "signature not found in transparency log"),
            "a signature without a log entry is 12, with a hint");
  }
}
