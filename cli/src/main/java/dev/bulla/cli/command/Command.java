package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;

/**
 * One command. The command line calls, in this order and until one of them fails: parser, count of
 * positional words, {@link #beforeFlagRules}, required flags, rules over several flags, {@link
 * #afterFlagRules}, flags that are not built yet, {@link #run}.
 *
 * <p>A command that returns has succeeded; every failure is an exception, and its kind decides the
 * exit code.
 */
public interface Command {

  /** The declaration; the same on every call. */
  CommandSpec spec();

  /** What the contract checks before it looks at required flags and at rules over several flags. */
  default void beforeFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {}

  /** What the contract checks about the flags before it does anything. */
  default void afterFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {}

  void run(ParsedFlags flags, CommandContext context) throws BullaException;
}
