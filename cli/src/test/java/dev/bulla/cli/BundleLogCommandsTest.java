package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.key.KeyType;
import dev.bulla.testkit.sigstore.IssuedCertificate;
import dev.bulla.testkit.sigstore.VirtualBundle;
import dev.bulla.testkit.sigstore.VirtualEntry;
import dev.bulla.testkit.sigstore.VirtualIdentity;
import dev.bulla.testkit.sigstore.VirtualKey;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bundle create} and {@code bundle upgrade} fetch from a log. */
class BundleLogCommandsTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final VirtualIdentity ALICE =
      VirtualIdentity.email("alice@example.com", "https://issuer.example.com");
  private static final Bytes ARTIFACT = Bytes.utf8("hello\n");

  @TempDir Path folder;
  private final VirtualSigstore sigstore = VirtualSigstore.at(NOW);
  private final VirtualKey key = VirtualKey.create(KeyType.EC_P256);
  private VirtualSigstoreServer server;

  @BeforeEach
  void start() throws IOException {
    server = VirtualSigstoreServer.start(sigstore);
    write("root.json", sigstore.trustedRoot().bytes());
    write("artifact", ARTIFACT);
    write("key.pub", Bytes.utf8(key.publicPem()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void write(String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toByteArray());
  }

  private InProcess.Result run(String... line) {
    return InProcess.in(folder).run(line);
  }

  private InProcess.Result upgrade() {
    return run("bundle", "upgrade", "old.json", "--out", "new.json", "--rekor-url", rekor());
  }

  private InProcess.Result create(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of("bundle", "create", "--artifact", "artifact", "--rekor-url", rekor()));
    line.addAll(List.of("--out", "new.json"));
    line.addAll(List.of(more));
    return InProcess.in(folder).run(line);
  }

  private String rekor() {
    return server.url(Service.REKOR1);
  }

  private void assertNewVerifies(String... signer) {
    List<String> line =
        new ArrayList<>(
            List.of("conformance", "verify-bundle", "--bundle", "new.json", "--trusted-root"));
    line.add("root.json");
    line.addAll(List.of(signer));
    line.add("artifact");
    InProcess.Result result = InProcess.in(folder).run(line);
    assertThat(result.exit()).as(result.stderr()).isZero();
  }

  private static final String[] BY_ALICE = {
    "--certificate-identity", "alice@example.com",
    "--certificate-oidc-issuer", "https://issuer.example.com"
  };

  @Test
  void upgradeFetchesTheProofThatIsMissing() throws IOException {
    VirtualBundle old =
        sigstore
            .signer(ALICE)
            .mediaType(VirtualBundle.V0_1)
            .wholeChain()
            .loggedIn(sigstore.rekor1())
            .message(ARTIFACT)
            .withEntry(VirtualEntry::withoutProof);
    write("old.json", old.bytes());

    InProcess.Result result = upgrade();

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr())
        .isEqualTo(
            """
            Upgrading from v0.1 to v0.3...
            Truncating certificate chain to only the leaf certificate...
              Certificate 0 Identity: alice@example.com
              Certificate 1 Identity: <none>
            Fetching missing inclusion proof from Rekor for log index %d...
            Successfully upgraded bundle written to new.json
            """
                .formatted(old.entries().get(0).logIndex()));
    assertNewVerifies(BY_ALICE);
  }

  /** The answer for one index is another log entry, whole and genuine. */
  @Test
  void upgradeTakesNoOtherEntry() throws IOException {
    VirtualBundle first =
        sigstore
            .signer(key)
            .mediaType(VirtualBundle.V0_1)
            .loggedIn(sigstore.rekor1())
            .message(ARTIFACT);
    VirtualBundle second =
        sigstore.signer(key).loggedIn(sigstore.rekor1()).message(Bytes.utf8("another"));
    write(
        "old.json",
        first
            .withEntry(VirtualEntry::withoutProof)
            .withEntry(e -> e.withLogIndex(second.entries().get(0).logIndex()))
            .bytes());

    InProcess.Result result = upgrade();

    assertThat(result.exit()).isEqualTo(21);
    assertThat(result.stderr())
        .contains("Error: upgrading bundle: transparency log: has another entry");
    assertThat(folder.resolve("new.json")).doesNotExist();
  }

  @Test
  void upgradesTheOlderFormatWithWhatTheLogAdds() throws IOException {
    VirtualBundle signed = sigstore.signer(key).loggedIn(sigstore.rekor1()).message(ARTIFACT);
    JsonObject old =
        JsonObject.builder()
            .put("base64Signature", Base64Text.encode(signed.signature()))
            .put("rekorBundle", signed.entries().get(0).legacyJson())
            .build();
    write("old.json", GoJson.write(old));

    InProcess.Result result = upgrade();

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr()).startsWith("Upgrading from the older format to v0.3...\n");
    assertNewVerifies("--key", "key.pub");
    Files.delete(folder.resolve("new.json"));

    assertThat(create("--bundle", "old.json", "--key", "key.pub").exit()).isZero();
    assertNewVerifies("--key", "key.pub");
  }

  @Test
  void createFindsTheEntryOfACertificate() throws IOException {
    IssuedCertificate leaf =
        sigstore.fulcio().leaf(key.spki(), NOW).identity(ALICE).logged(sigstore.ctLog()).issue();
    Bytes signature = key.sign(ARTIFACT);
    sigstore
        .rekor1()
        .hashedrekord(
            HashAlgorithm.SHA256, Digest.sha256(ARTIFACT).bytes(), signature, leaf.pem(), NOW);
    write("signature", Bytes.utf8(Base64Text.encode(signature)));
    write("certificate", Bytes.utf8(leaf.pem()));

    InProcess.Result result = create("--signature", "signature", "--certificate", "certificate");

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertNewVerifies(BY_ALICE);
    // the same signature, said to be by a key
    InProcess.Result other = create("--signature", "signature", "--key", "key.pub");
    assertThat(other.exit()).isEqualTo(1);
    assertThat(other.stderr()).contains("Error: unable to find tlog entry\n");
  }

  @Test
  void createSaysWhatTheLogHasNot() throws IOException {
    write("signature", Bytes.utf8(Base64Text.encode(key.sign(ARTIFACT))));

    InProcess.Result none = create("--signature", "signature", "--key", "key.pub");
    assertThat(none.exit()).isEqualTo(1);
    assertThat(none.stderr()).contains("Error: unable to find tlog entry\n");

    server.close();
    InProcess.Result unreachable = create("--signature", "signature", "--key", "key.pub");
    assertThat(unreachable.exit()).isEqualTo(20);
    assertThat(unreachable.stderr()).contains("Error: searching log query: ");
    assertThat(folder.resolve("new.json")).doesNotExist();
  }
}
