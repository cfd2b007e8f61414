package dev.bulla.cli.command;

import dev.bulla.cli.flags.ParsedFlags;
import java.util.Optional;

/**
 * Which transparency log {@code verify} asks about signatures of the older format that come without
 * their entry. None unless one is meant: whoever is asked learns what is verified (ADR 24).
 */
final class LogToAsk {

  private LogToAsk() {}

  /**
   * The address: of the flag, else of the variable from the first README, else the flag's default
   * where that README's switch asks for the log.
   */
  static Optional<String> of(ParsedFlags flags, CommandContext context) {
    if (Offline.isMeant(flags)) {
      return Optional.empty();
    }
    if (flags.isSet(VerifyCommand.REKOR_URL)) {
      return Optional.of(flags.get(VerifyCommand.REKOR_URL)).filter(url -> !url.isEmpty());
    }
    Optional<String> server = context.environment().value("REKOR_SERVER");
    if (server.isPresent()) {
      return server;
    }
    return context.environment().isTrue("COSIGN_EXPERIMENTAL")
        ? Optional.of(flags.get(VerifyCommand.REKOR_URL))
        : Optional.empty();
  }
}
