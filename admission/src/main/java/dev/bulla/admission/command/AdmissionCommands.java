package dev.bulla.admission.command;

import dev.bulla.cli.command.Command;
import dev.bulla.cli.command.CommandGroup;
import dev.bulla.cli.command.CommandProvider;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.error.BullaBug;
import java.util.List;

/** The commands of the webhook. */
public final class AdmissionCommands implements CommandProvider {

  @Override
  public List<String> paths() {
    return List.of(
        "admission",
        "admission check",
        "admission lint",
        "admission match",
        "admission migrate",
        "admission serve",
        "admission validate");
  }

  @Override
  public Command command(String path) {
    return switch (path) {
      case "admission" ->
          new CommandGroup(
              CommandSpec.of("admission", "Admit to a Kubernetes cluster only what verifies"));
      case "admission check" -> new CheckCommand();
      case "admission lint" -> new LintCommand();
      case "admission match" -> new MatchCommand();
      case "admission migrate" -> new MigrateCommand();
      case "admission serve" -> new ServeCommand();
      case "admission validate" -> new ValidateCommand();
      default -> throw new BullaBug("not a command of the webhook: " + path);
    };
  }
}
