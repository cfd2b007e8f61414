package dev.bulla.cli.flags;

import java.time.Duration;

/** The flags that every command understands. */
public final class GlobalFlags {

  public static final Flag<String> OUTPUT_FILE =
      Flag.text("output-file", "write the result to this file instead of standard output");

  public static final Flag<Boolean> VERBOSE =
      Flag.onOff("verbose", "show requests to registries, and where a failure comes from")
          .shorthand('d');

  public static final Flag<Duration> TIMEOUT =
      Flag.duration("timeout", "give up after this time")
          .shorthand('t')
          .orElse(Duration.ofMinutes(3));

  public static final Flag<Boolean> HELP = Flag.onOff("help", "show this page").shorthand('h');

  /** What is understood before the command is known; help is not, just as with cosign. */
  static final FlagGroup BEFORE_COMMAND = FlagGroup.of("Global", OUTPUT_FILE, VERBOSE, TIMEOUT);

  public static final FlagGroup ALL = FlagGroup.of("Global", HELP, OUTPUT_FILE, TIMEOUT, VERBOSE);

  private GlobalFlags() {}
}
