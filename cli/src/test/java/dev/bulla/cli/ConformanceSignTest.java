package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.json.ProtoJson;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code conformance sign-bundle} against a whole Sigstore, and what {@code verify-bundle} says.
 */
class ConformanceSignTest {

  @TempDir Path folder;
  private final VirtualSigstore sigstore = VirtualSigstore.live();
  private VirtualSigstoreServer server;

  @BeforeEach
  void start() throws IOException {
    server = VirtualSigstoreServer.start(sigstore);
    Files.write(folder.resolve("root.json"), sigstore.trustedRoot().bytes().toByteArray());
    Files.writeString(folder.resolve("a.txt"), "hello\n");
    Files.writeString(
        folder.resolve("statement.json"),
        """
        {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a.txt","digest":{"sha256":"%s"}}],
         "predicateType":"https://example.com/predicate/v1","predicate":{}}
        """
            .formatted(Digest.sha256(Bytes.utf8("hello\n")).hex()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void services(Service log) throws IOException {
    boolean timestamps = log == Service.REKOR2;
    Files.write(
        folder.resolve("config.json"),
        ProtoJson.write(server.signingConfig(log, timestamps)).toByteArray());
  }

  private InProcess.Result sign(String token, String... fileAndFlags) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "conformance",
                "sign-bundle",
                "--identity-token",
                token,
                "--bundle",
                "b.json",
                "--trusted-root",
                "root.json",
                "--signing-config",
                "config.json"));
    line.addAll(List.of(fileAndFlags));
    return InProcess.in(folder).run(line);
  }

  private String token() {
    return server.oidc().emailToken("alice@example.com", sigstore.now());
  }

  private InProcess.Result verify() {
    return InProcess.in(folder)
        .run(
            "conformance",
            "verify-bundle",
            "--bundle",
            "b.json",
            "--trusted-root",
            "root.json",
            "--certificate-identity",
            "alice@example.com",
            "--certificate-oidc-issuer",
            server.oidc().issuer(),
            "a.txt");
  }

  @ParameterizedTest
  @EnumSource(
      value = Service.class,
      names = {"REKOR1", "REKOR2"})
  void whatIsSignedVerifies(Service log) throws Exception {
    services(log);

    InProcess.Result message = sign(token(), "a.txt");
    assertThat(message.exit()).as(message.stderr()).isZero();
    InProcess.Result verified = verify();
    assertThat(verified.exit()).as(verified.stderr()).isZero();

    InProcess.Result statement = sign(token(), "--in-toto", "statement.json");
    assertThat(statement.exit()).as(statement.stderr()).isZero();
    verified = verify();
    assertThat(verified.exit()).as(verified.stderr()).isZero();
    Bundle bundle = BundleJson.parse(Bytes.of(Files.readAllBytes(folder.resolve("b.json"))));
    assertThat(((Bundle.DsseContent) bundle.content()).envelope().payload())
        .as("byte for byte")
        .isEqualTo(Bytes.of(Files.readAllBytes(folder.resolve("statement.json"))));
    assertThat(((Bundle.CertificateChain) bundle.keyMaterial()).certificates())
        .as("no root, no intermediate")
        .hasSize(1);
  }

  @Test
  void withoutAValidTokenNothingIsWritten() throws Exception {
    services(Service.REKOR1);

    InProcess.Result result = sign("no.token", "a.txt");

    assertThat(result.exit()).isEqualTo(21);
    assertThat(result.stderr()).contains("token").doesNotContain("no.token");
    assertThat(folder.resolve("b.json")).doesNotExist();
    assertThat(server.served(Service.REKOR1)).isEmpty();
  }
}
