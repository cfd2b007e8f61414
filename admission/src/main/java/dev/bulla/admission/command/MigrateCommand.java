package dev.bulla.admission.command;

import dev.bulla.admission.migrate.Migration;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.command.Command;
import dev.bulla.cli.command.CommandContext;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;

/** Rewrites a configuration of Connaisseur in the names of today. */
final class MigrateCommand implements Command {

  private static final Flag<String> OUTPUT =
      Flag.text("output", "write the new file here instead of to standard output").shorthand('o');

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("admission migrate", "Rewrite a configuration of Connaisseur for bulla")
        .description(
            """
            Rewrite the values.yaml or config.yaml of any release of Connaisseur in the names of
            today. The new file goes to standard output, each change with its line and reason to
            standard error. Comments stay. What needs no change comes back byte for byte.

            Whatever the webhook would still refuse is said too; mend that by hand.\
            """)
        .example("bulla admission migrate values.yaml --output values.new.yaml")
        .positionals("FILE", Positionals.exactly(1))
        .flags("Output", OUTPUT);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    String file = ConfigFiles.find(flags.arguments().get(0), context.files());
    String text = ConfigFiles.text(file, context.files());
    Migration.Migrated migrated;
    try {
      migrated = Migration.migrate(text, Quoted.plain(file));
    } catch (MalformedInputException e) {
      throw ConfigFiles.unparsable(e);
    }
    migrated.notes().forEach(context::note);
    if (migrated.text().equals(text)) {
      context.note(Quoted.plain(file) + ": nothing had to be changed");
    }
    remaining(migrated.text(), file, context);
    String target = flags.get(OUTPUT);
    if (target.isEmpty()) {
      context.out().print(migrated.text());
    } else {
      context.files().writePublic(target, Bytes.utf8(migrated.text()));
    }
  }

  /** What the webhook would say about the new file; its lines are those of the new file. */
  private static void remaining(String text, String file, CommandContext context) {
    try {
      ConfigFiles.parse(text, "the new file", file, context.files());
    } catch (ConfigurationException e) {
      for (String line : e.message().split("\n", -1)) {
        context.warn(line);
      }
    }
  }
}
