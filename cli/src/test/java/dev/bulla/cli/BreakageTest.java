package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.terminal.Io;
import dev.bulla.cli.terminal.Terminal;
import dev.bulla.digest.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever breaks around or inside a command, the process does not say that all is well. */
class BreakageTest {

  /** What no code expects. */
  enum Breakage {
    STACK(StackOverflowError::new),
    MEMORY(OutOfMemoryError::new),
    NULL(NullPointerException::new);

    private final Supplier<Throwable> maker;

    Breakage(Supplier<Throwable> maker) {
      this.maker = maker;
    }

    RuntimeException strike() {
      switch (maker.get()) {
        case Error error -> throw error;
        case RuntimeException unchecked -> throw unchecked;
        default -> throw new AssertionError();
      }
    }
  }

  @TempDir Path folder;

  private ImageBench bench;
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private int run(InputStream stdin, Terminal terminal, String... line) {
    return Main.run(List.of(line), new Io(stdin, stdout, stderr, Map.of(), folder, terminal));
  }

  private void assertBug(int exit) {
    assertThat(exit).isEqualTo(1);
    assertThat(stderr.toString(StandardCharsets.UTF_8))
        .contains("Error: this is a bug in bulla, please report it: ");
    assertThat(stdout.size()).isZero();
    assertThat(bench.bundles()).isZero();
  }

  private static InputStream breakingInput(Breakage breakage) {
    return new InputStream() {
      @Override
      public int read() {
        throw breakage.strike();
      }

      @Override
      public int read(byte[] buffer, int offset, int length) {
        throw breakage.strike();
      }
    };
  }

  @ParameterizedTest
  @EnumSource(Breakage.class)
  void whileThePasswordIsRead(Breakage breakage) {
    assertBug(
        run(
            breakingInput(breakage),
            Terminal.ABSENT,
            "sign",
            "--key",
            "alice.key",
            "--tlog-upload=false",
            bench.digested()));
  }

  @ParameterizedTest
  @EnumSource(Breakage.class)
  void whileThePersonIsAsked(Breakage breakage) {
    Terminal person =
        new Terminal() {
          @Override
          public boolean stdinIsCharacterDevice() {
            return true;
          }

          @Override
          public boolean stderrIsTerminal() {
            return false;
          }

          @Override
          public byte[] readWithoutEcho() {
            throw breakage.strike();
          }
        };
    assertBug(
        run(
            InputStream.nullInputStream(),
            person,
            "sign",
            "--key",
            "alice.key",
            "--tlog-upload=false",
            bench.digested()));
  }

  @ParameterizedTest
  @EnumSource(Breakage.class)
  void whileASignatureIsRead(Breakage breakage) {
    assertBug(
        run(
            breakingInput(breakage),
            Terminal.ABSENT,
            "attach",
            "signature",
            "--signature",
            "-",
            bench.tagged()));
    assertThat(bench.hasLegacy()).isFalse();
  }

  /** A result that did not arrive is no success. */
  @Test
  void whenTheResultCannotBeWritten() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };

    int exit =
        Main.run(
            List.of("verify", "--key", "alice.pub", "--insecure-ignore-tlog", bench.tagged()),
            new Io(InputStream.nullInputStream(), full, stderr, Map.of(), folder, Terminal.ABSENT));

    assertThat(exit).isEqualTo(1);
    assertThat(stderr.toString(StandardCharsets.UTF_8)).contains("No space left on device");
  }

  private static OutputStream breakingOutput(Breakage breakage, boolean whenFlushed) {
    return new OutputStream() {
      @Override
      public void write(int b) {
        if (!whenFlushed) {
          throw breakage.strike();
        }
      }

      @Override
      public void flush() {
        throw breakage.strike();
      }

      @Override
      public void close() {
        throw breakage.strike();
      }
    };
  }

  @ParameterizedTest
  @EnumSource(Breakage.class)
  void whileTheResultIsWritten(Breakage breakage) {
    for (boolean whenFlushed : new boolean[] {false, true}) {
      stderr.reset();
      int exit =
          Main.run(
              List.of("version"),
              new Io(
                  InputStream.nullInputStream(),
                  breakingOutput(breakage, whenFlushed),
                  stderr,
                  Map.of(),
                  folder,
                  Terminal.ABSENT));

      assertThat(exit).isEqualTo(1);
      assertThat(stderr.toString(StandardCharsets.UTF_8))
          .contains("writing to standard output failed: " + breakage.maker.get());
    }
  }

  /** Nobody can be told then, but the one that started us. */
  @ParameterizedTest
  @EnumSource(Breakage.class)
  void whileTheFailureIsReported(Breakage breakage) {
    Io io =
        new Io(
            InputStream.nullInputStream(),
            breakingOutput(breakage, true),
            breakingOutput(breakage, false),
            Map.of(),
            folder,
            Terminal.ABSENT);

    assertThat(Main.run(List.of("version"), io)).isEqualTo(1);
    assertThat(Main.run(List.of("verify", "--key", "none.pub", bench.tagged()), io)).isEqualTo(1);
  }

  private static final String HEAP = "-Xmx64m";

  private record Outcome(int exit, String output) {}

  /** In a process of its own, since what stands behind its standard input is the system's. */
  private Outcome process(String heap, byte[] stdin, String... line) throws Exception {
    Path output = folder.resolve("output");
    List<String> words =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.bulla.cli.Main"));
    words.addAll(List.of(line));
    Process process =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(stdin);
    }
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new Outcome(process.exitValue(), Files.readString(output));
  }

  @Test
  void theKeyMayComeThroughStandardInput() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    String[] line = {"verify", "--key", "/dev/stdin", "--insecure-ignore-tlog", bench.tagged()};

    Outcome right = process(HEAP, bench.read("alice.pub").getBytes(StandardCharsets.UTF_8), line);
    assertThat(right.exit()).as(right.output()).isZero();
    Outcome other = process(HEAP, bench.read("bob.pub").getBytes(StandardCharsets.UTF_8), line);
    assertThat(other.exit()).as(other.output()).isEqualTo(12);
    Outcome none = process(HEAP, new byte[0], line);
    assertThat(none.exit()).as(none.output()).isEqualTo(1);
  }

  /** There is a signature that counts, and beside it more than the memory of this process holds. */
  @Test
  void whenMemoryDoesNotSuffice() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BUNDLE, "app:v1");
    bench.app.putManifest(
        "application/vnd.oci.image.manifest.v1+json",
        Bytes.utf8(
            "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"a/b\",\"size\":2,\"digest\":\""
                + Digest.sha256(Bytes.utf8("{}"))
                + "\"},\"layers\":[],\"x\":[\""
                + "x".repeat(3 << 20)
                + "\",\"\""
                + ",0".repeat(90_000)
                + "]}"),
        ImageBench.tagName(".sig"));
    String[] line = {"verify", "--key", "alice.pub", "--insecure-ignore-tlog", bench.tagged()};

    Outcome enough = process("-Xmx64m", new byte[0], line);
    assertThat(enough.exit()).as(enough.output()).isZero();
    Outcome tooLittle = process("-Xmx10m", new byte[0], line);
    assertThat(tooLittle.output()).contains("OutOfMemoryError");
    assertThat(tooLittle.exit()).isEqualTo(1);
  }
}
