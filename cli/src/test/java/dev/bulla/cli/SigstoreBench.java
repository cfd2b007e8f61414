package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.json.JsonObject;
import dev.bulla.json.ProtoJson;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An {@link ImageBench} with a Sigstore beside it, whose trusted root is {@code root.json}. */
final class SigstoreBench implements AutoCloseable {

  static final String ME = "me@example.com";

  final ImageBench images;
  final VirtualSigstoreServer server;
  final String token;

  SigstoreBench(Path folder) throws IOException {
    server = VirtualSigstoreServer.start(VirtualSigstore.live());
    images = new ImageBench(folder);
    images.write("root.json", server.sigstore().trustedRoot().bytes());
    token = server.oidc().emailToken(ME, Instant.now());
  }

  /** Writes {@code config.json}. */
  void configure(@Nullable Service log, boolean timestamps) throws IOException {
    configure(server.signingConfig(log, timestamps));
  }

  void configure(JsonObject config) throws IOException {
    images.write("config.json", ProtoJson.write(config));
  }

  /** Signs the image, by its digest, with the services of {@code config.json}. */
  InProcess.Result signByConfig(String... more) {
    return sign(List.of("--signing-config", "config.json", "--trusted-root", "root.json"), more);
  }

  /** Signs the image, by its digest, with services that are named one by one. */
  InProcess.Result signByFlags(String... more) {
    return sign(
        List.of(
            "--use-signing-config=false",
            "--yes",
            "--rekor-url",
            server.url(Service.REKOR1),
            "--fulcio-url",
            server.url(Service.FULCIO),
            "--oidc-issuer",
            server.oidc().issuer(),
            "--trusted-root",
            "root.json"),
        more);
  }

  private InProcess.Result sign(List<String> first, String... more) {
    List<String> line = new ArrayList<>(List.of("sign"));
    line.addAll(first);
    line.addAll(List.of(more));
    line.add(images.digested());
    return run(line);
  }

  /** Runs a line, which may not show the token. */
  InProcess.Result run(List<String> line) {
    InProcess.Result result = images.run(line.toArray(String[]::new));
    String secret = token.substring(token.lastIndexOf('.') + 1);
    assertThat(result.stdout()).doesNotContain(secret);
    assertThat(result.stderr()).doesNotContain(secret);
    return result;
  }

  /** Verifies that this person signed. */
  InProcess.Result verify(String who, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "verify",
                "--trusted-root",
                "root.json",
                "--certificate-identity",
                who,
                "--certificate-oidc-issuer",
                server.oidc().issuer()));
    line.addAll(List.of(more));
    line.add(images.tagged());
    return run(line);
  }

  /** Verifies Alice's signature, and that it was logged. */
  InProcess.Result verifyKey() {
    return run(
        List.of("verify", "--trusted-root", "root.json", "--key", "alice.pub", images.tagged()));
  }

  void refuse(Service service) {
    server.disturb(
        service,
        1,
        response ->
            WireResponse.of(400)
                .withText("application/json", "{\"code\":400,\"message\":\"not today\"}"));
  }

  void assertNothingStored() {
    assertThat(images.bundles()).isZero();
    assertThat(images.hasLegacy()).isFalse();
  }

  @Override
  public void close() {
    images.close();
    server.close();
  }
}
