package dev.bulla.cli.terminal;

import dev.bulla.error.KeyException;
import dev.bulla.key.Password;
import dev.bulla.keys.PasswordPrompt;
import dev.bulla.keys.PasswordSource;
import java.io.IOException;

/** Where the passwords of private keys come from on a command line. */
public final class Passwords {

  private Passwords() {}

  /**
   * The environment when it has one; else the person, when stdin is a character device; else all of
   * stdin, byte for byte.
   */
  public static PasswordSource source(Io io, Environment environment, Output err) {
    return PasswordSource.fromEnvironment(
        environment::find,
        io.terminal().stdinIsCharacterDevice()
            ? PasswordSource.prompting(new Unseen(io.terminal(), err))
            : PasswordSource.fromStream(io.stdin()));
  }

  /** A person who can be asked for the PIN of a token, if there is one. */
  public static PasswordPrompt prompt(Io io, Output err) {
    return io.terminal().stdinIsCharacterDevice()
        ? new Unseen(io.terminal(), err)
        : PasswordPrompt.nobody();
  }

  /** Asks on stderr and reads the answer without showing it. */
  private record Unseen(Terminal terminal, Output err) implements PasswordPrompt {

    @Override
    public Password ask(String text) throws KeyException {
      err.print(text);
      try {
        Password password = Password.owning(terminal.readWithoutEcho());
        err.println();
        return password;
      } catch (IOException e) {
        throw new KeyException(String.valueOf(e.getMessage()), e);
      }
    }
  }
}
