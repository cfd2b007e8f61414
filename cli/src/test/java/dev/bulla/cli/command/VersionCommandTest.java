package dev.bulla.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.cli.InProcess;
import dev.bulla.cli.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VersionCommandTest {

  /**
   * What costs start-up time, or opens connections; and commands other than the one that was named.
   */
  private static final List<String> HEAVY =
      List.of(
          "com.fasterxml.jackson.",
          "org.bouncycastle.",
          "java.net.http.",
          "java.security.Provider",
          "java.util.ServiceLoader ",
          "java.util.regex.Pattern ",
          "java.util.stream.ReferencePipeline ",
          "dev.bulla.registry.",
          "dev.bulla.keys.",
          "dev.bulla.key.",
          "dev.bulla.verify.",
          "dev.bulla.oci.",
          "dev.bulla.json.",
          "dev.bulla.testkit.",
          "dev.bulla.cli.command.SignCommand",
          "dev.bulla.cli.command.VerifyCommand",
          "dev.bulla.cli.help.");

  @Test
  void printsWhatScriptsReadFromCosign() {
    String text = InProcess.nowhere().run("version").stdout();

    assertThat(text.lines().map(line -> line.split(":", 2)[0]))
        .endsWith(
            "GitVersion",
            "GitCommit",
            "GitTreeState",
            "BuildDate",
            "GoVersion",
            "Compiler",
            "Platform");
    assertThat(text).contains("\nCompiler:      javac\n");
  }

  @Test
  void answersWithoutLoadingAnythingHeavy() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load:stdout",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "version",
                "--json")
            .redirectErrorStream(true)
            .start();
    String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(log).isZero();
    assertThat(log).contains("\"gitVersion\"").contains(" dev.bulla.cli.command.VersionCommand ");
    // what the JVM takes out of its own archive before our first class does not count
    String own = log.substring(log.indexOf(" " + Main.class.getName() + " "));
    assertThat(own.lines().filter(VersionCommandTest::isHeavy)).isEmpty();
  }

  private static boolean isHeavy(String line) {
    return line.contains("source:")
        && Stream.of(line).anyMatch(l -> HEAVY.stream().anyMatch(l::contains));
  }
}
