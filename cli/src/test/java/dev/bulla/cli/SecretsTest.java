package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.Effect;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.RequestMatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Passwords and tokens that are given to a line never come out of it, however it ends and however
 * much it is asked to say. {@link ImageBench} looks for them in all that is printed.
 */
class SecretsTest {

  @TempDir Path folder;

  /** How a registry asks who we are. */
  enum Guard {
    BASIC,
    BEARER;

    Auth auth() {
      return this == BASIC
          ? Auth.basic().user("ci", ImageBench.REGISTRY_PASSWORD)
          : Auth.bearer().user("ci", ImageBench.REGISTRY_PASSWORD);
    }
  }

  private ImageBench guarded(Guard guard) throws Exception {
    return new ImageBench(folder, EmbeddedRegistry.options().auth(guard.auth()));
  }

  private static List<String> line(ImageBench bench, String command) {
    List<String> words =
        new ArrayList<>(
            List.of(
                switch (command) {
                  case "sign" ->
                      new String[] {
                        "sign", "--key", "alice.key", "--tlog-upload=false", "--format", "both"
                      };
                  case "verify" ->
                      new String[] {"verify", "--key", "alice.pub", "--insecure-ignore-tlog"};
                  case "attach" ->
                      new String[] {
                        "attach",
                        "signature",
                        "--signature",
                        Base64Text.encode(Bytes.of(new byte[64]))
                      };
                  case "download" -> new String[] {"download", "signature"};
                  default -> new String[] {command};
                }));
    words.add(bench.tagged());
    return words;
  }

  private static InProcess.Result run(ImageBench bench, String command, String... more) {
    List<String> words = line(bench, command);
    words.addAll(List.of(more));
    return bench.run(words.toArray(String[]::new));
  }

  private static final List<String> COMMANDS =
      List.of("sign", "verify", "attach", "download", "tree", "triangulate", "generate");

  @ParameterizedTest
  @EnumSource(Guard.class)
  void nameAndPasswordOnTheLine(Guard guard) throws Exception {
    try (ImageBench bench = guarded(guard)) {
      String[] credentials = {
        "--registry-username=ci", "--registry-password=" + ImageBench.REGISTRY_PASSWORD, "--verbose"
      };
      for (String command : COMMANDS) {
        InProcess.Result result = run(bench, command, credentials);
        assertThat(result.exit()).as(command + ": " + result.stderr()).isZero();
        assertThat(result.stderr()).contains("--> ").contains("<-- ");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Guard.class)
  void credentialsInDockersConfiguration(Guard guard) throws Exception {
    try (ImageBench bench = guarded(guard)) {
      Files.createDirectories(folder.resolve("docker"));
      bench.write(
          "docker/config.json",
          "{\"auths\":{\""
              + bench.registry.host()
              + "\":{\"auth\":\""
              + Base64Text.encode(Bytes.utf8("ci:" + ImageBench.REGISTRY_PASSWORD))
              + "\"}}}");
      bench.environment("DOCKER_CONFIG", folder.resolve("docker").toString());
      for (String command : COMMANDS) {
        InProcess.Result result = run(bench, command, "--verbose");
        assertThat(result.exit()).as(command + ": " + result.stderr()).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Guard.class)
  void credentialsThatAreNotAccepted(Guard guard) throws Exception {
    try (ImageBench bench = guarded(guard)) {
      for (String command : COMMANDS) {
        InProcess.Result result =
            run(
                bench,
                command,
                "--registry-username=somebody",
                "--registry-password=" + ImageBench.PASSWORD,
                "--verbose");
        assertThat(result.exit()).as(command + ": " + result.stderr()).isEqualTo(20);
      }
    }
  }

  @Test
  void aTokenOnTheLine() throws Exception {
    try (ImageBench bench = guarded(Guard.BEARER)) {
      InProcess.Result result =
          run(bench, "verify", "--registry-token=" + ImageBench.REGISTRY_PASSWORD, "--verbose");
      assertThat(result.exit()).isEqualTo(20);
    }
  }

  /** It says back what it was told, in every place where it can. */
  @Test
  void aRegistryThatRepeatsThem() throws Exception {
    Effect echo =
        stage -> {
          String told = stage.request().headers().first("Authorization").orElse("nothing");
          if (told.equals("nothing")) {
            return stage.proceed();
          }
          return Effects.status(403, "DENIED", told + " " + ImageBench.REGISTRY_PASSWORD)
              .apply(stage)
              .with("X-Told", told)
              .with("Location", "http://ci:" + ImageBench.REGISTRY_PASSWORD + "@127.0.0.1/");
        };
    try (ImageBench bench = guarded(Guard.BASIC)) {
      bench.registry.faults().on(RequestMatch.any()).does(echo);
      for (String command : COMMANDS) {
        List<String> words = line(bench, command);
        words.addAll(
            List.of(
                "--registry-username=ci", "--registry-password=" + ImageBench.REGISTRY_PASSWORD));
        // what a registry chooses to say in its own words is its own; our header is not in it
        InProcess.Result result =
            InProcess.in(folder).environment("COSIGN_PASSWORD", ImageBench.PASSWORD).run(words);
        assertThat(result.exit()).as(command + ": " + result.stderr()).isEqualTo(20);
        assertThat(result.stderr()).doesNotContain("X-Told");
      }
    }
  }

  @Test
  void theRequestsThatAreShownHaveNoSecretInThem() throws Exception {
    try (ImageBench bench = guarded(Guard.BASIC)) {
      InProcess.Result result =
          run(
              bench,
              "verify",
              "--registry-username=ci",
              "--registry-password=" + ImageBench.REGISTRY_PASSWORD,
              "--verbose");

      assertThat(result.stderr().lines().filter(line -> line.contains("Authorization")))
          .isNotEmpty()
          .allMatch(line -> !line.contains(ImageBench.REGISTRY_PASSWORD));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sign", "public-key", "import-key-pair", "generate-key-pair"})
  void thePasswordOfAKey(String command) throws Exception {
    try (ImageBench bench = new ImageBench(folder)) {
      String[] line =
          switch (command) {
            case "sign" ->
                new String[] {
                  "sign", "--key", "alice.key", "--tlog-upload=false", "--verbose", bench.digested()
                };
            case "public-key" -> new String[] {"public-key", "--key", "alice.key", "--verbose"};
            case "import-key-pair" ->
                new String[] {"import-key-pair", "--key", "alice.key", "--verbose"};
            default -> new String[] {"generate-key-pair", "--verbose"};
          };
      bench.run(line);
      bench.withoutEnvironment("COSIGN_PASSWORD").runWithInput(ImageBench.PASSWORD, line);
      bench.runWithInput(ImageBench.PASSWORD + "\n" + ImageBench.PASSWORD + "\n", line);
      bench.environment("BULLA_PASSWORD", ImageBench.PASSWORD).run(line);
      assertThat(bench.run("env").exit()).isZero();
    }
  }

  @Test
  void noFileThatIsWrittenHoldsThePassword() throws Exception {
    try (ImageBench bench = new ImageBench(folder)) {
      bench.sign(
          "--output-signature=sig",
          "--output-payload=pay",
          "--output-certificate=cert",
          bench.digested());
      bench.sign("--bundle=b.json", bench.digested());
      bench.run("generate-key-pair", "--output-key-prefix", "new");
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
              .as(file.toString())
              .doesNotContain(ImageBench.PASSWORD);
        }
      }
    }
  }
}
