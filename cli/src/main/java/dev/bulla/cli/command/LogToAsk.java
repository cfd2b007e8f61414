package dev.bulla.cli.command;

import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.ConfigurationException;
import java.util.Optional;

/**
 * Which transparency log {@code verify} asks about signatures of the older format that come without
 * their entry. None unless one is meant: whoever is asked learns what is verified (ADR 24).
 */
final class LogToAsk {

  /** The variable of the first README. */
  static final String VARIABLE = "REKOR_SERVER";

  private LogToAsk() {}

  /**
   * The address, which is not read before the log is asked unless it was typed: a variable may have
   * been set for something else. Of the flag, else of the variable from the first README, else the
   * flag's default where that README's switch asks for the log.
   */
  static Optional<ServiceAddress> of(ParsedFlags flags, CommandContext context)
      throws ConfigurationException {
    if (Offline.isMeant(flags)) {
      return Optional.empty();
    }
    ServiceAddress named = ServiceAddress.of(VerifyCommand.REKOR_URL, flags, context);
    if (flags.isSet(VerifyCommand.REKOR_URL)) {
      if (named.text().isEmpty()) {
        return Optional.empty();
      }
      if (flags.source(VerifyCommand.REKOR_URL) == ParsedFlags.Source.COMMAND_LINE) {
        named.url();
      }
      return Optional.of(named);
    }
    Optional<String> server = context.environment().value(VARIABLE);
    if (server.isPresent()) {
      return Optional.of(new ServiceAddress(VARIABLE, server.get()));
    }
    return context.environment().isTrue("COSIGN_EXPERIMENTAL")
        ? Optional.of(named)
        : Optional.empty();
  }
}
