package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.cli.terminal.Output;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Lists the environment variables that bulla heeds, with their values. */
final class EnvCommand implements Command {

  private static final Flag<Boolean> SHOW_DESCRIPTIONS =
      Flag.onOff("show-descriptions", "say what each variable does").orElse(true);

  private static final Flag<Boolean> SHOW_SENSITIVE_VALUES =
      Flag.onOff("show-sensitive-values", "print secrets as they are, instead of ******");

  private static final List<String> OUR_PREFIXES =
      List.of("BULLA_", "COSIGN_", "SIGSTORE_", "TUF_");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("env", "List the environment variables that have a meaning here")
        .description(
            """
            List the environment variables that have a meaning here, with their values.

            Each COSIGN_X may also be spelled BULLA_X, which wins. Most commands read their flags
            from the environment too: --output-key-prefix from BULLA_OUTPUT_KEY_PREFIX, and so on.
            BULLA_CACHE names the folder that keeps what was read from registries, or is off; else
            it is XDG_CACHE_HOME/bulla or ~/.cache/bulla.\
            """)
        .positionals("", Positionals.none())
        .flags("Output", SHOW_DESCRIPTIONS, SHOW_SENSITIVE_VALUES);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) {
    boolean descriptions = flags.get(SHOW_DESCRIPTIONS);
    boolean sensitive = flags.get(SHOW_SENSITIVE_VALUES);
    Map<String, String> values = new TreeMap<>(context.environment().asMap());
    Output out = context.out();
    Set<String> registered = new HashSet<>();
    for (EnvironmentVariable variable : EnvironmentVariable.all()) {
      registered.add(variable.name());
      if (descriptions) {
        out.println("# " + variable.name() + " " + variable.description());
        out.println("# Expects: " + variable.expects());
      }
      String value = values.getOrDefault(variable.name(), "");
      print(out, variable.name(), value, sensitive || !variable.sensitive());
    }
    values.keySet().removeIf(name -> registered.contains(name) || !isOurs(name));
    if (descriptions && !values.isEmpty()) {
      out.println("# Environment variables below are not registered with bulla,");
      out.println("# but might still influence bulla's behavior.");
    }
    values.forEach((name, value) -> print(out, name, value, sensitive));
  }

  private static void print(Output out, String name, String value, boolean open) {
    out.println(name + "=" + (open || value.isEmpty() ? value : "******"));
  }

  private static boolean isOurs(String name) {
    return OUR_PREFIXES.stream().anyMatch(name::startsWith);
  }
}
