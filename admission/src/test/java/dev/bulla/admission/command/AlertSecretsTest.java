package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.server.ServerOptions;
import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.testkit.http.TestAuthority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Headers of alerts that come from mounted secrets. */
class AlertSecretsTest {

  @TempDir private Path folder;
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();

  private Path file(String name, String content) throws Exception {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, content);
  }

  private void awaitLine(String expected) throws InterruptedException {
    List<String> seen = new ArrayList<>();
    String line = log.poll(60, TimeUnit.SECONDS);
    while (line != null && !line.contains(expected)) {
      seen.add(line);
      line = log.poll(60, TimeUnit.SECONDS);
    }
    assertThat(line).as(seen.toString()).isNotNull();
  }

  @Test
  void aSecretThatChangesIsReadAgain() throws Exception {
    TestAuthority.Issued identity = TestAuthority.create("webhook").issueServer("localhost");
    Path config =
        file(
            "config.yaml",
            """
            validators: [{name: deny, type: static, approve: false}]
            policy: [{pattern: "*:*", validator: deny}]
            """);
    Path alerts =
        file(
            "alerts.yaml",
            """
            rejectRequest:
              receivers:
              - template: slack
                receiverUrl: http://localhost:1/
                customHeaders:
                - {name: Authorization, secretRef: {name: hooks, key: header}}
            """);
    file("secrets/hooks/header", "one");
    WebhookOptions options =
        WebhookOptions.of(
                config,
                ServerOptions.of(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        file("tls.crt", identity.certificatePem()),
                        file("tls.key", identity.keyPem()))
                    .withLookEvery(Duration.ofMillis(20)),
                VerifierOptions.in(Map.of()).withSecretsDir(folder.resolve("secrets")))
            .withAlerts(alerts, Optional.empty());
    try (AdmissionWiring webhook =
        AdmissionWiring.start(
            options, new JsonLog(JsonLog.Level.INFO, false, InstantSource.system(), log::add))) {
      file("secrets/hooks/header", "two");
      awaitLine("the alerts has changed and is used from now on");

      file("secrets/hooks/header", "no value\nof a header");
      awaitLine("the last one stays");
      assertThat(webhook.address().getPort()).isPositive();
    }
  }
}
