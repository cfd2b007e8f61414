package dev.bulla.cli.command;

import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.keys.KeyFetcher;
import dev.bulla.trust.TrustedRoot;
import java.util.Optional;

/** What new signatures have to stand up to before they are stored. */
final class SigningTrust {

  private SigningTrust() {}

  /** The root of the line, else that of the instance whose services sign; else nothing. */
  static Optional<TrustedRoot> of(ParsedFlags flags, CommandContext context, SigningChoice choice)
      throws BullaException {
    String file = flags.get(SignCommand.TRUSTED_ROOT);
    if (file.isEmpty()) {
      return choice.root();
    }
    try {
      return Optional.of(new TrustFiles(context, KeyFetcher.none()).trustedRoot(file));
    } catch (BullaException e) {
      throw e.in("loading trusted root");
    }
  }
}
