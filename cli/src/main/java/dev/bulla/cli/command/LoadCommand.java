package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.cli.terminal.TransferBar;
import dev.bulla.error.BullaException;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;

/** Pushes what {@code save} wrote. */
final class LoadCommand implements Command {

  static final Flag<String> DIR = Flag.text("dir", "folder that `save` wrote").required();

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("load", "Push a saved image with its signatures to a registry")
        .description(
            """
            Push the image in a folder, and everything that is saved beside it. What the registry
            has already stays there; only the tag is moved.\
            """)
        .example("bulla load --dir ./app registry.example.com/app:v1")
        .positionals("IMAGE", Positionals.exactly(1))
        .flags("Folder", DIR)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    Reference target = Reference.parse(flags.arguments().get(0));
    try (ImageSession session = ImageSession.openForTransfer(flags, context, true);
        TransferBar bar = context.transferBar("Loading")) {
      DigestReference image = session.local().saved(flags.get(DIR));
      session.bulla().saving().load(image, target, new Transfers(bar, session.local(), false));
    }
  }
}
