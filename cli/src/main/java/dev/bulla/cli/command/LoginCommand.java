package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;

/** Keeps a name and a password for a registry where docker, cosign and bulla find them. */
final class LoginCommand implements Command {

  static final Flag<String> USERNAME = Flag.text("username", "user name").shorthand('u');

  static final Flag<String> PASSWORD = Flag.text("password", "password").shorthand('p');

  static final Flag<Boolean> PASSWORD_STDIN =
      Flag.onOff("password-stdin", "take the password from standard input");

  static final Flag<Boolean> SKIP_CHECK =
      Flag.onOff("skip-check", "store without asking the registry whether it accepts them");

  static final Flag<String> AUTH_FILE =
      Flag.text("authfile", "file to use instead of docker's config.json, such as podman's");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("login", "Log in to a registry")
        .description(
            """
            Asks the registry whether it accepts the credentials, then stores them in docker's
            config.json or with the credential helper that this file names. Docker, podman, cosign
            and crane find them there.\
            """)
        .example("echo $TOKEN | bulla login registry.example.com -u ci --password-stdin")
        .positionals("SERVER", Positionals.exactly(1))
        .flags("Credentials", USERNAME, PASSWORD, PASSWORD_STDIN, AUTH_FILE, SKIP_CHECK)
        .flags(RegistryFlags.CONNECTION)
        .exclusive(PASSWORD, PASSWORD_STDIN);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new LoggingIn(flags, context).run();
  }
}
