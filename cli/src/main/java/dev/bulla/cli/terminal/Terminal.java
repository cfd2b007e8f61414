package dev.bulla.cli.terminal;

import java.io.IOException;

/** The person at the keyboard, as far as a program can know about one. */
public interface Terminal {

  /** Whether stdin is a character device: a terminal, or something like {@code /dev/null}. */
  boolean stdinIsCharacterDevice();

  /** Whether what is written to stderr is seen at once, so that a spinner makes sense. */
  boolean stderrIsTerminal();

  /**
   * Reads one line from the terminal without showing it.
   *
   * @return the line's bytes without the line end; the caller wipes them
   * @throws IOException when stdin is no terminal, or has ended
   */
  byte[] readWithoutEcho() throws IOException;

  /** No person: all streams are files or pipes. */
  Terminal ABSENT =
      new Terminal() {
        @Override
        public boolean stdinIsCharacterDevice() {
          return false;
        }

        @Override
        public boolean stderrIsTerminal() {
          return false;
        }

        @Override
        public byte[] readWithoutEcho() throws IOException {
          throw new IOException("inappropriate ioctl for device");
        }
      };
}
