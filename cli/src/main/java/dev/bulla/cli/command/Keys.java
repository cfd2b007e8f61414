package dev.bulla.cli.command;

import dev.bulla.error.BullaException;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.KeyContext;
import dev.bulla.keys.Signers;
import dev.bulla.keys.VerificationKeys;

/** From what stands behind {@code --key} to a key, in the surroundings of one command. */
final class Keys {

  private Keys() {}

  /** The private key, opened with its password. The caller closes it. */
  static Signer signer(String reference, CommandContext context) throws BullaException {
    return Signers.open(reference, context.passwords(), surroundings(context));
  }

  static VerificationKey publicKey(String reference, CommandContext context) throws BullaException {
    return VerificationKeys.load(reference, surroundings(context));
  }

  static KeyContext surroundings(CommandContext context) {
    return new KeyContext(
        context.environment()::find,
        context.io().workingDirectory(),
        new KeyDownload(context),
        context::note);
  }
}
