package dev.bulla.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.dist.Shell.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code .mvn/find-jdk.sh}, against installations of our making; the machine's own are older than
 * release 90.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts are for a POSIX shell")
final class FindJdkTest {

  private static final String FIND =
      ". '"
          + Shell.CHECKOUT.resolve(".mvn/find-jdk.sh")
          + "'; ${minimum:+eval jdk_minimum=$minimum}; find_jdk \"$@\"; echo \"$jdk_home|$jdk_version|$jdk_note\"";

  @TempDir private Path folder;

  @Test
  void takesJavaHomeWithoutAWord() throws Exception {
    Path home = Shell.jdk(folder.resolve("mine"), "21.0.4", "java", "javac");
    Shell.jdk(folder.resolve(".jdks/newer"), "98", "java", "javac");

    Result result = new Shell(folder).with("JAVA_HOME", home.toString()).run(Shell.sh(FIND));

    assertThat(result).isEqualTo(new Result(0, home + "|21.0.4|\n", ""));
  }

  @Test
  void prefersThePathToWhateverLiesAround() throws Exception {
    Path old = Shell.jdk(folder.resolve("old"), "17.0.15", "java", "javac");
    Path onPath = Shell.jdk(folder.resolve("on path"), "21", "java", "javac");
    Shell.jdk(folder.resolve(".jdks/newer"), "98", "java", "javac");

    Result result =
        new Shell(folder)
            .with("JAVA_HOME", old.toString())
            .with("PATH", onPath.resolve("bin") + ":" + System.getenv("PATH"))
            .run(Shell.sh(FIND));

    assertThat(result.out())
        .isEqualTo(onPath + "|21|using JDK 21 in " + onPath + " (JAVA_HOME is 17.0.15)\n");
  }

  @Test
  void takesTheNewestReleaseInTheUsualFolders() throws Exception {
    Shell.jdk(folder.resolve(".jdks/a"), "98.0.9", "java", "javac");
    Path newest =
        Shell.jdk(folder.resolve(".sdkman/candidates/java/b"), "98.0.10", "java", "javac");
    Shell.jdk(folder.resolve(".jdks/c"), "97.9.99", "java", "javac");
    Shell.jdk(folder.resolve(".jdks/unfinished"), "99-ea", "java", "javac");
    Shell.jdk(folder.resolve(".jdks/only-runs"), "99", "java");

    Result result =
        new Shell(folder).with("JAVA_HOME", "/nowhere").with("minimum", "97").run(Shell.sh(FIND));

    assertThat(result.out())
        .isEqualTo(newest + "|98.0.10|using JDK 98.0.10 in " + newest + " (JAVA_HOME is no JDK)\n");
  }

  @Test
  void whereACertainReleaseIsWantedANewerOneIsNotTaken() throws Exception {
    Path wanted = Shell.jdk(folder.resolve(".jdks/a"), "97.0.2", "java", "javac");
    Path newer = Shell.jdk(folder.resolve(".jdks/b"), "98", "java", "javac");

    Result result =
        new Shell(folder)
            .with("JAVA_HOME", newer.toString())
            .run(
                Shell.sh(
                    ". '"
                        + Shell.CHECKOUT.resolve(".mvn/find-jdk.sh")
                        + "'; jdk_minimum=97 jdk_maximum=97; find_jdk; echo \"$jdk_home\""));

    assertThat(result.out()).isEqualTo(wanted + "\n");
  }

  @Test
  void aRuntimeIsEnoughToRun() throws Exception {
    Path runtime = Shell.jdk(folder.resolve(".jdks/only-runs"), "99", "java");

    Result result = new Shell(folder).with("minimum", "97").run(Shell.sh(FIND, "java"));

    assertThat(result.out()).startsWith(runtime + "|99|");
  }

  @Test
  void withNoneSaysInOneSentenceWhatToInstall() throws Exception {
    Result result = new Shell(folder).with("minimum", "999").run(Shell.sh(FIND));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .startsWith("bulla needs JDK 999 or newer and found none")
        .hasLineCount(1);
  }
}
