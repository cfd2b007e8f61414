package dev.bulla.admission.command;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.cli.command.Command;
import dev.bulla.cli.command.CommandContext;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;

/** Says whether the webhook would start with a configuration. */
final class ValidateCommand implements Command {

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("admission validate", "Check the webhook's configuration for mistakes")
        .description(
            """
            Check the webhook's configuration for mistakes: config.yaml, or the values.yaml of a Helm
            chart, of any release of Connaisseur. Every mistake is named with its line and what to
            write instead. Nobody is asked: keys behind references are not fetched.

            Exit code 0: the webhook starts with it. 1: it does not.\
            """)
        .example("bulla admission validate values.yaml")
        .positionals("FILE_OR_DIR", Positionals.exactly(1));
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    String file = ConfigFiles.find(flags.arguments().get(0), context.files());
    AdmissionConfig config = ConfigFiles.examine(file, context.files());
    config.warnings().forEach(context::warn);
    context
        .out()
        .println(
            Quoted.plain(file)
                + ": no mistakes, "
                + count(config.validators().size(), "validator")
                + ", "
                + count(config.rules().size(), "rule"));
  }

  /** {@code 1 rule}, {@code 2 rules}. */
  static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}
