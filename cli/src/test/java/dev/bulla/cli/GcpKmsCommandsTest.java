package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.GcpKmsServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command lines of cosign's pages on key management services, for Google Cloud KMS, over TLS
 * against the double of its API, as a service account.
 */
class GcpKmsCommandsTest {

  private static final String TOKEN = "ya29.marked-token-90ab";
  private static final String KEY =
      "projects/" + GcpKmsServer.PROJECT + "/locations/us-central1/keyRings/foo/cryptoKeys/foo";
  private static final String REFERENCE = "gcpkms://" + KEY;

  @TempDir Path folder;

  private ImageBench bench;
  private GcpKmsServer google;
  private TestAuthority authority;

  @BeforeEach
  void start() throws IOException {
    bench = new ImageBench(folder);
    authority = TestAuthority.create("google test");
    google = GcpKmsServer.startTls(TOKEN, "1//refresh", authority.serverContext("127.0.0.1"));
    bench.write("ca.pem", authority.certificatePem());
    bench.write("account.json", google.serviceAccountFile());
    bench
        .withoutEnvironment("COSIGN_PASSWORD")
        .environment("SSL_CERT_FILE", "ca.pem")
        .environment("GOOGLE_APPLICATION_CREDENTIALS", "account.json")
        .environment("GCE_METADATA_HOST", "127.0.0.1:9")
        .environment("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS", google.address() + "/");
  }

  @AfterEach
  void stop() {
    bench.close();
    google.close();
  }

  private InProcess.Result run(int exit, String... line) {
    InProcess.Result result = bench.run(line);
    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    assertThat(result.stdout() + result.stderr()).doesNotContain(TOKEN, "PRIVATE KEY", "iss:");
    return result;
  }

  @Test
  void theWholeWay() throws Exception {
    assertThat(run(0, "generate-key-pair", "--kms", REFERENCE).stderr())
        .isEqualTo("Public key written to cosign.pub\n");
    String pinned = REFERENCE + "/versions/1";
    assertThat(run(0, "public-key", "--key", pinned).stdout()).isEqualTo(bench.read("cosign.pub"));
    run(0, "sign", "--key", pinned, "--tlog-upload=false", "--format", "both", bench.digested());
    for (String key : new String[] {REFERENCE, pinned, REFERENCE + "/cryptoKeyVersions/1"}) {
      run(0, "verify", "--key", key, "--insecure-ignore-tlog", bench.tagged());
    }
    assertThat(
            run(
                    0,
                    "verify",
                    "--key",
                    pinned,
                    "--insecure-ignore-tlog",
                    "--kms-verify=remote",
                    bench.tagged())
                .stderr())
        .contains("- The signatures were verified against the specified public key");
    bench.write("kms.pub", run(0, "public-key", "--key", REFERENCE).stdout());
    run(0, "verify", "--key", "kms.pub", "--insecure-ignore-tlog", bench.tagged());
  }

  @Test
  void theSpellingOfTheFirstReadme() {
    run(0, "generate-key-pair", "-kms", REFERENCE);
    run(0, "sign", "-kms", REFERENCE, bench.digested());
    run(0, "verify", "-kms", REFERENCE, bench.tagged());
    run(0, "verify", "-key", "cosign.pub", bench.tagged());
  }

  @Test
  void signaturesOfBeforeARotationCountUntilTheVersionIsDisabled() {
    run(0, "generate-key-pair", "--kms", REFERENCE);
    run(0, "sign", "--key", REFERENCE, "--tlog-upload=false", bench.digested());
    google.rotate(KEY);
    run(0, "verify", "--key", REFERENCE, "--insecure-ignore-tlog", bench.tagged());
    google.setState(KEY, "DISABLED", false);

    run(12, "verify", "--key", REFERENCE, "--insecure-ignore-tlog", bench.tagged());
    assertThat(
            run(
                    1,
                    "verify",
                    "--key",
                    REFERENCE + "/versions/1",
                    "--insecure-ignore-tlog",
                    bench.tagged())
                .stderr())
        .contains("is not enabled, current state is: DISABLED.");
  }

  /** What others could not verify is what the key itself says how to verify. */
  @Test
  void keysWithOtherAlgorithms() {
    for (String algorithm :
        new String[] {
          "EC_SIGN_P384_SHA384",
          "EC_SIGN_ED25519",
          "RSA_SIGN_PKCS1_4096_SHA256",
          "RSA_SIGN_PKCS1_4096_SHA512",
          "RSA_SIGN_PSS_2048_SHA256"
        }) {
      google.add(KEY, "ASYMMETRIC_SIGN", algorithm);
      run(
          0,
          "sign",
          "--key",
          REFERENCE,
          "--tlog-upload=false",
          "-a",
          "algorithm=" + algorithm,
          bench.digested());
      for (String where : new String[] {"local", "remote"}) {
        run(
            0,
            "verify",
            "--key",
            REFERENCE,
            "--insecure-ignore-tlog",
            "--kms-verify",
            where,
            "-a",
            "algorithm=" + algorithm,
            bench.tagged());
      }
    }
  }

  /** Stated in docs/kms.md: what suffices for each, and that no more is asked for. */
  @Test
  void theLeastRights() {
    google.add(KEY, "ASYMMETRIC_SIGN", "EC_SIGN_P256_SHA256");
    String versions = "cloudkms.cryptoKeyVersions.";
    google.grantOnly(Set.of(versions + "viewPublicKey", versions + "useToSign"));
    String pinned = REFERENCE + "/versions/1";
    run(0, "sign", "--key", pinned, "--tlog-upload=false", bench.digested());
    google.grantOnly(Set.of(versions + "viewPublicKey"));
    run(0, "verify", "--key", pinned, "--insecure-ignore-tlog", bench.tagged());
    assertThat(
            run(1, "verify", "--key", REFERENCE, "--insecure-ignore-tlog", bench.tagged()).stderr())
        .contains("not permitted: cloudkms.cryptoKeyVersions.list\n");
    assertThat(
            run(1, "sign", "--key", pinned, "--tlog-upload=false", "-a", "b=c", bench.digested())
                .stderr())
        .contains("not permitted: cloudkms.cryptoKeyVersions.useToSign\n");
    google.grantOnly(Set.of(versions + "viewPublicKey", versions + "list"));
    run(0, "verify", "--key", REFERENCE, "--insecure-ignore-tlog", bench.tagged());
    google.grantOnly(Set.of());
    assertThat(run(1, "generate-key-pair", "--kms", REFERENCE).stderr())
        .contains("not permitted: cloudkms.cryptoKeys.get\n");
  }

  /**
   * "GCP KMS with gcloud": the payload is signed, and the public key fetched, by another program,
   * whose two calls are made here.
   */
  @Test
  void signedByGcloud() throws Exception {
    google.add(KEY, "ASYMMETRIC_SIGN", "EC_SIGN_P256_SHA256");
    Bytes payload = Bytes.utf8(run(0, "generate", bench.tagged()).stdout());
    bench.write("payload.json", payload);

    MessageDigest hash = HashAlgorithm.SHA256.newDigest();
    payload.feed(hash);
    byte[] digest = hash.digest();
    CRC32C sum = new CRC32C();
    sum.update(digest);
    JsonObject signed =
        call(
            KEY + "/cryptoKeyVersions/1:asymmetricSign",
            JsonObject.builder()
                .put(
                    "digest",
                    JsonObject.builder().put("sha256", Base64Text.encode(Bytes.of(digest))).build())
                .put("digestCrc32c", Long.toString(sum.getValue()))
                .build());
    run(
        0,
        "attach",
        "signature",
        "--payload",
        "payload.json",
        "--signature",
        text(signed, "signature"),
        bench.tagged());

    JsonObject downloaded =
        JsonParser.parseObject(
            Bytes.utf8(run(0, "download", "signature", bench.tagged()).stdout().strip()), "line");
    Bytes gotPayload = Base64Text.decode(text(downloaded, "Payload"), "payload");
    Bytes gotSignature = Base64Text.decode(text(downloaded, "Base64Signature"), "signature");
    String pem = text(call(KEY + "/cryptoKeyVersions/1/publicKey", null), "pem");
    bench.write("pubkey.pem", pem);

    // openssl dgst -sha256 -verify pubkey.pem -signature gcpkms.sig payload
    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(
        KeyFactory.getInstance("EC")
            .generatePublic(
                new X509EncodedKeySpec(
                    Base64Text.decodeIgnoringNewlines(
                            pem.replaceAll("-----[A-Z ]+-----", "").strip(), "PEM")
                        .toByteArray())));
    gotPayload.feed(verifier);
    assertThat(verifier.verify(gotSignature.toByteArray())).isTrue();
    assertThat(gotPayload).isEqualTo(payload);
    run(0, "verify", "--key", "pubkey.pem", "--insecure-ignore-tlog", bench.tagged());
    run(0, "verify", "--key", REFERENCE, "--insecure-ignore-tlog", bench.tagged());
  }

  private JsonObject call(String path, @org.jspecify.annotations.Nullable JsonObject body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(google.address() + "/v1/" + path))
            .header("Authorization", "Bearer " + TOKEN);
    if (body != null) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofByteArray(GoJson.write(body).toByteArray()));
    }
    HttpClient client = HttpClient.newBuilder().sslContext(authority.clientContext()).build();
    HttpResponse<byte[]> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    return JsonParser.parseObject(Bytes.of(answer.body()), "answer");
  }

  private static String text(JsonObject object, String name) {
    return ((JsonString) object.get(name).orElseThrow()).value();
  }

  @Test
  void withoutCredentialsItSaysHowToGetThem() {
    bench.withoutEnvironment("GOOGLE_APPLICATION_CREDENTIALS").environment("HOME", "/nowhere");

    assertThat(run(1, "public-key", "--key", REFERENCE).stderr())
        .contains("no Google credentials were found")
        .contains("gcloud auth application-default login");
  }
}
