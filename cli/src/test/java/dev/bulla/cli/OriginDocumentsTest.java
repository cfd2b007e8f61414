package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.terminal.Terminal;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonParser;
import dev.bulla.json.ProtoJson;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import dev.bulla.testkit.http.ForwardProxy;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.TransitServer;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.registry.StoredRepository;
import dev.bulla.testkit.sigstore.VirtualIdentity;
import dev.bulla.testkit.sigstore.VirtualKey;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two documents of cosign, each typed from top to bottom: its first README, and its page "Signing
 * Containers". Registries are reached under the names that are printed, through a proxy that leads
 * them here; the services are those of a Sigstore in this process. A line that is not typed as it
 * is printed is published with what is typed instead. What {@code crane}, {@code jq} and {@code
 * openssl} do in between is done by hand; with the real programs the same lines run in interop's
 * {@code DocumentedLinesTest} and {@code DocumentedKeyServicesTest}. Lines about keys in services
 * run in {@link DocumentedKeyLinesTest}, all but Vault's, which is here too.
 */
class OriginDocumentsTest {

  private static final String PASSWORD = "origin-5d20c9";

  private static final Terminal PERSON =
      new Terminal() {
        @Override
        public boolean stdinIsCharacterDevice() {
          return true;
        }

        @Override
        public boolean stderrIsTerminal() {
          return true;
        }

        @Override
        public byte[] readWithoutEcho() {
          return PASSWORD.getBytes(StandardCharsets.UTF_8);
        }
      };

  @TempDir Path folder;

  private final Map<String, String> environment = new TreeMap<>();
  private VirtualSigstoreServer sigstore;
  private EmbeddedRegistry registry;
  private ForwardProxy proxy;
  private TypedLines shell;
  private String stdin = "";

  @BeforeEach
  void start() throws Exception {
    sigstore = VirtualSigstoreServer.start(VirtualSigstore.live());
    sigstore
        .tuf()
        .publish(
            Map.of(
                "trusted_root.json",
                sigstore.sigstore().trustedRoot().bytes(),
                "signing_config.v0.2.json",
                ProtoJson.write(sigstore.signingConfig(Service.REKOR1, true))),
            sigstore.sigstore().validTo());
    String[] hosts = {"index.docker.io", "us-central1-docker.pkg.dev", "reg.example.com"};
    TestAuthority authority = TestAuthority.create("origin");
    registry =
        EmbeddedRegistry.start(EmbeddedRegistry.options().tls(authority.serverContext(hosts)));
    proxy = ForwardProxy.start();
    for (String host : hosts) {
      proxy.leading(host + ":443", registry.address());
    }
    write("authority.pem", Bytes.utf8(authority.certificatePem()));
    write("root.json", sigstore.tuf().firstRoot());
    environment.put("HTTPS_PROXY", "http://" + proxy.host());
    environment.put("SSL_CERT_FILE", folder.resolve("authority.pem").toString());
    environment.put("TUF_MIRROR", sigstore.url(Service.TUF));
    environment.put("TUF_ROOT_JSON", "root.json");
    environment.put("TUF_ROOT", folder.resolve("tuf").toString());
    shell = new TypedLines(this::run);
  }

  @AfterEach
  void stop() {
    proxy.close();
    registry.close();
    sigstore.close();
  }

  private InProcess.Result run(List<String> words) {
    assertThat(words.get(0)).isEqualTo("cosign");
    InProcess.Result result =
        InProcess.in(folder)
            .environment(environment)
            .terminal(PERSON)
            .stdin(stdin)
            .run(words.subList(1, words.size()));
    assertThat(result.stdout() + result.stderr()).doesNotContain(PASSWORD);
    return result;
  }

  private void write(String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toByteArray());
  }

  private Bytes read(String name) throws IOException {
    return Bytes.of(Files.readAllBytes(folder.resolve(name)));
  }

  /** Types something else than what is printed, and says so. */
  private InProcess.Result instead(TestReporter reporter, String printed, String typed) {
    reporter.publishEntry(printed, typed);
    return shell.passes(typed);
  }

  private static GoFields lastLine(String json) throws Exception {
    String[] lines = json.strip().split("\n", -1);
    return GoFields.of(JsonParser.parseObject(Bytes.utf8(lines[lines.length - 1]), "line"), "line");
  }

  // ---- the first README

  @Test
  @DisplayName("the first README")
  void firstReadme(TestReporter reporter) throws Exception {
    StoredRepository demo = registry.repository("dlorenc/demo");
    SampleImage.image("demo").pushTo(demo, "latest");
    SampleImage.image("sign-me").pushTo(demo, "sign-me");
    String digest = demo.manifest("latest").orElseThrow().digest().toString();

    InProcess.Result made = shell.passes("cosign generate-key-pair");
    assertThat(made.stderr())
        .containsSubsequence(
            "Enter password for private key: ", "Enter password for private key again: ")
        .contains("Private key written to cosign.key");
    InProcess.Result signed = shell.passes("cosign sign -key cosign.key dlorenc/demo");
    assertThat(signed.stderr())
        .contains("Enter password for private key:")
        .contains("Pushing signature to: index.docker.io/dlorenc/demo");
    InProcess.Result verified = shell.passes("cosign verify -key cosign.pub dlorenc/demo");
    assertThat(verified.stdout()).contains(digest);
    assertThat(verified.stderr())
        .contains("- The cosign claims were validated")
        .contains("- The signatures were verified against the specified public key");

    environment.put("COSIGN_EXPERIMENTAL", "1");
    environment.put("REKOR_SERVER", sigstore.url(Service.REKOR1));
    reporter.publishEntry("api.rekor.dev", "REKOR_SERVER=" + sigstore.url(Service.REKOR1));
    shell.fails(12, "no matching signatures", "cosign verify -key cosign.pub dlorenc/demo");
    shell.passes("cosign sign -key cosign.key dlorenc/demo");
    assertThat(shell.passes("cosign verify -key cosign.pub dlorenc/demo").stderr())
        .contains("transparency log");
    assertThat(sigstore.served(Service.REKOR1)).isNotEmpty();
    environment.remove("COSIGN_EXPERIMENTAL");

    theKeyItself(reporter);
    aTagBoundToItsDigest(demo);
    counterSignature(demo);
  }

  private void theKeyItself(TestReporter reporter) throws Exception {
    SampleImage.image("taskrun")
        .pushTo(registry.repository("dlorenc-vmtest2/test/taskrun"), "latest");
    VirtualKey key = VirtualKey.create(KeyType.ED25519);
    write("theirs.pem", Bytes.utf8(key.privatePem()));
    String image = "us-central1-docker.pkg.dev/dlorenc-vmtest2/test/taskrun";
    shell.passes("cosign import-key-pair --key theirs.pem --output-key-prefix theirs");
    shell.passes("cosign sign -key theirs.key " + image);
    int size = key.spki().size();
    instead(
        reporter,
        "cosign verify -key NqfC4CpZiE4OGpuYFSSMzXHJqXQ6u1W55prrZIjjZJ0= " + image,
        "cosign verify -key " + Base64Text.encode(key.spki().slice(size - 32, size)) + " " + image);
  }

  private void aTagBoundToItsDigest(StoredRepository demo) {
    shell.name("TAG", "sign-me");
    shell.name("DGST", demo.manifest("sign-me").orElseThrow().digest().toString());
    shell.passes("cosign sign -key cosign.key -a tag=$TAG dlorenc/demo@$DGST");
    assertThat(shell.passes("cosign verify -key cosign.pub -a tag=$TAG dlorenc/demo:$TAG").stdout())
        .contains("\"optional\":{\"tag\":\"sign-me\"}");
    shell.fails(
        12,
        "missing or incorrect annotation",
        "cosign verify -key cosign.pub -a tag=other dlorenc/demo:$TAG");
  }

  private void counterSignature(StoredRepository demo) throws Exception {
    shell.passes("cosign sign -key cosign.key -a sig=original dlorenc/demo");
    assertThat(shell.passes("cosign verify -key cosign.pub dlorenc/demo").stdout())
        .contains("\"sig\":\"original\"");
    String object = shell.passes("cosign triangulate dlorenc/demo").stdout().strip();
    assertThat(object).startsWith("index.docker.io/dlorenc/demo:sha256-");
    String tag = object.substring(object.lastIndexOf(':') + 1);
    demo.tag("mysignature", demo.manifest(tag).orElseThrow().digest());
    shell.passes("cosign sign -key cosign.key -a sig=counter dlorenc/demo:mysignature");
    assertThat(shell.passes("cosign verify -key cosign.pub dlorenc/demo:mysignature").stdout())
        .contains("\"optional\":{\"sig\":\"counter\"}");
    assertThat(demo.manifest("mysignature").orElseThrow().content().toUtf8String("manifest"))
        .contains("\"dev.cosignproject.cosign/signature\":");
  }

  // ---- "Signing Containers"

  @Test
  @DisplayName("Signing Containers")
  void signingContainers(TestReporter reporter) throws Exception {
    SampleImage.image("alpine").pushTo(registry.repository("library/alpine"), "latest");
    environment.put(
        "SIGSTORE_ID_TOKEN", sigstore.oidc().emailToken("me@example.com", Instant.now()));
    String name = "5f1c1a5e-6d5c-4a52-9f0e-6c8d3a2b1e70";
    shell.name("IMAGE", "reg.example.com/" + name + ":1h");
    shell.name("ISSUER", sigstore.oidc().issuer());
    reporter.publishEntry("IMAGE_NAME=$(uuidgen)", "IMAGE=reg.example.com/" + name + ":1h");
    shell.passes("cosign copy alpine $IMAGE");
    StoredRepository images = registry.repository(name);
    reporter.publishEntry("crane manifest $(cosign triangulate $IMAGE)", "BULLA_FORMAT=legacy");
    environment.put("BULLA_FORMAT", "legacy");
    String who = " --certificate-identity me@example.com --certificate-oidc-issuer $ISSUER $IMAGE";

    shell.passes("cosign sign $IMAGE");
    shell.passes("cosign verify" + who);
    shell.passes("cosign generate-key-pair");
    shell.passes("cosign sign --key cosign.key $IMAGE");
    shell.passes("cosign verify --key cosign.pub $IMAGE");
    shell.passes("cosign sign $IMAGE");
    shell.passes("cosign sign $IMAGE");
    assertThat(signatureObject(images).split("\"dev.cosignproject.cosign/signature\"", -1))
        .as("around four signatures")
        .hasSize(5);
    shell.fails(12, "missing or incorrect annotation", "cosign verify -a foo=bar" + who);
    shell.passes("cosign sign -a foo=bar $IMAGE");
    shell.passes("cosign verify -a foo=bar" + who);

    write("cosign.crt", Bytes.utf8(certificateOf("cosign.pub")));
    write("chain.crt", Bytes.utf8(sigstore.sigstore().fulcio().chainPem()));
    instead(
        reporter,
        "cosign sign --certificate cosign.crt --certificate-chain chain.crt $IMAGE",
        "cosign sign --key cosign.key --certificate cosign.crt --certificate-chain chain.crt"
            + " $IMAGE");
    shell.passes(
        "cosign verify --certificate-identity team@example.com --certificate-oidc-issuer"
            + " https://issuer.example $IMAGE");

    keysElsewhere();
    otherPrograms(reporter);
    whereSignaturesAre(reporter, images);
  }

  private String certificateOf(String publicKeyFile) throws Exception {
    VirtualSigstore authorities = sigstore.sigstore();
    Instant now = Instant.now();
    return authorities
        .fulcio()
        .leaf(VerificationKey.parsePem(read(publicKeyFile), publicKeyFile).spki(), now)
        .identity(VirtualIdentity.email("team@example.com", "https://issuer.example"))
        .validity(now.minusSeconds(60), now.plusSeconds(3600))
        .logged(authorities.ctLog())
        .issue()
        .pem();
  }

  private void keysElsewhere() throws Exception {
    environment.put("ENV_VAR", read("cosign.key").toUtf8String("key"));
    shell.passes("cosign sign --key env://ENV_VAR $IMAGE");
    shell.passes("cosign verify --key cosign.pub $IMAGE");
    try (TransitServer vault = TransitServer.start("hvs.origin-11d7", "", "transit")) {
      environment.put("VAULT_ADDR", vault.address());
      environment.put("VAULT_TOKEN", "hvs.origin-11d7");
      shell.passes("cosign generate-key-pair --kms hashivault://key --output-key-prefix vault");
      shell.passes("cosign sign --key hashivault://key $IMAGE");
      shell.passes("cosign verify --key hashivault://key $IMAGE");
      shell.passes("cosign verify --key vault.pub $IMAGE");
    }
  }

  private void otherPrograms(TestReporter reporter) throws Exception {
    write("payload.json", Bytes.utf8(shell.passes("cosign generate $IMAGE").stdout()));
    assertThat(
            instead(
                    reporter,
                    "cosign sign --payload $IMAGE",
                    "cosign sign --payload payload.json $IMAGE")
                .stderr())
        .contains("Using payload from: payload.json");

    VirtualKey openssl = VirtualKey.create(KeyType.EC_P256);
    write("openssl.pub", Bytes.utf8(openssl.publicPem()));
    Bytes signature = openssl.sign(read("payload.json"));
    write("payloadbase64.sig", Bytes.utf8(Base64Text.encodeLines(signature)));
    shell.passes(
        "cosign attach signature --payload payload.json --signature payloadbase64.sig $IMAGE");
    InProcess.Result verified =
        instead(
            reporter,
            "cosign verify --key --insecure-ignore-tlog $IMAGE",
            "cosign verify --key openssl.pub --insecure-ignore-tlog $IMAGE");
    assertThat(verified.stderr())
        .contains("- The cosign claims were validated")
        .contains("- The signatures were verified against the specified public key");

    shell.passes(
        "cosign sign --upload=false --output-signature demo.sig --output-certificate demo.crt"
            + " $IMAGE");
    assertThat(read("demo.sig").size()).isPositive();
    assertThat(read("demo.crt").toUtf8String("demo.crt")).startsWith("-----BEGIN CERTIFICATE---");

    for (KeyType type : List.of(KeyType.EC_P256, KeyType.RSA_2048)) {
      reporter.publishEntry("gcloud kms asymmetric-sign, aws kms sign", "a key of type " + type);
      signedElsewhere(reporter, VirtualKey.create(type));
    }

    write("file.sig", Bytes.utf8(Base64Text.encode(signature)));
    shell.passes("cosign attach signature --signature file.sig --payload payload.json $IMAGE");
    stdin = Base64Text.encode(signature);
    shell.passes("cosign attach signature --signature - --payload payload.json $IMAGE");
    stdin = "";
  }

  private void signedElsewhere(TestReporter reporter, VirtualKey key) throws Exception {
    Bytes signature = key.sign(read("payload.json"));
    shell.name("BASE64_SIGNATURE", Base64Text.encode(signature));
    instead(
        reporter,
        "cosign attach signature --payload payload.json --signature $BASE64_SIGNATURE",
        "cosign attach signature --payload payload.json --signature $BASE64_SIGNATURE $IMAGE");
    GoFields last =
        lastLine(
            instead(
                    reporter,
                    "cosign download signature > signatures.json",
                    "cosign download signature $IMAGE")
                .stdout());
    Signature check =
        Signature.getInstance(key.type() == KeyType.EC_P256 ? "SHA256withECDSA" : "SHA256withRSA");
    check.initVerify(key.publicKey());
    check.update(Base64Text.decode(last.requiredString("Payload"), "payload").toByteArray());
    assertThat(
            check.verify(
                Base64Text.decode(last.requiredString("Base64Signature"), "signature")
                    .toByteArray()))
        .isTrue();
  }

  private void whereSignaturesAre(TestReporter reporter, StoredRepository images) throws Exception {
    assertThat(signatureObject(images)).contains("\"dev.cosignproject.cosign/signature\":");

    stdin = "y\n";
    reporter.publishEntry("cosign clean $IMAGE", "answered with y");
    shell.passes("cosign clean $IMAGE");
    stdin = "";
    shell.fails(
        10, "no signatures found", "cosign verify --key openssl.pub --insecure-ignore-tlog $IMAGE");
    assertThat(images.tags()).containsExactly("1h");
  }

  /** {@code crane manifest $(cosign triangulate $IMAGE)}. */
  private String signatureObject(StoredRepository images) throws Exception {
    String name = shell.passes("cosign triangulate $IMAGE").stdout().strip();
    return images
        .manifest(name.substring(name.lastIndexOf(':') + 1))
        .orElseThrow()
        .content()
        .toUtf8String("manifest");
  }
}
