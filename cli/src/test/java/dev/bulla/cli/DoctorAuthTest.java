package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonParser;
import dev.bulla.testkit.registry.Action;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Says which credentials win and why; {@link ImageBench} checks that it shows none. */
class DoctorAuthTest {

  private static final String PASSWORD = ImageBench.REGISTRY_PASSWORD;

  @TempDir Path folder;

  private ImageBench bench(Auth auth) throws Exception {
    Files.createDirectories(folder.resolve("docker"));
    return new ImageBench(folder, EmbeddedRegistry.options().auth(auth))
        .environment("DOCKER_CONFIG", folder.resolve("docker").toString())
        .environment("HOME", folder.toString());
  }

  private void store(ImageBench bench, String user, String password) throws Exception {
    bench.write(
        "docker/config.json",
        "{\"auths\":{\""
            + bench.registry.host()
            + "\":{\"auth\":\""
            + Base64Text.encode(Bytes.utf8(user + ":" + password))
            + "\"}}}");
  }

  private static GoFields json(InProcess.Result result) throws Exception {
    return GoFields.of(JsonParser.parseObject(Bytes.utf8(result.stdout()), "report"), "report");
  }

  @Test
  void listsEveryPlaceAndSaysWhichOneWon() throws Exception {
    try (ImageBench bench = bench(Auth.basic().user("ci", PASSWORD))) {
      store(bench, "ci", PASSWORD);
      InProcess.Result result = bench.run("doctor", "auth", bench.registry.host());
      assertThat(result.exit()).as(result.stderr()).isZero();
      assertThat(result.stderr()).isEmpty();
      String host = bench.registry.host();
      assertThat(result.stdout())
          .isEqualTo(
              "registry "
                  + host
                  + "\ncredentials, in the order in which they are looked for:\n  1. "
                  + folder.resolve("docker/config.json")
                  + ": used: name and password\n  2. "
                  + folder.resolve(".config/containers/auth.json")
                  + ": not looked at, an earlier one decides\nthe registry:\n  http://"
                  + host
                  + " asks for a name and a password\n"
                  + "  the credentials were shown to it\n"
                  + "  lets us in with these credentials\n");
    }
  }

  @ParameterizedTest
  @EnumSource(SecretsTest.Guard.class)
  void saysTheSameToPrograms(SecretsTest.Guard guard) throws Exception {
    try (ImageBench bench = bench(guard.auth())) {
      store(bench, "ci", PASSWORD);
      InProcess.Result result =
          bench.run("doctor", "auth", "--output=json", bench.registry.host() + "/app");
      assertThat(result.exit()).as(result.stderr()).isZero();
      GoFields report = json(result);
      assertThat(report.string("repository")).contains("app");
      assertThat(report.string("source")).contains(folder.resolve("docker/config.json").toString());
      assertThat(report.string("kind")).contains("name and password");
      assertThat(report.string("asks"))
          .contains(guard == SecretsTest.Guard.BASIC ? "password" : "token");
      assertThat(report.string("result")).contains("accepted");
    }
  }

  @ParameterizedTest
  @EnumSource(SecretsTest.Guard.class)
  void aRefusalIsARefusal(SecretsTest.Guard guard) throws Exception {
    try (ImageBench bench = bench(guard.auth())) {
      store(bench, "ci", "stale-" + PASSWORD);
      InProcess.Result result = bench.run("doctor", "auth", "-o", "json", bench.registry.host());
      assertThat(result.exit()).isEqualTo(20);
      assertThat(json(result).string("result")).contains("refused");
      assertThat(json(result).string("hint").orElseThrow()).contains("were not accepted");
      assertThat(result.stderr()).contains("hint: the credentials from " + folder);
    }
  }

  @Test
  void withoutCredentialsItSaysWhatToDo() throws Exception {
    try (ImageBench bench = bench(Auth.basic().user("ci", PASSWORD))) {
      InProcess.Result result = bench.run("doctor", "auth", bench.registry.host());
      assertThat(result.exit()).isEqualTo(20);
      assertThat(result.stdout())
          .contains(
              "docker/config.json: not there\n",
              "no credentials were shown to it",
              "does not let us in");
      assertThat(result.stderr()).contains("log in with bulla login");
    }
  }

  @Test
  void aRegistryThatAsksForNothingNeedsNothing() throws Exception {
    try (ImageBench bench = bench(Auth.none())) {
      store(bench, "ci", PASSWORD);
      InProcess.Result result = bench.run("doctor", "auth", bench.registry.host());
      assertThat(result.exit()).isZero();
      assertThat(result.stdout())
          .contains("asks for no credentials", "those that were found are not needed");
      assertThat(bench.registry.log().withCredentials()).isEmpty();
    }
  }

  /** What may be done is decided for each repository. */
  @ParameterizedTest
  @CsvSource({"'',0,accepted", "/app,20,refused"})
  void tellsTheRegistryFromTheRepository(String rest, int exit, String result) throws Exception {
    Auth mayOnlyPush = Auth.bearer().user("ci", PASSWORD, EnumSet.of(Action.PUSH));
    try (ImageBench bench = bench(mayOnlyPush)) {
      store(bench, "ci", PASSWORD);
      InProcess.Result ran =
          bench.run("doctor", "auth", "-o", "json", bench.registry.host() + rest);
      assertThat(ran.exit()).as(ran.stdout()).isEqualTo(exit);
      assertThat(json(ran).string("result")).contains(result);
    }
  }

  @Test
  void aFileThatCannotBeReadIsSaid() throws Exception {
    try (ImageBench bench = bench(Auth.basic().user("ci", PASSWORD))) {
      bench.write("docker/config.json", "{\"auths\":" + PASSWORD);
      InProcess.Result result = bench.run("doctor", "auth", bench.registry.host());
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.stdout()).contains("docker/config.json: cannot be used: ");
    }
  }

  @Test
  void aRegistryThatIsNotThereCouldNotBeAsked() throws Exception {
    try (ImageBench bench = bench(Auth.none())) {
      bench.registry.close();
      InProcess.Result result =
          bench.run("doctor", "auth", "-o", "json", "--timeout=2s", bench.registry.host());
      assertThat(result.exit()).isEqualTo(20);
      assertThat(json(result).string("result")).contains("unreachable");
    }
  }

  @Test
  void flagsComeBeforeFiles() throws Exception {
    try (ImageBench bench = bench(Auth.basic().user("ci", PASSWORD))) {
      store(bench, "ci", "stale");
      InProcess.Result result =
          bench.run(
              "doctor",
              "auth",
              bench.registry.host(),
              "--registry-username=ci",
              "--registry-password=" + PASSWORD);
      assertThat(result.exit()).as(result.stderr()).isZero();
      assertThat(result.stdout()).contains("1. --registry-username: used: name and password");
    }
  }

  @Test
  void podsSecretsAreNotBuiltYet() {
    InProcess.Result result =
        InProcess.in(folder).run("doctor", "auth", "--pod-pull-secrets", "localhost:1");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("--pod-pull-secrets is not available in this version");
  }
}
