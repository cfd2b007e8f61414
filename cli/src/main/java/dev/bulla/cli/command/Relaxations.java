package dev.bulla.cli.command;

import dev.bulla.cli.flags.EnvironmentBinding;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.ParsedFlags.Source;

/** Names what is relaxed by a variable, since the line itself does not show it. */
final class Relaxations {

  private Relaxations() {}

  /** One note for each of these flags that the environment has set to something else than usual. */
  static void note(ParsedFlags flags, CommandContext context, Flag<?>... relaxing) {
    for (Flag<?> flag : relaxing) {
      if (flags.source(flag) == Source.ENVIRONMENT
          && !flags.get(flag).equals(flag.defaultValue())) {
        EnvironmentBinding.variable(flag, context.environment().asMap())
            .ifPresent(variable ->
                context.note("this relaxation comes from the environment: " + variable));
      }
    }
  }
}
