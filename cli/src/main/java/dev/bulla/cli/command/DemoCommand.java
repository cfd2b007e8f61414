package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;

/** Shows the whole way once, from keys to a refusal, against a registry of its own. */
final class DemoCommand implements Command {

  static final Flag<String> KEEP =
      Flag.text("keep", "leave everything behind in this folder instead of a temporary one");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("demo", "Sign and verify an image in a registry that lives for the demo")
        .description(
            """
            Start a registry on a free port of this machine, push a small image, make keys, sign it
            in both formats, verify it and show its tree; then change one byte and show the refusal.
            Every step is printed with the command one would type.\
            """)
        .positionals("", Positionals.none())
        .flags("Demo", KEEP);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    Demo.run(context, flags.get(KEEP));
  }
}
