package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.MediaType;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a script sees of commands that take an image: exit codes above all. */
class ImageCommandsTest {

  private static final Digest MISSING = Digest.sha256(Bytes.utf8("missing"));

  @TempDir Path folder;

  private ImageBench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private void assertExit(int exit, InProcess.Result result) {
    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    if (exit != 0) {
      assertThat(result.stderr()).contains("Error: ").contains("error during command execution: ");
    }
  }

  // ---- verify, one image

  /** One thing that can be wrong with an image or with looking at it. */
  enum Case {
    SIGNED(0),
    UNSIGNED(10),
    ATTESTED(10),
    ABSENT(11),
    ABSENT_REPOSITORY(11),
    WRONG_KEY(12),
    WRONG_KEY_IN_BUNDLE(12),
    FORBIDDEN(20),
    LISTED_AND_GONE(20),
    MALFORMED(21),
    MALFORMED_BUNDLE(21);

    final int exit;

    Case(int exit) {
      this.exit = exit;
    }

    String repository() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    void set(ImageBench bench) throws Exception {
      String image = repository() + ":v1";
      if (this != ABSENT_REPOSITORY) {
        ImageBench.IMAGE.pushTo(bench.registry.repository(repository()), "v1");
      }
      switch (this) {
        case SIGNED -> bench.put(ImageBench.ALICE, ImageBench.LEGACY, image);
        case UNSIGNED, ABSENT_REPOSITORY -> {}
        case ATTESTED ->
            bench.withBulla(bulla ->
                bulla
                    .attach()
                    .bundle(
                        dev.bulla.oci.Reference.parse(bench.named(image)),
                        Attestations.of(ImageBench.ALICE, bench.image())));
        case ABSENT -> bench.registry.repository(repository()).deleteManifest(bench.image());
        case WRONG_KEY -> bench.put(ImageBench.BOB, ImageBench.LEGACY, image);
        case WRONG_KEY_IN_BUNDLE -> bench.put(ImageBench.BOB, ImageBench.BUNDLE, image);
        case FORBIDDEN ->
            bench
                .registry
                .faults()
                .on(RequestMatch.referrers().path("/v2/forbidden/.*"))
                .does(Effects.status(403));
        case LISTED_AND_GONE -> {
          // too large to travel with the list
          bench.put(
              ImageBench.ALICE, ImageBench.BUNDLE, image, Map.of("filler", "x".repeat(20_000)));
          for (Digest blob : bench.registry.repository(repository()).blobs()) {
            bench.registry.repository(repository()).deleteBlob(blob);
          }
        }
        case MALFORMED ->
            bench
                .registry
                .repository(repository())
                .putManifest(
                    MediaType.OCI_MANIFEST.value(),
                    Bytes.utf8("{\"schemaVersion\":2}"),
                    ImageBench.tagName(".sig"));
        case MALFORMED_BUNDLE ->
            SampleImage.referrer(
                    ImageBench.IMAGE,
                    "application/vnd.dev.sigstore.bundle.v0.3+json",
                    Bytes.utf8("{}"),
                    Map.of())
                .pushTo(bench.registry.repository(repository()));
      }
    }
  }

  static Stream<Case> cases() {
    return Stream.of(Case.values());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void verifySaysWhatIsTheMatter(Case one) throws Exception {
    one.set(bench);

    assertExit(one.exit, bench.verify(bench.named(one.repository() + ":v1")));
    assertExit(one.exit, bench.verify(bench.named(one.repository() + "@" + bench.image())));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void verifySaysItAlsoWhereNoListOfReferrersIsKept(Case one) throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    one.set(bench);
    // who keeps no list can forbid only the tag, and lists nothing that was not put there
    if (one == Case.FORBIDDEN) {
      bench
          .registry
          .faults()
          .on(RequestMatch.manifests().path("/v2/forbidden/.*/sha256-.*"))
          .does(Effects.status(403));
    }
    int exit = one == Case.MALFORMED_BUNDLE ? 10 : one.exit;

    assertExit(exit, bench.verify(bench.named(one.repository() + ":v1")));
  }

  /** Both images in both orders: the worst decides, in the order 20, 21, 12, 10, 11, and then 0. */
  @Test
  void ofSeveralImagesTheWorstDecides() throws Exception {
    List<Integer> worstFirst = List.of(20, 21, 12, 10, 11, 0);
    for (Case one : Case.values()) {
      one.set(bench);
    }
    for (Case one : Case.values()) {
      for (Case other : Case.values()) {
        int expected =
            worstFirst.indexOf(one.exit) < worstFirst.indexOf(other.exit) ? one.exit : other.exit;
        InProcess.Result result =
            bench.verify(
                bench.named(one.repository() + ":v1"), bench.named(other.repository() + ":v1"));
        assertThat(result.exit()).as("%s and %s", one, other).isEqualTo(expected);
        if (one == Case.SIGNED || other == Case.SIGNED) {
          assertThat(result.stdout()).contains(bench.image().toString());
        }
        for (Case each : List.of(one, other)) {
          if (each.exit != 0) {
            assertThat(result.stderr())
                .contains("note: " + bench.named(each.repository() + ":v1") + ": ");
          }
        }
      }
    }
  }

  @Test
  void everyImageIsLookedAtInEveryFormat() throws Exception {
    SampleImage.image("second").pushTo(bench.app, "v2");
    SampleImage.image("third").pushTo(bench.app, "v3");
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    bench.put(ImageBench.ALICE, ImageBench.BUNDLE, "app:v2");
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v3");

    for (List<String> order :
        List.of(List.of("v1", "v2", "v3"), List.of("v3", "v2", "v1"), List.of("v2", "v1", "v3"))) {
      List<String> images = new ArrayList<>();
      order.forEach(tag -> images.add(bench.named("app:" + tag)));
      InProcess.Result result = bench.verify(images.toArray(String[]::new));

      assertExit(0, result);
      assertThat(result.stdout().lines().filter(line -> line.startsWith("[{"))).hasSize(3);
      images.forEach(
          image -> assertThat(result.stderr()).contains("Verification for " + image + " --"));
    }
  }

  @Test
  void aListThatNamesWhatIsNotThereLeavesTheQuestionOpen() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    bench.app.putManifest(
        MediaType.OCI_INDEX.value(),
        new ImageIndex(List.of(new Descriptor(MediaType.OCI_MANIFEST, 900, MISSING))).toJson(),
        ImageBench.tagName(""));

    InProcess.Result result = bench.verify(bench.tagged());
    assertExit(20, result);
    assertThat(result.stderr()).contains("is listed as a referrer and is not there");

    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    assertExit(0, bench.verify(bench.tagged()));
  }

  @Test
  void withoutALogEntryASignatureDoesNotCountUnlessTheLineSaysSo() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    InProcess.Result result = bench.run("verify", "--key", "alice.pub", bench.tagged());

    assertExit(12, result);
    assertThat(result.stderr())
        .contains(
            "hint: to accept signatures without a transparency log entry, add"
                + " --insecure-ignore-tlog");
  }

  @Test
  void anAttestationIsPointedOutAndCountsOnlyWhenAskedFor() throws Exception {
    Case.ATTESTED.set(bench);

    InProcess.Result result = bench.verify(bench.named("attested:v1"));
    assertExit(10, result);
    assertThat(result.stderr())
        .contains("Error: no signatures found")
        .contains(Attestations.PREDICATE)
        .contains("verify-attestation");

    assertExit(0, bench.verify("--any-predicate", bench.named("attested:v1")));
  }

  /** cosign passes over these with a key, without a word. */
  @ParameterizedTest
  @ValueSource(
      strings = {"--trusted-root", "--certificate-chain", "--ca-roots", "--ca-intermediates"})
  void whatOnlyCertificatesNeedIsPassedOverWithAKeyAndNamed(String flag) throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");

    InProcess.Result result = bench.verify(flag + "=no-such-file", bench.tagged());

    assertExit(0, result);
    assertThat(result.stderr().lines().filter(line -> line.startsWith("note: " + flag)))
        .containsExactly(
            "note: "
                + flag
                + " was not read: a signature by the key of --key needs no certificate");
  }

  @Test
  void whatIsPassedOverIsNamedInOneSentence() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");

    InProcess.Result result =
        bench.verify("--trusted-root=x", "--ca-roots=y", "--ca-intermediates=z", bench.tagged());

    assertExit(0, result);
    assertThat(result.stderr())
        .contains("note: --ca-roots and --ca-intermediates and --trusted-root were not read: ");
  }

  @Test
  void aTrustedRootIsReadWhereTheLogIsToBeChecked() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");

    InProcess.Result result =
        bench.run("verify", "--key", "alice.pub", "--trusted-root=alice.pub", bench.tagged());

    assertExit(21, result);
    assertThat(result.stderr()).contains("alice.pub: trusted root: not valid JSON");
    assertExit(1, bench.run("verify", "--key", "alice.pub", "--trusted-root=x", bench.tagged()));
  }

  @Test
  void anAttestationOfSomebodyElseIsNoSignatureEither() throws Exception {
    bench.withBulla(bulla ->
        bulla
            .attach()
            .bundle(
                dev.bulla.oci.Reference.parse(bench.tagged()),
                Attestations.of(ImageBench.BOB, bench.image())));

    InProcess.Result result = bench.verify(bench.tagged());

    assertExit(10, result);
    assertThat(result.stderr()).contains(Attestations.PREDICATE).contains("verify-attestation");
    assertExit(12, bench.verify("--any-predicate", bench.tagged()));
  }

  @Test
  void aPageWhereTheListShouldBeIsNoAnswer() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.WEB_PAGE);
    assertExit(20, bench.verify(bench.tagged()));

    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    assertExit(0, bench.verify(bench.tagged()));
  }

  /** cosign takes any bytes then, and says on stdout what it cannot print. */
  @Test
  void withoutClaimsAPayloadNeedNotBeOne() throws Exception {
    Bytes payload = Bytes.utf8("hello");
    bench.withBulla(bulla ->
        bulla
            .attach()
            .legacy(
                bulla.resolve(dev.bulla.oci.Reference.parse(bench.tagged())),
                Optional.of(payload),
                Map.of(
                    LegacySignature.SIGNATURE_ANNOTATION,
                    Base64Text.encode(ImageBench.ALICE.sign(payload)))));
    assertExit(21, bench.verify(bench.tagged()));

    InProcess.Result json = bench.verify("--check-claims=false", bench.tagged());
    assertExit(0, json);
    assertThat(json.stdout()).startsWith("error decoding the payload: ").hasLineCount(1);
    assertThat(json.stderr())
        .contains("note: verified over its bytes alone: signature 1 of ")
        .doesNotContain("The cosign claims were validated");

    InProcess.Result text = bench.verify("--check-claims=false", "--output=text", bench.tagged());
    assertExit(0, text);
    assertThat(text.stdout()).isEqualTo("hello\n");

    InProcess.Result lines =
        bench.verify("--check-claims=false", "--output=ndjson", bench.tagged());
    assertExit(0, lines);
    assertThat(lines.stdout()).contains("\"claims\":null").hasLineCount(1);

    // beside one that can be shown, that one is shown
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    InProcess.Result both = bench.verify("--check-claims=false", bench.tagged());
    assertExit(0, both);
    assertThat(both.stdout()).startsWith("\n[{\"critical\":").doesNotContain("error");
    assertThat(both.stderr()).contains("note: verified over its bytes alone: ");
  }

  @Test
  void treeNamesWhatIsMissingAndSucceeds() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    bench.put(ImageBench.ALICE, ImageBench.BUNDLE, "app:v1");
    Digest gone =
        ImageIndex.parse(bench.app.manifest(ImageBench.tagName("")).orElseThrow().content())
            .manifests()
            .get(0)
            .digest();
    bench.app.deleteManifest(gone);

    InProcess.Result result = bench.run("tree", bench.tagged());

    assertExit(0, result);
    assertThat(result.stderr())
        .contains("note: not shown: ")
        .contains("@" + gone + ": listed as a referrer and not there");
  }

  @Test
  void verifyNeedsASignerAndOnlyOne() {
    assertExit(1, bench.run("verify", bench.tagged()));
    assertExit(1, bench.run("verify", "--certificate-identity=a", bench.tagged()));
    for (String other : List.of("--certificate-identity=a", "--certificate-identity-regexp=a")) {
      assertExit(1, bench.verify(other, bench.tagged()));
    }
    assertExit(1, bench.verify("--sk", bench.tagged()));
    assertThat(bench.registry.log().count()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--pod-pull-secrets", "--attachment=sbom"})
  void whatIsNotBuiltYetSaysSoAndDoesNothing(String flag) throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    bench.registry.log().clear();

    InProcess.Result result = bench.verify(flag, bench.tagged());

    assertExit(1, result);
    assertThat(result.stderr()).contains("not available in this version");
    assertThat(result.stdout()).isEmpty();
    assertThat(bench.registry.log().count()).isZero();
  }

  /** cosign looks there only when it is told to; bulla always does. */
  @Test
  void signaturesOfTheOlderFormatAmongTheReferrers() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    String manifest =
        bench
            .app
            .manifest(ImageBench.tagName(".sig"))
            .orElseThrow()
            .content()
            .toUtf8String("manifest");
    assertExit(0, bench.run("clean", "--force", bench.tagged()));
    assertExit(10, bench.verify("--experimental-oci11", bench.tagged()));

    Bytes referrer =
        Bytes.utf8(
            "{\"artifactType\":\"application/vnd.dev.cosign.artifact.sig.v1+json\",\"subject\":"
                + "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":"
                + bench.app.manifest("v1").orElseThrow().content().size()
                + ",\"digest\":\""
                + bench.image()
                + "\"},"
                + manifest.substring(1));
    bench.app.putManifest("application/vnd.oci.image.manifest.v1+json", referrer);

    assertExit(0, bench.verify("--experimental-oci11", bench.tagged()));
    assertExit(0, bench.verify(bench.tagged()));
  }

  @Test
  void verifyOfAReferenceThatIsNone() {
    assertExit(21, bench.verify("bad ref!"));
    assertExit(21, bench.verify(bench.tagged(), "app@sha256:123"));
    assertThat(bench.registry.log().count()).isZero();
  }

  @Test
  void aRegistryThatDoesNotAnswerIsNoVerdict() {
    bench.registry.close();

    assertExit(20, bench.verify("--timeout=2s", bench.tagged()));
    assertExit(20, bench.verify("--timeout=2s", bench.digested()));
  }

  @Test
  void aDeadlineThatPassesIsNoVerdict() {
    bench.registry.faults().on(RequestMatch.any()).does(Effects.hang());

    InProcess.Result result = bench.verify("--timeout=1s", bench.digested());

    assertExit(20, result);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0", "3, 0", "100, 0"})
  void workersAreAtLeastOne(int workers, int exit) throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");

    assertExit(exit, bench.verify("--max-workers", "" + workers, bench.tagged()));
  }

  @Test
  void aRegistryThatForbidsWhatIsNotThereIsTakenAtItsWordOnlyWhenNamed() {
    bench.registry.faults().forbiddenForMissing();

    InProcess.Result result = bench.verify(bench.tagged());
    assertExit(20, result);
    assertThat(result.stderr()).contains("--missing-is-403 " + bench.registry.host());
    assertExit(20, bench.verify("--missing-is-403", "other.example", bench.tagged()));
    assertExit(10, bench.verify("--missing-is-403", bench.registry.host(), bench.tagged()));
  }

  // ---- keys

  @Test
  void theKeyMayStandOnTheLine() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    bench.put(ImageBench.BOB, ImageBench.BOTH, "app:v1");
    String alice = Base64Text.encode(ImageBench.ALICE.publicKey().spki());
    String bob = Base64Text.encode(ImageBench.BOB.publicKey().spki().slice(12, 44));

    assertExit(0, bench.run("verify", "--key", alice, "--insecure-ignore-tlog", bench.tagged()));
    assertExit(0, bench.run("verify", "--key", bob, "--insecure-ignore-tlog", bench.tagged()));
    assertExit(0, bench.run("verify", "-key", bob, bench.tagged()));
    assertExit(
        12,
        bench.run(
            "verify",
            "--key",
            "NqfC4CpZiE4OGpuYFSSMzXHJqXQ6u1W55prrZIjjZJ0=", // the first README's
            "--insecure-ignore-tlog",
            bench.tagged()));
  }

  @Test
  void theKeyMayStandInAVariable() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    bench.environment("RELEASE_KEY", ImageBench.ALICE.publicKey().toPem());

    assertExit(
        0,
        bench.run(
            "verify", "--key", "env://RELEASE_KEY", "--insecure-ignore-tlog", bench.tagged()));
    assertExit(
        1, bench.run("verify", "--key", "env://NO_KEY", "--insecure-ignore-tlog", bench.tagged()));
  }

  @Test
  void thePrivateKeyMayStandInAVariable() throws Exception {
    bench.environment("SIGNING_KEY", bench.read("alice.key"));

    assertExit(
        0,
        bench.run("sign", "--key", "env://SIGNING_KEY", "--tlog-upload=false", bench.digested()));
    assertExit(0, bench.verify(bench.digested()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "missing.pub",
        "alice.key",
        "",
        ".",
        "awskms:///alias/x",
        "gcpkms://projects/x",
        "azurekms://x",
        "hashivault://x",
        "k8s://ns/name",
        "gitlab://x",
        "pkcs11:object=x",
        "foo://bar",
        "http://127.0.0.1:1/key.pub",
        "https://127.0.0.1:1/key.pub"
      })
  void aKeyThatIsNoneIsAnErrorOfTheLine(String key) {
    InProcess.Result result =
        bench.run("verify", "--key", key, "--insecure-ignore-tlog", bench.tagged());

    assertThat(result.exit()).as(result.stderr()).isEqualTo(1);
    assertThat(result.stdout()).isEmpty();
    assertThat(bench.registry.log().count()).isZero();
  }

  @Test
  void aKeyAndAHardwareKeyAreTwo() {
    assertExit(1, bench.sign("--sk", bench.digested()));
    assertExit(1, bench.verify("--sk", bench.digested()));
    assertThat(bench.registry.log().count()).isZero();
  }

  @Test
  void aWrongPasswordSignsNothing() {
    bench.environment("COSIGN_PASSWORD", "wrong");

    InProcess.Result result = bench.sign(bench.digested());

    assertExit(1, result);
    assertThat(bench.bundles()).isZero();
    assertThat(bench.registry.log().requests("PUT", ".*")).isEmpty();
  }

  // ---- annotations, claims

  @Test
  void annotationsAsInTheirsAndOurs() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    assertExit(12, bench.verify("-a", "foo=bar", bench.tagged()));
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1", Map.of("foo", "bar"));

    InProcess.Result result = bench.verify("-a", "foo=bar", bench.tagged());
    assertExit(0, result);
    assertThat(result.stderr()).contains("  - The specified annotations were verified.");
    assertExit(12, bench.verify("-a", "foo=bar", "-a", "baz=bat", bench.tagged()));
    assertExit(12, bench.verify("-a", "foo=bar,baz=bat", bench.tagged()));
    assertExit(1, bench.verify("-a", "foo", bench.tagged()));
  }

  @Test
  void claimsThatAreNotCheckedAreNotNamed() throws Exception {
    SampleImage other = SampleImage.image("other");
    other.pushTo(bench.app, "v2");
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    bench.app.tag(
        "sha256-" + other.digest().hex() + ".sig",
        bench.app.manifest(ImageBench.tagName(".sig")).orElseThrow().digest());

    assertExit(12, bench.verify(bench.named("app:v2")));
    InProcess.Result result = bench.verify("--check-claims=false", bench.named("app:v2"));
    assertExit(0, result);
    assertThat(result.stderr())
        .contains("note: claims not checked")
        .doesNotContain("The cosign claims were validated");
  }

  // ---- a signature on the line

  @Test
  void aSignatureOnTheLineIsVerifiedInsteadOfTheRegistrys() throws Exception {
    Bytes payload = Bytes.utf8(bench.run("generate", "-a", "env=prod", bench.tagged()).stdout());
    bench.write("payload.json", payload);
    bench.write("payload.sig", Base64Text.encode(ImageBench.ALICE.sign(payload)) + "\n");

    String[] detached = {"--payload", "payload.json", "--signature", "payload.sig"};
    assertExit(0, bench.verify(detached[0], detached[1], detached[2], detached[3], bench.tagged()));
    assertExit(
        0,
        bench.verify(
            "--payload",
            "payload.json",
            "--signature",
            Base64Text.encode(ImageBench.ALICE.sign(payload)),
            bench.digested()));
    bench.write("payload.json", Bytes.utf8(payload.toUtf8String("payload").replace("prod", "dev")));
    assertExit(
        12, bench.verify(detached[0], detached[1], detached[2], detached[3], bench.tagged()));
  }

  // ---- limits and places from the environment

  @Test
  void signaturesMayBeKeptInAnotherRepository() throws Exception {
    bench.environment("COSIGN_REPOSITORY", bench.named("team/sigs"));
    assertExit(0, bench.sign("--format", "both", bench.digested()));

    assertThat(bench.app.tags()).containsExactly("v1");
    assertThat(bench.registry.repository("team/sigs").tags()).contains(ImageBench.tagName(".sig"));
    assertExit(0, bench.verify(bench.tagged()));
    assertThat(bench.run("triangulate", bench.tagged()).stdout())
        .isEqualTo(bench.named("team/sigs:" + ImageBench.tagName(".sig")) + "\n");
    assertThat(bench.run("tree", bench.tagged()).stdout()).contains("team/sigs");
    bench.withoutEnvironment("COSIGN_REPOSITORY");
    assertExit(10, bench.verify(bench.tagged()));
  }

  @Test
  void ourNameForAVariableWins() throws Exception {
    bench.environment("COSIGN_REPOSITORY", bench.named("theirs"));
    bench.environment("BULLA_REPOSITORY", bench.named("ours"));

    assertThat(bench.run("triangulate", bench.tagged()).stdout()).startsWith(bench.named("ours:"));
  }

  @Test
  void aRepositoryThatIsNoneIsAnErrorThatNamesTheVariable() {
    bench.environment("COSIGN_REPOSITORY", "not a repository!");

    InProcess.Result result = bench.verify(bench.tagged());

    assertExit(21, result);
    assertThat(result.stderr()).contains("parsing $COSIGN_REPOSITORY");
  }

  @Test
  void dockersMediaTypesWhereTheVariableAsksForThem() throws Exception {
    bench.environment("COSIGN_DOCKER_MEDIA_TYPES", "1");
    assertExit(0, bench.sign("--format=legacy", bench.digested()));

    assertThat(bench.app.manifest(ImageBench.tagName(".sig")).orElseThrow().mediaType())
        .isEqualTo(MediaType.DOCKER_MANIFEST.value());
    assertExit(0, bench.verify(bench.tagged()));
  }

  @ParameterizedTest
  @CsvSource({"10, 21", "1K, 0", "1KiB, 0", "nonsense, 0", "9999999999999999999GB, 0"})
  void attachmentsUpToTheSizeInTheVariable(String size, int exit) throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1", Map.of("env", "prod"));
    bench.environment("COSIGN_MAX_ATTACHMENT_SIZE", size);

    InProcess.Result result = bench.verify(bench.tagged());

    assertExit(exit, result);
    if (exit != 0) {
      assertThat(result.stderr())
          .containsPattern("size of layer \\(\\d+\\) exceeded the limit \\(10\\)");
    }
  }

  @Test
  void aVariableWhoseValueIsNoneIsAnErrorThatNamesIt() {
    bench.environment("COSIGN_MAX_WORKERS", "many");

    InProcess.Result result = bench.verify(bench.tagged());

    assertExit(1, result);
    assertThat(result.stderr()).contains("COSIGN_MAX_WORKERS");
  }

  // ---- other commands

  @ParameterizedTest
  @ValueSource(strings = {"tree", "triangulate", "generate", "download signature"})
  void commandsThatReadSayWhatIsNotThere(String command) {
    for (String image : List.of("app:nope", "nope:v1")) {
      InProcess.Result result = runWords(command, bench.named(image));
      assertExit(1, result);
      assertThat(result.stderr()).contains("UNKNOWN");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tree", "triangulate", "generate", "download signature"})
  void commandsThatReadSayWhereTheyCouldNotLook(String command) {
    bench.registry.faults().on(RequestMatch.any()).does(Effects.status(403));

    assertExit(20, runWords(command, bench.tagged()));
  }

  private InProcess.Result runWords(String command, String image) {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.add(image);
    return bench.run(words.toArray(String[]::new));
  }

  @Test
  void signingWhatIsNotThere() {
    assertExit(1, bench.sign(bench.named("app:nope")));
    assertExit(1, bench.sign(bench.named("app@" + MISSING)));
    assertExit(20, bench.sign("--timeout=2s", "127.0.0.1:1/app:v1"));
  }

  @Test
  void signingWhereOneMayNotWrite() throws Exception {
    bench
        .registry
        .faults()
        .on(RequestMatch.any().where(r -> !r.method().equals("GET") && !r.method().equals("HEAD")))
        .does(Effects.status(403));

    for (String format : List.of("legacy", "bundle", "both")) {
      assertExit(20, bench.sign("--format", format, bench.digested()));
    }
    assertThat(bench.hasLegacy()).isFalse();
    assertThat(bench.bundles()).isZero();
  }

  @Test
  void signingNeverWritesOverWhatCannotBeRead() throws Exception {
    bench.put(ImageBench.BOB, ImageBench.LEGACY, "app:v1");
    Digest before = bench.app.manifest(ImageBench.tagName(".sig")).orElseThrow().digest();
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().path(".*[.]sig").method("GET"))
        .does(Effects.status(401));

    assertExit(20, bench.sign("--format=legacy", bench.digested()));
    assertThat(bench.app.manifest(ImageBench.tagName(".sig")).orElseThrow().digest())
        .isEqualTo(before);
  }

  @Test
  void signingTwiceLeavesOneLegacySignature() throws Exception {
    assertExit(10, bench.verify(bench.tagged()));
    assertExit(1, bench.run("download", "signature", bench.tagged()));
    assertExit(0, bench.sign("--format=legacy", bench.digested()));
    assertExit(0, bench.sign("--format=legacy", bench.digested()));

    assertThat(bench.signatures()).hasSize(1);
    assertThat(bench.run("download", "signature", bench.tagged()).stdout().lines()).hasSize(1);
  }

  @Test
  void signingSeveralImagesOpensTheKeyOnce() throws Exception {
    SampleImage.image("second").pushTo(bench.app, "v2");
    bench.withoutEnvironment("COSIGN_PASSWORD");

    InProcess.Result result =
        bench.runWithInput(
            ImageBench.PASSWORD,
            "sign",
            "--key",
            "alice.key",
            "--tlog-upload=false",
            bench.tagged(),
            bench.named("app:v2"));

    assertExit(0, result);
    assertThat(result.stderr())
        .contains("WARNING: Image reference " + bench.tagged() + " uses a tag, not a digest");
    assertExit(0, bench.verify(bench.tagged(), bench.named("app:v2")));
  }

  @Test
  void signingAnIndexRecursively() throws Exception {
    SampleImage index = SampleImage.twoPlatforms("two");
    index.pushTo(bench.app, "index");

    assertExit(0, bench.sign("-r", "--format=both", bench.named("app:index")));

    for (SampleImage each : List.of(index, index.children().get(0), index.children().get(1))) {
      assertExit(0, bench.verify(bench.named("app@" + each.digest())));
    }
    assertExit(10, bench.verify(bench.tagged()));
  }

  @Test
  void withoutUploadNothingIsWrittenButFiles() throws Exception {
    String none = "No Supply Chain Security Related Artifacts found for image";
    assertThat(bench.run("tree", bench.tagged()).stdout()).contains(none);

    assertExit(
        0,
        bench.sign(
            "--upload=false",
            "--output-signature=sig",
            "--output-payload=payload",
            bench.digested()));

    assertThat(bench.run("tree", bench.tagged()).stdout()).contains(none);
    assertThat(bench.registry.log().requests("PUT", ".*")).isEmpty();
    assertExit(0, bench.verify("--signature", "sig", "--payload", "payload", bench.tagged()));
    assertExit(1, bench.sign("--upload=false", bench.digested()));
    assertExit(0, bench.sign("--upload=false", "--bundle", "b.json", bench.digested()));
    assertExit(0, bench.run("attach", "signature", "--bundle", "b.json", bench.tagged()));
    assertExit(0, bench.verify(bench.tagged()));

    assertExit(0, bench.sign("--format=legacy", bench.digested()));
    assertThat(bench.run("tree", bench.tagged()).stdout())
        .contains(
            "Signatures for an image tag: " + bench.named("app:" + ImageBench.tagName(".sig")));
  }

  @Test
  void theImageStaysAsItIs() throws Exception {
    Bytes before = bench.app.manifest("v1").orElseThrow().content();

    assertExit(0, bench.sign("--format=both", bench.tagged()));
    assertExit(
        0,
        bench.run(
            "attach",
            "signature",
            "--signature",
            Base64Text.encode(Bytes.of(new byte[64])),
            bench.tagged()));

    assertThat(bench.app.manifest("v1").orElseThrow().content()).isEqualTo(before);
    assertThat(bench.app.manifest("v1").orElseThrow().digest()).isEqualTo(bench.image());
  }

  @Test
  void generatePrintsThePayloadAndNothingElse() throws Exception {
    InProcess.Result result = bench.run("generate", "-a", "foo=bar", bench.tagged());

    assertExit(0, result);
    assertThat(result.stdout())
        .isEqualTo(
            "{\"critical\":{\"identity\":{\"docker-reference\":\""
                + bench.named("app")
                + "\"},\"image\":{\"docker-manifest-digest\":\""
                + bench.image()
                + "\"},\"type\":\"cosign container image signature\"},"
                + "\"optional\":{\"foo\":\"bar\"}}");
    assertThat(result.stderr()).isEmpty();
  }

  @Test
  void triangulateOfAnImageWithBundlesOnlySaysSo() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BUNDLE, "app:v1");

    InProcess.Result result = bench.run("triangulate", bench.tagged());

    assertExit(0, result);
    assertThat(result.stdout()).isEqualTo(bench.named("app:" + ImageBench.tagName(".sig")) + "\n");
    assertThat(result.stderr()).startsWith("note: ").contains("referrers");
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    assertThat(bench.run("triangulate", bench.tagged()).stderr()).isEmpty();
  }

  @Test
  void downloadPrintsWhatItCanAndFailsForTheRest() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    bench.registry.faults().on(RequestMatch.referrers()).does(Effects.status(403));

    InProcess.Result result = bench.run("download", "signature", bench.tagged());

    assertExit(20, result);
    assertThat(result.stdout()).contains("\"Base64Signature\":");
    assertThat(result.stderr()).contains("note: not printed: ");
  }

  @Test
  void timestampsOfCreationAreRecordedWhenAsked() throws Exception {
    assertExit(0, bench.sign("--record-creation-timestamp", bench.digested()));

    Digest config =
        dev.bulla.oci.Manifest.parse(
                bench.app.manifest(ImageBench.tagName(".sig")).orElseThrow().content())
            .config()
            .digest();
    assertThat(bench.app.blob(config).orElseThrow().toUtf8String("config"))
        .containsPattern("\"created\":\"20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\"");
  }

  @Test
  void identitiesAreClaimedOneSignatureEach() throws Exception {
    assertExit(
        0,
        bench.sign(
            "--sign-container-identity=registry.example.com/app",
            "--sign-container-identity=mirror.example.com/app",
            bench.digested()));

    assertThat(bench.signatures()).hasSize(2);
    InProcess.Result result = bench.verify(bench.tagged());
    assertExit(0, result);
    assertThat(result.stdout())
        .contains("\"docker-reference\":\"registry.example.com/app\"")
        .contains("\"docker-reference\":\"mirror.example.com/app\"");
  }

  @Test
  void anUnusualSignatureAnnotationIsNamedAndTakesNothingAway() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    bench.withBulla(bulla ->
        bulla
            .attach()
            .legacy(
                bulla.resolve(dev.bulla.oci.Reference.parse(bench.tagged())),
                java.util.Optional.empty(),
                Map.of(LegacySignature.SIGNATURE_ANNOTATION, "-----BEGIN PGP SIGNATURE-----")));

    InProcess.Result result = bench.verify(bench.tagged());

    assertExit(0, result);
    assertThat(result.stderr()).contains("note: not counted: signature 2 of ");
  }
}
