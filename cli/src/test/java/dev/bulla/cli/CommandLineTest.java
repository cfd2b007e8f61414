package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.cli.terminal.Io;
import dev.bulla.cli.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

  private static final Io NOBODY =
      new Io(
          InputStream.nullInputStream(),
          OutputStream.nullOutputStream(),
          OutputStream.nullOutputStream(),
          Map.of(),
          Path.of("no-such-folder"),
          Terminal.ABSENT);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "configuration, 1",
    "key, 1",
    "NO_SIGNATURE, 10",
    "absent, 11",
    "REFUSED, 12",
    "NO_CERTIFICATE, 13",
    "registry, 20",
    "UNDECIDED, 20",
    "malformed, 21",
    "MALFORMED, 21",
    "bug, 1",
    "stack, 1",
    "memory, 1"
  })
  void endsWithTheCodeOfTheFailure(String way, int code) {
    assertThat(InProcess.nowhere().run("test", "fail", way).exit()).isEqualTo(code);
  }

  @Test
  void reportsAFailureTwiceAndThenWhatWeHaveToAdd() {
    InProcess.Result result = InProcess.nowhere().run("test", "fail", "REFUSED");

    assertThat(result.stderr())
        .isEqualTo(
            """
            Error: no verdict in favour
            error during command execution: no verdict in favour
            note: what was looked at:
              signature 1: another key
            hint: use the right key
            """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bug", "stack", "memory"})
  void callsABugABugAndShowsWhereOnlyWhenAsked(String way) {
    InProcess.Result quiet = InProcess.nowhere().run("test", "fail", way);
    InProcess.Result verbose = InProcess.nowhere().run("test", "fail", way, "--verbose");

    assertThat(quiet.stderr())
        .contains("this is a bug in bulla, please report it: java.lang.")
        .contains("--verbose")
        .doesNotContain("FurtherCommands")
        .doesNotContain("\u001b");
    assertThat(verbose.stderr()).contains("  at dev.bulla.cli.command.FurtherCommands");
  }

  @Test
  void showsTheCauseOfAFailureOnlyWhenAsked() {
    assertThat(InProcess.nowhere().run("test", "fail", "key").stderr())
        .isEqualTo(
            """
            Error: no key
            error during command execution: no key
            """);
    assertThat(InProcess.nowhere().run("test", "fail", "key", "-d").stderr())
        .contains("note: caused by:\n  java.lang.IllegalStateException: the cause\n");
  }

  @Test
  void checksInTheOrderOfTheContract() {
    assertOrder("unknown flag: --xx", "--xx");
    assertOrder("accepts 1 arg(s), received 0", "--output-file", "no/such", "--dir=before");
    assertOrder(
        "error creating output file no/such: open no/such: no such file or directory",
        "x",
        "--output-file",
        "no/such",
        "--dir=before");
    assertOrder("before the rules", "x", "--dir=before", "--a=1", "--b=1");
    assertOrder("required flag(s) \"dir\" not set", "x", "--a=after", "--b=1");
    assertOrder(
        "if any flags in the group [a b] are set none of the others can be; [a b] were all"
            + " set",
        "x",
        "--dir=after",
        "--a=1",
        "--b=1");
    assertOrder("after the rules", "x", "--dir=after", "--later");
    assertOrder("not yet", "x", "--dir=d", "--later");
  }

  private void assertOrder(String message, String... arguments) {
    List<String> line = new ArrayList<>(List.of("test", "order"));
    line.addAll(List.of(arguments));
    InProcess.Result result = InProcess.in(folder).run(line);

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr())
        .startsWith("Command \"order\" is deprecated, take another one\nError: " + message + "\n");
  }

  @Test
  void readsTheEnvironmentBeforeTheRules() {
    InProcess inEnvironment = InProcess.in(folder).environment("COSIGN_DIR", "d");

    assertThat(inEnvironment.run("test", "order", "x").stdout()).isEqualTo("ran\n");
    assertThat(inEnvironment.environment("BULLA_LATER", "maybe").run("test", "order", "x").stderr())
        .contains("in the environment variable BULLA_LATER for \"--later\" flag");
  }

  @Test
  void writesTheResultIntoTheFileThatWasNamed() throws IOException {
    Files.writeString(folder.resolve("out.txt"), "something longer that was there before");

    InProcess.Result result =
        InProcess.in(folder).run("test", "print", "--output-file", "out.txt", "a", "b");

    assertThat(result).isEqualTo(new InProcess.Result(0, "", "said\n"));
    assertThat(folder.resolve("out.txt")).hasContent("a b\nmore");
  }

  @Test
  void reportsAnOutputFileInOneLineWhereCosignDoes() {
    String message = "error creating output file no/f: open no/f: no such file or directory\n";

    assertThat(InProcess.in(folder).run("tree", "x", "--output-file=no/f").stderr())
        .isEqualTo("Error: " + message);
    assertThat(InProcess.in(folder).run("env", "--output-file=no/f").stderr())
        .isEqualTo("Error: " + message + "error during command execution: " + message);
  }

  @Test
  void isNoSuccessWhenTheResultDoesNotArrive() {
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    OutputStream closedPipe =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    Io io = new Io(NOBODY.stdin(), closedPipe, stderr, Map.of(), folder, Terminal.ABSENT);

    assertThat(Main.run(List.of("version"), io)).isEqualTo(1);
    assertThat(stderr.toString(StandardCharsets.UTF_8))
        .startsWith("Error: writing to standard output failed: Broken pipe\n");
  }

  @Test
  void keepsTheOrderOfBothStreamsInOnePlace() {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    Io io = new Io(NOBODY.stdin(), both, both, Map.of(), folder, Terminal.ABSENT);

    Main.run(List.of("test", "print", "first"), io);

    assertThat(both.toString(StandardCharsets.UTF_8)).isEqualTo("first\nsaid\nmore\n");
  }

  @Test
  void findsTheCommandBetweenGlobalFlags() {
    String version = InProcess.nowhere().run("version").stdout();

    assertThat(InProcess.nowhere().run("-d", "version").stdout()).isEqualTo(version);
    assertThat(InProcess.nowhere().run("-t", "5s", "version").stdout()).isEqualTo(version);
    assertThat(InProcess.nowhere().run("--timeout=5s", "version").stdout()).isEqualTo(version);
    assertThat(InProcess.nowhere().run("-version").stdout()).isEqualTo(version);
  }

  @Test
  void showsHelpForTheProgramAGroupAndACommand() {
    String root = InProcess.nowhere().run().stdout();
    String group = InProcess.nowhere().run("attach").stdout();
    String member = InProcess.nowhere().run("attach", "signature", "--help").stdout();

    assertThat(root).contains("Usage:\n  bulla [command]").doesNotContain("\n  test");
    assertThat(InProcess.nowhere().run("--help", "foo").stdout()).isEqualTo(root);
    assertThat(InProcess.nowhere().run("help").stdout()).isEqualTo(root);
    assertThat(group).contains("Usage:\n  bulla attach [command]");
    assertThat(InProcess.nowhere().run("attach", "foo").stdout()).isEqualTo(group);
    assertThat(InProcess.nowhere().run("help", "attach").stdout()).isEqualTo(group);
    assertThat(member).contains("Usage:\n  bulla attach signature [flags] IMAGE");
    assertThat(InProcess.nowhere().run("help", "attach", "signature").stdout()).isEqualTo(member);
  }

  @Test
  void saysThatAHelpTopicDoesNotExist() {
    InProcess.Result result = InProcess.nowhere().run("help", "foo", "bar");

    assertThat(result.exit()).isZero();
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr()).startsWith("Unknown help topic [`foo` `bar`]\nUsage:\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"attest", "dockerfile verify", "sign-blob x", "verify-blob --key k f"})
  void refusesACommandThatIsNotThereYetWhateverFollows(String line) {
    InProcess.Result result = InProcess.nowhere().run(line.split(" "));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr()).contains("is not available in this version\n");
  }

  @Test
  void refusesWhatIsNotBuiltWhereItsFlagIsSet() {
    InProcess.Result result =
        InProcess.nowhere().run("verify", "--key", "k.pub", "--pod-pull-secrets", "image");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("--pod-pull-secrets is not available");
  }
}
