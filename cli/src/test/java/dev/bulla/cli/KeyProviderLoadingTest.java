package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a line costs that has nothing to do with key services: the JVM's own log of the classes it
 * loads, in a process with every provider on its class path.
 */
class KeyProviderLoadingTest {

  private static final List<String> PROVIDERS =
      List.of(
          "dev.bulla.kms.",
          "software.amazon.",
          "com.google.",
          "com.microsoft.",
          "com.azure.",
          "org.slf4j.",
          "java.util.ServiceLoader$Provider");

  @TempDir Path folder;

  private ImageBench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new ImageBench(folder);
    bench.sign(bench.digested());
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void aLocalKeyLoadsNoProvider() throws Exception {
    List<String> loaded =
        loadedBy("verify", "--key", "alice.pub", "--insecure-ignore-tlog", bench.tagged());

    assertThat(loaded).contains("dev.bulla.keys.VerificationKeys");
    for (String provider : PROVIDERS) {
      assertThat(loaded).noneMatch(name -> name.startsWith(provider));
    }
  }

  /** Nor does looking for credentials of a cloud, before a host of that cloud wants some. */
  @Test
  void aRegistryThatIsNoCloudsLoadsNoProvider() throws Exception {
    List<String> loaded =
        loadedBy(
            "verify",
            "--key",
            "alice.pub",
            "--insecure-ignore-tlog",
            "--k8s-keychain",
            bench.tagged());
    loaded.addAll(loadedBy("doctor", "auth", "--k8s-keychain", bench.registry.host()));

    assertThat(loaded).contains("dev.bulla.registry.auth.AmbientCredentials");
    for (String provider : PROVIDERS) {
      assertThat(loaded).noneMatch(name -> name.startsWith(provider));
    }
  }

  @Test
  void aRegistryOfACloudLoadsTheLibrariesOfThatCloud() throws Exception {
    // nobody is asked but this machine: the time is over before the first request
    List<String> loaded = loadedBy("doctor", "auth", "--k8s-keychain", "--timeout=1ns", "gcr.io");

    assertThat(loaded).contains("dev.bulla.kms.gcp.GoogleLogin");
    assertThat(loaded)
        .noneMatch(name -> name.startsWith("software.amazon.") || name.startsWith("com.azure."));
  }

  /** A JVM waits 300 ms at its end for threads in native code, and such a thread is the poller. */
  @Test
  void noSocketIsPolledForVirtualThreads() throws Exception {
    String[][] lines = {
      {"verify", "--key", "alice.pub", "--insecure-ignore-tlog", bench.tagged()},
      {"verify", "--key", "alice.pub", "--insecure-ignore-tlog", bench.tagged(), bench.digested()},
      {"tree", bench.tagged()},
    };
    for (String[] line : lines) {
      assertThat(loadedBy(line))
          .contains("dev.bulla.registry.transport.SocketTransport")
          .noneMatch(name -> name.startsWith("sun.nio.ch.Poller"));
    }
  }

  @Test
  void aReferenceLoadsTheProviderThatItNames() throws Exception {
    List<String> loaded = loadedBy("public-key", "--key", "hashivault://k");

    assertThat(loaded).contains("dev.bulla.kms.vault.VaultProvider");
    assertThat(loaded).noneMatch(name -> name.startsWith("software.amazon."));
    assertThat(loaded).noneMatch(name -> name.startsWith("com.microsoft."));
  }

  private List<String> loadedBy(String... line) throws IOException, InterruptedException {
    Path log = folder.resolve("classes.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xlog:class+load:file=" + log.getFileName() + "::filecount=0");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.bulla.cli.Main");
    command.addAll(List.of(line));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.txt").toFile());
    builder.environment().remove("VAULT_ADDR");
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("GOOGLE_APPLICATION_CREDENTIALS");
    builder.environment().put("CLOUDSDK_CONFIG", folder.toString());
    builder.environment().put("GCE_METADATA_HOST", "127.0.0.1:9");
    builder.start().waitFor();
    List<String> names = new ArrayList<>();
    for (String entry : Files.readAllLines(log)) {
      int source = entry.indexOf(" source: ");
      if (source > 0) {
        names.add(entry.substring(entry.lastIndexOf(' ', source - 1) + 1, source));
      }
    }
    assertThat(names).as(Files.readString(folder.resolve("output.txt"))).isNotEmpty();
    return names;
  }
}
