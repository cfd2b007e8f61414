package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.GitHostServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** cosign's lines for key pairs at GitLab and GitHub, against doubles of both. */
class GitHostCommandsTest {

  private static final String TOKEN = "marked-77ab10";

  @TempDir Path folder;

  private ImageBench bench;
  private GitHostServer server;

  @BeforeEach
  void start() throws IOException {
    bench = new ImageBench(folder);
    server = GitHostServer.start(TOKEN);
    bench
        .environment("COSIGN_PASSWORD", "marked-pw")
        .environment("GITLAB_HOST", server.address())
        .environment("GITLAB_TOKEN", TOKEN)
        .environment("GITHUB_HOST", server.address())
        .environment("GITHUB_TOKEN", TOKEN);
  }

  @AfterEach
  void stop() {
    bench.close();
    server.close();
  }

  private InProcess.Result run(int exit, String... line) {
    InProcess.Result result = bench.run(line);
    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    assertThat(result.stdout() + result.stderr()).doesNotContain("marked-");
    return result;
  }

  @Test
  void gitLab() throws Exception {
    assertThat(run(0, "generate-key-pair", "gitlab://team/app").stderr())
        .isEqualTo(
            """
            Password written to "COSIGN_PASSWORD" project variable
            Private key written to "COSIGN_PRIVATE_KEY" project variable
            Public key written to "COSIGN_PUBLIC_KEY" project variable
            Public key also written to cosign.pub
            """);
    bench.withoutEnvironment("COSIGN_PASSWORD"); // it is among the variables
    String key = "gitlab://7";
    assertThat(run(0, "public-key", "--key", key).stdout()).isEqualTo(bench.read("cosign.pub"));
    run(0, "sign", "--key", key, "--tlog-upload=false", bench.digested());
    run(0, "verify", "--key", key, "--insecure-ignore-tlog", bench.tagged());
    run(0, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", bench.tagged());
    run(1, "public-key", "--key", "gitlab://other/app");
  }

  @Test
  void gitHub() throws Exception {
    assertThat(run(0, "generate-key-pair", "github://team/app").stderr())
        .isEqualTo(
            """
            Password written to COSIGN_PASSWORD github actions secret
            Private key written to COSIGN_PRIVATE_KEY github actions secret
            Public key written to COSIGN_PUBLIC_KEY github actions secret
            Public key also written to cosign.pub
            """);
    // in a run of GitHub's, the secrets are variables
    bench
        .environment(
            "COSIGN_PRIVATE_KEY",
            server.value("repos/team/app", "COSIGN_PRIVATE_KEY").orElseThrow())
        .environment(
            "COSIGN_PASSWORD", server.value("repos/team/app", "COSIGN_PASSWORD").orElseThrow());
    run(0, "sign", "--key", "env://COSIGN_PRIVATE_KEY", "--tlog-upload=false", bench.digested());
    run(0, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", bench.tagged());
    assertThat(run(1, "verify", "--key", "github://team/app", bench.tagged()).stderr())
        .contains("loading public key: loading URL: unrecognized scheme: github://\n");
  }

  @Test
  void withoutATokenNothingIsMade() {
    bench.withoutEnvironment("GITLAB_TOKEN").withoutEnvironment("GITHUB_TOKEN");

    assertThat(run(1, "generate-key-pair", "gitlab://team/app").stderr())
        .contains("Error: could not find \"GITLAB_TOKEN\"\n");
    assertThat(run(1, "generate-key-pair", "github://team/app").stderr())
        .contains("Error: could not find \"GITHUB_TOKEN\" environment variable\n");
    assertThat(folder.resolve("cosign.pub")).doesNotExist();
  }
}
