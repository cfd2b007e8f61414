package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.transcript.Deviations;
import dev.bulla.cli.transcript.TranscriptRunner;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bundle create}, {@code inspect} and {@code upgrade}, byte for byte beside cosign's. */
class BundleCommandsTest {

  private static final Path FILES =
      Path.of("src/test/resources/vectors/bundle-commands").toAbsolutePath();
  private static final Path CASES =
      Path.of("../core/src/test/resources/vectors/conformance").toAbsolutePath().normalize();

  @TempDir Path folder;

  private static InProcess.Result run(String... line) {
    return InProcess.in(FILES).run(line);
  }

  private static Path conformance(String name) {
    return CASES.resolve(name).resolve("bundle.sigstore.json");
  }

  @TestFactory
  List<DynamicTest> transcripts() throws IOException {
    InProcess inFolder = InProcess.in(folder).environment("COSIGN_PASSWORD", "pw");
    assertThat(inFolder.run("generate-key-pair").exit()).isZero();
    Files.writeString(folder.resolve("hello.txt"), "hello\n");
    Files.copy(FILES.resolve("signature-key"), folder.resolve("h.sig"));
    Files.writeString(
        folder.resolve("hb.json"),
        Files.readString(FILES.resolve("created-key.sigstore.json"))
            .strip()
            .replace("bundle+json;version=0.3", "bundle.v0.3+json"));
    return TranscriptRunner.in(folder)
        .only("cosign bundle ")
        .tests("cosign-3.1.1/services-and-configs.txt", Deviations.none());
  }

  @Test
  void createsOfCertificateAndTimestampWhatCosignCreates() throws IOException {
    InProcess.Result result =
        run(
            "bundle",
            "create",
            "--artifact",
            "artifact",
            "--signature",
            "signature",
            "--certificate",
            "certificate",
            "--rfc3161-timestamp",
            "timestamp.json",
            "--ignore-tlog");

    assertThat(result.stderr()).isEmpty();
    assertThat(result.stdout())
        .isEqualTo(Files.readString(FILES.resolve("created-keyless.sigstore.json")));
  }

  @Test
  void createsInAFileThatItsOwnerAloneReads() throws IOException {
    Path out = folder.resolve("b.json");
    InProcess.Result result =
        run(
            "bundle",
            "create",
            "--artifact",
            "artifact",
            "--signature",
            "signature-key",
            "--key",
            "alice.pub",
            "--ignore-tlog",
            "--out",
            out.toString());

    assertThat(result).isEqualTo(new InProcess.Result(0, "", ""));
    assertThat(Files.readString(out) + "\n")
        .isEqualTo(Files.readString(FILES.resolve("created-key.sigstore.json")));
    assertThat(out.getFileSystem().supportedFileAttributeViews()).contains("posix");
    assertThat(Files.getPosixFilePermissions(out)).hasSize(2);
  }

  @Test
  void createsAnEnvelopeOfAnEnvelope() throws Exception {
    String base64 =
        Base64.getEncoder().encodeToString(Files.readAllBytes(FILES.resolve("envelope.json")));
    Path signature = Files.writeString(folder.resolve("envelope.b64"), base64);
    List<String> line =
        List.of(
            "bundle",
            "create",
            "--artifact",
            "artifact",
            "--key",
            "alice.pub",
            "--ignore-tlog",
            "--signature");
    List<String> bySignature = new ArrayList<>(line);
    bySignature.add(signature.toString());
    List<String> byAttestation = new ArrayList<>(line);
    byAttestation.addAll(List.of("signature-key", "--attestation", "envelope.json"));

    for (List<String> one : List.of(bySignature, byAttestation)) {
      InProcess.Result result = InProcess.in(FILES).run(one);
      assertThat(result.stderr()).isEmpty();
      assertThat(BundleJson.parse(Bytes.utf8(result.stdout().strip())).content())
          .isInstanceOf(DsseContent.class);
    }
  }

  @Test
  void saysWhatIsMissingToCreateABundle() {
    assertThat(run("bundle", "create", "--artifact", "artifact").stderr())
        .startsWith("Error: must at least supply signature via --bundle or --signature\n");
    InProcess.Result nobody =
        run(
            "bundle",
            "create",
            "--artifact",
            "artifact",
            "--signature",
            "signature",
            "--ignore-tlog");
    assertThat(nobody.exit()).isEqualTo(1);
    assertThat(nobody.stderr())
        .startsWith("Error: invalid bundle: validation error: missing verification material\n");
    assertThat(
            run(
                    "bundle",
                    "create",
                    "--artifact",
                    "artifact",
                    "--signature",
                    "signature",
                    "--bundle",
                    "old-bundle-key.json")
                .stderr())
        .startsWith(
            "Error: if any flags in the group [bundle signature] are set none of the others can"
                + " be; [bundle signature] were all set\n");
    InProcess.Result logged =
        run(
            "bundle",
            "create",
            "--artifact",
            "artifact",
            "--bundle",
            "old-bundle-key.json",
            "--key",
            "alice.pub",
            "--ignore-tlog");
    assertThat(logged.exit()).isEqualTo(1);
    assertThat(logged.stderr())
        .startsWith(
            "Error: cannot ignore transparency log when the provided bundle contains a Signed"
                + " Entry Timestamp\n");
    InProcess.Result noBase64 =
        run(
            "bundle",
            "create",
            "--artifact",
            "artifact",
            "--signature",
            "envelope.json",
            "--key",
            "alice.pub",
            "--ignore-tlog");
    assertThat(noBase64.exit()).isEqualTo(21);
  }

  @ParameterizedTest
  @CsvSource({
    "happy-path-v0.1, upgraded-v0.1",
    "happy-path-v0.2, upgraded-v0.2",
    "intoto-with-custom-trust-root, upgraded-intoto"
  })
  void upgradesToWhatCosignUpgradesTo(String from, String to) throws IOException {
    InProcess.Result result = run("bundle", "upgrade", conformance(from).toString());

    assertThat(result.exit()).isZero();
    assertThat(result.stdout()).isEqualTo(Files.readString(FILES.resolve(to + ".sigstore.json")));
    assertThat(result.stderr())
        .startsWith("Upgrading from v0." + (from.endsWith("1") ? "1" : "2") + " to v0.3...\n")
        .endsWith(
            """
            Truncating certificate chain to only the leaf certificate...
              Certificate 0 Identity: https://github.com/sigstore-conformance/\
            extremely-dangerous-public-oidc-beacon/.github/workflows/\
            extremely-dangerous-oidc-beacon.yml@refs/heads/main
            """);
  }

  /** What was verifiable stays so; the upgraded file is a bundle of the newer version. */
  @ParameterizedTest
  @ValueSource(strings = {"happy-path-v0.1", "happy-path-v0.2"})
  void whatIsUpgradedStillVerifies(String name) {
    Path out = folder.resolve("new.json");
    InProcess.Result upgraded =
        run("bundle", "upgrade", "--out", out.toString(), conformance(name).toString());
    assertThat(upgraded.stderr()).endsWith("Successfully upgraded bundle written to " + out + "\n");
    Path root = CASES.resolveSibling("roots").resolve("public-good-trusted_root.derived.json");

    InProcess.Result verified =
        run(
            "conformance",
            "verify-bundle",
            "--bundle",
            out.toString(),
            "--certificate-identity",
            "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/"
                + ".github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main",
            "--certificate-oidc-issuer",
            "https://token.actions.githubusercontent.com",
            "--trusted-root",
            root.toString(),
            CASES.resolve("a.txt").toString());

    assertThat(verified.exit()).as(verified.stderr()).isZero();
  }

  @Test
  void anUpToDateBundleIsGivenBackAsItIs() throws IOException {
    Path file = conformance("happy-path-v0.3-new-mediaType");
    InProcess.Result result = run("bundle", "upgrade", file.toString());

    assertThat(result.stdout()).isEqualTo(Files.readString(file) + "\n");
    assertThat(result.stderr()).isEqualTo("Bundle is already at v0.3, no upgrade needed.\n");
  }

  @Test
  void saysWhyItCannotUpgrade() throws IOException {
    InProcess.Result missing = run("bundle", "upgrade", "nothing");
    assertThat(missing.exit()).isEqualTo(1);
    assertThat(missing.stderr())
        .startsWith("Error: reading input file: open nothing: no such file or directory\n");
    InProcess.Result unknown =
        run("bundle", "upgrade", conformance("bundle-unknown-version_fail").toString());
    assertThat(unknown.exit()).isEqualTo(21);
    assertThat(unknown.stderr())
        .startsWith("Error: upgrading bundle: bundle: mediaType: unsupported media type ");

    Path bare = Files.writeString(folder.resolve("bare.json"), "{\"base64Signature\":\"YQ==\"}");
    InProcess.Result nothing = run("bundle", "upgrade", bare.toString());
    assertThat(nothing.exit()).isEqualTo(21);
    assertThat(nothing.stderr())
        .startsWith(
            "Error: upgrading bundle: bundle: does not hold the digest of what was signed, nor a"
                + " log entry that would\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "text"})
  void inspectionWarnsAndShows(String form) {
    InProcess.Result result =
        run("bundle", "inspect", "-o", form, conformance("rekor2-happy-path").toString());

    assertThat(result.exit()).isZero();
    assertThat(result.stderr())
        .isEqualTo(
            """
            WARNING: This command only inspects the contents of the bundle.
            It does not perform cryptographic verification or verify log inclusion.

            """);
    assertThat(result.stdout())
        .contains("hashedrekord", "https://token.actions.githubusercontent.com", "beacon");
  }

  @Test
  void inspectionShowsWhoWhenAndWhere() {
    String text = run("bundle", "inspect", conformance("rekor2-happy-path").toString()).stdout();

    assertThat(text)
        .startsWith("- Bundle Media Type: application/vnd.dev.sigstore.bundle.v0.3+json\n")
        .contains(
            "- Verification Material:\n  - Certificates: 1\n    - [0]:\n",
            "- Public Key: ",
            "- Not Before: ",
            "- Signed Certificate Timestamps: 1\n",
            "- Transparency Log Entries: 1\n",
            "- Inclusion Promise: false\n",
            "- Origin: ",
            "- Timestamps: 1\n    - [0]:\n      - Time: 20",
            "- Message Digest: sha256:",
            "- Verifying Would Check: ");
  }

  /** Programs find the same under names that stay. */
  @Test
  void inspectionForProgramsIsOneDocument() throws Exception {
    JsonObject facts =
        JsonParser.parseObject(
            Bytes.utf8(
                run("bundle", "inspect", "-o", "json", conformance("happy-path-v0.1").toString())
                    .stdout()
                    .strip()),
            "facts");
    GoFields fields = GoFields.of(facts, "facts");
    GoFields material = fields.requiredFields("verificationMaterial");

    assertThat(fields.int64("schemaVersion")).hasValue(1);
    GoFields entry = material.fieldsList("transparencyLogEntries").get(0);
    assertThat(entry.requiredString("kind")).isEqualTo("hashedrekord");
    assertThat(entry.requiredString("integratedTime")).startsWith("2023-07-12T15:56:3");
    assertThat(entry.requiredFields("inclusionProof").requiredFields("checkpoint").has("origin"))
        .isTrue();
    GoFields certificate = material.fieldsList("certificates").get(0);
    assertThat(certificate.requiredFields("identity").requiredString("oidcIssuer"))
        .isEqualTo("https://token.actions.githubusercontent.com");
    assertThat(((JsonArray) facts.get("verifyingWouldCheck").orElseThrow()).values())
        .hasSizeGreaterThan(5);
  }

  static Stream<Path> everyBundle() throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(CASES)) {
      folders
          .filter(Files::isDirectory)
          .map(f -> f.resolve("bundle.sigstore.json"))
          .forEach(all::add);
    }
    return all.stream();
  }

  /** Odd bundles are what one inspects. */
  @Test
  void inspectsWhatVerificationRefuses() throws IOException {
    int shown = 0;
    for (Path bundle : everyBundle().toList()) {
      InProcess.Result result = run("bundle", "inspect", bundle.toString());
      assertThat(result.exit()).as(bundle + ": " + result.stderr()).isIn(0, 21);
      shown += result.exit() == 0 ? 1 : 0;
    }
    assertThat(shown).isGreaterThan(35);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"old-bundle-keyless.json", "old-bundle-key.json", "old-bundle-envelope.json"})
  void inspectsTheOlderFormatToo(String file) {
    InProcess.Result result = run("bundle", "inspect", file);

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout())
        .contains("- Transparency Log Entries: 1\n", "- Inclusion Promise: true");
  }

  @Test
  void foreignTextCannotWriteToTheTerminal() throws IOException {
    String bundle = Files.readString(FILES.resolve("created-key.sigstore.json"));
    String hint = bundle.replaceFirst("\"hint\":\"[^\"]*\"", "\"hint\":\"\\\\u001b[2J\\\\u202e\"");
    assertThat(hint).isNotEqualTo(bundle);
    Path file = Files.writeString(folder.resolve("odd.json"), hint);

    InProcess.Result result = run("bundle", "inspect", file.toString());

    assertThat(result.exit()).isZero();
    assertThat(result.stdout()).contains("\\u{1b}[2J").doesNotContain("\u001b", "\u202e");
  }
}
