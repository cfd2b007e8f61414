package dev.bulla.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.cli.InProcess;
import dev.bulla.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Making, importing and showing keys, with every source of a password. */
class KeyPairCommandsTest {

  private static final String WRITTEN =
      """
      Private key written to cosign.key
      Public key written to cosign.pub
      """;

  @TempDir Path folder;

  @Test
  void keepsThePrivateKeyForItsOwner() throws IOException {
    inFolder().environment("COSIGN_PASSWORD", "pw").run("generate-key-pair");

    assertThat(mode("cosign.key")).isEqualTo("rw-------");
    assertThat(mode("cosign.pub")).isEqualTo("rw-r--r--");
  }

  @Test
  void takesThePasswordFromOurVariableFirst() {
    inFolder()
        .environment("BULLA_PASSWORD", "ours")
        .environment("COSIGN_PASSWORD", "theirs")
        .run("generate-key-pair");

    assertThat(opens("ours")).isTrue();
    assertThat(opens("theirs")).isFalse();
  }

  @Test
  void takesAnEmptyVariableForAnEmptyPassword() {
    inFolder().environment("COSIGN_PASSWORD", "").stdin("piped").run("generate-key-pair");

    assertThat(opens("")).isTrue();
  }

  @Test
  void takesAllOfAPipeForThePassword() {
    InProcess.Result result = inFolder().stdin("piped\n").run("generate-key-pair");

    assertThat(result).isEqualTo(new InProcess.Result(0, "", WRITTEN));
    assertThat(opens("piped\n")).isTrue();
    assertThat(opens("piped")).isFalse();
  }

  @Test
  void asksAPersonTwiceForANewPassword() {
    InProcess.Result result =
        inFolder().terminal(new Person("secret", "secret")).run("generate-key-pair");

    assertThat(result.stderr())
        .isEqualTo(
            "Enter password for private key: \nEnter password for private key again: \n" + WRITTEN);
    assertThat(opens("secret")).isTrue();
  }

  @Test
  void refusesTwoDifferentAnswers() {
    InProcess.Result result =
        inFolder().terminal(new Person("secret", "secrets")).run("generate-key-pair");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("Error: passwords do not match\n");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void asksAPersonOnceForAKeyThatExists() {
    inFolder().environment("COSIGN_PASSWORD", "pw").run("generate-key-pair");

    InProcess.Result result =
        inFolder().terminal(new Person("pw")).run("public-key", "--key", "cosign.key");

    assertThat(result.exit()).isZero();
    assertThat(result.stdout()).isEqualTo(content("cosign.pub"));
    assertThat(result.stderr()).isEqualTo("Enter password for private key: \n");
  }

  @Test
  void saysOnThePromptsLineThatNobodyCanBeAsked() {
    InProcess.Result result = inFolder().terminal(new Person()).run("generate-key-pair");

    assertThat(result.stderr())
        .isEqualTo(
            """
            Enter password for private key: Error: inappropriate ioctl for device
            error during command execution: inappropriate ioctl for device
            """);
  }

  @Test
  void asksForThePasswordBeforeItAsksAboutOverwriting() {
    inFolder().environment("COSIGN_PASSWORD", "pw").run("generate-key-pair");
    String before = content("cosign.key");

    InProcess.Result result =
        inFolder().terminal(new Person("a", "a")).stdin("N\n").run("generate-key-pair");

    assertThat(result.stderr())
        .isEqualTo(
            """
            Enter password for private key:\s
            Enter password for private key again:\s
            WARNING: File cosign.key already exists. Overwrite?
            Are you sure you would like to continue? [y/N] Error: user declined the prompt
            error during command execution: user declined the prompt
            """);
    assertThat(content("cosign.key")).isEqualTo(before);
  }

  @Test
  void acceptsNoLongFormOfYes() {
    inFolder().environment("COSIGN_PASSWORD", "pw").run("generate-key-pair");

    for (String answer : List.of("yes\n", " y \n", "Yes\n")) {
      InProcess.Result result =
          inFolder().environment("COSIGN_PASSWORD", "pw").stdin(answer).run("generate-key-pair");
      assertThat(result.exit()).as(answer).isEqualTo(1);
      assertThat(result.stderr())
          .contains("invalid input \"" + answer.replace("\n", "") + "\" (allowed values y, n)");
    }
  }

  @Test
  void bindsThePrefixToTheEnvironment() {
    inFolder()
        .environment("COSIGN_PASSWORD", "pw")
        .environment("COSIGN_OUTPUT_KEY_PREFIX", "bound")
        .run("generate-key-pair");

    assertThat(folder.resolve("bound.key")).exists();
  }

  @Test
  void knowsWhereKeysCannotBeMade() {
    assertThat(inFolder().run("generate-key-pair", "foo://x").stderr())
        .contains("Error: undefined provider: foo\n");
    assertThat(inFolder().run("generate-key-pair", "--kms", "hashivault://x/y").stderr())
        .contains("kms specification should be in the format hashivault://<key>");
    assertThat(inFolder().run("generate-key-pair", "a", "b").stderr())
        .contains("Error: could not parse scheme, use <scheme>://<ref> format\n");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void wantsExactlyOneKeyToShow() {
    String message =
        "Error: exactly one of: key reference (--key), or hardware token (--sk) must be provided\n";

    assertThat(inFolder().run("public-key").stderr()).startsWith(message);
    assertThat(inFolder().run("public-key", "--key", "a", "--sk").stderr()).startsWith(message);
    assertThat(inFolder().run("public-key", "--sk").stderr())
        .contains("--sk needs the PKCS #11 module");
  }

  private InProcess inFolder() {
    return InProcess.in(folder);
  }

  private boolean opens(String password) {
    InProcess.Result result =
        inFolder()
            .environment("COSIGN_PASSWORD", password)
            .run("public-key", "--key", "cosign.key");
    return result.exit() == 0 && result.stdout().equals(content("cosign.pub"));
  }

  private String content(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
  }

  /** Someone who types these lines, and is then gone. */
  private static final class Person implements Terminal {

    private final Deque<String> lines;

    Person(String... lines) {
      this.lines = new ArrayDeque<>(List.of(lines));
    }

    @Override
    public boolean stdinIsCharacterDevice() {
      return true;
    }

    @Override
    public boolean stderrIsTerminal() {
      return true;
    }

    @Override
    public byte[] readWithoutEcho() throws IOException {
      if (lines.isEmpty()) {
        throw new IOException("inappropriate ioctl for device");
      }
      return lines.remove().getBytes(StandardCharsets.UTF_8);
    }
  }
}
