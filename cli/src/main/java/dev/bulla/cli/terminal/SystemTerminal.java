package dev.bulla.cli.terminal;

import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The terminal of this process.
 *
 * <p>A line is read without echo by asking {@code stty} to switch the echo off, because {@link
 * Console} writes to stdout, where results go, and on JDK 21 does not exist when stdout is a file.
 * Where there is no {@code stty} (Windows, bare containers) the console it is.
 */
public final class SystemTerminal implements Terminal {

  private static final int TYPE_BITS = 0170000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final int LONGEST_LINE = 64 << 10;

  private final InputStream stdin;
  private final boolean dumb;

  /**
   * The terminal that this stream reads from, if it is one.
   *
   * @param terminalName the variable {@code TERM}, or an empty text
   */
  public SystemTerminal(InputStream stdin, String terminalName) {
    this.stdin = stdin;
    this.dumb = terminalName.equals("dumb");
  }

  @Override
  public boolean stdinIsCharacterDevice() {
    return isCharacterDevice("/dev/stdin");
  }

  @Override
  public boolean stderrIsTerminal() {
    return !dumb && isCharacterDevice("/dev/stderr");
  }

  private static boolean isCharacterDevice(String path) {
    try {
      Object mode = Files.getAttribute(Path.of(path), "unix:mode", new LinkOption[0]);
      return mode instanceof Integer bits && (bits & TYPE_BITS) == CHARACTER_DEVICE;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return console() != null; // no such files or attributes on this system
    }
  }

  private static @Nullable Console console() {
    // between JDK 22 and 24 the default is another one, slow to load and with an echo of its own
    System.setProperty("jdk.console", "java.base");
    return System.console();
  }

  @Override
  public byte[] readWithoutEcho() throws IOException {
    try {
      Optional<String> settings = stty("-g");
      if (settings.isEmpty()) {
        throw noTerminal();
      }
      return readWithEchoOff(settings.get());
    } catch (NoSttyException e) {
      return readFromConsole();
    }
  }

  private static IOException noTerminal() {
    return new IOException("inappropriate ioctl for device");
  }

  private byte[] readWithEchoOff(String settings) throws IOException, NoSttyException {
    Thread restore = new Thread(() -> restore(settings), "restore terminal");
    Runtime.getRuntime().addShutdownHook(restore); // for Ctrl-C at the prompt
    try {
      stty("-echo");
      return readLine();
    } finally {
      restore(settings);
      Runtime.getRuntime().removeShutdownHook(restore);
    }
  }

  private byte[] readLine() throws IOException {
    WipedBuffer line = new WipedBuffer();
    try {
      for (int b = stdin.read(); b != '\n'; b = stdin.read()) {
        if (b < 0 && line.size() == 0) {
          throw new IOException("EOF");
        }
        if (b < 0) {
          break;
        }
        if (line.size() == LONGEST_LINE) {
          throw new IOException("line longer than " + LONGEST_LINE + " bytes");
        }
        line.write(b);
      }
      return line.toByteArray();
    } finally {
      line.wipe();
    }
  }

  private static void restore(String settings) {
    try {
      stty(settings);
    } catch (IOException | NoSttyException e) {
      // it was there a moment ago; a terminal without echo is all that is lost
    }
  }

  /** What {@code stty} answers for our stdin; nothing when that is no terminal. */
  private static Optional<String> stty(String argument) throws IOException, NoSttyException {
    ProcessBuilder builder =
        new ProcessBuilder(List.of("stty", argument))
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new NoSttyException(e);
    }
    try (InputStream answer = process.getInputStream()) {
      byte[] text = answer.readNBytes(1024);
      return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0
          ? Optional.of(new String(text, StandardCharsets.US_ASCII).strip())
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroy();
    }
  }

  private static byte[] readFromConsole() throws IOException {
    Console console = console();
    char[] line = console == null ? null : console.readPassword();
    if (line == null) {
      throw noTerminal();
    }
    byte[] room = new byte[line.length * 4];
    ByteBuffer encoded = ByteBuffer.wrap(room);
    StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(line), encoded, true);
    byte[] bytes = Arrays.copyOf(room, encoded.position());
    Arrays.fill(line, '\0');
    Arrays.fill(room, (byte) 0);
    return bytes;
  }

  /** There is no {@code stty} on this machine. */
  private static final class NoSttyException extends Exception {

    private static final long serialVersionUID = 1L;

    NoSttyException(IOException cause) {
      super(cause);
    }
  }

  private static final class WipedBuffer extends ByteArrayOutputStream {

    WipedBuffer() {
      super(LONGEST_LINE); // never grows, so that no copy is left behind
    }

    void wipe() {
      Arrays.fill(buf, (byte) 0);
    }
  }
}
