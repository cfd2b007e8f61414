package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.cli.terminal.TransferBar;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;

/** Writes an image with what is kept beside it into a folder. */
final class SaveCommand implements Command {

  static final Flag<String> DIR = Flag.text("dir", "folder to write the image to").required();

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("save", "Save an image with its signatures in a folder")
        .description(
            """
            Write an image and everything that is kept beside it into a folder, as an OCI image
            layout. `load` brings it back, `verify --local-image` verifies it where it is, and
            other commands read it as oci:PATH.\
            """)
        .example("bulla save --dir ./app registry.example.com/app:v1")
        .positionals("IMAGE", Positionals.exactly(1))
        .flags("Folder", DIR)
        .flags(RegistryFlags.GROUP)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    try (ImageSession session = ImageSession.openForTransfer(flags, context, false);
        TransferBar bar = context.transferBar("Saving")) {
      LocalImages.NewFolder folder = session.local().create(flags.get(DIR));
      session
          .bulla()
          .saving()
          .save(
              session.image(flags.arguments().get(0)),
              folder.layout(),
              folder.place(),
              new Transfers(bar, session.local(), false));
    } catch (RegistryException e) {
      throw e.kind() == RegistryException.Kind.NOT_FOUND
          ? new ConfigurationException(e.message(), e)
          : e;
    }
  }
}
