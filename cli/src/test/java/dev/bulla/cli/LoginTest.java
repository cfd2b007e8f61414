package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.cli.terminal.Terminal;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.RequestMatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code login} stores, says and refuses; {@code logout}. */
class LoginTest {

  private static final String PASSWORD = ImageBench.REGISTRY_PASSWORD;

  @TempDir Path folder;

  private ImageBench bench(Auth auth) throws Exception {
    return new ImageBench(folder, EmbeddedRegistry.options().auth(auth))
        .environment("DOCKER_CONFIG", folder.resolve("docker").toString());
  }

  private Path config() {
    return folder.resolve("docker/config.json");
  }

  private static String[] line(ImageBench bench, String... more) {
    String[] all = new String[more.length + 2];
    all[0] = "login";
    all[1] = bench.registry.host();
    System.arraycopy(more, 0, all, 2, more.length);
    return all;
  }

  private static String[] verify(ImageBench bench) {
    return new String[] {"verify", "--key", "alice.pub", "--insecure-ignore-tlog", bench.tagged()};
  }

  @ParameterizedTest
  @EnumSource(SecretsTest.Guard.class)
  void storesWhatTheRegistryAccepts(SecretsTest.Guard guard) throws Exception {
    try (ImageBench bench = bench(guard.auth())) {
      assertThat(bench.run(verify(bench)).exit()).isEqualTo(20);
      InProcess.Result result =
          bench.runWithInput(PASSWORD + "\n", line(bench, "-u", "ci", "--password-stdin"));
      assertThat(result.stderr())
          .isEqualTo(
              "\nWARNING! Your credentials are stored unencrypted in '"
                  + config()
                  + "'.\nConfigure a credential helper to remove this warning. See\n"
                  + "https://docs.docker.com/go/credential-store/\n\nlogged in via "
                  + config()
                  + "\n");
      assertThat(result.exit()).isZero();
      assertThat(result.stdout()).isEmpty();
      assertThat(bench.run(verify(bench)).exit()).isEqualTo(10);

      InProcess.Result out = bench.run("logout", bench.registry.host());
      assertThat(out.stderr()).isEqualTo("logged out via " + config() + "\n");
      assertThat(bench.run(verify(bench)).exit()).isEqualTo(20);
      InProcess.Result again = bench.run("logout", bench.registry.host());
      assertThat(again.exit()).isZero();
      assertThat(again.stderr()).contains("there were no credentials");
    }
  }

  @ParameterizedTest
  @EnumSource(SecretsTest.Guard.class)
  void storesNothingThatIsRefused(SecretsTest.Guard guard) throws Exception {
    try (ImageBench bench = bench(guard.auth())) {
      InProcess.Result result =
          bench.runWithInput("wrong\n", line(bench, "-u", "ci", "--password-stdin"));
      assertThat(result.exit()).isEqualTo(20);
      assertThat(result.stderr()).contains("UNAUTHORIZED", "this login were not accepted");
      assertThat(config()).doesNotExist();
    }
  }

  @Test
  void aRegistryThatDoesNotAnswerIsNotBelieved() throws Exception {
    try (ImageBench bench = bench(Auth.none())) {
      bench.registry.close();
      String[] line = line(bench, "-u", "ci", "-p", PASSWORD);
      assertThat(bench.run(line).exit()).isEqualTo(20);
      assertThat(config()).doesNotExist();

      InProcess.Result unchecked =
          bench.run(line(bench, "-u", "ci", "-p", PASSWORD, "--skip-check"));
      assertThat(unchecked.exit()).isZero();
      assertThat(config()).exists();
    }
  }

  @Test
  void saysWhenTheRegistryDidNotAsk() throws Exception {
    try (ImageBench bench = bench(Auth.none())) {
      InProcess.Result result = bench.run(line(bench, "-u", "ci", "-p", PASSWORD));
      assertThat(result.exit()).isZero();
      assertThat(result.stderr()).contains("stored unchecked", "logged in via ");
      assertThat(bench.registry.log().withCredentials()).isEmpty();
    }
  }

  @Test
  void aPasswordOnTheLineIsCommentedOn() throws Exception {
    try (ImageBench bench = bench(Auth.basic().user("ci", PASSWORD))) {
      InProcess.Result result = bench.run(line(bench, "-u", "ci", "-p", PASSWORD));
      assertThat(result.exit()).isZero();
      assertThat(result.stderr())
          .startsWith("WARNING: a password on the command line can be seen by others");
    }
  }

  /** The key's password, which the environment often has, is none for registries. */
  @Test
  void takesNoPasswordFromTheEnvironment() throws Exception {
    try (ImageBench bench = bench(Auth.basic().user("ci", ImageBench.PASSWORD))) {
      InProcess.Result result = bench.run(line(bench, "-u", "ci"));
      assertThat(result.exit()).isEqualTo(1);
      assertThat(bench.registry.log().count()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-u ci", "-p registry-71abd03c", "-u ci --password-stdin"})
  void needsANameAndAPassword(String flags) throws Exception {
    try (ImageBench bench = bench(Auth.basic().user("ci", PASSWORD))) {
      InProcess.Result result =
          bench.run(line(bench, flags.isEmpty() ? new String[0] : flags.split(" ")));
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.stderr())
          .contains(
              """
              Error: username and password required
              error during command execution: username and password required
              """);
      assertThat(config()).doesNotExist();
      assertThat(bench.registry.log().count()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"pass\\n,pass", "pass\\r\\n,pass", "pass\\n\\n,'pass\\n'", "' pass',' pass'"})
  void takesAwayOneLineEnd(String input, String stored) throws Exception {
    String password = stored.replace("\\n", "\n");
    try (ImageBench bench = bench(Auth.basic().user("ci", password))) {
      InProcess.Result result =
          bench.runWithInput(
              input.replace("\\n", "\n").replace("\\r", "\r"),
              line(bench, "-u", "ci", "--password-stdin"));
      assertThat(result.exit()).as(result.stderr()).isZero();
    }
  }

  @Test
  void asksAPersonForBoth() throws Exception {
    Terminal person =
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
    try (ImageBench bench = bench(Auth.basic().user("ci", PASSWORD))) {
      InProcess.Result result =
          InProcess.in(folder)
              .environment("DOCKER_CONFIG", folder.resolve("docker").toString())
              .terminal(person)
              .stdin("ci\n")
              .run(line(bench));
      assertThat(result.exit()).as(result.stderr()).isZero();
      assertThat(result.stderr()).startsWith("Username: Password: \n").doesNotContain(PASSWORD);
    }
  }

  @Test
  void theTokenServiceOfAStrangerSeesNothing() throws Exception {
    try (ImageBench bench = bench(Auth.none())) {
      // a name that nobody has; a token that came from there would be an anonymous one
      bench
          .registry
          .faults()
          .on(RequestMatch.any())
          .does(stage ->
              WireResponse.of(401)
                  .with("WWW-Authenticate", "Bearer realm=\"https://tokens.invalid/token\""));
      InProcess.Result result = bench.run(line(bench, "-u", "ci", "-p", PASSWORD, "--timeout=20s"));
      assertThat(result.exit()).isNotZero();
      assertThat(bench.registry.log().withCredentials()).isEmpty();
      assertThat(config()).doesNotExist();
    }
  }

  @Test
  void keepsAnotherFileWhenTold() throws Exception {
    try (ImageBench bench = bench(Auth.basic().user("ci", PASSWORD))) {
      bench.run(line(bench, "-u", "ci", "-p", PASSWORD, "--authfile", "auth.json"));
      assertThat(Files.readString(folder.resolve("auth.json"))).contains(bench.registry.host());
      assertThat(config()).doesNotExist();
      bench.environment("REGISTRY_AUTH_FILE", folder.resolve("auth.json").toString());
      assertThat(bench.run(verify(bench)).exit()).isEqualTo(10);
      assertThat(bench.run("logout", bench.registry.host(), "--authfile", "auth.json").exit())
          .isZero();
      assertThat(bench.run(verify(bench)).exit()).isEqualTo(20);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://registry.example",
        "registry.example/app",
        "user@registry.example",
        "app",
        "",
        "registry.example:99999"
      })
  void aServerIsAHost(String server) {
    InProcess.Result result = InProcess.in(folder).run("login", server, "-u", "a", "-p", "b");
    assertThat(result.exit()).isEqualTo(21);
    assertThat(result.stderr()).contains("not a host such as registry.example.com");
  }

  @Test
  void aNameWithAColonWouldBeSplitElsewhere() throws Exception {
    try (ImageBench bench = bench(Auth.basic().user("ci", PASSWORD))) {
      assertThat(bench.run(line(bench, "-u", "a:b", "-p", PASSWORD)).stderr()).contains("colon");
    }
  }
}
