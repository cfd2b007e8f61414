package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.ConnaisseurRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines that the webhook does not start with. */
class ServeCommandTest {

  private static final String ISSUED =
      "--self-issued-tls a/b --tls-name a --registration mutating/b ";

  private static final String ADMITS_ALL =
      """
      validators: [{name: allow, type: static, approve: true}]
      policy: [{pattern: "*:*", validator: allow}]
      """;

  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "--look-every 99ms | --look-every: it has to be 100ms or more",
        "--look-every 0s | --look-every: it has to be 100ms or more",
        "--look-every=-1s | --look-every: it has to be 100ms or more",
        "--tls-name a | --tls-name has no effect without --self-issued-tls",
        "--registration mutating/b | --registration has no effect without --self-issued-tls",
        "--tls-overlap 1h | --tls-overlap has no effect without --self-issued-tls",
        "ISSUED --tls-cert tls.crt | --tls-cert has no effect beside --self-issued-tls",
        "ISSUED --tls-key tls.key | --tls-key has no effect beside --self-issued-tls",
        "--status-host door.example | --status-host has no effect without --status-listen",
        "--redis-ca ca.pem | --redis-ca has no effect without --redis",
        "--alerts no.yaml --alert-templates there | --alert-templates has no effect",
      })
  void flagsThatWouldDoNothingAreNamed(String flags, String message) throws Exception {
    Lines lines = new Lines(folder).file("config.yaml", ADMITS_ALL).file("there/mine.json", "{}");
    // an address that is none, so that whatever is not refused ends as well
    List<String> line =
        new ArrayList<>(List.of("admission", "serve", "--config=config.yaml", "--listen=x"));
    line.addAll(List.of(flags.replace("ISSUED ", ISSUED).split(" ", -1)));

    Lines.Result result = lines.run(line.toArray(String[]::new));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains(message);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "gone.pem   | open gone.pem: no such file or directory",
        "config.yaml | the certificate for Redis cannot be used"
      })
  @ConnaisseurRow("Z10")
  void withoutACertificateForRedisNothingStarts(String authority, String message) throws Exception {
    Lines.Result result =
        new Lines(folder)
            .environment("CACHE_SECRET", "0123456789abcdef")
            .file("config.yaml", ADMITS_ALL)
            .run(
                "admission",
                "serve",
                "--config=config.yaml",
                "--listen=127.0.0.1:0",
                "--redis=127.0.0.1:1",
                "--redis-ca=" + authority);

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains(message);
  }
}
