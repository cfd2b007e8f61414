package dev.bulla.keys.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.keys.Environment;
import dev.bulla.keys.KeyContext;
import dev.bulla.keys.KeyReference;
import dev.bulla.keys.KmsKeys;
import dev.bulla.keys.PasswordSource;
import dev.bulla.keys.Signers;
import dev.bulla.keys.VerificationKeys;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsProviders;
import dev.bulla.keys.kms.SigningInput;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against programs that are a few lines of shell. */
@DisabledOnOs(OS.WINDOWS)
class PluginProgramsTest {

  private static final String SECRET = "marked-41c7a9d2";
  private static final String PEM =
      """
      -----BEGIN PUBLIC KEY-----
      MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7D1Rv1cq8ElKa7FdHKBUbDM4VIub
      4G4FIzQpgZQ5WClO862BhwdmKSCLzxy0aiuWaNyokz+CHs5QdJttZq1zmA==
      -----END PUBLIC KEY-----
      """;
  private static final String KEY_ANSWER =
      "{\"publicKey\":{\"publicKeyPEM\":\""
          + Base64.getEncoder()
              .encodeToString(PEM.getBytes(java.nio.charset.StandardCharsets.UTF_8))
          + "\"}}";

  @TempDir Path folder;

  private final List<String> warnings = new ArrayList<>();

  private KeyContext context() {
    return KeyContext.filesIn(folder)
        .withProviders(KmsProviders.of(List.of()))
        .withEnvironment(Environment.of(Map.of("PATH", "relative::/nowhere:" + folder)))
        .withWarnings(warnings::add);
  }

  private void program(String name, String... lines) throws IOException {
    Path file = folder.resolve("sigstore-kms-" + name);
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String print(String json) {
    return "printf '%s' '" + json + "'";
  }

  private KmsKey open(String reference, KeyContext context) throws KeyException {
    return KmsKeys.open((KeyReference.Managed) KeyReference.parse(reference), context);
  }

  private KeyException failure(KeyContext context) {
    KeyException[] seen = new KeyException[1];
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("test://" + SECRET, context))
        .satisfies(e -> seen[0] = e);
    StringWriter all = new StringWriter();
    seen[0].printStackTrace(new PrintWriter(all));
    assertThat(all + seen[0].hint().orElse("")).doesNotContain(SECRET);
    return seen[0];
  }

  @Test
  void asksAsCosignDoes() throws Exception {
    program(
        "rec",
        "printf '%s\\n' \"$1\" \"$2\" >> log",
        "wc -c >> log",
        "case \"$2\" in",
        "*'\"methodName\":\"publicKey\"'*) " + print(KEY_ANSWER) + ";;",
        "*'\"methodName\":\"defaultAlgorithm\"'*)",
        print("{\"defaultAlgorithm\":{\"defaultAlgorithm\":\"ecdsa-p256-sha256\"}}") + ";;",
        "*'\"methodName\":\"createKey\"'*)",
        print(KEY_ANSWER.replace("{\"publicKey\":", "{\"createKey\":")) + ";;",
        "*'\"methodName\":\"verifySignature\"'*) " + print("{\"verifySignature\":{}}") + ";;",
        "*) " + print("{\"signMessage\":{\"signature\":\"AQID\"}}") + ";;",
        "esac");
    try (KmsKey key = open("rec://some/key?x=1", context())) {
      key.create(Optional.empty());
    }
    try (KmsKey key = open("rec://some/key?x=1", context())) {
      SigningInput input =
          SigningInput.of(SignatureAlgorithm.ECDSA_P256_SHA384, Bytes.utf8("message"));
      assertThat(key.versions()).hasSize(1);
      assertThat(key.sign(input)).isEqualTo(Bytes.of((byte) 1, (byte) 2, (byte) 3));
      assertThat(key.verify(key.versions().get(0), input, Bytes.of((byte) 1))).isTrue();
      key.sign(new SigningInput(SignatureAlgorithm.ED25519, Bytes.utf8("message")));

      // what cosign 3.1 sent to such a program, with the time taken out
      String init =
          "{\"initOptions\":{\"ctxDeadline\":\"T\",\"protocolVersion\":\"v1\","
              + "\"keyResourceID\":\"some/key?x=1\",\"hashFunc\":5,\"rpcOptions\":"
              + "{\"ctxDeadline\":\"T\",\"keyVersion\":\"\",\"remoteVerification\":false}},"
              + "\"methodName\":";
      String rpc =
          "\"rpcOptions\":{\"ctxDeadline\":\"T\",\"keyVersion\":\"\",\"remoteVerification\":";
      String digest = Base64.getEncoder().encodeToString(input.bytes().toByteArray());
      List<String> log =
          Files.readAllLines(folder.resolve("log")).stream()
              .map(line -> line.replaceAll("\"20[0-9T:.-]+Z\"", "\"T\"").strip())
              .toList();
      assertThat(log)
          .containsExactly(
              "v1",
              init + "\"defaultAlgorithm\",\"defaultAlgorithm\":{}}",
              "0",
              "v1",
              init
                  + "\"createKey\",\"createKey\":{\"ctxDeadline\":\"T\","
                  + "\"algorithm\":\"ecdsa-p256-sha256\"}}",
              "0",
              "v1",
              init + "\"publicKey\",\"publicKey\":{\"publicKeyOptions\":{" + rpc + "false}}}}",
              "0",
              "v1",
              init.replace("Func\":5", "Func\":6")
                  + "\"signMessage\",\"signMessage\":{\"signOptions\":{"
                  + rpc
                  + "false},\"messageOptions\":{\"digest\":\""
                  + digest
                  + "\",\"hashFunc\":6}}}}",
              "0",
              "v1",
              init.replace("Func\":5", "Func\":6")
                  + "\"verifySignature\",\"verifySignature\":{\"signature\":\"AQ==\","
                  + "\"verifyOptions\":{"
                  + rpc
                  + "true},\"messageOptions\":{\"digest\":\""
                  + digest
                  + "\",\"hashFunc\":6}}}}",
              "0",
              "v1",
              init.replace("Func\":5", "Func\":7")
                  + "\"signMessage\",\"signMessage\":{\"signOptions\":{"
                  + rpc
                  + "false},\"messageOptions\":{\"digest\":null}}}}",
              "7");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "echo '{\"errorMessage\":\"no such key \\u001b[2J\"}' | plugin returned error: no such key \\u{1b}[2J | OTHER",
        "echo nonsense | parsing plugin response: | BAD_ANSWER",
        "exit 3 | parsing plugin response: nothing was printed, exit status 3 | BAD_ANSWER",
        "echo '{}' | parsing plugin response: no member publicKey | BAD_ANSWER",
        "echo '{\"publicKey\":{}}' | parsing plugin response: no text publicKeyPEM | BAD_ANSWER",
        "echo '{\"publicKey\":{\"publicKeyPEM\":\"%%%\"}}' | parsing plugin response: | BAD_ANSWER",
        "echo '{\"publicKey\":{\"publicKeyPEM\":\"AAAA\"}}' | parsing plugin response: | BAD_ANSWER",
        "kill -9 $$ | error executing plugin program: ended by signal 9 | OTHER",
        "yes | parsing plugin response: | BAD_ANSWER"
      })
  void saysWhatIsWrongWithAProgram(String line, String message, Problem problem) throws Exception {
    program("test", line);

    assertThat(failure(context()))
        .hasMessageStartingWith(message)
        .matches(e -> e.problem() == problem, "its kind is " + problem)
        .matches(e -> e.hint().orElseThrow().contains("sigstore-kms-test"));
  }

  @Test
  void anExitStatusCountsOnlyWhereNothingWasPrinted() throws Exception {
    program("test", print(KEY_ANSWER), "exit 1");

    assertThat(VerificationKeys.load("test://k", context()).toPem()).isEqualTo(PEM);
  }

  @Test
  void readsBothPipesWhileTheProgramWrites() throws Exception {
    program(
        "test",
        "i=0",
        "while [ $i -lt 3000 ]; do",
        "printf '%0100d\\n' $i >&2",
        "i=$((i+1))",
        "done",
        print(KEY_ANSWER));

    assertThat(VerificationKeys.load("test://k", context()).toPem()).isEqualTo(PEM);
    assertThat(warnings).hasSize(50);
    assertThat(warnings.get(0)).startsWith("sigstore-kms-test: 0000000");
  }

  @Test
  void showsWhatItPrintsBesideItsAnswerMadeSafe() throws Exception {
    program("test", "printf 'touch the \\033[2Jkey' >&2", print(KEY_ANSWER));

    VerificationKeys.load("test://k", context());
    assertThat(warnings).containsExactly("sigstore-kms-test: touch the \\u{1b}[2Jkey");
  }

  @ParameterizedTest
  @ValueSource(strings = {"exec sleep 600", "exec >&-; sleep 600"})
  void doesNotWaitForEver(String line) throws Exception {
    program("test", "echo $$ > pid", line);
    KeyException failure = failure(context().withPatience(Duration.ofMillis(500)));

    assertThat(failure)
        .hasMessageStartingWith("error executing plugin program: no answer within")
        .matches(e -> e.problem() == Problem.UNREACHABLE);
    long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
    ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
  }

  @Test
  void refusesReferencesThatAreNoArgument() throws Exception {
    program("test", print(KEY_ANSWER));

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load("test://" + "x".repeat(200_000), context()))
        .withMessage("error executing plugin program: the reference is too long");
  }

  @Test
  void aProgramThatCannotRunIsSaidToBeIt() throws Exception {
    Path file = folder.resolve("sigstore-kms-test");
    Files.writeString(file, "#!/no/such/interpreter\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(failure(context())).hasMessage("error executing plugin program: it cannot be run");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none://k", "../test://k", "a/b://k", "://k"})
  void schemesWithoutAProgramAreUnknown(String reference) throws Exception {
    program("test", print(KEY_ANSWER));
    String scheme = reference.substring(0, reference.indexOf("://"));

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load(reference, context()))
        .withMessage("loading URL: unrecognized scheme: " + scheme + "://");
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> Signers.open(reference, PasswordSource.none(), context()))
        .withMessage("loading URL: unrecognized scheme: " + scheme + "://");
  }

  @Test
  void programsThatMayNotRunOrAreInTheCurrentFolderAreNotTaken() throws Exception {
    program("test", print(KEY_ANSWER));
    KeyContext relative =
        context().withEnvironment(Environment.of(Map.of("PATH", ".::" + folder.getFileName())));
    assertThat(failure(relative)).hasMessageContaining("unrecognized scheme");

    Files.setPosixFilePermissions(
        folder.resolve("sigstore-kms-test"), PosixFilePermissions.fromString("rw-------"));
    assertThat(failure(context())).hasMessageContaining("unrecognized scheme");
  }

  @ParameterizedTest
  @ValueSource(strings = {"env", "https", "http"})
  void builtInSchemesAreNotTakenOver(String scheme) throws Exception {
    program(scheme, "touch taken", print(KEY_ANSWER));

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> VerificationKeys.load(scheme + "://h.example", context()));
    assertThat(folder.resolve("taken")).doesNotExist();
  }

  @Test
  void aKnownServiceWithoutItsProviderMayHaveAProgram() throws Exception {
    program("gcpkms", print(KEY_ANSWER));

    assertThat(VerificationKeys.load("gcpkms://projects/p", context()).toPem()).isEqualTo(PEM);
  }
}
