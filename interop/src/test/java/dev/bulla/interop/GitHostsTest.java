package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.GitHostServer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Key pairs that the double of GitLab and GitHub keeps, used by bulla and by real cosign. */
@Interop
@DisplayName("key pairs at Git hosts (double)")
final class GitHostsTest {

  private static final String TOKEN = "t0ken";

  private final Bench bench;

  GitHostsTest(Bench bench) {
    this.bench = bench;
  }

  private static Map<String, String> variables(GitHostServer server) {
    return Map.of(
        "GITLAB_HOST",
        server.address(),
        "GITLAB_TOKEN",
        TOKEN,
        "GITHUB_HOST",
        server.address(),
        "GITHUB_TOKEN",
        TOKEN,
        "COSIGN_PASSWORD",
        KeyRing.PASSWORD);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("dev.bulla.interop.SharedKey#pairs")
  @DisplayName("gitlab://: pair made, image signed, verified by both")
  void oneKeyForBoth(Program maker, Program signer, Workplace place) throws IOException {
    try (GitHostServer server = GitHostServer.start(TOKEN)) {
      SharedKey key = new SharedKey(place, variables(server), "gitlab://team/app");
      key.run(maker, "generate-key-pair", key.reference()).expect(0);
      Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "gitlab"), "v1");
      key.worksForBoth(signer, image, place.read("cosign.pub"));
    }
  }

  /** Secrets of GitHub come back to jobs only, as variables. */
  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Program.class,
      names = {"BULLA", "COSIGN3"})
  @DisplayName("github://: pair made, used by both in a job")
  void secretsForJobs(Program maker, Workplace place) throws IOException {
    try (GitHostServer server = GitHostServer.start(TOKEN)) {
      SharedKey made = new SharedKey(place, variables(server), "github://team/app");
      made.run(maker, "generate-key-pair", made.reference()).expect(0);

      String password = server.value("repos/team/app", "COSIGN_PASSWORD").orElseThrow();
      assertThat(password).isEqualTo(KeyRing.PASSWORD);
      SharedKey key =
          new SharedKey(
              place,
              Map.of(
                  "PRIVATE",
                  server.value("repos/team/app", "COSIGN_PRIVATE_KEY").orElseThrow(),
                  "COSIGN_PASSWORD",
                  password),
              "env://PRIVATE");
      Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "github"), "v1");
      for (Program signer : new Program[] {Program.BULLA, Program.COSIGN3}) {
        key.sign(signer, image);
      }
      for (Verifying verifier : new Verifying[] {Verifying.BULLA, Verifying.COSIGN3}) {
        place
            .call(
                verifier.program(),
                "verify",
                "--key",
                "cosign.pub",
                "--insecure-ignore-tlog=true",
                image.byDigest())
            .run()
            .expect(0);
      }
    }
  }
}
