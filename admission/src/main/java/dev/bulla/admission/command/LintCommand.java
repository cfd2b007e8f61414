package dev.bulla.admission.command;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.lint.Lint;
import dev.bulla.cli.command.Command;
import dev.bulla.cli.command.CommandContext;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.List;

/** Says what in a sound configuration is probably not meant. */
final class LintCommand implements Command {

  private static final Flag<Boolean> STRICT =
      Flag.onOff("strict", "end with exit code 1 when anything is found");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("admission lint", "Find what in a configuration is probably not meant")
        .description(
            """
            Find what in the webhook's configuration is probably not meant: rules that admit images of
            everybody, rules that no image falls under, validators that no rule names, expressions that
            fit more than they say, patterns that mean something else to Connaisseur, and options that
            weaken what is verified.

            Exit code 0, or with --strict 1 when anything is found. 1: the configuration has mistakes.\
            """)
        .example("bulla admission lint --strict values.yaml")
        .positionals("FILE_OR_DIR", Positionals.exactly(1))
        .flags("Findings", STRICT);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    String file = ConfigFiles.find(flags.arguments().get(0), context.files());
    AdmissionConfig config = ConfigFiles.examine(file, context.files());
    List<String> findings = new ArrayList<>(config.warnings());
    findings.addAll(Lint.of(config, Quoted.plain(file)));
    findings.forEach(context.out()::println);
    if (!findings.isEmpty() && flags.get(STRICT)) {
      throw new ConfigurationException(
          Quoted.plain(file) + ": " + ValidateCommand.count(findings.size(), "finding"));
    }
  }
}
