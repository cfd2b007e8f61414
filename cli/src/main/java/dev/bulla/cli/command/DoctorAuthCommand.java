package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;

/** Says which credentials a registry gets, where they come from, and what it makes of them. */
final class DoctorAuthCommand implements Command {

  static final Flag<String> OUTPUT =
      Flag.choice("output", "form of the result", "text", "json").shorthand('o').orElse("text");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("doctor auth", "Say which credentials a registry gets, and why")
        .description(
            """
            Lists every place where credentials are looked for, in order, and what was found there;
            then asks the registry. Never prints a secret. Ends with 0 when the registry lets us in,
            1 when stored credentials cannot be read, 20 when the registry refuses or does not answer.\
            """)
        .example("bulla doctor auth registry.example.com/team/app")
        .positionals("HOST[/REPOSITORY]", Positionals.exactly(1))
        .flags("Output", OUTPUT)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    new DoctorAuth(flags, context).run();
  }
}
