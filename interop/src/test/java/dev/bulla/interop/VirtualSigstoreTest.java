package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.JsonObject;
import dev.bulla.json.ProtoJson;
import dev.bulla.key.KeyType;
import dev.bulla.testkit.sigstore.TrustedRootText;
import dev.bulla.testkit.sigstore.VirtualBundle;
import dev.bulla.testkit.sigstore.VirtualCa;
import dev.bulla.testkit.sigstore.VirtualCtLog;
import dev.bulla.testkit.sigstore.VirtualEntry;
import dev.bulla.testkit.sigstore.VirtualIdentity;
import dev.bulla.testkit.sigstore.VirtualKey;
import dev.bulla.testkit.sigstore.VirtualRekor2;
import dev.bulla.testkit.sigstore.VirtualSigner;
import dev.bulla.testkit.sigstore.VirtualSigner.EnvelopeEntry;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import dev.bulla.testkit.sigstore.VirtualTsa;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Sigstore of testkit, judged by real cosign: it signs with its services, and verifies what it
 * mints; what it mints with one defect is refused for that defect.
 */
@Interop
@DisplayName("virtual Sigstore")
final class VirtualSigstoreTest {

  private static final String ME = "me@example.com";
  private static final String ISSUER = "https://oidc.virtual.test";
  private static final Bytes ARTIFACT = Bytes.utf8("hello\n");

  /** Cosign looks at the clock for its own certificates, so these services do. */
  private static VirtualSigstoreServer server;

  private final Bench bench;

  VirtualSigstoreTest(Bench bench) {
    this.bench = bench;
  }

  @BeforeAll
  static void start() throws IOException {
    server = VirtualSigstoreServer.start(VirtualSigstore.live());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  /** What signers find in their configuration. */
  enum Services {
    REKOR_1(Service.REKOR1, false),
    REKOR_1_AND_TSA(Service.REKOR1, true),
    REKOR_2_AND_TSA(Service.REKOR2, true);

    private final Service log;
    private final boolean timestamps;

    Services(Service log, boolean timestamps) {
      this.log = log;
      this.timestamps = timestamps;
    }
  }

  private static void configure(Workplace place, Services services) {
    place.write("tr.json", server.sigstore().trustedRoot().bytes().toByteArray());
    place.write(
        "sc.json",
        ProtoJson.write(server.signingConfig(services.log, services.timestamps)).toByteArray());
  }

  private static String token() {
    return server.oidc().emailToken(ME, Instant.now());
  }

  private static List<String> signing(String... more) {
    return line(List.of(more), "--yes", "--signing-config", "sc.json", "--trusted-root", "tr.json");
  }

  private static List<String> line(List<String> front, String... more) {
    List<String> all = new ArrayList<>(front);
    all.addAll(List.of(more));
    return all;
  }

  private static Call verifying(Workplace place, Services services, String who, String... more) {
    return verifying(Program.COSIGN3, place, services, who, more);
  }

  private static Call verifying(
      Program program, Workplace place, Services services, String who, String... more) {
    List<String> line =
        line(
            List.of(more),
            "--trusted-root",
            "tr.json",
            "--certificate-identity",
            who,
            "--certificate-oidc-issuer",
            server.oidc().issuer());
    if (services.timestamps) {
      line.add("--use-signed-timestamps");
    }
    return place.call(program, line);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Services.class)
  @DisplayName("cosign 3 signs and attests keyless with its services; it and bulla verify")
  void keyless(Services services, Workplace place) {
    configure(place, services);
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "virtual"), "v1");
    place.write("predicate.json", "{}");
    String type = "https://example.com/p";
    place
        .call(Program.COSIGN3, signing("sign", "--identity-token", token(), image.byDigest()))
        .run()
        .expect(0);
    place
        .call(
            Program.COSIGN3,
            signing(
                "attest",
                "--identity-token",
                token(),
                "--predicate",
                "predicate.json",
                "--type",
                type,
                image.byDigest()))
        .run()
        .expect(0);
    verifying(place, services, ME, "verify", image.byDigest()).run().expect(0);
    verifying(place, services, "you@example.com", "verify", image.byDigest())
        .run()
        .expectFailure()
        .expectError("no matching CertificateIdentity found");
    verifying(place, services, ME, "verify-attestation", "--type", type, image.byDigest())
        .run()
        .expect(0);
    verifying(Program.BULLA, place, services, ME, "verify", image.byDigest()).run().expect(0);
    verifying(Program.BULLA, place, services, "you@example.com", "verify", image.byDigest())
        .run()
        .expect(12);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Services.class)
  @DisplayName("cosign 3 signs with a key and its logs; it and bulla verify")
  void keyed(Services services, Workplace place) {
    configure(place, services);
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "virtual"), "v1");
    KeyPair pair = bench.keys().generatedBy(Program.COSIGN3);
    place
        .call(Program.COSIGN3, signing("sign", "--key", pair.key().toString(), image.byDigest()))
        .env("COSIGN_PASSWORD", KeyRing.PASSWORD)
        .run()
        .expect(0);
    for (Program verifier : new Program[] {Program.COSIGN3, Program.BULLA}) {
      place.run(
          verifier,
          "verify",
          "--trusted-root",
          "tr.json",
          "--key",
          pair.pub().toString(),
          image.byDigest());
    }
  }

  @Test
  @DisplayName("cosign 3 gets its token by the device flow")
  void deviceFlow(Workplace place) {
    configure(place, Services.REKOR_1);
    place.write("a.txt", ARTIFACT.toByteArray());
    place
        .call(
            Program.COSIGN3,
            signing(
                "sign-blob",
                "--fulcio-auth-flow",
                "device",
                "--oidc-client-id",
                "sigstore",
                "--bundle",
                "b.json",
                "a.txt"))
        .run()
        .expect(0);
    verifying(place, Services.REKOR_1, ME, "verify-blob", "--bundle", "b.json", "a.txt")
        .run()
        .expect(0);
  }

  @ParameterizedTest(name = "{0} entries")
  @ValueSource(strings = {"dsse", "intoto"})
  @DisplayName("cosign 2 signs and attests keyless with its services; it and bulla verify")
  void olderCosign(String entryType, Workplace place) {
    VirtualSigstore sigstore = server.sigstore();
    place.write("ca.pem", sigstore.fulcio().chainPem());
    place.write("ct.pub", sigstore.ctLog().key().publicPem());
    place.write("rekor.pub", sigstore.rekor1().key().publicPem());
    place.write(
        "other-ca.pem",
        VirtualCa.codeSigning("other", KeyType.EC_P256, sigstore.validFrom(), sigstore.validTo())
            .chainPem());
    place.write("tsa.pem", sigstore.tsa().certificate().chainPem());
    place.write("predicate.json", "{}");
    Map<String, String> trust =
        Map.of(
            "SIGSTORE_ROOT_FILE", "ca.pem",
            "SIGSTORE_CT_LOG_PUBLIC_KEY_FILE", "ct.pub",
            "SIGSTORE_REKOR_PUBLIC_KEY", "rekor.pub");
    Image image = Samples.image(bench.shelf(RegistryKind.DOCKER_REGISTRY, "virtual"), "v1");
    List<String> services =
        List.of(
            "--yes",
            "--rekor-url",
            server.url(Service.REKOR1),
            "--fulcio-url",
            server.url(Service.FULCIO),
            "--oidc-issuer",
            server.oidc().issuer(),
            "--timestamp-server-url",
            server.tsaUrl(),
            "--identity-token",
            token(),
            image.byDigest());
    List<String> sign = new ArrayList<>(List.of("sign"));
    sign.addAll(services);
    place.call(Program.COSIGN2, sign).env(trust).run().expect(0);
    List<String> attest =
        new ArrayList<>(
            List.of("attest", "--rekor-entry-type", entryType, "--predicate", "predicate.json"));
    attest.addAll(services);
    place.call(Program.COSIGN2, attest).env(trust).run().expect(0);
    String[] who = {
      "--rekor-url",
      server.url(Service.REKOR1),
      "--certificate-identity",
      ME,
      "--certificate-oidc-issuer",
      server.oidc().issuer(),
      "--timestamp-certificate-chain",
      "tsa.pem",
      image.byDigest()
    };
    for (List<String> verify :
        List.of(
            List.of("verify", "--use-signed-timestamps"),
            List.of("verify", "--certificate-chain", "ca.pem"))) {
      // what scripts read of the certificate, the log and the timestamp is the same
      String theirs =
          place.call(Program.COSIGN2, line(verify, who)).env(trust).run().expect(0).text();
      String ours = place.call(Program.BULLA, line(verify, who)).env(trust).run().expect(0).text();
      assertThat(ours).isEqualTo(theirs);
    }
    place
        .call(Program.BULLA, line(List.of("verify"), who))
        .env(trust)
        .env("SIGSTORE_ROOT_FILE", "other-ca.pem")
        .run()
        .expect(12);
    place
        .call(
            Program.BULLA,
            List.of(
                "verify",
                "--ca-roots",
                "ca.pem",
                "--certificate-identity-regexp",
                "^me@example[.]com$",
                "--certificate-oidc-issuer-regexp",
                "^http",
                image.byDigest()))
        .env(trust)
        .run()
        .expect(0);
    place
        .call(Program.COSIGN2, line(List.of("verify-attestation", "--type", "custom"), who))
        .env(trust)
        .run()
        .expect(0);
    configure(place, Services.REKOR_1_AND_TSA);
    for (Services proof : new Services[] {Services.REKOR_1, Services.REKOR_1_AND_TSA}) {
      verifying(Program.BULLA, place, proof, ME, "verify", image.byDigest()).run().expect(0);
    }
  }

  @Test
  @DisplayName("cosign 2 and bulla look a signature without entry up in its log")
  void withoutEntry(Workplace place) {
    place.write("rekor.pub", server.sigstore().rekor1().key().publicPem());
    Map<String, String> trust = Map.of("SIGSTORE_REKOR_PUBLIC_KEY", "rekor.pub");
    Image image = Samples.image(bench.shelf(RegistryKind.DOCKER_REGISTRY, "virtual"), "v1");
    KeyPair pair = bench.keys().generatedBy(Program.COSIGN2);
    String log = server.url(Service.REKOR1);
    place
        .call(
            Program.COSIGN2,
            List.of(
                "sign",
                "--yes",
                "--key",
                pair.key().toString(),
                "--rekor-url",
                log,
                "--upload=false",
                "--output-signature",
                "s.b64",
                image.byDigest()))
        .env("COSIGN_PASSWORD", KeyRing.PASSWORD)
        .env(trust)
        .run()
        .expect(0);
    place.run(Program.COSIGN2, "attach", "signature", "--signature", "s.b64", image.byDigest());
    List<String> verify = List.of("verify", "--key", pair.pub().toString());
    for (Program verifier : new Program[] {Program.COSIGN2, Program.BULLA}) {
      place
          .call(verifier, line(verify, "--rekor-url", log, image.byDigest()))
          .env(trust)
          .run()
          .expect(0);
      place
          .call(verifier, line(verify, "--rekor-url", log, "--offline", image.byDigest()))
          .env(trust)
          .run()
          .expect(12);
    }
  }

  // --- what is minted in process, at a time long ago

  private static VirtualSigstore longAgo() {
    VirtualSigstore sigstore = VirtualSigstore.at(Instant.parse("2023-04-05T06:07:08Z"));
    // so that proofs have something to prove
    for (int i = 0; i < 5; i++) {
      Bytes other = Bytes.utf8("entry " + i);
      sigstore.rekor1().add("other", "0.0.0", other, sigstore.now());
      sigstore.rekor2().add("other", other, sigstore.now());
    }
    sigstore.rekor2().cosignedBy("witness.virtual.test", VirtualKey.create(KeyType.ED25519));
    return sigstore;
  }

  private static VirtualSigner me(VirtualSigstore sigstore) {
    return sigstore.signer(VirtualIdentity.email(ME, ISSUER));
  }

  private static Call verifyBlob(
      Workplace place, TrustedRootText root, VirtualBundle bundle, String... who) {
    place.write("a.txt", ARTIFACT.toByteArray());
    place.write("tr.json", root.bytes().toByteArray());
    place.write("b.json", bundle.bytes().toByteArray());
    return place.call(
        Program.COSIGN3,
        line(
            line(List.of("verify-blob"), who),
            "--trusted-root",
            "tr.json",
            "--bundle",
            "b.json",
            "a.txt"));
  }

  private static Call verifyMine(Workplace place, TrustedRootText root, VirtualBundle bundle) {
    return verifyBlob(
        place, root, bundle, "--certificate-identity", ME, "--certificate-oidc-issuer", ISSUER);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(KeyType.class)
  @DisplayName("cosign 3 verifies minted keyless bundles")
  void mintedKeyless(KeyType type, Workplace place) {
    VirtualSigstore sigstore = longAgo();
    TrustedRootText root = sigstore.trustedRoot();
    verifyMine(
            place, root, me(sigstore).keyType(type).loggedIn(sigstore.rekor1()).message(ARTIFACT))
        .run()
        .expect(0);
    VirtualBundle both =
        me(sigstore)
            .keyType(type)
            .loggedIn(sigstore.rekor1())
            .loggedIn(sigstore.rekor2())
            .stampedBy(sigstore.tsa())
            .stampedWithCertificates()
            .stampHash(HashAlgorithm.SHA512)
            .message(ARTIFACT);
    verifyMine(place, root, both).run().expect(0);
    verifyMine(
            place,
            root,
            me(sigstore)
                .keyType(type)
                .loggedIn(sigstore.rekor2())
                .stampedBy(sigstore.tsa())
                .message(ARTIFACT))
        .run()
        .expect(0);
  }

  /** Logs by other kinds of key than the public ones, and a CT log that fills its extensions. */
  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = KeyType.class,
      names = {"EC_P256", "EC_P384", "RSA_2048"})
  @DisplayName("cosign 3 verifies entries of logs with other keys")
  void otherLogs(KeyType type, Workplace place) {
    VirtualSigstore sigstore = longAgo();
    VirtualRekor2 log = VirtualRekor2.create("other.virtual.test", VirtualKey.create(type));
    VirtualCtLog ctLog =
        VirtualCtLog.create(
            // RFC 6962 has these two only
            type == KeyType.RSA_2048 ? type : KeyType.EC_P256);
    Instant from = sigstore.validFrom();
    TrustedRootText root =
        TrustedRootText.empty()
            .authority(sigstore.fulcio(), "https://fulcio.virtual.test", from, null)
            .ctLog(ctLog, "https://ct.virtual.test", from, null)
            .log(log, "https://other.virtual.test:8443/path", from, null)
            .timestamps(sigstore.tsa(), "https://tsa.virtual.test", from, null);
    VirtualBundle bundle =
        me(sigstore)
            .leaf(leaf ->
                leaf.notLogged()
                    .logged(ctLog)
                    .sctExtensions(Bytes.of(new byte[] {0, 0, 5, 0, 0, 0, 0, 7})))
            .loggedIn(log)
            .stampedBy(sigstore.tsa())
            .message(ARTIFACT);
    verifyMine(place, root, bundle).run().expect(0);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(EnvelopeEntry.class)
  @DisplayName("cosign 3 verifies minted attestations of a file")
  void mintedAttestations(EnvelopeEntry kind, Workplace place) {
    VirtualSigstore sigstore = longAgo();
    place.write("a.txt", ARTIFACT.toByteArray());
    place.write("tr.json", sigstore.trustedRoot().bytes().toByteArray());
    String digest = Shelf.digest(ARTIFACT.toByteArray()).substring("sha256:".length());
    VirtualIdentity user = VirtualIdentity.otherName("me!virtual.test", ISSUER);
    place.write(
        "b.json",
        sigstore
            .signer(user)
            .keyType(KeyType.EC_P384)
            .envelopesAs(kind)
            .loggedIn(sigstore.rekor1())
            .loggedIn(sigstore.rekor2())
            .statement(HashAlgorithm.SHA256, digest, "https://example.com/p", JsonObject.EMPTY)
            .bytes()
            .toByteArray());
    place.run(
        Program.COSIGN3,
        "verify-blob-attestation",
        "--trusted-root",
        "tr.json",
        "--bundle",
        "b.json",
        "--type",
        "https://example.com/p",
        "--certificate-identity",
        "me!virtual.test",
        "--certificate-oidc-issuer",
        ISSUER,
        "a.txt");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {VirtualBundle.V0_1, VirtualBundle.V0_2})
  @DisplayName("cosign 3 verifies minted bundles of older versions")
  void mintedOlder(String mediaType, Workplace place) {
    VirtualSigstore sigstore = longAgo();
    VirtualBundle bundle =
        me(sigstore)
            .mediaType(mediaType)
            .wholeChain()
            .loggedIn(sigstore.rekor1())
            .message(ARTIFACT);
    verifyMine(place, sigstore.trustedRoot(), bundle).run().expect(0);
  }

  /** Not Ed25519: cosign takes a given key for a pure one, and no log takes pure messages. */
  @ParameterizedTest(name = "{0}")
  @EnumSource(value = KeyType.class, mode = EnumSource.Mode.EXCLUDE, names = "ED25519")
  @DisplayName("cosign 3 verifies minted bundles of keys")
  void mintedKeyed(KeyType type, Workplace place) {
    VirtualSigstore sigstore = longAgo();
    VirtualKey key = VirtualKey.create(type);
    place.write("key.pub", key.publicPem());
    for (VirtualSigner signer :
        List.of(
            sigstore.signer(key).loggedIn(sigstore.rekor1()),
            sigstore.signer(key).loggedIn(sigstore.rekor2()))) {
      verifyBlob(
              place,
              sigstore.trustedRoot(),
              signer.message(ARTIFACT),
              "--key",
              "key.pub",
              "--signature-digest-algorithm",
              key.hash().ociName())
          .run()
          .expect(0);
    }
  }

  @Test
  @DisplayName("cosign 3 finds a minted bundle beside an image, and matches what workflows say")
  void mintedForAnImage(Workplace place) {
    VirtualSigstore sigstore = longAgo();
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "virtual"), "v1");
    VirtualIdentity workflow =
        VirtualIdentity.githubWorkflow(ISSUER, "octo/app", "build.yml", "refs/heads/main");
    VirtualBundle bundle =
        sigstore
            .signer(workflow)
            .loggedIn(sigstore.rekor1())
            .image(image.digest().substring("sha256:".length()));
    place.write("tr.json", sigstore.trustedRoot().bytes().toByteArray());
    BundleShelf.push(image, bundle.bytes().toByteArray());
    List<String> line =
        List.of(
            "verify",
            "--trusted-root",
            "tr.json",
            "--certificate-identity",
            workflow.name(),
            "--certificate-oidc-issuer",
            ISSUER,
            "--certificate-github-workflow-repository",
            "octo/app",
            image.byDigest(),
            "--certificate-github-workflow-ref");
    place.call(Program.COSIGN3, line(line, "refs/heads/main")).run().expect(0);
    place.call(Program.COSIGN3, line(line, "refs/heads/other")).run().expectFailure();
  }

  /** One thing that is wrong, and what cosign says of it. */
  enum Defect {
    NO_SCT("only able to verify 0 SCT entries"),
    BROKEN_SCT("only able to verify 0 SCT entries"),
    CERTIFICATE_EXPIRED("integrated time outside certificate validity"),
    CERTIFICATE_OF_ANOTHER_AUTHORITY("leaf certificate verification failed"),
    CERTIFICATE_SIGNED_BY_NOBODY("leaf certificate verification failed"),
    OTHER_PURPOSE("leaf certificate verification failed"),
    UNKNOWN_CRITICAL_EXTENSION("leaf certificate verification failed"),
    PROMISE_FOR_ANOTHER_TIME("not enough verified log entries"),
    PROOF_OF_ANOTHER_ENTRY("calculated root"),
    CHECKPOINT_OF_ANOTHER_LOG("signature on checkpoint did not verify"),
    UNKNOWN_LOG("not enough verified log entries"),
    TIMESTAMP_OF_ANOTHER_SIGNATURE("hashed messages don't match"),
    TIMESTAMP_OF_ANOTHER_AUTHORITY("No certificate for signer"),
    TIMESTAMP_TOO_LATE("leaf certificate verification failed");

    private final String said;

    Defect(String said) {
      this.said = said;
    }

    VirtualBundle mint(VirtualSigstore sigstore) {
      VirtualSigner old = me(sigstore).loggedIn(sigstore.rekor1());
      VirtualSigner stamped = me(sigstore).loggedIn(sigstore.rekor2()).stampedBy(sigstore.tsa());
      VirtualSigstore other = VirtualSigstore.at(sigstore.now());
      Instant now = sigstore.now();
      return switch (this) {
        case NO_SCT -> old.leaf(leaf -> leaf.notLogged()).message(ARTIFACT);
        case BROKEN_SCT -> old.leaf(leaf -> leaf.brokenSct()).message(ARTIFACT);
        case CERTIFICATE_EXPIRED ->
            old.leaf(leaf -> leaf.validity(now.minusSeconds(601), now.minusSeconds(1)))
                .message(ARTIFACT);
        case CERTIFICATE_OF_ANOTHER_AUTHORITY ->
            me(other).loggedIn(sigstore.rekor1()).message(ARTIFACT);
        case CERTIFICATE_SIGNED_BY_NOBODY ->
            old.leaf(leaf -> leaf.signedBy(VirtualKey.create(KeyType.EC_P384))).message(ARTIFACT);
        case OTHER_PURPOSE ->
            old.leaf(leaf -> leaf.purposes("1.3.6.1.5.5.7.3.1")).message(ARTIFACT);
        case UNKNOWN_CRITICAL_EXTENSION ->
            old.leaf(leaf -> leaf.unknownCriticalExtension()).message(ARTIFACT);
        case PROMISE_FOR_ANOTHER_TIME ->
            old.message(ARTIFACT).withEntry(e -> e.withIntegratedTime(e.integratedTime() + 1));
        case PROOF_OF_ANOTHER_ENTRY ->
            old.message(ARTIFACT)
                .withEntry(e ->
                    e.withProof(sigstore.rekor1().entry(1).orElseThrow().proof().orElseThrow()));
        case CHECKPOINT_OF_ANOTHER_LOG -> {
          VirtualBundle bundle = old.message(ARTIFACT);
          VirtualEntry.Proof proof = bundle.entries().get(0).proof().orElseThrow();
          String text = proof.checkpoint().substring(0, proof.checkpoint().indexOf("\n\n") + 1);
          yield bundle.withEntry(
              e -> e.withProof(proof.withCheckpoint(other.rekor1().signed(text))));
        }
        case UNKNOWN_LOG -> me(sigstore).loggedIn(other.rekor1()).message(ARTIFACT);
        case TIMESTAMP_OF_ANOTHER_SIGNATURE ->
            stamped
                .message(ARTIFACT)
                .withTimestamps(sigstore.tsa().stamp(Bytes.utf8("other"), now));
        case TIMESTAMP_OF_ANOTHER_AUTHORITY ->
            me(sigstore).loggedIn(sigstore.rekor2()).stampedBy(other.tsa()).message(ARTIFACT);
        case TIMESTAMP_TOO_LATE -> {
          VirtualKey key = VirtualKey.create(KeyType.EC_P256);
          VirtualBundle bundle = stamped.key(key).message(ARTIFACT);
          yield bundle.withTimestamps(
              sigstore.tsa().stamp(bundle.signature(), now.plusSeconds(601)));
        }
      };
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Defect.class)
  @DisplayName("cosign 3 refuses a minted bundle for its one defect")
  void defects(Defect defect, Workplace place) {
    VirtualSigstore sigstore = longAgo();
    verifyMine(place, sigstore.trustedRoot(), defect.mint(sigstore))
        .run()
        .expectFailure()
        .expectError(defect.said);
  }

  @Test
  @DisplayName("cosign 3 refuses timestamps of an authority that is for something else")
  void timestampsOfAnotherPurpose(Workplace place) {
    VirtualSigstore sigstore = longAgo();
    VirtualTsa wrong =
        VirtualTsa.create(
            "wrong",
            KeyType.EC_P256,
            sigstore.validFrom(),
            sigstore.validTo(),
            leaf -> leaf.purposes("1.3.6.1.5.5.7.3.3"));
    TrustedRootText root =
        TrustedRootText.empty()
            .authority(sigstore.fulcio(), "https://fulcio.virtual.test", null, null)
            .ctLog(sigstore.ctLog(), "https://ct.virtual.test", sigstore.validFrom(), null)
            .log(
                sigstore.rekor2(),
                "https://" + sigstore.rekor2().origin(),
                sigstore.validFrom(),
                null)
            .timestamps(wrong, "https://tsa.virtual.test", null, null);
    VirtualBundle bundle =
        me(sigstore).loggedIn(sigstore.rekor2()).stampedBy(wrong).message(ARTIFACT);
    verifyMine(place, root, bundle)
        .run()
        .expectFailure()
        .expectError("threshold not met for verified signed timestamps");
  }
}
