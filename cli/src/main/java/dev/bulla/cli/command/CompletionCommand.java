package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.cli.help.CompletionScript;

/** Prints a script that teaches a shell the commands and flags. */
final class CompletionCommand implements Command {

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("completion", "Print a completion script for a shell")
        .example(
            """
            source <(bulla completion bash)
            bulla completion zsh > "${fpath[1]}/_bulla"
            bulla completion fish > ~/.config/fish/completions/bulla.fish
            bulla completion powershell | Out-String | Invoke-Expression\
            """)
        .positionals(
            "[bash|zsh|fish|powershell]", Positionals.oneOf("bash", "zsh", "fish", "powershell"));
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) {
    context
        .out()
        .print(CompletionScript.forShell(flags.arguments().get(0), context.commands().all()));
  }
}
