package dev.bulla.cli.help;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.error.BullaBug;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Completion scripts: static text made from the declarations, so that pressing the tab key never
 * starts a program. Each finds out which command the line is about, then offers its flags, their
 * values, or the words that may follow; elsewhere the shell offers files.
 */
public final class CompletionScript {

  private final List<CompletionModel> commands;

  private CompletionScript(List<CompletionModel> commands) {
    this.commands = commands;
  }

  /**
   * The script for one shell.
   *
   * @param shell {@code bash}, {@code zsh}, {@code fish} or {@code powershell}
   * @param all the program's own declaration, and those of its commands
   */
  public static String forShell(String shell, List<CommandSpec> all) {
    CompletionScript script = new CompletionScript(CompletionModel.of(all));
    return switch (shell) {
      case "bash" -> script.bash();
      case "zsh" -> script.zsh();
      case "fish" -> script.fish();
      case "powershell" -> script.powershell();
      default -> throw new BullaBug("no completion for the shell " + shell);
    };
  }

  private String bash() {
    return """
    # Completion of bulla for bash.

    _bulla() {
      local cur=${COMP_WORDS[COMP_CWORD]} prev= command=bulla words= flags= valued= word i
      ((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD - 1]}
      if [[ $cur == '=' ]]; then
        cur=
      elif [[ $prev == '=' ]] && ((COMP_CWORD > 1)); then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
      fi
      for ((i = 1; i < COMP_CWORD; i++)); do
        word="$command ${COMP_WORDS[i]}"
        case $word in
          %s) command=$word ;;
        esac
      done
      case "$command $prev" in
    %s  esac
      case $command in
    %s  esac
      COMPREPLY=()
      if [[ $cur == -* ]]; then
        words=$flags
      elif [[ " $valued " == *" $prev "* ]]; then
        return
      fi
      COMPREPLY=($(compgen -W "$words" -- "$cur"))
    }

    complete -o default -F _bulla bulla
    """
        .formatted(
            commandPatterns(" | "),
            lines(this::bashValues),
            lines(command ->
                List.of(
                    "    '%s')".formatted(command.path()),
                    "      words='%s'".formatted(texts(command.words())),
                    "      flags='%s'".formatted(joined(command.spellings())),
                    "      valued='%s'".formatted(joined(command.spellingsWithValue())),
                    "      ;;")));
  }

  private List<String> bashValues(CompletionModel command) {
    return values(
        command,
        (patterns, values) ->
            "    %s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")) && return ;;"
                .formatted(patterns, values));
  }

  private String zsh() {
    return """
    #compdef bulla
    # Completion of bulla for zsh.

    _bulla() {
      local command=bulla word prev=${words[CURRENT-1]} i
      local -a subcommands flags values
      for ((i = 2; i < CURRENT; i++)); do
        word="$command ${words[i]}"
        case $word in
          %s) command=$word ;;
        esac
      done
      case "$command $prev" in
    %s  esac
      case $command in
    %s  esac
      if (( $#values )); then
        compadd -a values
      elif [[ ${words[CURRENT]} == -* ]]; then
        _describe -o 'flag' flags
      elif (( $#subcommands )); then
        _describe 'command' subcommands
      else
        _files
      fi
    }

    if [[ $funcstack[1] == _bulla ]]; then
      _bulla "$@"
    else
      compdef _bulla bulla
    fi
    """
        .formatted(
            commandPatterns(" | "),
            lines(command ->
                values(
                    command,
                    (patterns, values) -> "    %s) values=(%s) ;;".formatted(patterns, values))),
            lines(this::zshCommand));
  }

  private List<String> zshCommand(CompletionModel command) {
    List<String> lines = new ArrayList<>();
    lines.add("    '%s')".formatted(command.path()));
    lines.add("      subcommands=(");
    for (CompletionModel.Word word : command.words()) {
      lines.add("        " + zshEntry(word.text(), word.description()));
    }
    lines.add("      )");
    lines.add("      flags=(");
    for (CompletionModel.Option option : command.options()) {
      for (String spelling : option.spellings()) {
        lines.add("        " + zshEntry(spelling, option.description()));
      }
    }
    lines.add("      )");
    lines.add("      ;;");
    return lines;
  }

  private static String zshEntry(String text, String description) {
    String escaped = description.replace("'", "'\\''").replace(":", "\\:");
    return "'" + text + (escaped.isEmpty() ? "" : ":" + escaped) + "'";
  }

  private String fish() {
    return """
    # Completion of bulla for fish.

    function __bulla_command
      set -l command bulla
      for word in (commandline -opc)[2..-1]
        switch "$command $word"
          case %s
            set command "$command $word"
        end
      end
      echo $command
    end

    function __bulla_at
      test (__bulla_command) = "$argv[1]"
    end

    %s\
    """
        .formatted(commandPatterns(" "), lines(this::fishCommand));
  }

  private List<String> fishCommand(CompletionModel command) {
    List<String> lines = new ArrayList<>();
    String start = "complete -c bulla -n '__bulla_at \"%s\"'".formatted(command.path());
    for (CompletionModel.Word word : command.words()) {
      lines.add(start + " -f -a " + word.text() + fishDescription(word.description()));
    }
    for (CompletionModel.Option option : command.options()) {
      String letter = option.letter().isEmpty() ? "" : " -s " + option.letter();
      String value =
          !option.takesValue()
              ? " -f"
              : option.values().isEmpty() ? " -r -F" : " -x -a '" + joined(option.values()) + "'";
      lines.add(
          start + letter + " -l " + option.name() + value + fishDescription(option.description()));
    }
    return lines;
  }

  private static String fishDescription(String text) {
    return text.isEmpty() ? "" : " -d '" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private String powershell() {
    return """
    # Completion of bulla for PowerShell.

    Register-ArgumentCompleter -Native -CommandName 'bulla' -ScriptBlock {
      param($wordToComplete, $commandAst, $cursorPosition)
      $commands = @{
    %s  }
      $values = @{
    %s  }
      $command = 'bulla'
      $previous = ''
      foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
        if ($element.Extent.EndOffset -ge $cursorPosition -and $wordToComplete) { break }
        $previous = $element.ToString()
        if ($commands.ContainsKey("$command $previous")) { $command = "$command $previous" }
      }
      $offered = if ($values.ContainsKey("$command $previous")) {
        $values["$command $previous"]
      } else {
        $commands[$command] | Where-Object { $_.StartsWith('-') -eq $wordToComplete.StartsWith('-') }
      }
      $offered | Where-Object { $_.StartsWith($wordToComplete) } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
      }
    }
    """
        .formatted(
            lines(command ->
                List.of(
                    "    '%s' = @(%s)"
                        .formatted(command.path(), powershellList(everyWord(command))))),
            lines(command -> {
              List<String> lines = new ArrayList<>();
              for (CompletionModel.Option option : command.options()) {
                for (String spelling : option.spellings()) {
                  if (!option.values().isEmpty()) {
                    lines.add(
                        "    '%s %s' = @(%s)"
                            .formatted(command.path(), spelling, powershellList(option.values())));
                  }
                }
              }
              return lines;
            }));
  }

  private static List<String> everyWord(CompletionModel command) {
    List<String> all = new ArrayList<>();
    command.words().forEach(word -> all.add(word.text()));
    all.addAll(command.spellings());
    return all;
  }

  private static String powershellList(List<String> values) {
    return values.stream().map(value -> "'" + value + "'").collect(Collectors.joining(", "));
  }

  /** The quoted names of all commands, as alternatives of a pattern. */
  private String commandPatterns(String separator) {
    return commands.stream()
        .skip(1)
        .map(command -> "'" + command.path() + "'")
        .collect(Collectors.joining(separator));
  }

  /** A line for each flag with known values: patterns of command and flag, then the values. */
  private static List<String> values(CompletionModel command, BinaryOperator<String> line) {
    List<String> lines = new ArrayList<>();
    for (CompletionModel.Option option : command.options()) {
      if (!option.values().isEmpty()) {
        String patterns =
            option.spellings().stream()
                .map(spelling -> "'" + command.path() + " " + spelling + "'")
                .collect(Collectors.joining(" | "));
        lines.add(line.apply(patterns, joined(option.values())));
      }
    }
    return lines;
  }

  private String lines(Function<CompletionModel, List<String>> perCommand) {
    StringBuilder out = new StringBuilder();
    for (CompletionModel command : commands) {
      for (String line : perCommand.apply(command)) {
        out.append(line).append('\n');
      }
    }
    return out.toString();
  }

  private static String texts(List<CompletionModel.Word> words) {
    return words.stream().map(CompletionModel.Word::text).collect(Collectors.joining(" "));
  }

  private static String joined(List<String> values) {
    return String.join(" ", values);
  }
}
