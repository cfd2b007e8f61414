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
      noteUnchecked(context, choice);
      return choice.root();
    }
    try {
      return Optional.of(new TrustFiles(context, KeyFetcher.none()).trustedRoot(file));
    } catch (BullaException e) {
      throw e.in("loading trusted root");
    }
  }

  /** Of an instance that publishes services without a root it has been said. */
  private static void noteUnchecked(CommandContext context, SigningChoice choice) {
    boolean vouched =
        choice.authority().isPresent()
            || !choice.logs().isEmpty()
            || !choice.timestampAuthorities().isEmpty();
    if (vouched && choice.root().isEmpty() && choice.source() != SigningChoice.Source.INSTANCE) {
      context.note(
          "what the services answer is stored unchecked: --trusted-root FILE checks the new"
              + " signature before");
    }
  }
}
