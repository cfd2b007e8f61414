package dev.bulla.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.dist.Shell.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./bulla}, in a checkout whose Maven only counts and whose Java only tells what it was
 * asked to do.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts are for a POSIX shell")
final class CheckoutLauncherTest {

  @TempDir private Path folder;

  private Path checkout;
  private Path builds;
  private Shell shell;

  @BeforeEach
  void layOut() throws IOException {
    checkout = Files.createDirectory(folder.resolve("the checkout"));
    builds = folder.resolve("builds");
    for (String name : List.of("bulla", ".mvn/find-jdk.sh", "dist/src/main")) {
      Shell.copy(name, checkout);
    }
    Files.createFile(checkout.resolve("pom.xml"));
    Files.createDirectories(checkout.resolve("core/src/main/java"));
    Files.createFile(checkout.resolve("core/src/main/java/A.java"));
    Shell.program(
        checkout.resolve("mvnw"),
        "#!/bin/sh",
        "set -eu",
        "cd \"${0%/*}\"",
        "echo built >>'" + builds + "'",
        "echo '[INFO] Building bulla-core 1 [2/8]'",
        "if [ -e broken ]; then echo '[ERROR] core is broken'; exit 1; fi",
        "[ ! -e slow ] || sleep 0.3",
        "mkdir -p dist/target/quick",
        "echo jar >dist/target/quick/bulla.jar",
        "[ ! -d beside ] || { rm -rf dist/target/quick/kms; cp -R beside dist/target/quick/kms; }");
    Path jdk = Shell.jdk(folder.resolve("jdk"), "21", "java", "javac");
    shell =
        new Shell(Files.createDirectory(folder.resolve("elsewhere")))
            .with("JAVA_HOME", jdk.toString());
    backdate();
  }

  @Test
  void buildsOnFirstUseAndShowsThatItMoves() throws Exception {
    Result result = bulla("version");

    assertThat(result.exit()).isZero();
    assertThat(result.err())
        .containsSubsequence("bulla: building (first use)", "bulla:   bulla-core", "class archive");
    assertThat(buildCount()).isEqualTo(1);
  }

  @Test
  void runsAtOnceAndSilentlyWhenNothingChanged() throws Exception {
    bulla("version");

    assertThat(bulla("version").err()).isEmpty();
    assertThat(buildCount()).isEqualTo(1);
  }

  @Test
  void keepsTheCallersFolderAndEveryWordOfTheCommand() throws Exception {
    Path link = folder.resolve("link");
    Files.createSymbolicLink(folder.resolve("link to link"), Path.of("link"));
    Files.createSymbolicLink(link, Path.of("the checkout/bulla"));

    Result result =
        shell.run(
            folder.resolve("link to link").toString(),
            "sign",
            "a b",
            "",
            "*",
            "$HOME",
            "--x=\"y\"");

    assertThat(result.out()).startsWith("in " + folder.resolve("elsewhere").toRealPath() + "\n");
    assertThat(result.out())
        .endsWith("[dev.bulla.cli.Main]\n[sign]\n[a b]\n[]\n[*]\n[$HOME]\n[--x=\"y\"]\n");
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    bulla("version");
    Files.writeString(checkout.resolve("core/src/main/java/A.java"), "changed");

    assertThat(bulla("version").err()).contains("building (something changed)");
    assertThat(bulla("version").err()).isEmpty();
    assertThat(buildCount()).isEqualTo(2);
  }

  @Test
  void buildsAgainWhenASourceIsGone() throws Exception {
    bulla("version");
    Files.delete(checkout.resolve("core/src/main/java/A.java"));

    bulla("version");

    assertThat(buildCount()).isEqualTo(2);
  }

  /** A bulla that is running looks there when it first needs one, whatever is built meanwhile. */
  @Test
  void whatLiesBesideTheJarIsReplacedOneByOneInFoldersThatStay() throws Exception {
    Path made = Files.createDirectories(checkout.resolve("beside/a"));
    Files.writeString(made.resolve("same.jar"), "same");
    Files.writeString(made.resolve("changes.jar"), "old");
    Files.writeString(made.resolve("goes.jar"), "goes");
    Files.writeString(Files.createDirectories(checkout.resolve("beside/b")).resolve("b.jar"), "b");
    bulla("version");
    Path kms = checkout.resolve("target/run/kms");
    Path open = Files.createLink(folder.resolve("open"), kms.resolve("a/changes.jar"));
    Object before = fileKey(kms.resolve("a"));
    assertThat(kms.resolve("b/b.jar")).hasContent("b");

    Files.writeString(made.resolve("changes.jar"), "new");
    Files.delete(made.resolve("goes.jar"));
    Files.delete(checkout.resolve("beside/b/b.jar"));
    Files.writeString(checkout.resolve("core/src/main/java/A.java"), "changed");
    bulla("version");

    assertThat(fileKey(kms.resolve("a"))).isEqualTo(before);
    assertThat(open).hasContent("old");
    assertThat(kms.resolve("a/changes.jar")).hasContent("new");
    assertThat(kms.resolve("a/same.jar")).hasContent("same");
    try (Stream<Path> left = Files.walk(kms)) {
      assertThat(left.filter(Files::isRegularFile)).hasSize(2);
    }
    assertThat(kms.resolve("b")).doesNotExist();
  }

  private static Object fileKey(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  @Test
  void anotherJdkNeedsAnotherClassArchiveAndNoBuild() throws Exception {
    bulla("version");
    Path other = Shell.jdk(folder.resolve("other"), "25", "java", "javac");
    shell.with("JAVA_HOME", other.toString());

    assertThat(bulla("version").err()).isEqualTo("bulla:   class archive, for quick starts\n");
    assertThat(bulla("version").err()).isEmpty();
    assertThat(buildCount()).isEqualTo(1);
  }

  @Test
  void testsAloneDoNotMakeItBuild() throws Exception {
    bulla("version");
    Files.createDirectories(checkout.resolve("core/src/test/java"));
    Files.createFile(checkout.resolve("core/src/test/java/ATest.java"));

    bulla("version");

    assertThat(buildCount()).isEqualTo(1);
  }

  @Test
  void showsWhatBrokeTheBuildAndTriesAgainNextTime() throws Exception {
    Path broken = Files.createFile(checkout.resolve("broken"));

    Result failed = bulla("version");
    Files.delete(broken);
    Result mended = bulla("version");

    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err()).contains("[ERROR] core is broken").contains("target/run/build.log");
    assertThat(mended.exit()).isZero();
  }

  @Test
  void manyAtOnceBuildOnce() throws Exception {
    Files.createFile(checkout.resolve("slow"));
    List<Process> running = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      running.add(
          shell.start(
              folder.resolve("out" + i),
              folder.resolve("err" + i),
              checkout + "/bulla",
              "version"));
    }
    for (Process process : running) {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    }

    assertThat(buildCount()).isEqualTo(1);
    assertThat(checkout.resolve("target/run.lock")).doesNotExist();
  }

  @Test
  void takesOverFromABuildThatDied() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Files.createDirectories(checkout.resolve("target"));
    Files.createSymbolicLink(
        checkout.resolve("target/run.lock"), Path.of(String.valueOf(gone.pid())));

    assertThat(bulla("version").exit()).isZero();
    assertThat(checkout.resolve("target/run.lock")).doesNotExist();
  }

  private Result bulla(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(checkout + "/bulla"));
    command.addAll(List.of(arguments));
    return shell.run(command.toArray(String[]::new));
  }

  private long buildCount() throws IOException {
    return Files.readString(builds).lines().count();
  }

  /** Sources are older than the first build, as after a clone some time ago. */
  private void backdate() throws IOException {
    try (var walk = Files.walk(checkout)) {
      for (Path path : walk.toList()) {
        FileTime then =
            FileTime.fromMillis(
                Files.getLastModifiedTime(path).toMillis() - Duration.ofHours(1).toMillis());
        Files.setLastModifiedTime(path, then);
      }
    }
  }
}
