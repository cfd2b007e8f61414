package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.json.ProtoJson;
import dev.bulla.key.KeyType;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import dev.bulla.testkit.kms.TransitServer;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.sigstore.LeafBuilder;
import dev.bulla.testkit.sigstore.VirtualCa;
import dev.bulla.testkit.sigstore.VirtualIdentity;
import dev.bulla.testkit.sigstore.VirtualKey;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * cosign's own end-to-end scenarios of signing and verifying images (sigstore/cosign 3.1.2,
 * test/e2e_test.go and its neighbours), one test for each, as lines against a Sigstore and a
 * registry of this process. Numbers are those of the list that they were taken from.
 *
 * <p>Not here, since their commands are not built yet: A10 and A13 (files), A28 (Dockerfiles), A29
 * (manifests), and the steps of A5, A7 and A16 that sign or verify files or attest. Of A5 only the
 * repository with a trusted root: those that hold separate keys are refused, as docs/trust.md says.
 * A23, which upstream skips, runs here.
 */
class CosignRowsTest {

  private static final String NOTHING_IN_TREE =
      "No Supply Chain Security Related Artifacts found for image";

  private static VirtualSigstoreServer sigstore;

  @TempDir Path folder;

  private ImageBench bench;
  private TypedLines cosign;

  @BeforeAll
  static void startSigstore() throws IOException {
    sigstore = VirtualSigstoreServer.start(VirtualSigstore.live());
  }

  @AfterAll
  static void stopSigstore() {
    sigstore.close();
  }

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
    SampleImage.image("another").pushTo(bench.registry.repository("other"), "v1");
    VirtualSigstore trusted = sigstore.sigstore();
    bench.write("tr.json", trusted.trustedRoot().bytes());
    bench.write("rekor.pub", trusted.rekor1().key().publicPem());
    bench.write("ctfe.pub", trusted.ctLog().key().publicPem());
    bench.write("fulcio.pem", trusted.fulcio().chainPem());
    bench.write("tsa.pem", trusted.tsa().certificate().chainPem());
    bench.write("sc.json", ProtoJson.write(sigstore.signingConfig(Service.REKOR1, true)));
    bench.write("no-tsa.json", ProtoJson.write(sigstore.signingConfig(Service.REKOR2, false)));
    String legacy = "--new-bundle-format=false --use-signing-config=false --yes";
    cosign =
        new TypedLines(words -> bench.run(expanded(words)))
            .name("IMAGE", bench.tagged())
            .name("DIGESTED", bench.digested())
            .name("OTHER", bench.named("other:v1"))
            .name("TOKEN", sigstore.oidc().emailToken(SigstoreBench.ME, Instant.now()))
            .name("REKOR", sigstore.url(Service.REKOR1))
            .name("TSA", sigstore.tsaUrl())
            .name("TUF", sigstore.url(Service.TUF))
            .name("ME", SigstoreBench.ME)
            .name("ISSUER", sigstore.oidc().issuer())
            .name("LEGACY", legacy)
            .name("UNLOGGED", legacy + " --tlog-upload=false")
            .name("LOGGED", legacy + " --rekor-url " + sigstore.url(Service.REKOR1))
            .name("WHO", who(sigstore.oidc().issuer()))
            .name(
                "FULCIO",
                "--fulcio-url "
                    + sigstore.url(Service.FULCIO)
                    + " --oidc-issuer "
                    + sigstore.oidc().issuer());
  }

  private static String who(String issuer) {
    return "--certificate-identity " + SigstoreBench.ME + " --certificate-oidc-issuer " + issuer;
  }

  /** A name may stand for several words. */
  private static String[] expanded(List<String> words) {
    return String.join(" ", words).split(" ", -1);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private void trustSingleFiles() {
    bench
        .environment("SIGSTORE_REKOR_PUBLIC_KEY", "rekor.pub")
        .environment("SIGSTORE_CT_LOG_PUBLIC_KEY_FILE", "ctfe.pub")
        .environment("SIGSTORE_ROOT_FILE", "fulcio.pem");
  }

  @Test
  @DisplayName("A1 TestSignVerify")
  void a1() {
    bench.environment("SIGSTORE_REKOR_PUBLIC_KEY", "rekor.pub");
    cosign.fails(10, "no signatures found", "verify --key alice.pub $IMAGE");
    cosign.fails(1, "no signatures associated", "download signature $IMAGE");

    cosign.passes("sign --key alice.key $LOGGED $IMAGE");
    cosign.passes("verify --key alice.pub $IMAGE");
    cosign.passes("download signature $IMAGE");
    cosign.passes("verify --key alice.pub --new-bundle-format $IMAGE");
    cosign.fails(12, "missing or incorrect annotation", "verify --key alice.pub -a foo=bar $IMAGE");

    cosign.passes("sign --key alice.key $LOGGED -a foo=bar $IMAGE");
    cosign.passes("verify --key alice.pub -a foo=bar $IMAGE");
    cosign.fails(
        12,
        "missing or incorrect annotation",
        "verify --key alice.pub -a foo=bar -a baz=bat $IMAGE");
  }

  @Test
  @DisplayName("A2 TestSignVerifyCertBundle")
  void a2() throws Exception {
    ownAuthority();
    cosign.passes("sign --key alice.key $UNLOGGED $IMAGE");
    for (String flags :
        List.of(
            "--ca-roots root.pem --ca-intermediates between.pem",
            "--certificate leaf.pem --certificate-chain chain.pem")) {
      String verify = "verify --key alice.pub --insecure-ignore-tlog " + flags;
      cosign.passes(verify + " $IMAGE");
      cosign.fails(12, "missing or incorrect annotation", verify + " -a foo=bar $IMAGE");
    }
    cosign.passes("sign --key alice.key $UNLOGGED -a foo=bar $IMAGE");
    String verify =
        "verify --key alice.pub --insecure-ignore-tlog --ca-roots root.pem"
            + " --ca-intermediates between.pem";
    cosign.passes(verify + " -a foo=bar $IMAGE");
    cosign.fails(12, "missing or incorrect annotation", verify + " -a foo=bar -a baz=bat $IMAGE");
  }

  @Test
  @DisplayName("A4 TestImportSignVerifyClean")
  void a4() throws Exception {
    bench.write("theirs.pem", VirtualKey.create(KeyType.EC_P256).privatePem());
    cosign.passes("import-key-pair --key theirs.pem --output-key-prefix imported");
    bench.environment("SIGSTORE_REKOR_PUBLIC_KEY", "rekor.pub");
    cosign.passes("sign --key imported.key $LOGGED $IMAGE");
    cosign.passes("verify --key imported.pub $IMAGE");
    cosign.passes("clean --force $IMAGE");
    cosign.fails(10, "no signatures found", "verify --key imported.pub $IMAGE");

    cosign.passes("sign --key imported.key --signing-config sc.json $IMAGE");
    cosign.passes("verify --key imported.pub --trusted-root tr.json $IMAGE");
    cosign.passes("clean --type all --force $IMAGE");
    cosign.fails(
        10, "no signatures found", "verify --key imported.pub --trusted-root tr.json $IMAGE");
  }

  @Test
  @DisplayName("A5 TestSignVerifyWithTUFMirror, trusted root")
  void a5() throws Exception {
    initialize();
    cosign.passes(
        "sign --identity-token $TOKEN $LOGGED $FULCIO --timestamp-server-url $TSA $IMAGE");
    cosign.passes("verify --offline --use-signed-timestamps $WHO $IMAGE");
  }

  /** As after {@code export TUF_ROOT=...; cosign initialize}: no line names the instance again. */
  private void initialize() throws Exception {
    bench.write("root.json", sigstore.tuf().firstRoot());
    bench.environment("TUF_ROOT", folder.resolve("tuf").toString());
    bench.environment("TUF_MIRROR", "");
    cosign.passes("initialize --mirror $TUF --root root.json");
  }

  @Test
  @DisplayName("A7 TestSignAttestVerifyContainerWithSigningConfig")
  void a7() throws Exception {
    initialize();
    cosign.fails(10, "no signatures found", "verify $WHO $IMAGE");
    cosign.passes("sign --identity-token $TOKEN $IMAGE");
    cosign.passes("verify $WHO $IMAGE");
    assertThat(bench.bundles()).isOne();
  }

  @Test
  @DisplayName("A8 TestSignVerifyContainerWithSigningConfigWithCertificate")
  void a8() throws Exception {
    VirtualKey key = VirtualKey.create(KeyType.EC_P256);
    bench.write("theirs.pem", key.privatePem());
    bench.write(
        "own.pem",
        leaf(sigstore.sigstore().fulcio(), key).subject("A8", "own").selfSigned(key).issue().pem());
    cosign.passes("import-key-pair --key theirs.pem --output-key-prefix imported");
    cosign.passes(
        "trusted-root create --out own.json --fulcio"
            + " url=https://ca.example,certificate-chain=own.pem --rekor"
            + " url=https://log.example,public-key=rekor.pub,start-time=2024-01-01T00:00:00Z --tsa"
            + " url=https://tsa.example,certificate-chain=tsa.pem");
    cosign.passes("sign --key imported.key --certificate own.pem --signing-config sc.json $IMAGE");
    cosign.passes(
        "verify --trusted-root own.json --insecure-ignore-sct --certificate-identity $ME"
            + " --certificate-oidc-issuer-regexp .* $IMAGE");
  }

  @Test
  @DisplayName("A11 TestSignRekorV2NoTSA")
  void a11() {
    cosign.fails(
        1,
        "timestamp authority must be provided",
        "sign --signing-config no-tsa.json --identity-token $TOKEN $IMAGE");
    assertThat(bench.bundles()).isZero();
  }

  @Test
  @DisplayName("A14 TestSignVerifyBundle")
  void a14() throws Exception {
    cosign.passes("sign --key alice.key --signing-config sc.json $IMAGE");
    cosign.passes("verify --key alice.pub --trusted-root tr.json $IMAGE");

    cosign.passes("sign --key bob.key --tlog-upload=false $IMAGE");
    cosign.passes("verify --key bob.pub --insecure-ignore-tlog $IMAGE");

    cosign.passes(
        "sign --identity-token $TOKEN --signing-config sc.json --trusted-root tr.json $IMAGE");
    cosign.passes(
        "verify --trusted-root tr.json --certificate-oidc-issuer $ISSUER"
            + " --certificate-identity-regexp .+ $IMAGE");

    cosign.passes("generate-key-pair --output-key-prefix third");
    cosign.passes("sign --key third.key --signing-config sc.json -a foo=bar $IMAGE");
    cosign.passes("verify --key third.pub --trusted-root tr.json -a foo=bar $IMAGE");
    cosign.fails(
        12,
        "no matching",
        "verify --key third.pub --trusted-root tr.json -a foo=bar -a baz=bat $IMAGE");
  }

  @Test
  @DisplayName("A17 TestRekorBundle")
  void a17() {
    bench.environment("SIGSTORE_REKOR_PUBLIC_KEY", "rekor.pub");
    cosign.passes("sign --key alice.key $LOGGED $IMAGE");
    cosign.passes("verify --key alice.pub $IMAGE");
    cosign.passes("verify --key alice.pub --offline --rekor-url notreal $IMAGE");
  }

  @Test
  @DisplayName("A19 TestFulcioBundle")
  void a19() {
    bench.environment("SIGSTORE_REKOR_PUBLIC_KEY", "rekor.pub");
    cosign.passes(
        "sign --key alice.key --issue-certificate --identity-token $TOKEN $LOGGED $FULCIO $IMAGE");
    cosign.passes("verify --key alice.pub $IMAGE");
    cosign.passes("verify --key alice.pub --offline --rekor-url notreal $IMAGE");
  }

  @Test
  @DisplayName("A20 TestRFC3161Timestamp")
  void a20() {
    cosign.passes("sign --key alice.key $UNLOGGED --timestamp-server-url $TSA $IMAGE");
    cosign.passes(
        "verify --key alice.pub --timestamp-certificate-chain tsa.pem --insecure-ignore-tlog"
            + " $IMAGE");
  }

  @Test
  @DisplayName("A22 TestDuplicateSign")
  void a22() throws Exception {
    cosign.fails(10, "no signatures found", "verify --key alice.pub --insecure-ignore-tlog $IMAGE");
    cosign.fails(1, "no signatures associated", "download signature $IMAGE");
    cosign.passes("sign --key alice.key $UNLOGGED $IMAGE");
    cosign.passes("verify --key alice.pub --insecure-ignore-tlog $IMAGE");
    cosign.passes("download signature $IMAGE");
    cosign.passes("sign --key alice.key $UNLOGGED $IMAGE");
    assertThat(bench.signatures()).hasSize(1);
  }

  @Test
  @DisplayName("A23 TestKeyURLVerify")
  void a23() throws Exception {
    TestAuthority authority = TestAuthority.create("A23");
    bench.write("authority.pem", authority.certificatePem());
    bench.environment("SSL_CERT_FILE", folder.resolve("authority.pem").toString());
    cosign.passes("sign --key alice.key $UNLOGGED $IMAGE");
    String alice = bench.read("alice.pub");
    String bob = bench.read("bob.pub");
    try (WireServer keys =
        WireServer.startTls(
            WireServer.loopback(),
            authority.serverContext("127.0.0.1"),
            false,
            (request, wire) ->
                WireResponse.of(200)
                    .withText(
                        "application/x-pem-file",
                        request.path().equals("/alice.pub") ? alice : bob))) {
      cosign.name("KEYS", "https://127.0.0.1:" + keys.address().getPort());
      cosign.passes("verify --key $KEYS/alice.pub --insecure-ignore-tlog $IMAGE");
      cosign.fails(12, "no matching", "verify --key $KEYS/bob.pub --insecure-ignore-tlog $IMAGE");
    }
  }

  @Test
  @DisplayName("A25 TestNoTlog")
  void a25() {
    cosign.fails(10, "no signatures found", "verify --key alice.pub --insecure-ignore-tlog $IMAGE");
    cosign.passes("sign --key alice.key $UNLOGGED $IMAGE");
    cosign.passes("verify --key alice.pub --insecure-ignore-tlog $IMAGE");
  }

  @Test
  @DisplayName("A26 TestInvalidBundle")
  void a26() throws Exception {
    bench.environment("SIGSTORE_REKOR_PUBLIC_KEY", "rekor.pub");
    cosign.passes("sign --key alice.key $LOGGED $IMAGE");
    bench.write(
        "foreign.json",
        "{\"rekorBundle\":"
            + bench
                .layers(ImageBench.tagName(".sig"))
                .get(0)
                .annotations()
                .get(LegacySignature.LOG_BUNDLE_ANNOTATION)
            + "}");

    cosign.passes(
        "sign --key alice.key $UNLOGGED --output-signature sig --output-payload payload $OTHER");
    cosign.passes("verify --key alice.pub --insecure-ignore-tlog $OTHER");
    cosign.passes("clean --force $OTHER");
    cosign.fails(10, "no signatures found", "verify --key alice.pub $OTHER");
    cosign.passes(
        "attach signature --signature sig --payload payload --rekor-response foreign.json $OTHER");
    cosign.fails(12, "no matching signatures", "verify --key alice.pub $OTHER");
    cosign.passes("verify --key alice.pub $IMAGE");
  }

  @Test
  @DisplayName("A31 TestSignVerifyMultipleIdentities")
  void a31() throws Exception {
    cosign.passes(
        "sign --key alice.key $UNLOGGED --sign-container-identity registry/one"
            + " --sign-container-identity registry/two $IMAGE");
    cosign.passes("verify --key alice.pub --insecure-ignore-tlog $IMAGE");
    assertThat(bench.signatures()).hasSize(2);
  }

  @Test
  @DisplayName("A32 TestSignVerifyMultipleIdentitiesKeyless")
  void a32() throws Exception {
    trustSingleFiles();
    cosign.fails(10, "no signatures found", "verify $WHO $IMAGE");
    cosign.passes(
        "sign --identity-token $TOKEN $LOGGED $FULCIO --sign-container-identity registry/one"
            + " --sign-container-identity registry/two $IMAGE");
    cosign.passes("verify $WHO $IMAGE");
    assertThat(bench.layers(ImageBench.tagName(".sig")))
        .hasSize(2)
        .extracting(layer -> layer.annotations().get(LegacySignature.CERTIFICATE_ANNOTATION))
        .doesNotContainNull()
        .matches(certificates -> certificates.get(0).equals(certificates.get(1)));
  }

  @Test
  @DisplayName("A34 TestSignVerifyUploadFalse, older format")
  void a34() {
    assertThat(cosign.passes("tree $IMAGE").stdout()).contains(NOTHING_IN_TREE);
    cosign.passes("sign --key alice.key $LOGGED --upload=false $IMAGE");
    assertThat(cosign.passes("tree $IMAGE").stdout()).contains(NOTHING_IN_TREE);
    cosign.passes("sign --key alice.key $LOGGED --upload=true $IMAGE");
    assertThat(cosign.passes("tree $IMAGE").stdout())
        .contains(
            "Signatures for an image tag: " + bench.named("app:") + ImageBench.tagName(".sig"));
  }

  @Test
  @DisplayName("A34 TestSignVerifyUploadFalse, bundle")
  void a34Bundle() throws Exception {
    String sign = "sign --key alice.key --signing-config sc.json";
    cosign.passes(sign + " --upload=false --bundle first.json $IMAGE");
    assertThat(Files.exists(folder.resolve("first.json"))).isTrue();
    assertThat(cosign.passes("tree $IMAGE").stdout()).contains(NOTHING_IN_TREE);

    cosign.passes(sign + " --upload=true --bundle second.json $IMAGE");
    Digest uploaded = Digest.sha256(Bytes.of(Files.readAllBytes(folder.resolve("second.json"))));
    assertThat(cosign.passes("tree $IMAGE").stdout())
        .contains(
            "https://sigstore.dev/cosign/sign/v1 artifacts via OCI referrer: "
                + bench.named("app@sha256:"))
        .contains(uploaded.toString());
  }

  @Test
  @DisplayName("A35 TestSignVerifyDetachedKeyless")
  void a35() {
    trustSingleFiles();
    cosign.fails(10, "no signatures found", "verify $WHO $IMAGE");
    cosign.passes(
        "sign --identity-token $TOKEN $LOGGED $FULCIO --output-signature sig"
            + " --output-certificate crt $IMAGE");
    cosign.fails(13, "", "verify --rekor-url $REKOR $WHO --signature sig $IMAGE");
    String detached = "verify --rekor-url $REKOR $WHO --signature sig --certificate crt";
    cosign.passes(detached + " $IMAGE");

    bench.environment("SIGSTORE_ROOT_FILE", "missing.pem");
    cosign.fails(1, "missing.pem", detached + " $IMAGE");
    cosign.passes(detached + " --certificate-chain fulcio.pem $IMAGE");
  }

  @Test
  @DisplayName("A37 TestSecretsKMS")
  void a37() throws Exception {
    try (TransitServer vault = TransitServer.start("hvs.a37-4c1f", "", "transit")) {
      bench.environment("VAULT_ADDR", vault.address()).environment("VAULT_TOKEN", "hvs.a37-4c1f");
      bench.environment("SIGSTORE_REKOR_PUBLIC_KEY", "rekor.pub");
      cosign.passes("generate-key-pair --kms hashivault://transit --output-key-prefix vault");
      cosign.fails(10, "no signatures found", "verify --key vault.pub $IMAGE");
      cosign.passes("sign --key hashivault://transit $LOGGED $IMAGE");
      cosign.passes("verify --key vault.pub $IMAGE");
      cosign.fails(
          12, "missing or incorrect annotation", "verify --key vault.pub -a foo=bar $IMAGE");
      cosign.passes("sign --key hashivault://transit $LOGGED -a foo=bar $IMAGE");
      cosign.passes("verify --key vault.pub -a foo=bar $IMAGE");
    }
  }

  @Test
  @DisplayName("A38 TestTSAMTLS")
  void a38() throws Exception {
    TestAuthority authority = TestAuthority.create("A38");
    TestAuthority.Issued client = authority.issueClient("signer");
    bench.write("tls-ca.pem", authority.certificatePem());
    bench.write("tls.pem", client.certificatePem());
    bench.write("tls.key", client.keyPem());
    VirtualKey key = ownAuthority();
    bench.write("theirs.pem", key.privatePem());
    cosign.passes("import-key-pair --key theirs.pem --output-key-prefix imported");
    VirtualSigstore other = VirtualSigstore.live();
    bench.write("their-tsa.pem", other.tsa().certificate().chainPem());
    try (VirtualSigstoreServer strict =
        VirtualSigstoreServer.startMutualTls(other, authority.serverContext("127.0.0.1"))) {
      cosign.name("STRICT_TSA", strict.tsaUrl());
      String sign =
          "sign --key imported.key --certificate leaf.pem --certificate-chain chain.pem $UNLOGGED"
              + " --timestamp-server-url $STRICT_TSA --timestamp-client-cacert tls-ca.pem";
      cosign.fails(20, "", sign + " --timeout 3s $IMAGE");
      cosign.passes(
          sign + " --timestamp-client-cert tls.pem --timestamp-client-key tls.key $IMAGE");
    }
    cosign.passes(
        "verify --certificate-identity $ME --certificate-oidc-issuer https://issuer.example"
            + " --certificate-chain chain.pem --timestamp-certificate-chain their-tsa.pem"
            + " --insecure-ignore-sct --insecure-ignore-tlog $IMAGE");
  }

  // ---- A16

  @ParameterizedTest(name = "A16 TestVerifyWithCARoots: {0}")
  @ValueSource(
      strings = {
        "--ca-roots root.pem --ca-intermediates between.pem --certificate leaf.pem",
        "--ca-roots between.pem --ca-intermediates root.pem --certificate leaf.pem",
        "--ca-roots root.pem --ca-intermediates between.pem",
        "--ca-roots two-roots.pem --ca-intermediates two-between.pem --certificate leaf.pem",
      })
  void a16Passes(String flags) throws Exception {
    attachOwn();
    cosign.passes(VERIFY_OWN + flags + " $IMAGE");
  }

  @ParameterizedTest(name = "A16 TestVerifyWithCARoots: {0}")
  @ValueSource(
      strings = {
        "--ca-intermediates between.pem --certificate leaf.pem",
        "--ca-roots root.pem --certificate leaf.pem",
        "--ca-roots root.pem --ca-intermediates between.pem --certificate other-leaf.pem",
        "--ca-roots other-root.pem --ca-intermediates other-between.pem --certificate leaf.pem",
        "--ca-roots other-root.pem --ca-intermediates between.pem --certificate leaf.pem",
        "--ca-roots root.pem --ca-intermediates other-between.pem --certificate leaf.pem",
      })
  void a16Fails(String flags) throws Exception {
    attachOwn();
    assertThat(cosign.type(VERIFY_OWN + flags + " $IMAGE").exit()).as(flags).isIn(1, 12);
  }

  private static final String VERIFY_OWN =
      "verify --certificate-identity-regexp .* --certificate-oidc-issuer-regexp .*"
          + " --timestamp-certificate-chain tsa.pem --insecure-ignore-sct --insecure-ignore-tlog ";

  private void attachOwn() throws Exception {
    VirtualKey key = ownAuthority();
    ownAuthority("other-", VirtualKey.create(KeyType.EC_P256));
    bench.write("two-roots.pem", bench.read("root.pem") + bench.read("other-root.pem"));
    bench.write("two-between.pem", bench.read("between.pem") + bench.read("other-between.pem"));
    Bytes payload = Bytes.utf8(cosign.passes("generate $IMAGE").stdout());
    Bytes signature = key.sign(payload);
    bench.write("payload", payload);
    bench.write("sig", Base64Text.encode(signature));
    bench.write("stamp.tsr", sigstore.sigstore().tsa().stamp(signature, Instant.now()));
    cosign.passes(
        "attach signature --payload payload --signature sig --certificate leaf.pem --tsr stamp.tsr"
            + " $IMAGE");
  }

  // ---- an authority that is nobody's Fulcio

  private VirtualKey ownAuthority() throws Exception {
    VirtualKey key = VirtualKey.create(KeyType.EC_P256);
    ownAuthority("", key);
    return key;
  }

  private void ownAuthority(String prefix, VirtualKey key) throws Exception {
    VirtualCa authority =
        VirtualCa.codeSigning(
            prefix + "authority",
            KeyType.EC_P256,
            sigstore.sigstore().validFrom(),
            sigstore.sigstore().validTo());
    bench.write(prefix + "chain.pem", authority.chainPem());
    bench.write(prefix + "root.pem", pem(authority.root()));
    bench.write(prefix + "between.pem", pem(authority.intermediate()));
    bench.write(prefix + "leaf.pem", leaf(authority, key).issue().pem());
  }

  /** Valid now, and for an hour to both sides. */
  private static LeafBuilder leaf(VirtualCa authority, VirtualKey key) {
    Instant now = Instant.now();
    return authority
        .leaf(key.spki(), now)
        .identity(VirtualIdentity.email(SigstoreBench.ME, "https://issuer.example"))
        .validity(now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)));
  }

  private static String pem(Bytes der) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64Text.encodeLines(der)
        + "-----END CERTIFICATE-----\n";
  }
}
