package dev.bulla.cli.flags;

import java.util.List;

/**
 * Flags that belong together, under one heading in help.
 *
 * @param title the heading, without colon
 */
public record FlagGroup(String title, List<Flag<?>> flags) {

  public FlagGroup {
    flags = List.copyOf(flags);
  }

  public static FlagGroup of(String title, Flag<?>... flags) {
    return new FlagGroup(title, List.of(flags));
  }
}
