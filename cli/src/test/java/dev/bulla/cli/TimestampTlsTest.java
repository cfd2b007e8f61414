package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.http.Waiting;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A timestamp authority behind TLS that serves only who shows a certificate. */
class TimestampTlsTest {

  private static final String NAME = "tsa.internal.test";

  private final TestAuthority authority = TestAuthority.create("issuer of both");
  private final TestAuthority stranger = TestAuthority.create("somebody else");
  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir Path folder;

  private SigstoreBench bench;
  private WireServer front;

  @BeforeEach
  void start() throws Exception {
    bench = new SigstoreBench(folder);
    front =
        WireServer.startTls(
            WireServer.loopback(), authority.serverContext(NAME), true, this::forward);
    TestAuthority.Issued ours = authority.issueClient("ci");
    TestAuthority.Issued theirs = stranger.issueClient("ci");
    bench.images.write("ca.pem", authority.certificatePem());
    bench.images.write("other-ca.pem", stranger.certificatePem());
    bench.images.write("client.pem", ours.certificatePem());
    bench.images.write("client.key", ours.keyPem());
    bench.images.write("other.pem", theirs.certificatePem());
    bench.images.write("other.key", theirs.keyPem());
  }

  @AfterEach
  void stop() {
    front.close();
    client.close();
    bench.close();
  }

  private WireResponse forward(WireRequest request, Waiting waiting) throws IOException {
    HttpRequest onward =
        HttpRequest.newBuilder(URI.create(bench.server.tsaUrl()))
            .header("Content-Type", "application/timestamp-query")
            .POST(HttpRequest.BodyPublishers.ofByteArray(request.body().readAllBytes()))
            .build();
    try {
      byte[] answer = client.send(onward, HttpResponse.BodyHandlers.ofByteArray()).body();
      return WireResponse.of(200)
          .with("Content-Type", "application/timestamp-reply")
          .withBody(WireBody.of(Bytes.of(answer)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private InProcess.Result sign(String flags) {
    List<String> words = new ArrayList<>();
    words.add("--timestamp-server-url");
    words.add("https://127.0.0.1:" + front.address().getPort() + "/api/v1/timestamp");
    words.addAll(List.of(flags.split(" ", -1)));
    words.addAll(List.of("--identity-token", bench.token));
    return bench.signByFlags(words.toArray(String[]::new));
  }

  @Test
  void aCertificateIsShownAndTheNameIsTheOneThatWasSaid() {
    InProcess.Result signed =
        sign(
            "--timestamp-client-cacert ca.pem --timestamp-client-cert client.pem"
                + " --timestamp-client-key client.key --timestamp-server-name "
                + NAME);

    assertThat(signed.exit()).as(signed.stderr()).isZero();
    assertThat(bench.server.served(Service.TSA)).hasSize(1);
    assertThat(bench.verify(SigstoreBench.ME, "--use-signed-timestamps").exit()).isZero();
  }

  /** Another certificate, none, another name, other issuers: no timestamp, no signature. */
  @ParameterizedTest
  @CsvSource({
    "ca.pem, other.pem, other.key, tsa.internal.test",
    "ca.pem, '', '', tsa.internal.test",
    "ca.pem, client.pem, client.key, other.internal.test",
    "ca.pem, client.pem, client.key, ''",
    "other-ca.pem, client.pem, client.key, tsa.internal.test",
    "'', client.pem, client.key, tsa.internal.test"
  })
  void withoutOneOfThemNothingIsSigned(
      String issuers, String certificate, String key, String name) {
    List<String> flags = new ArrayList<>();
    add(flags, "--timestamp-client-cacert", issuers);
    add(flags, "--timestamp-client-cert", certificate);
    add(flags, "--timestamp-client-key", key);
    add(flags, "--timestamp-server-name", name);

    InProcess.Result refused = sign(String.join(" ", flags));

    assertThat(refused.exit()).as(refused.stderr()).isNotZero();
    assertThat(refused.stderr()).contains("127.0.0.1:" + front.address().getPort());
    assertThat(bench.server.served(Service.TSA)).isEmpty();
    bench.assertNothingStored();
  }

  private static void add(List<String> flags, String flag, String value) {
    if (!value.isEmpty()) {
      flags.add(flag);
      flags.add(value);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--timestamp-client-cert client.pem",
    "--timestamp-client-key client.key",
    "--timestamp-client-cacert missing.pem",
    "--timestamp-client-cert client.pem --timestamp-client-key missing.key"
  })
  void whatIsMissingIsSaidBeforeAnybodyIsAsked(String flags) {
    InProcess.Result refused = sign(flags);

    assertThat(refused.exit()).as(refused.stderr()).isNotZero();
    assertThat(refused.stderr()).contains("--timestamp-client-");
    assertThat(front.connections()).isZero();
    bench.assertNothingStored();
  }
}
