package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.LegacyTimestamp;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.json.GoJson;
import dev.bulla.key.KeyType;
import dev.bulla.payload.SimpleSigningPayload;
import dev.bulla.testkit.sigstore.IssuedCertificate;
import dev.bulla.testkit.sigstore.LeafBuilder;
import dev.bulla.testkit.sigstore.VirtualCa;
import dev.bulla.testkit.sigstore.VirtualIdentity;
import dev.bulla.testkit.sigstore.VirtualKey;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trust by single files and variables, as before there were trusted roots: what is enough, what is
 * not, and that one thing wrong is refused.
 */
class TrustFilesTest {

  private static final Instant SIGNED = Instant.parse("2024-05-06T07:08:09Z");
  static final String ME = "me@example.test";
  static final String ISSUER = "https://oidc.example.test";

  private static final VirtualSigstore SIGSTORE = VirtualSigstore.at(SIGNED);
  private static final VirtualCa OTHER =
      VirtualCa.codeSigning("other", KeyType.EC_P256, SIGSTORE.validFrom(), SIGSTORE.validTo());
  private static final VirtualKey KEY = VirtualKey.create(KeyType.EC_P256);

  @TempDir Path folder;

  private ImageBench bench;
  private Map<String, String> environment;

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
    List<Bytes> chain = SIGSTORE.fulcio().chain();
    bench.write("chain.pem", SIGSTORE.fulcio().chainPem());
    bench.write("root.pem", pem(chain.get(chain.size() - 1)));
    bench.write("between.pem", pem(chain.get(0)));
    bench.write("other.pem", OTHER.chainPem());
    bench.write("ct.pub", SIGSTORE.ctLog().key().publicPem());
    bench.write("rekor.pub", SIGSTORE.rekor1().key().publicPem());
    bench.write("tsa.pem", SIGSTORE.tsa().certificate().chainPem());
    bench.write("root.json", SIGSTORE.trustedRoot().bytes().toUtf8String("root"));
    environment = new TreeMap<>();
    environment.put("SIGSTORE_CT_LOG_PUBLIC_KEY_FILE", "ct.pub");
    environment.put("SIGSTORE_REKOR_PUBLIC_KEY", "rekor.pub");
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private static String pem(Bytes der) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64Text.encodeLines(der)
        + "-----END CERTIFICATE-----\n";
  }

  private static IssuedCertificate leaf(UnaryOperator<LeafBuilder> change) {
    return change
        .apply(
            SIGSTORE
                .fulcio()
                .leaf(KEY.spki(), SIGNED)
                .identity(VirtualIdentity.email(ME, ISSUER))
                .logged(SIGSTORE.ctLog()))
        .issue();
  }

  private static IssuedCertificate leaf() {
    return leaf(builder -> builder);
  }

  /** A leaf that is valid now. */
  private static UnaryOperator<LeafBuilder> livingNow() {
    Instant now = Instant.now();
    return builder ->
        builder.validity(now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)));
  }

  /** One keyless signature with a log entry, for tests of who is asked about it. */
  static void signKeyless(ImageBench bench) throws Exception {
    TrustFilesTest test = new TrustFilesTest();
    test.bench = bench;
    test.signed(leaf());
  }

  private Bytes payload() {
    return SimpleSigningPayload.of(bench.registry.host() + "/app", bench.image(), Map.of())
        .toBytes();
  }

  /** The image's only signature, with this beside it. */
  private void push(Bytes signature, Map<String, String> annotations) throws Exception {
    Map<String, String> all = new TreeMap<>(annotations);
    all.put(LegacySignature.SIGNATURE_ANNOTATION, Base64Text.encode(signature));
    SignatureObject object =
        SignatureObject.empty(SignatureObject.Flavour.OCI)
            .append(SignatureObject.layer(payload(), all));
    bench.app.putBlob(payload());
    bench.app.putBlob(object.config());
    bench.app.putManifest(
        "application/vnd.oci.image.manifest.v1+json",
        object.manifest().toJson(),
        ImageBench.tagName(".sig"));
  }

  private void push(Map<String, String> annotations) throws Exception {
    push(KEY.sign(payload()), annotations);
  }

  /** The image's only signature: with this certificate, logged and stamped, long ago. */
  private void signed(IssuedCertificate leaf, String... chain) throws Exception {
    Bytes signature = KEY.sign(payload());
    Map<String, String> beside = new TreeMap<>();
    beside.put(LegacySignature.CERTIFICATE_ANNOTATION, leaf.pem());
    if (chain.length > 0) {
      beside.put(LegacySignature.CHAIN_ANNOTATION, String.join("", chain));
    }
    Bytes digest = Digest.sha256(payload()).bytes();
    beside.put(
        LegacySignature.LOG_BUNDLE_ANNOTATION,
        GoJson.write(
                SIGSTORE
                    .rekor1()
                    .hashedrekord(HashAlgorithm.SHA256, digest, signature, leaf.pem(), SIGNED)
                    .legacyJson())
            .toUtf8String("bundle"));
    beside.put(
        LegacySignature.TIMESTAMP_ANNOTATION,
        LegacyTimestamp.write(SIGSTORE.tsa().stamp(signature, SIGNED)));
    push(signature, beside);
  }

  private InProcess.Result verify(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of("verify", "--certificate-identity", ME, "--certificate-oidc-issuer", ISSUER));
    line.addAll(List.of(more));
    line.add(bench.digested());
    return InProcess.in(folder).environment(environment).run(line);
  }

  private InProcess.Result verified(int exit, String... more) {
    InProcess.Result result = verify(more);
    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    return result;
  }

  @Test
  void oneChainOrRootsAndWhatStandsBelowThem() throws Exception {
    signed(leaf());

    verified(0, "--certificate-chain", "chain.pem");
    verified(0, "--ca-roots", "root.pem", "--ca-intermediates", "between.pem");
    // any certificate that is called a root is one
    verified(0, "--ca-roots", "between.pem", "--ca-intermediates", "root.pem");
    verified(12, "--ca-roots", "root.pem");
    verified(12, "--certificate-chain", "root.pem");
    verified(12, "--ca-roots", "other.pem");
    verified(12, "--certificate-chain", "other.pem");
    assertThat(verified(1, "--ca-intermediates", "between.pem").stderr())
        .contains("--ca-intermediates says who stands below --ca-roots, which is missing");
  }

  @Test
  void whatComesWithASignatureStandsBetweenOnlyWhereTheLineNamesNothing() throws Exception {
    signed(leaf(), pem(SIGSTORE.fulcio().chain().get(0)), pem(SIGSTORE.fulcio().root()));

    verified(0, "--ca-roots", "root.pem");
    verified(12, "--ca-roots", "root.pem", "--ca-intermediates", "other.pem");
    // and is never a root
    verified(12, "--ca-roots", "other.pem");
  }

  @Test
  void theFlagsComeBeforeTheVariable() throws Exception {
    signed(leaf());
    environment.put("SIGSTORE_ROOT_FILE", "chain.pem");
    verified(0);
    environment.put("SIGSTORE_ROOT_FILE", "no-such-file");
    assertThat(verified(1).stderr()).contains("no-such-file");
    verified(0, "--certificate-chain", "chain.pem");
  }

  @Test
  void whatIsNotNamedIsOfTheInstanceAndUndecidedWithoutOne() throws Exception {
    signed(leaf());
    environment.remove("SIGSTORE_REKOR_PUBLIC_KEY");

    assertThat(verified(20, "--certificate-chain", "chain.pem").stderr())
        .contains("its transparency log entry cannot be checked without a trusted root");
    environment.clear();
    verified(20);
    verified(20, "--certificate-chain", "chain.pem", "--insecure-ignore-tlog");
  }

  @Test
  void eachKeyOfALogIsAskedFor() throws Exception {
    signed(leaf());
    bench.write("rekor.pub", VirtualKey.create(KeyType.EC_P256).publicPem());
    verified(12, "--certificate-chain", "chain.pem");
    bench.write("rekor.pub", SIGSTORE.rekor1().key().publicPem());
    bench.write("ct.pub", VirtualKey.create(KeyType.EC_P256).publicPem());
    verified(12, "--certificate-chain", "chain.pem");
    verified(0, "--certificate-chain", "chain.pem", "--insecure-ignore-sct");
  }

  @Test
  void timestampsAreRequiredOnceTheirAuthorityIsNamed() throws Exception {
    signed(leaf());
    String[] line = {"--certificate-chain", "chain.pem", "--insecure-ignore-tlog"};

    assertThat(verify(line).exit()).isEqualTo(12);
    verified(0, "--certificate-chain=chain.pem", "--timestamp-certificate-chain=tsa.pem");
    verified(
        0,
        "--certificate-chain=chain.pem",
        "--timestamp-certificate-chain=tsa.pem",
        "--insecure-ignore-tlog");
    bench.write("tsa.pem", OTHER.chainPem());
    verified(12, "--certificate-chain=chain.pem", "--timestamp-certificate-chain=tsa.pem");
    environment.put("SIGSTORE_TSA_CERTIFICATE_FILE", "no-such-file");
    verified(1, "--certificate-chain=chain.pem", "--use-signed-timestamps");
  }

  @Test
  void anAuthorityWithoutLogAndTimestampsIsJudgedByThePresentTime() throws Exception {
    push(Map.of(LegacySignature.CERTIFICATE_ANNOTATION, leaf(livingNow()).pem()));
    String[] own = {"--certificate-chain=chain.pem", "--insecure-ignore-tlog"};

    assertThat(verified(0, own).stderr())
        .contains("note: certificates judged by the present time where nothing proves another");
    // only for authorities that the line names
    verified(12, "--trusted-root=root.json", "--insecure-ignore-tlog");
    verified(12, "--certificate-chain=chain.pem");

    push(Map.of(LegacySignature.CERTIFICATE_ANNOTATION, leaf().pem()));
    assertThat(verified(12, own).stderr()).contains("the certificate was valid until");
  }

  @Test
  void aSignatureWithoutCertificateIsTheSignersOfTheLine() throws Exception {
    push(Map.of());
    String[] own = {"--certificate-chain=chain.pem", "--insecure-ignore-tlog"};
    bench.write("me.pem", leaf(livingNow()).pem());
    bench.write("me.b64", Base64Text.encode(Bytes.utf8(leaf(livingNow()).pem())) + "\n");
    bench.write(
        "you.pem",
        livingNow()
            .apply(SIGSTORE.fulcio().leaf(KEY.spki(), SIGNED))
            .identity(VirtualIdentity.email("you@example.test", ISSUER))
            .logged(SIGSTORE.ctLog())
            .issue()
            .pem());
    bench.write(
        "stranger.pem",
        livingNow()
            .apply(SIGSTORE.fulcio().leaf(VirtualKey.create(KeyType.EC_P256).spki(), SIGNED))
            .identity(VirtualIdentity.email(ME, ISSUER))
            .logged(SIGSTORE.ctLog())
            .issue()
            .pem());

    verified(13, own);
    verified(0, own[0], own[1], "--certificate=me.pem");
    verified(0, own[0], own[1], "--certificate=me.b64");
    verified(12, own[0], own[1], "--certificate=you.pem");
    verified(12, own[0], own[1], "--certificate=stranger.pem");
    assertThat(verified(1, own[0], own[1], "--certificate=http://127.0.0.1:1/me").stderr())
        .contains("could be anybody's");
  }

  @Test
  void aPromiseBesideTheCertificateCountsForThatCertificateOnly() throws Exception {
    IssuedCertificate unlogged = leaf(LeafBuilder::notLogged);
    signed(unlogged);
    bench.write(
        "mine.sct",
        GoJson.write(SIGSTORE.ctLog().detached(SIGNED, unlogged.der())).toUtf8String("sct"));
    bench.write(
        "other.sct",
        GoJson.write(SIGSTORE.ctLog().detached(SIGNED, leaf().der())).toUtf8String("sct"));

    verified(12, "--certificate-chain=chain.pem");
    verified(0, "--certificate-chain=chain.pem", "--sct=mine.sct");
    verified(12, "--certificate-chain=chain.pem", "--sct=other.sct");
  }

  @Test
  void besideAKeyCertificatesAreNotReadAndBesideARootNoParts() throws Exception {
    signed(leaf());
    bench.write("key.pub", KEY.publicPem());

    InProcess.Result byKey =
        InProcess.in(folder)
            .run(
                "verify",
                "--key=key.pub",
                "--insecure-ignore-tlog",
                "--ca-roots=none.pem",
                "--certificate=none.pem",
                "--sct=none.json",
                bench.digested());
    assertThat(byKey.exit()).as(byKey.stderr()).isZero();
    assertThat(byKey.stderr())
        .contains("--certificate and --ca-roots and --sct were not read: a signature by the key");
    assertThat(verified(0, "--trusted-root=root.json", "--ca-roots=other.pem").stderr())
        .contains("--ca-roots was not read: --trusted-root says whom to trust");
  }

  @Test
  void thePatternOfAnIssuerReplacesTheExactOneInTheOlderFormat() throws Exception {
    signed(leaf());

    verified(0, "--certificate-chain=chain.pem", "--certificate-oidc-issuer-regexp=example");
    verified(12, "--certificate-chain=chain.pem", "--certificate-oidc-issuer-regexp=^example");
    List<String> line =
        List.of(
            "verify",
            "--certificate-identity=" + ME,
            "--certificate-oidc-issuer=https://other.test",
            "--certificate-oidc-issuer-regexp=^https://oidc[.]example[.]test$",
            "--certificate-chain=chain.pem",
            bench.digested());
    assertThat(InProcess.in(folder).environment(environment).run(line).exit()).isZero();
  }

  @Test
  void theReportSaysWhatScriptsReadOfTheCertificateAndTheLog() throws Exception {
    signed(leaf());

    String json = verified(0, "--certificate-chain=chain.pem").stdout();
    assertThat(json)
        .startsWith("\n[{\"critical\":{\"identity\":")
        .containsSubsequence(
            "\"optional\":{\"1.3.6.1.4.1.57264.1.1\":\"" + ISSUER + "\"",
            "\"Bundle\":{\"SignedEntryTimestamp\":\"",
            "\"Payload\":{\"body\":\"",
            "\"integratedTime\":" + SIGNED.getEpochSecond(),
            "\"logIndex\":",
            "\"logID\":\"",
            "\"Issuer\":\"" + ISSUER + "\"",
            "\"RFC3161Timestamp\":{\"SignedRFC3161Timestamp\":\"",
            "\"Subject\":\"" + ME + "\"");
    InProcess.Result text = verified(0, "--certificate-chain=chain.pem", "--output=text");
    assertThat(text.stderr())
        .contains("\nCertificate subject: " + ME + "\nCertificate issuer URL: " + ISSUER + "\n");
    assertThat(text.stdout()).startsWith("{\"critical\":").doesNotContain("Subject");
  }
}
